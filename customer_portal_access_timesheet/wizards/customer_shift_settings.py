from odoo import api, fields, models


class CustomerPortalSettings(models.TransientModel):
    """The settings of shifts."""

    _inherit = "customer.portal.settings"

    customer_shift_deadline = fields.Integer(string="Hours before a shift")

    @api.model
    def _company_fields(self):
        return (*super()._company_fields(), "customer_shift_deadline")
