from odoo import api, fields, models
from odoo.exceptions import UserError

PURPOSES = [("invite", "Invite"), ("publish", "Publish"), ("again", "Send again")]

# What the dialog opens with, by whether the mails hold a personal link.
TEMPLATES = {
    True: "customer_portal_access.mail_template_publication",
    False: "customer_portal_access.mail_template_publication_sign_in",
}


class CustomerInvitation(models.TransientModel):
    """The same dialog for publications: publish them and tell whom, or send them again."""

    _inherit = "customer.invitation"

    publication_ids = fields.Many2many("customer.publication", string="Publications")
    purpose = fields.Selection(PURPOSES, required=True, default="invite")
    mail_them = fields.Boolean(
        string="Tell them by mail", compute="_compute_mail_them", store=True, readonly=False
    )
    has_link = fields.Boolean(
        string="With a personal link",
        default=True,
        help="Without: the mail leads to the page where contacts sign in.",
    )
    list_note = fields.Char(compute="_compute_notes")
    sign_in_note = fields.Char(compute="_compute_notes")

    @api.depends("publication_ids", "access_ids")
    def _compute_mail_them(self):
        for wizard in self:
            wizard.mail_them = any(not line.reason for line in wizard.line_ids)

    @api.depends("publication_ids", "line_ids.ticked", "has_link")
    def _compute_notes(self):
        for wizard in self:
            wizard.list_note = wizard._list_note()
            wizard.sign_in_note = wizard._sign_in_note()

    def _shown(self):
        """Return the publications themselves, also while the form is being filled in."""
        return self.publication_ids._origin

    def _list_note(self):
        """Say who sees a list only after confirming who one is, and who cannot do that.

        :rtype: str | bool
        """
        lists = self._shown().filtered(lambda publication: publication.kind == "list")
        by_link = self.line_ids.access_id.filtered(
            lambda access: access.link_kind == "login_free" and access._meant(lists)
        )
        if not by_link:
            return False
        note = self.env._(
            "A login-free link alone shows no lists: contacts confirm who they are first, by "
            "a code or by signing in."
        )
        if lost := by_link.filtered(lambda access: not access._can_confirm()):
            note += " " + self.env._(
                "These have neither a number for codes nor a password, and cannot: %(names)s.",
                names=", ".join(lost.partner_id.mapped("name")),
            )
        return note

    def _sign_in_note(self):
        """Say who would get a mail without link and has no password to sign in with.

        :rtype: str | bool
        """
        if self.has_link:
            return False
        lost = self._ticked_lines().access_id.filtered(
            lambda access: not access.partner_id.sudo()._customer_has_password()
        )
        if not lost:
            return False
        return self.env._(
            "These have no password and cannot sign in: %(names)s. Send them a personal link.",
            names=", ".join(lost.partner_id.mapped("name")),
        )

    def _newcomers(self, accesses):
        if self.publication_ids:
            # who was told before knows what an invitation lets one do
            accesses = accesses.filtered(lambda access: not access.invited_at)
        return super()._newcomers(accesses)

    @api.model
    def _default_template(self):
        if self.env.context.get("default_publication_ids"):
            return self.env.ref(TEMPLATES[True], raise_if_not_found=False)
        return super()._default_template()

    @api.onchange("publication_ids")
    def _onchange_publication_ids(self):
        if self.publication_ids:
            self.access_ids = self._shown()._addressees()

    @api.onchange("has_link")
    def _onchange_has_link(self):
        wanted = self.env.ref(TEMPLATES[self.has_link], raise_if_not_found=False)
        other = self.env.ref(TEMPLATES[not self.has_link], raise_if_not_found=False)
        # what was written by hand stays
        if wanted and self.template_id == other and not any(self.text_ids.mapped("edited")):
            self.template_id = wanted

    def _ticked_at_first(self, accesses):
        if not self.publication_ids:
            return super()._ticked_at_first(accesses)
        refusals = accesses._refusals(reinstate=False)
        reachable = accesses.filtered(lambda access: not refusals[access.id])
        if self.purpose != "again":
            return reachable
        return reachable.filtered(lambda access: not access._has_opened(self._shown()))

    def _letter(self, access):
        letter = super()._letter(access)
        if not self.publication_ids:
            return letter
        # drafts, too: they are published before the mail leaves
        return letter._replace(publications=access._meant(self._shown()), has_link=self.has_link)

    def _send(self, accesses, subject, body):
        if self.purpose == "invite":
            return super()._send(accesses, subject, body)
        if not self.publication_ids:
            raise UserError(self.env._("There is nothing to send: it was deleted meanwhile."))
        template = accesses._invitation_template(self.template_id.id)
        return accesses._send(template, subject, body, self._shown(), self.has_link)

    def action_send(self):
        """Publish, if that is what the dialog is for, and mail whom it shows as ticked.

        :rtype: dict
        :raises UserError: as for invitations; or somebody else published it meanwhile
        """
        self.ensure_one()
        if self.purpose != "invite":
            # sudo: whose rights have changed since gets an error, not a mail about less
            self.sudo().publication_ids.sudo(False).check_access("write")
        if self.purpose != "publish":
            return super().action_send()
        hidden = self.publication_ids.filtered(lambda shown: shown.state != "published")
        if not hidden:
            raise UserError(
                self.env._("Somebody else has published this meanwhile. Nothing was sent.")
            )
        hidden._publish()
        if self.mail_them:
            return super().action_send()
        return self._notification(
            self.env._("Published, and nobody was told by mail."),
            kind="success",
            next_action={"type": "ir.actions.act_window_close"},
        )

    def _result_text(self, results):
        text = super()._result_text(results)
        if self.purpose == "publish":
            return self.env._("Published. %(result)s", result=text)
        return text
