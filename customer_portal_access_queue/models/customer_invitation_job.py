from odoo import api, fields, models
from odoo.api import SUPERUSER_ID

from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

# So many batches of one job wait or run side by side, where there are workers for them.
LANES = 32


class CustomerInvitationJob(models.Model):
    """Batches as jobs of the queue: each job runs one, and asks for the next of its lane.

    Side by side they take other rows each. A job that has a pace, or is at its pilot, has
    one lane. Where nobody runs the queue the scheduled action does it all, as without it.
    """

    _inherit = "customer.invitation.job"

    def _wake(self, when=None):
        if not self._queue_is_served():
            return super()._wake(when)
        if when and when <= fields.Datetime.now():
            when = None
        for job in self:
            for lane in range(job._lane_count()):
                job._enqueue(lane, when)
        return None

    def _work(self):
        """Hand over to the queue what is due: what was begun before, or got lost there."""
        if not self._queue_is_served():
            return super()._work()
        if self._is_due() and self._count(("waiting",)):
            self._wake()
        # nothing is left for the scheduled action: it would be called again at once
        self.env["ir.cron"]._commit_progress(remaining=0)
        return True

    @api.model
    def _queue_is_served(self):
        """Say whether a job runner is at work on this database: it keeps a lock.

        :rtype: bool
        """
        self.env.cr.execute(
            """
            SELECT 1 FROM pg_locks
             WHERE locktype = 'advisory' AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND (classid::bigint << 32) | objid::bigint = %s
             LIMIT 1
            """,
            [PG_ADVISORY_LOCK_ID],
        )
        return bool(self.env.cr.rowcount)

    def _lane_count(self):
        """Return how many batches may run side by side."""
        if self.kind != "invitation" or self._pace_an_hour() or self._is_pilot():
            return 1
        batches = -(-self._count(("waiting",)) // self._batch_size())
        return max(1, min(LANES, batches))

    def _enqueue(self, lane, when=None):
        """Ask the queue for one batch, once, however often it is called before it runs.

        :param int lane: the number of the lane
        :param datetime when: default: as soon as there is a worker
        """
        # whoever clicked, it runs as the scheduled action does
        runner = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        runner.with_delay(
            eta=when,
            description=self.name,
            identity_key=f"{self._name}-{self.id}-{lane}-{when or 'now'}",
        )._run_queued(lane)

    def _run_queued(self, lane):
        """Run one batch in the queue's transaction, and ask for the next.

        :param int lane: the number of the lane
        """
        if not self.exists() or self.state != "running":
            return
        done = self._is_due() and self._run_batch()
        if self.state != "running" or not self._count(("waiting",)):
            return
        now = fields.Datetime.now()
        if self.next_at > now:
            self._enqueue(lane, self.next_at)
        elif done:
            # the others have the rest in hand when there was nothing to do
            self._enqueue(lane)

    @api.model
    def _drop_from_queue(self):
        """Cancel what waits in the queue, and have the scheduled action go on."""
        self.env["queue.job"].search(
            [
                ("model_name", "=", self._name),
                ("method_name", "=", "_run_queued"),
                ("state", "in", ("pending", "enqueued")),
            ]
        ).button_cancelled()
        self.env.ref("customer_portal_access.ir_cron_invitation_job")._trigger()
