import re
from typing import NamedTuple

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_sanitize, is_html_empty

from ..utils import strip_invisible

PLACEHOLDERS = ("name", "link", "expiry", "sender", "workspace", "company", "publications")
_PLACEHOLDER = re.compile(rf"\[({'|'.join(PLACEHOLDERS)})\]", re.IGNORECASE)
_LINK_IN_HREF = re.compile(r'href=(["\'])(?:https?://)?(?:\[|%5B)link(?:\]|%5D)/?\1', re.I)

# What a queued mail holds in place of the address and its end, until it leaves.
LINK_MARK = "https://customer-link.invalid/"
EXPIRY_MARK = "customer-link-expiry"

# So many titles stand in a subject.
SUBJECT_TITLES = 3


class Letter(NamedTuple):
    """What a mail to contacts says, before it is each contact's own.

    ``publications`` is what it is about, as far as the contact sees it; ``has_link``
    says whether [link] is a personal link, or the address of the page to sign in at;
    ``section`` is the part of the workspace that the link leads to.
    """

    template: models.BaseModel
    subject: str | None = None
    body: str | None = None
    publications: models.BaseModel | tuple = ()
    has_link: bool = True
    section: str | None = None


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

    def _letter_text(self, letter):
        """Return subject and body for one contact, in the contact's language.

        :param Letter letter: subject and body are plain text and HTML; placeholders are
            replaced, nothing is run
        :rtype: tuple[str, Markup]
        :raises UserError: when the text lacks the link, or speaks of publications and
            there is none
        """
        self.ensure_one()
        lang_self = self.with_context(lang=self._invitation_lang())
        template = letter.template.with_context(lang=lang_self.env.lang)
        subject, body = letter.subject, letter.body
        if subject is None:
            subject = template._render_field("subject", self.ids)[self.id]
        if body is None:
            body = template._render_field("body_html", self.ids)[self.id]
        self._check_invitation_text(None, str(body))
        if not letter.publications and "[publications]" in f"{subject}{body}".lower():
            raise UserError(
                self.env._(
                    "[publications] stands for what was published, and this mail is about "
                    "nothing of it. Take it out, or choose another template."
                )
            )
        values = lang_self._placeholder_values()
        values["publications"] = lang_self._titles_text(letter.publications)
        subject = strip_invisible(
            _PLACEHOLDER.sub(lambda match: str(values[match[1].lower()]), subject)
        )
        values["publications"] = lang_self._titles_html(letter.publications)
        values["link"] = lang_self._link_html(letter.publications)
        body = _LINK_IN_HREF.sub(f'href="{LINK_MARK}"', str(html_sanitize(body)))
        body = _PLACEHOLDER.sub(lambda match: str(escape(values[match[1].lower()])), body)
        if not letter.has_link:
            body = self._fill_marks(body, self._page_url(letter.publications), False)
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

    def _titles_text(self, publications):
        """Return the titles of publications for one line, the first few of many."""
        titles = [strip_invisible(publication.name) for publication in publications]
        text = ", ".join(titles[:SUBJECT_TITLES])
        if more := len(titles[SUBJECT_TITLES:]):
            text = self.env._("%(titles)s and %(count)s more", titles=text, count=more)
        return text

    def _titles_html(self, publications):
        """Return what stands for [publications] in a text: the titles, one a line."""
        titles = [strip_invisible(publication.name) for publication in publications]
        if len(titles) == 1:
            return escape(titles[0])
        return Markup("<br/>").join(Markup("• %s") % title for title in titles)

    def _page_url(self, publications):
        """Return the address of the page on which the contact finds these, without a token."""
        path = self._path()
        if len(publications) == 1:
            path = self._publication_path(publications)
        return f"{self.get_base_url()}{path}"

    def _link_html(self, publications=()):
        """Return what stands for [link] in a text: a button, and the address below."""
        return self.company_id._customer_button(LINK_MARK, self._link_label(publications))

    def _link_label(self, publications):
        """Return what the button of the mail says."""
        kind = publications.kind if len(publications) == 1 else None
        return {
            "offer": lambda: self.env._("See the offer"),
            "list": lambda: self.env._("Open the list"),
            "file": lambda: self.env._("See the files"),
            "page": lambda: self.env._("Read the page"),
        }.get(kind, lambda: self.env._("Open my page"))()

    def _expiry_text(self, expires_at):
        """Return until when a link serves, in the contact's language and time zone."""
        lang_self = self.with_context(
            lang=self._invitation_lang(), tz=self.partner_id.tz or self.env.user.tz or "UTC"
        )
        if not expires_at:
            return lang_self.env._("it is withdrawn")
        return lang_self._day(expires_at)

    def _preview(self, letter):
        """Return what the contact will get, with an address that leads nowhere.

        :rtype: dict
        """
        self.ensure_one()
        subject, body = self._letter_text(letter)
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
