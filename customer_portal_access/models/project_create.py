from odoo import api, fields, models


class ProjectProject(models.Model):
    """A new project takes over the contacts of its customer who are ticked."""

    _name = "project.project"
    _inherit = ["project.project", "customer.contact.pick"]

    customer_pick_ids = fields.Many2many(
        "customer.access",
        string="Contact persons of the customer",
        compute="_compute_customer_pick_ids",
        inverse="_inverse_customer_pick_ids",
        readonly=False,
        help="Ticked: gets an access to this project, in the role on the customer.",
    )

    @api.depends("partner_id")
    def _compute_customer_pick_ids(self):
        self.customer_pick_ids = False

    def _inverse_customer_pick_ids(self):
        for project in self:
            project._add_members(project.customer_pick_ids)

    def _add_members(self, members):
        """Give contacts of the customer an access to this project, in their roles.

        :param members: their accesses on the customer
        :return: the new accesses
        """
        self.ensure_one()
        present = self.customer_access_ids.partner_id
        return self.env["customer.access"].create(
            [
                {
                    "partner_id": member.partner_id.id,
                    "role_id": member.role_id.id,
                    "project_id": self.id,
                }
                for member in members
                if member.partner_id not in present
            ]
        )
