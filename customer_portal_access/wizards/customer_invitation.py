from lxml import html

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.customer_access_text import Letter

# Without these no invitation arrives at all; the others only deserve a warning.
INDISPENSABLE_CHECKS = {"mail", "sender"}
# So many names stand in a warning before it only counts.
NAMES_SHOWN = 5


def _has_qweb(body):
    """Tell whether an HTML text has parts that only QWeb can fill in."""
    tree = html.fragment_fromstring(body or "", create_parent="div")
    return any(
        node.tag == "t" or any(name.startswith("t-") for name in node.attrib)
        for node in tree.iter()
    )


class CustomerInvitation(models.TransientModel):
    """Send Invitation: who gets which text, to be seen before anything leaves.

    The wizard only gathers; ``customer.access.send_invitation`` does the sending and
    says what became of each contact.
    """

    _name = "customer.invitation"
    _description = "Send Invitation"

    access_ids = fields.Many2many("customer.access", string="Accesses")
    line_ids = fields.One2many(
        "customer.invitation.line",
        "invitation_id",
        string="Recipients",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    template_id = fields.Many2one(
        "mail.template",
        required=True,
        domain=[("model", "=", "customer.access")],
        default=lambda self: self._default_template(),
    )
    is_dynamic = fields.Boolean(compute="_compute_is_dynamic")

    text_ids = fields.One2many(
        "customer.invitation.text",
        "invitation_id",
        string="Texts",
        compute="_compute_text_ids",
        store=True,
        readonly=False,
    )
    langs = fields.Json(compute="_compute_langs")
    is_multilingual = fields.Boolean(compute="_compute_langs")
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
    )
    subject = fields.Char(compute="_compute_text", readonly=False)
    body = fields.Html(compute="_compute_text", readonly=False, sanitize="email_outgoing")

    preview_access_id = fields.Many2one(
        "customer.access",
        string="Preview for",
        compute="_compute_preview_access_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', access_ids)]",
    )
    preview_email_to = fields.Char(string="To", compute="_compute_preview")
    preview_subject = fields.Char(string="Subject of the preview", compute="_compute_preview")
    preview_body = fields.Html(compute="_compute_preview", sanitize="email_outgoing")
    text_problem = fields.Char(compute="_compute_preview")

    has_edit_data = fields.Boolean(compute="_compute_warnings")
    has_login_free = fields.Boolean(compute="_compute_warnings")
    login_free_note = fields.Char(compute="_compute_warnings")
    setup_warning = fields.Text(compute="_compute_warnings")
    can_send = fields.Boolean(compute="_compute_warnings")

    @api.depends("access_ids")
    def _compute_line_ids(self):
        for wizard in self:
            accesses = wizard.access_ids._origin.sudo(False)._filtered_access("read")
            ticked = wizard._ticked_at_first(accesses)
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create({"access_id": access.id, "ticked": access in ticked})
                    for access in accesses
                ),
            ]

    def _ticked_at_first(self, accesses):
        """Return which of these contacts are ticked when the wizard opens.

        Among several, whoever is in already or was revoked is asked for by a click.

        :param accesses: ``customer.access`` records
        """
        if len(self.access_ids) == 1:
            return accesses
        return accesses.filtered(lambda access: access.state not in ("active", "revoked"))

    @api.model
    def _default_template(self):
        """Return the template that the wizard opens with."""
        return self.env.ref(
            "customer_portal_access.mail_template_invitation", raise_if_not_found=False
        )

    @api.depends("template_id")
    def _compute_is_dynamic(self):
        for wizard in self:
            template = wizard.template_id
            wizard.is_dynamic = "{{" in (template.subject or "") or _has_qweb(template.body_html)

    @api.depends("access_ids")
    def _compute_langs(self):
        for wizard in self:
            langs = wizard.line_ids.mapped("lang")
            wizard.langs = sorted(set(langs), key=lambda lang: (-langs.count(lang), lang))
            wizard.is_multilingual = len(set(langs)) > 1

    @api.depends("access_ids")
    def _compute_text_ids(self):
        for wizard in self:
            wizard.text_ids = [
                Command.clear(),
                *(Command.create({"lang": lang}) for lang in wizard.langs or ()),
            ]

    @api.depends("access_ids")
    def _compute_lang(self):
        for wizard in self:
            wizard.lang = wizard.langs[0] if wizard.langs else False

    @api.depends("lang", "text_ids.subject", "text_ids.body")
    def _compute_text(self):
        for wizard in self:
            text = wizard._text(wizard.lang)
            wizard.subject, wizard.body = text.subject, text.body

    @api.onchange("subject", "body")
    def _onchange_text(self):
        text = self._text(self.lang)
        text.subject, text.body = self.subject, self.body

    @api.depends("access_ids", "lang")
    def _compute_preview_access_id(self):
        for wizard in self:
            lines = wizard._lines_in(wizard.lang)
            wizard.preview_access_id = lines.sorted(lambda line: bool(line.reason)).access_id[:1]

    @api.depends("preview_access_id", "template_id", "text_ids.subject", "text_ids.body")
    def _compute_preview(self):
        for wizard in self:
            preview, problem = {}, False
            try:
                preview = wizard._preview()
            except UserError as error:
                problem = str(error)
            wizard.text_problem = problem
            wizard.preview_email_to = preview.get("email_to")
            wizard.preview_subject = preview.get("subject")
            wizard.preview_body = preview.get("body")

    @api.depends("line_ids.ticked")
    def _compute_warnings(self):
        for wizard in self:
            accesses = wizard._ticked_lines().filtered(lambda line: not line.reason).access_id
            wizard.has_edit_data = "edit_data" in (
                wizard._newcomers(accesses).role_id.permission_ids.mapped("code")
            )
            login_free = accesses.filtered(lambda access: access.link_kind == "login_free")
            wizard.has_login_free = bool(login_free)
            wizard.login_free_note = wizard._login_free_text(login_free)
            problems = wizard._setup_problems(accesses)
            wizard.setup_warning = "\n".join(check["text"] for check in problems.values())
            hopeless = set(INDISPENSABLE_CHECKS)
            if all(accesses.mapped("requires_code")):
                hopeless.add("sms")
            wizard.can_send = bool(accesses) and not hopeless & problems.keys()

    def _newcomers(self, accesses):
        """Return whom the mails let in: those it matters for what they may do then."""
        return accesses

    def _login_free_text(self, accesses):
        """Say what a login-free link means, to who sends one.

        :param accesses: those who get one
        :rtype: str
        """
        if not accesses:
            return ""
        names = accesses.partner_id.mapped("name")
        who = ", ".join(names[:NAMES_SHOWN])
        more = len(names) - NAMES_SHOWN
        if more > 0:
            who = self.env._("%(names)s and %(more)s more", names=who, more=more)
        if all(accesses.company_id.mapped("customer_require_code_to_respond")):
            return self.env._(
                "Login-free links go to %(names)s. Such a link asks for no code: whoever holds "
                "it can open the page. Answering an offer takes a code.",
                names=who,
            )
        return self.env._(
            "Login-free links go to %(names)s. Such a link asks for no code: whoever holds it "
            "can open the page and answer the offer.",
            names=who,
        )

    def _setup_problems(self, accesses):
        """Return the failed set-up checks that matter to these accesses, by key."""
        company = accesses.company_id[:1] or self.env.company
        checks = self.env["customer.portal.settings"].with_company(company)._setup_checks()
        needed = {*INDISPENSABLE_CHECKS, "base_url"}
        if any(accesses.mapped("requires_code")):
            needed.add("sms")
        return {
            check["key"]: check
            for check in checks
            if check["key"] in needed and check["ok"] is False
        }

    def _ticked_lines(self):
        return self.line_ids.filtered("ticked")

    def _lines_in(self, lang):
        return self.line_ids.filtered(lambda line: line.lang == lang)

    def _text(self, lang):
        return self.text_ids.filtered(lambda text: text.lang == lang)[:1]

    def _edited_text(self, lang):
        """Return the subject and body that replace the template's, or two ``None``.

        :rtype: tuple
        """
        text = self._text(lang)
        if self.is_dynamic or not text.edited:
            return None, None
        return text.subject, text.body

    def _preview(self):
        """Return the mail as the chosen recipient will see it.

        :rtype: dict
        """
        access = self.preview_access_id
        if not access or not self.template_id:
            return {}
        return access._preview(self._letter(access))

    def _letter(self, access):
        """Return what the mail to one of the recipients says.

        :rtype: Letter
        """
        return Letter(self.template_id, *self._edited_text(access._invitation_lang()))

    def action_send(self):
        """Send to everybody who is ticked and say what became of each of them.

        :return: a notification that closes the wizard
        :rtype: dict
        :raises UserError: when nobody is ticked or a text has lost its link; nothing
            is sent then
        """
        self.ensure_one()
        lines = self._ticked_lines()
        if not lines:
            raise UserError(self.env._("Tick at least one contact."))
        for lang in set(lines.mapped("lang")):
            self._check_text(lang)
        results = []
        # languages left alone go together, an edited one on its own
        by_text = lines.grouped(lambda line: self._edited_text(line.lang))
        for text, text_lines in by_text.items():
            results += self._send(text_lines.access_id, *text)
        return self._notification(
            self._result_text(results),
            kind="success" if all(r["status"] == "sent" for r in results) else "warning",
            next_action={"type": "ir.actions.act_window_close"},
        )

    def _send(self, accesses, subject, body):
        """Send one text to those who read its language.

        :return: one result an access, as ``send_invitation`` gives it
        :rtype: list[dict]
        """
        return accesses.send_invitation(self.template_id.id, subject, body)

    def action_test(self):
        """Send the text on screen to the user, with a link that opens nothing.

        :rtype: dict
        """
        self.ensure_one()
        self._check_text(self.lang)
        access = self._lines_in(self.lang).access_id[:1]
        access._send_test(self._letter(access))
        return self._notification(
            self.env._("A test is on its way to %(email)s.", email=self.env.user.email),
            kind="success",
        )

    def _check_text(self, lang):
        """Refuse a text without a whole link; a dynamic template is sent as it is."""
        text = self._text(lang)
        if not self.is_dynamic:
            self.env["customer.access"]._check_invitation_text(text.subject, text.body)

    def _result_text(self, results):
        """Say in one sentence how many were sent and who was skipped why.

        :param list results: what ``send_invitation`` returned
        :rtype: str
        """
        skipped = [result for result in results if result["status"] == "skipped"]
        numbers = {"sent": len(results) - len(skipped), "skipped": len(skipped)}
        if not skipped:
            return self.env._("%(sent)s sent", **numbers)
        access = self.env["customer.access"]
        reasons = "; ".join(
            f"{access.browse(result['access_id']).partner_id.name}: {result['reason']}"
            for result in skipped
        )
        return self.env._(
            "%(sent)s sent, %(skipped)s skipped: %(reasons)s", **numbers, reasons=reasons
        )

    def _notification(self, message, kind, next_action=False):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "sticky": kind == "warning",
                "next": next_action,
            },
        }
