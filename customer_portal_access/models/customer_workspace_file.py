from odoo import api, fields, models
from odoo.fields import Domain


class CustomerWorkspaceMixin(models.AbstractModel):
    """Files that contacts sent to an opportunity or project, for staff."""

    _inherit = "customer.workspace.mixin"

    customer_file_count = fields.Integer(compute="_compute_customer_file_count")

    @api.model
    def _customer_file_domain(self, ids):
        """Return the domain of what contacts sent to these records.

        :param ids: ids of opportunities or projects
        """
        return (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", ids)
            & Domain("customer_source", "!=", False)
        )

    def _compute_customer_file_count(self):
        groups = self.env["ir.attachment"]._read_group(
            self._customer_file_domain(self.ids), ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for workspace in self:
            workspace.customer_file_count = counts.get(workspace.id, 0)

    def action_customer_files(self):
        """Open the list of what contacts sent here.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.ir_attachment_action"
        )
        return dict(action, domain=list(self._customer_file_domain(self.ids)))

    def _move_customer_files(self, workspace):
        """Give what contacts sent here to another record, which these are merged into.

        :param workspace: the record that stays
        """
        files = self.env["ir.attachment"].search(self._customer_file_domain(self.ids))
        files.res_id = workspace.id
