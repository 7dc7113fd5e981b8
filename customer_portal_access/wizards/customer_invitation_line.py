from odoo import api, fields, models


class CustomerInvitationLine(models.TransientModel):
    """One contact in the Send Invitation wizard, with what speaks against it."""

    _name = "customer.invitation.line"
    _description = "Recipient of an invitation"

    invitation_id = fields.Many2one("customer.invitation", required=True, ondelete="cascade")
    access_id = fields.Many2one("customer.access", required=True, ondelete="cascade")
    ticked = fields.Boolean(string="Invite", default=True)
    partner_id = fields.Many2one(related="access_id.partner_id", related_sudo=False)
    name = fields.Char(related="partner_id.name", related_sudo=False)
    role_id = fields.Many2one(related="access_id.role_id", related_sudo=False)
    email = fields.Char(related="access_id.email", related_sudo=False, string="E-mail")
    code_number = fields.Char(string="Number for codes", compute="_compute_code_number")
    requires_code = fields.Boolean(
        related="access_id.requires_code", related_sudo=False, string="SMS code"
    )
    lang = fields.Char(compute="_compute_lang")
    reason = fields.Char(compute="_compute_reason", string="What is missing")

    @api.depends("access_id.code_number")
    def _compute_code_number(self):
        for line in self:
            number = line.access_id.code_number
            line.code_number = number and line._phone_format(
                number=number, force_format="INTERNATIONAL"
            )

    @api.depends("access_id.partner_id.lang")
    def _compute_lang(self):
        for line in self:
            line.lang = line.access_id._invitation_lang()

    @api.depends("access_id.state_reason")
    def _compute_reason(self):
        for line in self:
            line.reason = line.access_id._refusal()
