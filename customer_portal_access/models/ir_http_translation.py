from odoo import models


class IrHttp(models.AbstractModel):
    """What the scripts of the customers' pages say, in the customers' languages."""

    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        return [*super()._get_translation_frontend_modules_name(), "customer_portal_access"]
