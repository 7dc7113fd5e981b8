from odoo import api, fields, models


class CustomerInvitationLine(models.TransientModel):
    """One contact in the Send Invitation wizard, with what speaks against it."""

    _name = "customer.invitation.line"
    _description = "Recipient of an invitation"

    invitation_id = fields.Many2one("customer.invitation", required=True, ondelete="cascade")
    access_id = fields.Many2one("customer.access", required=True, ondelete="cascade")
    ticked = fields.Boolean(string="Invite", default=True)
    partner_id = fields.Many2one(related="access_id.partner_id")
    name = fields.Char(related="partner_id.name")
    role_id = fields.Many2one(related="access_id.role_id")
    email = fields.Char(related="access_id.email", string="E-mail")
    code_number = fields.Char(string="Number for codes", compute="_compute_code_number")
    requires_code = fields.Boolean(related="access_id.requires_code", string="SMS code")
    lang = fields.Char(compute="_compute_lang")
    reason = fields.Char(compute="_compute_reason", string="What is missing")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_shown()
        return lines

    def write(self, vals):
        res = super().write(vals)
        self._check_shown()
        return res

    def _check_shown(self):
        """Refuse a line of an access that is not the user's to see.

        What a line shows of its access is read with sudo.

        :raises AccessError: for the first such access
        """
        self.sudo(False).access_id.check_access("read")

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
        refusals = self._refusals()
        for line in self:
            line.reason = line._reason(refusals.get(line.access_id.id, ""))

    def _refusals(self):
        """Return why contacts cannot be sent anything, as sentences by the id of the access.

        :rtype: dict[int, str]
        """
        return self.access_id._refusals()

    def _reason(self, refusal):
        """Return what the line says of why it cannot be sent, ``""`` when it can.

        :param str refusal: a sentence, or ``""``
        """
        return refusal
