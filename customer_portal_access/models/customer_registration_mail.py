import re

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext, html_sanitize
from odoo.tools.misc import get_lang

from ..utils import strip_invisible
from .customer_access_text import LINK_MARK
from .mail_mail import LETTER

_PLACEHOLDER = re.compile(r"\[(name|link|company|reason)\]", re.IGNORECASE)


class CustomerRegistration(models.Model):
    """Mails to whoever registers. What a page does not tell, they tell the mailbox."""

    _inherit = "customer.registration"

    def _answer(self, confirmation):
        """Write what this address needs to know.

        :param confirmation: the form that is answered
        """
        standing = self._standing()
        if standing == "confirm":
            self._send_letter("confirm", confirmation=confirmation)
            return
        self._send_letter(standing)
        confirmation.unlink()
        if self.state == "unverified" and standing != "waiting":
            self.unlink()

    @api.model
    def _tell_waiting(self, email, company=None):
        """Tell whoever waits for an approval that it is so, by mail.

        :param str email: a normalised address
        :param company: that was asked; none: wherever the person waits
        :return: whether there is a registration to wait for
        :rtype: bool
        """
        waiting = self.search(Domain("email", "=", email) & Domain("state", "=", "pending"))
        # whoever types the address of somebody else fills no mailbox
        if not waiting or self.env["customer.quota"]._take("registration_told", email):
            return bool(waiting)
        for registration in waiting.filtered(lambda one: one.company_id == company) or waiting:
            registration._send_letter("waiting")
        return True

    # ------------------------------------------------------------
    # THE TEXT
    # ------------------------------------------------------------

    def _letter_template(self, purpose):
        """Return the template of a mail.

        :param str purpose: ``confirm``, ``waiting``, ``known``, ``refused`` or ``rejected``
        """
        own = self.company_id.customer_registration_confirm_template_id
        if purpose == "confirm" and own:
            return own
        return self.env.ref(f"customer_portal_access.mail_template_registration_{purpose}")

    def _send_letter(self, purpose, confirmation=None):
        """Queue a mail to the address of this registration, in its language.

        :param str purpose: as in ``_letter_template``
        :param confirmation: whose link is put in when the mail leaves
        """
        self.ensure_one()
        lang = get_lang(self.env, self.lang).code
        registration = self.with_context(lang=lang)
        company = registration.company_id
        template = registration._letter_template(purpose).with_context(lang=lang)
        subject, body = registration._letter_text(template, purpose)
        html = template._render_encapsulate(
            "customer_portal_access.mail_layout",
            body,
            add_context={
                "company": company,
                "record_name": company.name,
                "model_description": registration.env._("registration"),
                "subtitles": [company.name],
                "message": registration._layout_message(body),
            },
            context_record=registration,
        )
        sender = company._customer_sender(registration.user_id)
        # sudo: staff who reject may not write to the queue
        mails_sudo = self.env["mail.mail"].sudo().with_context(customer_letter=LETTER)
        mail_sudo = mails_sudo.create(
            {
                "subject": subject,
                "body_html": html,
                "email_from": sender,
                "reply_to": sender,
                "email_to": self.email,
                "auto_delete": True,
                "mail_server_id": template.mail_server_id.id,
                "message_type": "user_notification",
                "record_company_id": company.id,
                "customer_confirmation_id": confirmation and confirmation.id,
            }
        )
        mail_sudo.with_context(customer_letter=None).send_after_commit()

    def _letter_text(self, template, purpose):
        """Return subject and body; placeholders are replaced, nothing is run.

        :param template: the ``mail.template``, in the language of the mail
        :param str purpose: as in ``_letter_template``
        :rtype: tuple[str, Markup]
        """
        template_sudo = template.sudo()  # who decides need not read every template
        subject = template_sudo._render_field("subject", self.ids)[self.id]
        body = str(html_sanitize(template_sudo._render_field("body_html", self.ids)[self.id]))
        words = {
            "name": self.name,
            "company": self.company_id.name,
            "reason": self.reason or "",
            "link": "",
        }
        subject = strip_invisible(
            _PLACEHOLDER.sub(lambda match: words[match[1].lower()], str(subject))
        )
        label, url = self._letter_link(purpose)
        if url and "[link]" not in body.lower():
            body += "<p>[link]</p>"  # a mail that asks for a click has what to click on
        html = {word: escape(text) for word, text in words.items()}
        html["reason"] = Markup("<br/>").join(escape(self.reason or "").splitlines())
        html["link"] = self.company_id._customer_button(url, label) if url else ""
        body = _PLACEHOLDER.sub(lambda match: str(html[match[1].lower()]), body)
        return subject, Markup(body)  # noqa: S704  sanitized above, values escaped

    def _letter_link(self, purpose):
        """Return what the button of a mail says, and where it leads.

        :rtype: tuple
        """
        if purpose == "confirm":
            return self.env._("Confirm my address"), LINK_MARK
        if purpose == "known":
            return self.env._("Sign in"), f"{self.get_base_url()}/web/login"
        return None, None

    def _layout_message(self, body):
        """Return the message that the layout shows, whose preview holds no link."""
        text = str(body).partition("<a href=")[0]
        preview = " ".join(html2plaintext(text).split())[:190]
        return self.env["mail.message"].sudo().new({"body": body, "preview": preview})


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.constrains("body_html", "model")
    def _check_customer_confirmation_link(self):
        """Keep the link in what proves an address."""
        own = self.env.ref(
            "customer_portal_access.mail_template_registration_confirm", raise_if_not_found=False
        )
        for template in self.filtered(lambda one: one.model == "customer.registration"):
            # sudo: templates serve every company
            companies_sudo = self.env["res.company"].sudo()
            confirms = template == own or companies_sudo.search_count(
                [("customer_registration_confirm_template_id", "=", template.id)], limit=1
            )
            if confirms and "[link]" not in (template.body_html or "").lower():
                raise ValidationError(
                    self.env._(
                        "The text has no link: write [link], in square brackets, where the "
                        "link that confirms the address shall stand."
                    )
                )
