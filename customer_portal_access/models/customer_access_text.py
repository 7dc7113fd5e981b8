import re

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_sanitize, is_html_empty

from ..utils import strip_invisible

PLACEHOLDERS = ("name", "link", "expiry", "sender", "workspace", "company")
_PLACEHOLDER = re.compile(rf"\[({'|'.join(PLACEHOLDERS)})\]", re.IGNORECASE)
_LINK_IN_HREF = re.compile(r'href=(["\'])(?:https?://)?(?:\[|%5B)link(?:\]|%5D)/?\1', re.I)

# What a queued mail holds in place of the address and its end, until it leaves.
LINK_MARK = "https://customer-link.invalid/"
EXPIRY_MARK = "customer-link-expiry"


class CustomerAccess(models.Model):
    """The text of an invitation, in the contact's language; what staff type is never run."""

    _inherit = "customer.access"

    @api.model
    def _invitation_template(self, template_id=None):
        """Return the template to use.

        :raises UserError: when it is not a template for accesses
        """
        if not template_id:
            return self.env.ref("customer_portal_access.mail_template_invitation")
        template = self.env["mail.template"].browse(template_id).exists()
        if template.model != self._name:
            raise UserError(self.env._("This is no invitation template. Choose another template."))
        return template

    @api.model
    def _check_invitation_text(self, subject, body):
        """Refuse a text that would leave without its link.

        :raises UserError: saying what is missing
        """
        if subject is not None and "[link]" in subject.lower():
            raise UserError(
                self.env._("The link cannot stand in the subject. Put [link] into the text.")
            )
        if body is None:
            return
        if is_html_empty(body) or not ("[link]" in body.lower() or _LINK_IN_HREF.search(body)):
            raise UserError(
                self.env._(
                    "The text has no link: the tag [link] is missing or damaged. Write "
                    "[link], in square brackets, where the link shall stand."
                )
            )

    def _invitation_lang(self):
        """Return the language to write to this contact in.

        :rtype: str
        """
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (self.partner_id.lang, self.company_id.partner_id.lang, self.env.lang)
        return next((lang for lang in wanted if lang in installed), "en_US")

    def _invitation_text(self, template, subject=None, body=None):
        """Return subject and body for one contact, in the contact's language.

        :param template: the ``mail.template`` for what is not given
        :param str subject: plain text, or ``None``
        :param str body: HTML, or ``None``; placeholders are replaced, nothing is run
        :rtype: tuple[str, Markup]
        """
        self.ensure_one()
        lang_self = self.with_context(lang=self._invitation_lang())
        template = template.with_context(lang=lang_self.env.lang)
        if subject is None:
            subject = template._render_field("subject", self.ids)[self.id]
        if body is None:
            body = template._render_field("body_html", self.ids)[self.id]
        self._check_invitation_text(None, str(body))
        values = lang_self._placeholder_values()
        subject = strip_invisible(
            _PLACEHOLDER.sub(lambda match: str(values[match[1].lower()]), subject)
        )
        values["link"] = lang_self._link_html()
        body = _LINK_IN_HREF.sub(f'href="{LINK_MARK}"', str(html_sanitize(body)))
        body = _PLACEHOLDER.sub(lambda match: str(escape(values[match[1].lower()])), body)
        return subject, Markup(body)  # noqa: S704  sanitized above, values escaped

    def _placeholder_values(self):
        self.ensure_one()
        return {
            "name": self._contact_name(),
            "link": "",
            "expiry": EXPIRY_MARK,
            "sender": self.env.user.name,
            "workspace": self.sudo().res_name,
            "company": self.company_id.name,
        }

    def _link_html(self):
        """Return what stands for [link] in a text: a button, and the address below."""
        company = self.company_id.sudo()
        return Markup(
            '<a href="{url}" style="display:inline-block;padding:12px 24px;'
            "border-radius:6px;font-weight:bold;text-decoration:none;"
            'background-color:{background};color:{color}">{label}</a>'
            '<br/><small style="color:#666666;word-break:break-all">{url}</small>'
        ).format(
            url=LINK_MARK,
            background=company.email_secondary_color or "#714B67",
            color=company.email_primary_color or "#FFFFFF",
            label=self.env._("Open my page"),
        )

    def _expiry_text(self, expires_at):
        """Return until when a link serves, in the contact's language and time zone."""
        lang_self = self.with_context(
            lang=self._invitation_lang(), tz=self.partner_id.tz or self.env.user.tz or "UTC"
        )
        if not expires_at:
            return lang_self.env._("it is withdrawn")
        return lang_self._day(expires_at)

    def _preview(self, template, subject=None, body=None):
        """Return what the contact will get, with an address that leads nowhere.

        :rtype: dict
        """
        self.ensure_one()
        subject, body = self._invitation_text(template, subject, body)
        expires_at = self._link_end(self.link_kind, fields.Datetime.now())
        return {
            "subject": subject,
            "body": self._fill_marks(body, f"{self.get_base_url()}/customer/link/…", expires_at),
            "lang": self._invitation_lang(),
            "email_to": self.email,
        }

    def _fill_marks(self, html, url, expires_at):
        """Put the address and its end where the queued text holds their places."""
        wrap = type(html)
        return wrap(
            str(html)
            .replace(LINK_MARK, url)
            .replace(EXPIRY_MARK, str(escape(self._expiry_text(expires_at))))
        )
