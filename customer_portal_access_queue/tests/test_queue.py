from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.sql_db import db_connect

from odoo.addons.customer_portal_access.models import customer_invitation_job_run
from odoo.addons.customer_portal_access.tests.bulk_common import BulkCase
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

CRON = "customer_portal_access.ir_cron_invitation_job"


class TestQueue(BulkCase):
    """Batches in OCA's queue, as long as somebody runs it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref(CRON)
        cls.triggers = cls.env["ir.cron.trigger"]

    def setUp(self):
        super().setUp()
        # what the job runner does: it keeps a lock in a connection of its own
        self.runner = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(self.runner.close)
        self.addCleanup(self._stop_runner)
        self.runner.execute("SELECT pg_advisory_lock(%s)", [PG_ADVISORY_LOCK_ID])

    def _stop_runner(self):
        self.runner.execute("SELECT pg_advisory_unlock_all()")

    def _queued(self):
        domain = [("model_name", "=", "customer.invitation.job"), ("state", "=", "pending")]
        return self.env["queue.job"].search(domain, order="id")

    def _run_jobs(self):
        """Run what is due in the queue, and what that asks for; return what ran."""
        ran = self.env["queue.job"]
        while due := self._queued().filtered(
            lambda record: not record.eta or record.eta <= fields.Datetime.now()
        ):
            for record in due:
                job = Job.load(self.env, record.uuid)
                job.perform()
                job.set_done()
                job.store()
            ran |= due
        return ran

    def test_batches_run_in_the_queue_not_in_the_scheduled_action(self):
        contacts = self._contacts(3)
        self.triggers.search([]).unlink()
        job = self._started(contacts)
        self.assertFalse(self.triggers.search([("cron_id", "=", self.cron.id)]))
        queued = self._queued()
        self.assertEqual(queued.mapped("channel"), ["root.customer_portal"])
        self.assertEqual((queued.user_id.id, queued.company_id), (1, self.company))
        self.assertEqual(len(self._run_jobs()), 1)
        self.assertEqual(job.queued_count, 3)
        self.assertEqual(len(self._run_queue()), 3)
        self.assertEqual(job.state, "done")
        self.assertFalse(self._queued())

    def test_rows_are_shared_among_lanes(self):
        contacts = self._contacts(5)
        with patch.object(customer_invitation_job_run, "BATCH", 2):
            job = self._started(contacts)
            self.assertEqual(len(self._queued()), 3)
            self._run_jobs()
        self.assertEqual(len(self._run_queue()), 5)
        self.assertEqual(job.state, "done")

    def test_asked_twice_is_queued_once(self):
        job = self._started(self._contacts(2))
        job._wake()
        self.cron.method_direct_trigger()
        self.assertEqual(len(self._queued()), 1)
        self._run_jobs()
        self.assertEqual(len(self._run_queue()), 2)

    def test_pilot_is_one_batch_until_somebody_says_so(self):
        job = self._started(self._contacts(12), pilot=True)
        self.assertEqual(len(self._run_jobs()), 1)
        self.assertEqual((job.state, job.queued_count, job.waiting_count), ("waiting", 10, 2))
        self.assertFalse(self._queued())
        job.action_resume()
        self._run_jobs()
        self.assertEqual((job.queued_count, job.waiting_count), (12, 0))

    def test_pace_is_kept(self):
        job = self._started(self._contacts(5), mails_per_hour=120)
        self.assertEqual(len(self._run_jobs()), 1)
        self.assertEqual(job.queued_count, 2)
        self.assertEqual(self._queued().mapped("eta"), [job.next_at])
        with freeze_time(fields.Datetime.now() + timedelta(seconds=61)):
            self._run_jobs()
            self.assertEqual(job.queued_count, 4)

    def test_resumed_does_not_wait_for_the_time_asked_for_before(self):
        job = self._started(self._contacts(3), mails_per_hour=1)
        self._run_jobs()
        job.action_pause()
        self.assertEqual(job.state, "paused")
        job.action_resume()
        self._run_jobs()
        self.assertEqual(job.queued_count, 2)
        with freeze_time(fields.Datetime.now() + timedelta(seconds=3601)):
            self._run_jobs()
            self.assertEqual(job.queued_count, 3, "What was asked for before the pause adds none.")

    def test_paused_and_cancelled_do_nothing(self):
        paused, cancelled = (self._started(self._contacts(2)) for _job in range(2))
        paused.action_pause()
        cancelled.action_cancel()
        self._run_jobs()
        self.assertEqual((paused.state, paused.waiting_count), ("paused", 2))
        self.assertEqual(set(cancelled.line_ids.mapped("state")), {"cancelled"})
        self.assertFalse(self._queued())
        paused.action_resume()
        self._run_jobs()
        self.assertEqual(paused.queued_count, 2)

    def test_deleted_meanwhile(self):
        job = self._started(self._contacts(2))
        job.action_cancel()
        job.unlink()
        self.assertEqual(len(self._run_jobs()), 1)

    def test_mail_server_gone_waits_a_minute(self):
        job = self._started(self._contacts(2))
        with patch.object(type(job), "_mail_server_is_gone", return_value=True):
            self._run_jobs()
        self.assertEqual(job.waiting_count, 2)
        self.assertEqual(self._queued().mapped("eta"), [job.next_at])
        with freeze_time(job.next_at):
            self._run_jobs()
        self.assertEqual(job.queued_count, 2)

    def test_lost_in_the_queue_is_asked_for_again(self):
        job = self._started(self._contacts(2))
        self._queued().state = "failed"
        self.cron.method_direct_trigger()
        self.assertEqual(job.waiting_count, 2)
        self._run_jobs()
        self.assertEqual(job.queued_count, 2)

    def test_nobody_runs_the_queue(self):
        job = self._started(self._contacts(2))
        self._stop_runner()
        self.cron.method_direct_trigger()
        self.assertEqual(job.queued_count, 2)
        self._run_jobs()
        self.assertEqual(len(self._run_queue()), 2)

    def test_uninstalled_leaves_nothing_in_the_queue(self):
        job = self._started(self._contacts(2))
        self.triggers.search([]).unlink()
        self.env["customer.invitation.job"]._drop_from_queue()
        self.assertFalse(self._queued())
        self.assertEqual(job.state, "running")
        self.assertTrue(self.triggers.search([("cron_id", "=", self.cron.id)]))
