from odoo import models
from odoo.exceptions import AccessError


class IrBinary(models.AbstractModel):
    """``/web/content`` and ``/web/image``: no token opens what belongs to a workspace."""

    _inherit = "ir.binary"

    def _find_record(self, *args, **kwargs):
        record = super()._find_record(*args, **kwargs)
        if record._name == "ir.attachment" and record.with_env(self.env)._customer_closed_to_me():
            raise AccessError(self.env._("This file is in your workspace."))
        return record
