from odoo import api, fields, models
from odoo.tools import email_normalize


class CustomerContactEdit(models.TransientModel):
    """The small form behind a contact's name: name, e-mail and numbers."""

    _name = "customer.contact.edit"
    _description = "Edit contact"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    name = fields.Char(
        compute="_compute_facts", store=True, readonly=False, precompute=True, required=True
    )
    email = fields.Char(
        string="E-mail", compute="_compute_facts", store=True, readonly=False, precompute=True
    )
    phone = fields.Char(compute="_compute_facts", store=True, readonly=False, precompute=True)
    customer_mobile = fields.Char(
        string="Mobile for codes",
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    email_warning = fields.Char(compute="_compute_email_warning")

    @api.depends("partner_id")
    def _compute_facts(self):
        for edit in self:
            partner = edit.partner_id.sudo(False)  # stored fields are computed with sudo
            partner.check_access("read")
            edit.name = partner.name
            edit.email = partner.email
            edit.phone = partner.phone
            edit.customer_mobile = partner.customer_mobile

    @api.depends("email")
    def _compute_email_warning(self):
        for edit in self:
            edit.email_warning = edit._warning_text()

    def _warning_text(self):
        """Say what a new address does to somebody with access; nothing when it does nothing.

        :rtype: str
        """
        partner, new = self.partner_id, email_normalize(self.email)
        # sudo: accesses in other companies are concerned, too
        accesses_sudo = partner.sudo().customer_access_ids
        if partner.email_normalized == new or not accesses_sudo:
            return ""
        sentences = []
        if accesses_sudo.filtered(lambda access: access.invited_at or access.link_ids):
            sentences = [
                self.env._("Links sent so far stop working: invite again afterwards."),
                self.env._("The old and the new address are told."),
            ]
        login = partner.email_normalized
        if login and partner._customer_portal_users(login):
            sentences.append(
                self.env._("Signing in works with %(email)s from then on.", email=new or "…")
            )
        return " ".join(sentences)

    def action_save(self):
        """Write what was typed, as a whole or not at all.

        :rtype: dict
        """
        self.ensure_one()
        partner, company = self.partner_id, self.company_id
        values = {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "customer_mobile": self.customer_mobile,
        }
        values = {
            field: value for field, value in values.items() if (value or False) != partner[field]
        }
        if "phone" in values:
            values["phone"] = partner._customer_check_phone(self.phone, company)
        if "customer_mobile" in values:
            values["customer_mobile"] = partner._customer_check_mobile(
                self.customer_mobile, company
            )
        partner.write(values)
        return {"type": "ir.actions.act_window_close"}
