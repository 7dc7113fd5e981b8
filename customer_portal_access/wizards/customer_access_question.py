from odoo import api, fields, models


class CustomerAccessQuestion(models.TransientModel):
    """What ``explain`` says of a contact, in a small dialog."""

    _name = "customer.access.question"
    _description = "Can they see this?"

    partner_id = fields.Many2one("res.partner", string="Contact", required=True, readonly=True)
    access_id = fields.Many2one(
        "customer.access",
        string="Where",
        compute="_compute_access_id",
        compute_sudo=False,  # it proposes what the user may see
        store=True,
        readonly=False,
        domain="[('partner_id', '=', partner_id)]",
    )
    permission_id = fields.Many2one("customer.permission", string="What")
    allowed = fields.Selection(
        [("yes", "Yes"), ("no", "No")], string="Answer", compute="_compute_answer"
    )
    because = fields.Text(compute="_compute_answer")

    @api.depends("partner_id")
    def _compute_access_id(self):
        for question in self:
            question.access_id = self.env["customer.access"].search(
                [("partner_id", "=", question.partner_id.id)], limit=1
            )

    @api.depends("access_id", "permission_id")
    @api.depends_context("lang")
    def _compute_answer(self):
        for question in self:
            question.allowed, question.because = False, False
            if question.access_id and question.permission_id:
                answer = question.access_id.explain(question.permission_id.code)
                question.allowed = "yes" if answer["allowed"] else "no"
                question.because = "\n".join(answer["because"])
