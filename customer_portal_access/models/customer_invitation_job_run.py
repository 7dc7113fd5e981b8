from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..utils import own_transaction

BATCH = 200
PILOT = 10
# More than this share of the last rows failing stops a job, when it is more than one row.
FAILING = 0.05
LOOK_BACK = 100


class CustomerInvitationJob(models.Model):
    """The batches of a job: each one transaction, small, and begun anew if it is lost."""

    _inherit = "customer.invitation.job"

    # ------------------------------------------------------------
    # WHERE AND WHEN
    # ------------------------------------------------------------

    def _wake(self, when=None):
        """Have the batches run: here, by the scheduled action.

        :param datetime when: default: in a moment
        """
        self.env.ref("customer_portal_access.ir_cron_invitation_job").sudo()._trigger(when)

    @api.model
    def _cron_run(self):
        """Run what is due of all jobs, batch by batch."""
        self._sweep()
        jobs = self.search([("state", "=", "running")])
        self.env["ir.cron"]._commit_progress(remaining=jobs._due_count())
        for job in jobs:
            if not job._work():
                return
        if when := min(jobs.filtered("next_at").mapped("next_at"), default=None):
            waiting = jobs._count(("waiting",))
            if waiting:
                jobs._wake(max(when, fields.Datetime.now()))

    def _work(self):
        """Run the batches of this job that are due.

        :return: whether there is time for more
        :rtype: bool
        """
        while self._is_due():
            try:
                done = self._run_batch()
            except psycopg2.errors.SerializationFailure:
                # somebody has clicked, or another worker was at it: look again
                self.env.cr.rollback()
                self.env.invalidate_all()
                continue
            left = self.env["ir.cron"]._commit_progress(done, remaining=None if done else 0)
            self.env.invalidate_all()  # bounded memory, and what others have changed
            if not done:
                break
            if not left:
                return False
        with own_transaction(self.env) as env:  # rows without a mail end with their batch
            self.with_env(env)._finish()
        self.invalidate_recordset()
        return True

    def _is_due(self):
        """Say whether a batch may run now."""
        return self.state == "running" and (
            not self.next_at or self.next_at <= fields.Datetime.now()
        )

    def _due_count(self):
        return self.filtered(lambda job: job._is_due())._count(("waiting",))

    def _count(self, states):
        return self.env["customer.invitation.job.line"].search_count(
            Domain("job_id", "in", self.ids) & Domain("state", "in", states)
        )

    # ------------------------------------------------------------
    # ONE BATCH
    # ------------------------------------------------------------

    def _run_batch(self):
        """Handle the next rows, in one transaction that the caller commits.

        :return: how many; 0: there is nothing to do now
        :rtype: int
        """
        self.ensure_one()
        is_pilot = self._is_pilot()
        may, is_gone = self._sender_may(), self._mail_server_is_gone()
        # Who pauses waits for this batch. Batches that do not write to the job may run side
        # by side; two that share a lock and then write would wait for each other.
        alone = is_pilot or self._pace_an_hour() or is_gone or not may
        strength = SQL("NO KEY UPDATE") if alone else SQL("SHARE")
        self.env.cr.execute(
            SQL("SELECT 1 FROM customer_invitation_job WHERE id = %s FOR %s", self.id, strength)
        )
        if not may:
            self.sudo().write({"state": "paused", "pause_reason": "sender"})
            self._tell_paused()
            return 0
        if is_gone:
            self._pace(fields.Datetime.now() + timedelta(minutes=1))
            return 0
        lines = self._as_sender()._next_lines(PILOT if is_pilot else self._batch_size())
        if lines:
            lines._run()
        if is_pilot:
            self.sudo().pilot_done = True
        if is_pilot and self._count(("waiting",)):
            self.sudo().state = "waiting"
            self._tell_pilot()
        elif pace := self._pace_an_hour():
            seconds = len(lines) * 3600 / pace
            self._pace(max(self.next_at, fields.Datetime.now()) + timedelta(seconds=seconds))
        return len(lines)

    def _pace(self, when):
        """Run the next batch not before then."""
        self.sudo().next_at = when

    def _as_sender(self):
        """Return this job with the rights and in the company of who sends."""
        return self.with_user(self.user_id).with_context(allowed_company_ids=self.company_id.ids)

    def _sender_may(self):
        return (
            self.user_id.active
            and self.company_id in self.user_id.company_ids
            and self.user_id.has_group("customer_portal_access.group_customer_admin")
        )

    def _is_pilot(self):
        """Say whether the next batch is the first few, after which the job waits."""
        return self.pilot and not self.pilot_done

    def _batch_size(self):
        """Return how many rows to handle at once: what may leave within a minute."""
        pace = self._pace_an_hour()
        return max(1, min(BATCH, pace // 60)) if pace else BATCH

    def _pace_an_hour(self):
        """Return how many rows are handled an hour; 0: as fast as it goes."""
        return self.mails_per_hour

    def _next_lines(self, limit):
        """Return rows that wait, which no other worker has in hand."""
        self.env.cr.execute(
            """
            SELECT id FROM customer_invitation_job_line
             WHERE job_id = %s AND state = 'waiting'
             ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
            """,
            [self.id, limit],
        )
        return self.env["customer.invitation.job.line"].browse(
            line_id for (line_id,) in self.env.cr.fetchall()
        )

    def _mail_server_is_gone(self):
        """Say whether mails of this job wait for the mail server to answer again."""
        return bool(
            self.env["mail.mail"]
            .sudo()
            .search_count(
                [
                    ("customer_job_line_id.job_id", "=", self.id),
                    ("state", "=", "outgoing"),
                    ("customer_tries", ">", 0),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------
    # THE END
    # ------------------------------------------------------------

    def _settle(self):
        """Look whether the job is over, or fails too often. Call it in a transaction of its own."""
        if self.state == "running" and self._fails():
            self.env.cr.execute(
                """
                UPDATE customer_invitation_job SET state = 'paused', pause_reason = 'failures'
                 WHERE id = %s AND state = 'running' RETURNING id
                """,
                [self.id],
            )
            if self.env.cr.fetchone():
                self.env.invalidate_all()
                self._hold_mails()
                self._tell_paused()
        self._finish()

    def _finish(self):
        """Note the end of jobs of which no row is open."""
        self.env.cr.execute(
            """
            UPDATE customer_invitation_job AS job
               SET state = 'done', ended_at = clock_timestamp() AT TIME ZONE 'UTC'
             WHERE job.id IN %s AND job.state IN ('running', 'waiting')
               AND NOT EXISTS (SELECT 1 FROM customer_invitation_job_line AS line
                                WHERE line.job_id = job.id
                                  AND line.state IN ('waiting', 'queued', 'sending'))
            """,
            [tuple(self.ids)],
        )
        self.invalidate_recordset()

    def _fails(self):
        """Say whether more than 5 % of the last rows failed, since it was last resumed.

        :rtype: bool
        """
        self.env.cr.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE state = 'failed')
              FROM (SELECT state FROM customer_invitation_job_line
                     WHERE job_id = %s AND state IN ('sent', 'done', 'failed') AND done_at >= %s
                     ORDER BY done_at DESC LIMIT %s) AS last
            """,
            [self.id, self.counted_from, LOOK_BACK],
        )
        total, failed = self.env.cr.fetchone()
        return failed > 1 and failed > total * FAILING

    @api.model
    def _sweep(self):
        """Mend rows whose mail is gone, and end jobs that are over."""
        self.env.cr.execute(
            """
            UPDATE customer_invitation_job_line AS line
               SET state = CASE line.state WHEN 'queued' THEN 'skipped' ELSE 'unsure' END,
                   reason = 'gone', done_at = now() AT TIME ZONE 'UTC'
              FROM customer_invitation_job AS job
             WHERE job.id = line.job_id AND job.state IN ('running', 'waiting', 'paused')
               AND line.state IN ('queued', 'sending')
               AND NOT EXISTS (SELECT 1 FROM mail_mail AS mail
                                WHERE mail.customer_job_line_id = line.id)
            """
        )
        if jobs := self.search([("state", "in", ("running", "waiting"))]):
            jobs._finish()
        self.env.invalidate_all()

    def _reopen(self):
        """Run again, for rows that are tried once more."""
        self.lock_for_update(allow_referencing=True)
        now = fields.Datetime.now()
        if self.state in ("done", "cancelled"):
            self.sudo().write({"state": "running", "ended_at": False})
        self.sudo().write({"counted_from": now + timedelta(seconds=1), "next_at": now})
        if self.state == "running":
            self._wake()

    # ------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------

    def _tell_paused(self):
        """Tell the sender that the job has paused itself."""
        labels = dict(self._fields["pause_reason"]._description_selection(self.env))
        self._tell(
            self.env._(
                "“%(job)s” has paused itself: %(reason)s.",
                job=self.name,
                reason=labels[self.pause_reason],
            )
        )

    def _tell_pilot(self):
        """Tell the sender that the job waits after its first mails."""
        self._tell(
            self.env._(
                "“%(job)s”: the first mails are on their way. Look at them, then click “Go on”.",
                job=self.name,
            )
        )

    def _tell(self, text):
        """Notify the sender, who finds the job behind it."""
        # sudo: in the name of nobody, from the background
        self.sudo().message_post(body=text, partner_ids=self.user_id.partner_id.ids)
