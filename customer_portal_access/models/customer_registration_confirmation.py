import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..utils import CONFIRM_DAYS, hash_secret, new_token, own_transaction

_logger = logging.getLogger(__name__)

BATCH = 100


class CustomerRegistrationConfirmation(models.Model):
    """One form that waits for the click in its mail.

    It holds what was typed into it: what counts is the form whose mail was answered, not
    what somebody else typed for the same address before or after.
    """

    _name = "customer.registration.confirmation"
    _description = "Confirmation of a registration"
    _order = "id"

    registration_id = fields.Many2one(
        "customer.registration",
        ondelete="cascade",
        index=True,
        help="Empty until the form is answered.",
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    typed = fields.Json(required=True)
    answered = fields.Boolean(index=True, help="The mail is on its way, if there is one.")
    token_hash = fields.Char(groups=fields.NO_ACCESS)
    expires_at = fields.Datetime()
    used_at = fields.Datetime()

    _token_hash_unique = models.UniqueIndex("(token_hash)")

    # ------------------------------------------------------------
    # THE MAIL
    # ------------------------------------------------------------

    @api.model
    def _ask(self, typed):
        """Keep a form of the current company; it is answered by mail, in a moment.

        The same for every address: which registration the form belongs to, and what the
        address is known for, is looked up when it is answered.

        :param dict typed: the checked form
        """
        self.create({"company_id": self.env.company.id, "typed": typed})
        self.env.ref("customer_portal_access.ir_cron_registration")._trigger()

    @api.model
    def _cron_answer(self):
        """Write to everybody who has filled in the form since, one transaction each."""
        waiting = self.search([("answered", "=", False)], limit=BATCH)
        self.env["ir.cron"]._commit_progress(
            remaining=self.search_count([("answered", "=", False)])
        )
        for confirmation in waiting:
            try:
                # of its own: the address may come in by another way at the same moment
                with own_transaction(self.env) as env:
                    confirmation.with_env(env)._answer()
            except (psycopg2.OperationalError, ConcurrencyError):
                raise  # the next run finds it again
            except Exception:  # a template that is gone, say: the others go on
                _logger.exception("A registration could not be answered (%s)", confirmation.id)
                confirmation.answered = True
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _answer(self):
        """Write to who filled in this form; call it in a transaction of its own."""
        registrations = self.env["customer.registration"].with_company(self.company_id)
        registrations._lock_address(self.typed["email"])
        self.answered = True
        self.registration_id = registrations._open_one(self.typed)
        self.registration_id._answer(self)

    def _release(self):
        """Make the link for the mail that leaves now; one made before is dead then.

        :return: the URL, or ``None`` when it is not wanted any more
        :rtype: str | None
        """
        self.ensure_one()
        if not self._is_open():
            return None
        token = new_token()
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_registration_confirmation
                       SET token_hash = %s, expires_at = %s
                     WHERE id = %s AND used_at IS NULL RETURNING id
                    """,
                    hash_secret(env, None, token),
                    fields.Datetime.now() + timedelta(days=CONFIRM_DAYS),
                    self.id,
                )
            )
            if not env.cr.fetchone():
                return None
        self.invalidate_recordset()
        return f"{self.get_base_url()}/customer/register/confirm/{token}"

    def _is_open(self):
        """Say whether the click may still come, and counts."""
        registration = self.registration_id
        return bool(
            not self.used_at
            and registration.state == "unverified"
            and registration.company_id.customer_registration
        )

    def _summary(self):
        """Return what was typed, for the page on which it is confirmed.

        :rtype: dict
        """
        country = self.env["res.country"].browse(self.typed["country_id"])
        return {
            **{field: self.typed[field] for field in ("name", "email", "company_name", "vat")},
            "phone": self.typed["phone"],
            "country": country.name,
            "message": self.typed["message"],
        }

    # ------------------------------------------------------------
    # THE CLICK
    # ------------------------------------------------------------

    @api.model
    def _peek(self, token):
        """Return the confirmation of a link that still works, or none; changes nothing.

        :param str token: what stands in the URL
        """
        found = self.search([("token_hash", "=", hash_secret(self.env, None, token or ""))])
        return found.filtered(lambda one: one.expires_at > fields.Datetime.now() and one._is_open())

    @api.model
    def _confirm(self, token):
        """Let a registration count, once.

        :param str token: what stands in the URL
        :return: ``refused``, or what ``_take_in`` of the registration says
        :rtype: str
        """
        found = self._peek(token)
        if not found:
            return "refused"
        with own_transaction(self.env) as env:
            registrations = env["customer.registration"]
            registrations._lock_address(found.registration_id.email)
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_registration_confirmation SET used_at = %(now)s
                     WHERE id = %(id)s AND token_hash = %(hash)s AND used_at IS NULL
                       AND expires_at > %(now)s RETURNING id
                    """,
                    now=fields.Datetime.now(),
                    id=found.id,
                    hash=hash_secret(env, None, token),
                )
            )
            if not env.cr.fetchone():
                return "refused"
            confirmation = found.with_env(env)
            registration = confirmation.registration_id
            status = registration.with_company(registration.company_id)._take_in(confirmation.typed)
        self.env.invalidate_all()
        return status

    @api.autovacuum
    def _gc_unconfirmed(self):
        """Forget requests whose address nobody has proven."""
        limit = fields.Datetime.now() - timedelta(days=CONFIRM_DAYS)
        self.search([("create_date", "<", limit)]).unlink()
        registrations = self.env["customer.registration"].search(
            [("state", "=", "unverified"), ("create_date", "<", limit)]
        )
        registrations.filtered(lambda one: not one.confirmation_ids).unlink()
