import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..utils import own_transaction

_logger = logging.getLogger(__name__)


class CustomerPublicationRecipient(models.Model):
    """What became of a publication with one contact: when it was sent, when opened."""

    _name = "customer.publication.recipient"
    _description = "Recipient of a publication"
    _order = "id"
    _rec_name = "partner_id"

    publication_id = fields.Many2one(
        "customer.publication", required=True, readonly=True, ondelete="cascade", index=True
    )
    access_id = fields.Many2one(
        "customer.access", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="access_id.partner_id", store=True, index=True)
    sent_at = fields.Datetime(readonly=True, help="When it was last sent.")
    sent_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    sent_subject = fields.Char(readonly=True)
    opened_at = fields.Datetime(string="First opened", readonly=True)
    last_opened_at = fields.Datetime(string="Last opened", readonly=True)
    opened_version = fields.Integer(
        readonly=True, help="The newest version that the contact has opened."
    )
    company_id = fields.Many2one(related="publication_id.company_id", store=True, precompute=True)

    _access_unique = models.UniqueIndex("(publication_id, access_id)")

    @api.model
    def _rows(self, access, publications):
        """Return the rows of a contact for publications; those that lack are made.

        Two requests may do so at once: call it in a transaction of its own.

        :param access: the ``customer.access`` of the contact
        :param publications: ``customer.publication`` records
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_publication_recipient
                       (publication_id, access_id, partner_id, company_id)
                SELECT id, %s, %s, company_id FROM customer_publication WHERE id IN %s
                    ON CONFLICT (publication_id, access_id) DO NOTHING
                """,
                access.id,
                access.partner_id.id,
                tuple(publications.ids),
            )
        )
        return self.search(
            [("access_id", "=", access.id), ("publication_id", "in", publications.ids)]
        )

    @api.model
    def _note_sent(self, mail):
        """Note that a mail about publications has left.

        It must not fail: a mail whose sending is rolled back leaves a second time.

        :param mail: the ``mail.mail``
        """
        try:
            with own_transaction(self.env) as env:
                recipients = env[self._name]._rows(
                    mail.customer_access_id, mail.customer_publication_ids
                )
                recipients.write(
                    {
                        "sent_at": fields.Datetime.now(),
                        "sent_by_id": mail.create_uid.id,
                        "sent_subject": mail.subject,
                    }
                )
        except psycopg2.Error:  # the publication was deleted meanwhile, say
            _logger.exception("It could not be noted that mail %s has left", mail.id)

    @api.model
    def _note_opened(self, access, publication):
        """Note that a contact reads a publication; the first time staff are told.

        :param access: the ``customer.access`` of the contact
        :param publication: the ``customer.publication``
        """
        with own_transaction(access.env) as env:
            recipient = env[self._name]._rows(access, publication)
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_publication_recipient AS recipient
                       SET opened_at = COALESCE(recipient.opened_at, %(now)s),
                           last_opened_at = %(now)s,
                           opened_version = GREATEST(recipient.opened_version, %(version)s)
                      FROM customer_publication_recipient AS old
                     WHERE recipient.id = %(id)s AND old.id = recipient.id
                 RETURNING old.opened_at IS NULL
                    """,
                    now=fields.Datetime.now(),
                    version=publication.version,
                    id=recipient.id,
                )
            )
            [is_first] = env.cr.fetchone()
            access.with_env(env)._report_opened(publication.with_env(env), is_first)
        self.invalidate_model()
