from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerWorkspaceMixin(models.AbstractModel):
    """Publishing all drafts of an opportunity or project with one mail a person."""

    _inherit = "customer.workspace.mixin"

    customer_draft_count = fields.Integer(compute="_compute_customer_draft_count")

    @api.depends("customer_publication_ids.state")
    def _compute_customer_draft_count(self):
        for workspace in self:
            workspace.customer_draft_count = len(workspace._customer_drafts())

    def _customer_drafts(self):
        return self.customer_publication_ids.filtered(lambda shown: shown.state == "draft")

    def action_customer_publish(self):
        """Ask whom to tell, then publish the drafts that are complete.

        :return: an action
        :rtype: dict
        :raises UserError: when there is none
        """
        self.ensure_one()
        drafts = self._customer_drafts()
        if not drafts:
            raise UserError(self.env._("There is no draft to publish."))
        ready = drafts.filtered(lambda draft: not draft._publish_problem())
        return (ready or drafts).action_publish()
