from odoo import api, fields, models, modules
from odoo.api import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.modules.registry import Registry

from .customer_access_text import LINK_MARK

# In the context of whoever makes a mail to a contact: no context from outside has it.
LETTER = object()


class MailMail(models.Model):
    _inherit = "mail.mail"

    customer_access_id = fields.Many2one(
        "customer.access",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The access whose link is put in when the mail leaves.",
    )
    customer_publication_ids = fields.Many2many(
        "customer.publication", readonly=True, help="What a mail to a contact is about."
    )
    customer_has_link = fields.Boolean(
        readonly=True, default=True, help="A personal link is put in when the mail leaves."
    )
    customer_section = fields.Char(
        readonly=True, help="The part of the workspace that the link leads to."
    )

    @api.model
    def _queue_letter(self, values):
        """Make a mail to a contact, which gets a personal link when it leaves.

        :param dict values: of the mail, with ``customer_access_id``
        """
        return self._queue_letters([values])

    @api.model
    def _queue_letters(self, vals_list):
        """Make mails to contacts, in one go.

        :param list vals_list: their values, as for ``_queue_letter``
        """
        # sudo: staff may not write to the queue
        letters = self.sudo().with_context(customer_letter=LETTER).create(vals_list)
        return letters.with_context(customer_letter=None)

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        # Whoever may send a template chooses values and defaults of mails made with sudo.
        if mails._is_letter() and self.env.context.get("customer_letter") is not LETTER:
            raise AccessError(self.env._("Personal links are sent by an invitation only."))
        return mails

    def _is_letter(self):
        """Say whether one of these mails is made by the addon's verbs only.

        :rtype: bool
        """
        return self._gets_link() or bool(self.customer_job_line_id)

    def _gets_link(self):
        """Say whether a personal link is put into one of these mails when it leaves.

        :rtype: bool
        """
        return bool(self.customer_access_id)

    def send_after_commit(self):
        """Commit each mail to a contact once it has left.

        In one transaction for all, as core has it, a server that is killed on the way
        forgets those that have left, and they leave a second time.
        """
        ours = self.filtered("customer_access_id")
        if not ours or modules.module.current_test:
            return super().send_after_commit()
        super(MailMail, self - ours).send_after_commit()
        ids, dbname = ours.ids, self.env.cr.dbname

        @self.env.cr.postcommit.add
        def send():
            with Registry(dbname).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["mail.mail"].process_email_queue(ids)

        return None

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Put the link in just before SMTP, so that it is nowhere else.

        Whoever may not have it (any more) gets no mail.
        """
        emails = super()._prepare_outgoing_list(mail_server, doc_to_followers)
        access, line = self.customer_access_id, self.customer_job_line_id
        if not access:
            # "come and sign in" goes to whom the policy lets in, as it is now
            return emails if not line or line._may_leave(emails) else []
        publications = self.customer_publication_ids
        # whoever emptied the text of a queued mail took its link out
        damaged = self.customer_has_link and LINK_MARK not in (self.body_html or "")
        if damaged or access._withhold(publications, self.create_uid):
            return []
        if access._is_misdirected(emails):
            return []
        if not self.customer_has_link:
            return emails
        released = access._release_link(publications, self.customer_section)
        for email in emails:
            for part in ("body", "body_alternative"):
                email[part] = access._fill_marks(email[part], *released)
        return emails

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type:
            for mail in self.filtered("customer_access_id"):
                mail.customer_access_id._mail_failed(
                    "failed", failure_reason or mail.failure_reason or failure_type
                )
        elif success_emails:
            for mail in self.filtered("customer_publication_ids"):
                self.env["customer.publication.recipient"]._note_sent(mail)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
