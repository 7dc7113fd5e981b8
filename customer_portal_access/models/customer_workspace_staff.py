from odoo import models


class CustomerWorkspaceMixin(models.AbstractModel):
    """What staff do with all contacts of an opportunity or project at once."""

    _inherit = "customer.workspace.mixin"

    def action_customer_preview(self):
        """Ask as whom, and at which level, to see the workspace.

        :rtype: dict
        """
        self.ensure_one()
        return self.customer_access_ids.action_preview()
