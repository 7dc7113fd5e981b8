from odoo import fields, models

from .customer_access_text import LINK_MARK


class MailMail(models.Model):
    """A mail that leads to choosing a password holds its link only from when it leaves."""

    _inherit = "mail.mail"

    customer_password_link_id = fields.Many2one(
        "customer.password.link",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The way to a password that is put in when the mail leaves.",
    )

    def _gets_link(self):
        return super()._gets_link() or bool(self.customer_password_link_id)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(mail_server, doc_to_followers)
        link = self.customer_password_link_id
        if not link:
            return emails
        addresses = {address for email in emails for address in email["email_to_normalized"]}
        is_own = addresses == {link.email} and LINK_MARK in (self.body_html or "")
        url = link._release() if is_own else None
        if not url:
            return []
        for email in emails:
            for part in ("body", "body_alternative"):
                email[part] = type(email[part])(str(email[part]).replace(LINK_MARK, url))
        return emails
