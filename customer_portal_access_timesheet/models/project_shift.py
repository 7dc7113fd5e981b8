from odoo import fields, models


class ProjectProject(models.Model):
    """A project in which customers order shifts."""

    _inherit = "project.project"

    customer_shifts = fields.Boolean(
        string="Customers order shifts",
        default=True,
        help="Contacts whose role holds “Order shifts” order them here, once there are kinds "
        "of work to order.",
    )
    customer_shift_names = fields.Boolean(
        string="Show customers who comes",
        help="Confirmed shifts tell the names of the assigned.",
    )
    customer_shift_ids = fields.One2many("customer.shift.order", "project_id", string="Shifts")
    customer_shift_count = fields.Integer(
        string="Shifts that wait", compute="_compute_customer_shift_count"
    )

    def _compute_customer_shift_count(self):
        counts = dict(
            self.env["customer.shift.order"]._read_group(
                [("project_id", "in", self.ids), ("state", "=", "requested")],
                ["project_id"],
                ["__count"],
            )
        )
        for project in self:
            project.customer_shift_count = counts.get(project, 0)

    def action_customer_shifts(self):
        """Open the shifts of the project.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_portal_access_timesheet.customer_shift_order_action"
            ),
            "domain": [("project_id", "=", self.id)],
            "context": {"default_project_id": self.id},
        }

    def _customer_shift_kinds(self, company):
        """Return the kinds of work that may be ordered here, none where staff do not offer it.

        :param company: of the contact's access
        """
        self.ensure_one()
        Kind = self.env["customer.shift.kind"]
        if not (self.active and self.customer_shifts and self.allow_timesheets):
            return Kind
        return Kind.search([("company_id", "in", [company.id, False])])
