from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..utils import own_transaction


class CustomerInvitationJob(models.Model):
    """How a job starts, pauses, goes on and ends, and what that means for its mails."""

    _inherit = "customer.invitation.job"

    def _start(self):
        """Let the batches run; a second click finds the first one's work.

        :raises UserError: when there is nobody to write to
        """
        self.ensure_one()
        self.check_access("write")
        # waits for the first one, after which Odoo runs the second one's request anew
        self.env.cr.execute(
            "SELECT 1 FROM customer_invitation_job WHERE id = %s FOR NO KEY UPDATE", [self.id]
        )
        if self.state == "draft":
            self._plan()
        if self.state != "planned":
            return
        if not self.line_ids.search_count(
            [("job_id", "=", self.id), ("state", "=", "waiting")], limit=1
        ):
            raise UserError(self.env._("There is nobody to write to: see the reasons in the plan."))
        now = fields.Datetime.now()
        self.sudo().write(  # sudo: facts are written by verbs only
            {
                "state": "running",
                # in whose name and with whose rights: who said "Start"
                "user_id": self.env.user.id,
                "started_at": now,
                "counted_from": now,
                "next_at": now,
            }
        )
        self._wake()

    def _pause(self, reason):
        """Hold everything that has not left yet; the mail in hand goes its way.

        In a transaction of its own, which waits for the batch that runs now and sees the
        mails it has made.

        :param str reason: one of ``pause_reason``
        :return: whether it ran
        :rtype: bool
        """
        self.env.flush_all()
        paused = False
        with own_transaction(self.env) as env:
            for job in self.with_env(env):
                env.cr.execute(
                    """
                    UPDATE customer_invitation_job SET state = 'paused', pause_reason = %s
                     WHERE id = %s AND state IN ('running', 'waiting') RETURNING id
                    """,
                    [reason, job.id],
                )
                if env.cr.fetchone():
                    paused = True
                    env.invalidate_all()
                    job._hold_mails()
        self.invalidate_recordset()
        return paused

    def _resume(self):
        """Go on after a pause or after the pilot."""
        self.check_access("write")
        for job in self.filtered(lambda job: job.state in ("paused", "waiting")):
            job.lock_for_update(allow_referencing=True)
            now = fields.Datetime.now()
            job.sudo().write(  # sudo: facts are written by verbs only
                {
                    "state": "running",
                    "pause_reason": False,
                    "user_id": self.env.user.id,
                    # what failed before, within the same second, too, is known
                    "counted_from": now + timedelta(seconds=1),
                    "next_at": now,
                    "ended_at": False,
                }
            )
            job._release_mails()
            job._wake()

    def _cancel(self):
        """End the job: whatever has not left stays."""
        self.check_access("write")
        self.env.flush_all()
        with own_transaction(self.env) as env:
            for job in self.with_env(env):
                env.cr.execute(
                    """
                    UPDATE customer_invitation_job
                       SET state = 'cancelled', ended_at = now() AT TIME ZONE 'UTC'
                     WHERE id = %s AND state IN ('planned', 'running', 'waiting', 'paused')
                    """,
                    [job.id],
                )
                env.cr.execute(
                    """
                    UPDATE customer_invitation_job_line SET state = 'cancelled'
                     WHERE job_id = %s AND state IN ('waiting', 'queued')
                    """,
                    [job.id],
                )
                env.invalidate_all()
                job._drop_mails()
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # MAILS IN THE QUEUE
    # ------------------------------------------------------------

    def _mails(self, state):
        """Return the mails of this job in the queue, without the one that leaves now."""
        mails_sudo = self.env["mail.mail"].sudo()  # sudo: the queue is nobody's to read
        return mails_sudo.search(
            [("customer_job_line_id.job_id", "=", self.id), ("state", "=", state)]
        ).try_lock_for_update()

    def _hold_mails(self):
        self._mails("outgoing").write({"state": "cancel"})

    def _release_mails(self):
        if mails := self._mails("cancel"):
            mails.write({"state": "outgoing"})
            mails._trigger_queue()

    def _drop_mails(self):
        (self._mails("outgoing") + self._mails("cancel")).unlink()
