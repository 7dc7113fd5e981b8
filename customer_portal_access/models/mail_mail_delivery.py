import logging
import re
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTP, SMTPServerDisconnected

import psycopg2

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

# Minutes until the next try, the last one over and over; some two days in all.
BACK_OFF = (1, 2, 5, 10, 20, 30, 60)
TRIES = 50
# What a mail server says when it may take the mail later, as Python's errors hold it.
_LATER = re.compile(r"\(4\d\d, ")


class Handover:
    """How far the mail in hand has got with the mail server: asked of one SMTP session."""

    def __init__(self, session):
        self.mail = self.line_id = None
        self.begun = False
        self.accepted = False
        # smtplib hands over the text of a mail, and waits for the answer, in this call
        hand_over = session.data

        def data(message):
            self.begun = True
            code, answer = hand_over(message)
            self.begun, self.accepted = False, code == 250
            return code, answer

        session.data = data

    def take(self, mail):
        """Note which mail is in hand now; ``None``: one that is none of ours."""
        self.mail, self.line_id = mail, mail and mail.customer_job_line_id.id
        self.begun = self.accepted = False


class MailMail(models.Model):
    """Mails to contacts leave once: they come back when the mail server was gone.

    Odoo gives a mail up for good when its server does not answer, and sends it again when
    the worker is killed after the server took it. Between the two stands a note of our
    own, committed by itself: see ``customer.invitation.job.line``.
    """

    _inherit = "mail.mail"

    customer_job_line_id = fields.Many2one(
        "customer.invitation.job.line",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The row of a bulk invitation that says what became of this mail.",
    )
    customer_tries = fields.Integer(
        readonly=True, help="How often the mail server could not take this mail to a contact."
    )

    def _send(self, *args, **kwargs):
        """Find out what became of the mail in hand when the session or the database breaks."""
        session = kwargs.get("smtp_session")
        if not isinstance(session, SMTP):
            return super()._send(*args, **kwargs)
        handover = Handover(session)
        watched = self.with_context(customer_handover=handover)
        try:
            return super(MailMail, watched)._send(*args, **kwargs)
        except psycopg2.Error:
            # the transaction is lost, and with it that the mail has left
            watched._delivery_broken(handover)
            raise
        except SMTPServerDisconnected as error:
            if not handover.mail or kwargs.get("raise_exception"):
                raise
            _logger.warning("The mail server is gone: the other mails wait for it.")
            watched._session_broken(handover, str(error))
            self._trigger_queue(fields.Datetime.now() + timedelta(minutes=BACK_OFF[0]))
            return True

    def _delivery_broken(self, handover):
        """Note what became of the mail in hand, whose transaction is lost."""
        if not handover.line_id:
            return
        state = "sent" if handover.accepted else "unsure" if handover.begun else "queued"
        with suppress(psycopg2.Error):  # the row stays as leaving then, which says enough
            self.env["customer.invitation.job.line"].browse(handover.line_id)._mark(
                state, ("sending",)
            )

    def _session_broken(self, handover, reason):
        """Let the mail in hand come back, unless the server may have taken it.

        :param Handover handover: the mail, and how far it has got
        :param str reason: what the session broke with
        """
        mail = handover.mail
        if not handover.begun:
            mail._come_back(reason)
            return
        reason = self.env._(
            "The mail server was gone before it answered: the mail may have arrived (%(reason)s)",
            reason=reason,
        )
        mail.write({"failure_reason": reason})
        mail._give_up(reason)

    def _give_up(self, reason):
        """Tell staff about a mail that may have left, and is not sent again by itself.

        :param str reason: why nobody knows
        """
        if line := self.customer_job_line_id:
            line._mark("unsure", ("sending",), "mail", reason)
        self.customer_access_id._mail_failed("failed", reason)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        ours = self._is_letter()
        if handover := self.env.context.get("customer_handover"):
            handover.take(self if ours else None)
        if ours:
            # Another worker that has this mail in hand goes first. A lock, no write: a second
            # write in one transaction has PostgreSQL look at what the mail points to, which
            # making its link changes in a transaction of its own.
            self.env.cr.execute(
                "SELECT id FROM mail_mail WHERE id = %s FOR NO KEY UPDATE", [self.id]
            )
        emails = super()._prepare_outgoing_list(mail_server, doc_to_followers)
        line = self.customer_job_line_id
        if not line:
            return emails
        if not emails:
            line._mark("skipped", ("queued",), "withheld")
            return emails
        return emails if line._take() else []

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        mails = self
        if failure_type and not (success_pids or success_emails):
            back = self.filtered(lambda mail: mail._may_come_back(failure_type, failure_reason))
            for mail in back:
                mail._come_back(failure_reason or mail.failure_reason)
            mails -= back
            if not mails:
                return True
        for mail in mails.filtered("customer_job_line_id"):
            mail._note_on_line(success_emails, failure_reason or failure_type)
        return super(MailMail, mails)._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )

    def _note_on_line(self, success_emails, failure):
        """Note on its row whether the mail has left, before its own transaction ends."""
        line = self.customer_job_line_id
        if success_emails:
            line._mark("sent", ("sending",))
        elif failure:
            reason = " ".join((failure or "").split())
            line._mark("failed", ("queued", "sending"), "mail", reason)

    def _may_come_back(self, failure_type, failure_reason):
        """Say whether a mail that could not leave now may leave later.

        :rtype: bool
        """
        later = failure_type == "mail_smtp" or _LATER.search(failure_reason or "")
        return bool(later) and self._is_letter() and self.customer_tries < TRIES

    def _come_back(self, reason):
        """Put a mail into the queue again, later each time.

        :param str reason: what kept it from leaving
        """
        minutes = BACK_OFF[min(self.customer_tries, len(BACK_OFF) - 1)]
        when = fields.Datetime.now() + timedelta(minutes=minutes)
        self.write(
            {
                "state": "outgoing",
                "scheduled_date": when,
                "customer_tries": self.customer_tries + 1,
                "failure_type": False,
                "failure_reason": reason,
            }
        )
        if line := self.customer_job_line_id:
            line._mark("queued", ("sending",))
        self._trigger_queue(when)

    @api.model
    def _trigger_queue(self, when=None):
        """Have the queue of mails looked at, once for all that come back at the same time.

        :param datetime when: default: in a moment
        """
        cron_sudo = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        if when:
            when = when.replace(second=0, microsecond=0) + timedelta(minutes=1)
            known = [("cron_id", "=", cron_sudo.id), ("call_at", "=", when)]
            if self.env["ir.cron.trigger"].sudo().search_count(known, limit=1):
                return
        cron_sudo._trigger(when)
