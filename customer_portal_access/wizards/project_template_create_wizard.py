from odoo import fields, models


class ProjectTemplateCreateWizard(models.TransientModel):
    """A project made from a template takes over the customer's contacts, too."""

    _name = "project.template.create.wizard"
    _inherit = ["project.template.create.wizard", "customer.contact.pick"]

    partner_id = fields.Many2one("res.partner", string="Customer")
    customer_pick_ids = fields.Many2many(
        "customer.access",
        "project_template_wizard_customer_access_rel",
        string="Contact persons of the customer",
        help="Ticked: gets an access to this project, in the role on the customer.",
    )

    def _get_template_whitelist_fields(self):
        names = super()._get_template_whitelist_fields()
        return [*names, "customer_pick_ids", *(["partner_id"] if self.partner_id else [])]
