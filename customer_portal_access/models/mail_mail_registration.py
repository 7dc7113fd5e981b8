from odoo import fields, models

from .customer_access_text import LINK_MARK


class MailMail(models.Model):
    """A mail that proves the address of a registration holds its link only from when it leaves."""

    _inherit = "mail.mail"

    customer_confirmation_id = fields.Many2one(
        "customer.registration.confirmation",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The registration whose link is put in when the mail leaves.",
    )

    def _gets_link(self):
        return super()._gets_link() or bool(self.customer_confirmation_id)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(mail_server, doc_to_followers)
        confirmation = self.customer_confirmation_id
        if not confirmation:
            return emails
        addresses = {address for email in emails for address in email["email_to_normalized"]}
        proves = addresses == {confirmation.registration_id.email} and LINK_MARK in (
            self.body_html or ""
        )
        url = confirmation._release() if proves else None
        if not url:
            return []
        for email in emails:
            for part in ("body", "body_alternative"):
                email[part] = type(email[part])(str(email[part]).replace(LINK_MARK, url))
        return emails
