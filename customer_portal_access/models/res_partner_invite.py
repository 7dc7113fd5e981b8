import re

from markupsafe import Markup, escape

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr, html_sanitize

from ..utils import strip_invisible

SIGN_IN_PLACEHOLDERS = ("name", "login", "link", "sender", "company", "done")
_PLACEHOLDER = re.compile(rf"\[({'|'.join(SIGN_IN_PLACEHOLDERS)})\]", re.IGNORECASE)


class ResPartner(models.Model):
    """The mail "come and sign in": the contact chooses a password at the first sign-in.

    It holds a user name and an address, and no secret.
    """

    _inherit = "res.partner"

    def _customer_login(self):
        """Return the user name that this contact signs in with, or will.

        :rtype: str
        """
        user_sudo = self.sudo().user_ids[:1]  # sudo: staff need not read users
        return user_sudo.login or self.email_normalized or ""

    def _customer_sign_in_text(self, template, company, words=None):
        """Return subject and body of "come and sign in", in the contact's language.

        :param template: a ``mail.template`` for contacts
        :param company: who invites
        :param words: a function that returns what stands for some of the placeholders, for
            the contact in its language
        :rtype: tuple[str, Markup]
        :raises UserError: when the text lacks the address
        """
        self.ensure_one()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (self.lang, company.partner_id.lang, self.env.lang)
        lang = next((lang for lang in wanted if lang in installed), "en_US")
        lang_self = self.with_context(lang=lang)
        template = template.with_context(lang=lang)
        subject = template._render_field("subject", self.ids)[self.id]
        body = str(html_sanitize(template._render_field("body_html", self.ids)[self.id]))
        if "[link]" not in body.lower():
            raise UserError(
                self.env._("The text has no address: write [link] where it shall stand.")
            )
        values = {
            "name": strip_invisible(self.name or self.email or ""),
            "login": self._customer_login(),
            "sender": self.env.user.name,
            "company": company.name,
            "done": "",
            **(words(lang_self) if words else {"link": lang_self._customer_sign_in_html(company)}),
        }
        subject = strip_invisible(
            _PLACEHOLDER.sub(lambda match: str(values[match[1].lower()]), subject or "")
        )
        body = _PLACEHOLDER.sub(lambda match: str(escape(values[match[1].lower()])), body)
        return subject, Markup(body)  # noqa: S704  sanitized above, values escaped

    def _customer_sign_in_html(self, company):
        """Return what stands for [link]: a button, and the address below."""
        url = f"{company.get_base_url()}/web/login"
        return company._customer_button(url, self.env._("Sign in"))

    def _customer_sign_in_mail(self, template, company, words=None):
        """Return the values of a mail "come and sign in" from the user.

        :param words: as for ``_customer_sign_in_text``
        :rtype: dict
        """
        subject, body = self._customer_sign_in_text(template, company, words)
        body = template._render_encapsulate(
            "customer_portal_access.mail_layout",
            body,
            add_context={
                "company": company,
                "record_name": company.name,
                "model_description": self.env._("page"),
                "subtitles": [company.name],
                "message": self.env["customer.access"]._layout_message(body),
            },
            context_record=self,
        )
        sender = self.env.user.email_formatted or company._customer_sender()
        return {
            "subject": subject,
            "body_html": body,
            "email_from": sender,
            "reply_to": sender,
            "email_to": formataddr((strip_invisible(self.name or ""), email_normalize(self.email))),
            "auto_delete": True,
            "mail_server_id": template.mail_server_id.id,
            "message_type": "user_notification",
            "record_company_id": company.id,
        }
