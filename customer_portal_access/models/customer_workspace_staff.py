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

    def action_customer_revoke_all(self):
        """Say what would stop working, and ask before ending everybody's access.

        :rtype: dict
        :raises UserError: when nobody has been let in
        """
        self.ensure_one()
        return self.customer_access_ids.action_revoke_several()
