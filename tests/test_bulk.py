"""Bulk invitations while workers die, connections break and the mail server is gone.

Nobody gets two mails, and nobody is left out: at most the one mail that was in hand when
a worker was killed is unsure, and named.
"""

import os
import signal
from collections import Counter

import pytest

from .people import make_workspace
from .waiting import wait_until

CONTACTS = 60
LONG = 40

MAKE_JOB = """
sara = env["res.users"].search([("login", "=", "sara")])
job = env["customer.invitation.job"].with_user(sara).create({
    "whom": "selection", "mails_per_hour": 0,
    "partner_ids": [(6, 0, env["customer.access"].browse(ids).partner_id.ids)],
})
job._plan()
result = job.id
"""
WAKE = """
env["mail.mail"].search([("scheduled_date", "!=", False)]).scheduled_date = False
for name in ("customer_portal_access.ir_cron_invitation_job", "mail.ir_cron_mail_scheduler_action"):
    env.ref(name)._trigger()
"""
# Whoever holds this lock has a batch in hand: its rows are locked until it is committed.
BATCH_IN_HAND = """
SELECT pid FROM pg_locks
 WHERE relation = 'customer_invitation_job_line'::regclass AND mode = 'RowShareLock'
"""
MAIL_IN_HAND = """
SELECT pid FROM pg_locks WHERE relation = 'mail_mail'::regclass AND mode = 'RowExclusiveLock'
"""
# A worker for scheduled actions keeps the action locked in a connection with its own name.
CRON_WORKER = """
SELECT activity.application_name FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
 WHERE lock.relation = 'ir_cron'::regclass AND lock.mode = 'RowShareLock'
   AND activity.state = 'idle in transaction' AND activity.datname = current_database()
"""


class Job:
    """A job of Sara's for the contacts of one workspace of their own."""

    def __init__(self, server, contacts=CONTACTS):
        self.server = server
        self.workspace = make_workspace(server, contacts=contacts)
        self.emails = self.workspace["emails"]
        self.id = server.shell(MAKE_JOB, ids=self.workspace["access_ids"])

    def click(self, button):
        self.server.rpc("sara").call("customer.invitation.job", f"action_{button}", ids=[self.id])

    def wake(self):
        """Have everything run at once that waits for its time."""
        self.server.shell(WAKE)

    def read(self, *names):
        [values] = self.server.rpc("sara").call(
            "customer.invitation.job", "read", ids=[self.id], fields=[*names]
        )
        return [values[name] for name in names]

    def rows(self):
        """Return the state of each row, by address."""
        return dict(
            self.server.sql(
                """
                SELECT partner.email, line.state FROM customer_invitation_job_line AS line
                  JOIN res_partner AS partner ON partner.id = line.partner_id
                 WHERE line.job_id = %s
                """,
                [self.id],
            )
        )

    def mails(self):
        """Return how many mails each address has got."""
        caught = Counter(
            recipient for mail in self.server.catcher.store.mails() for recipient in mail.recipients
        )
        return {email: caught[email] for email in self.emails}

    def sent(self):
        return sum(self.mails().values())

    def finish(self):
        """Wait for the end, waking it as the clock does within minutes."""

        def done():
            self.wake()
            return self.read("state") == ["done"]

        wait_until(done, timeout=LONG)


@pytest.fixture
def job(server):
    return Job(server)


def in_hand(server, query):
    """Return the database connection that has it in hand."""
    return wait_until(lambda: server.sql(query), timeout=LONG)[0][0]


def kill_cron_worker(server):
    [(name,)] = server.sql(CRON_WORKER)
    os.kill(int(name.rpartition("-")[2]), signal.SIGKILL)


def check_everybody_once(job, unsure_at_most=0, without=()):
    rows, mails = job.rows(), job.mails()
    unsure = [email for email, state in rows.items() if state == "unsure"]
    assert len(unsure) <= unsure_at_most
    for email in job.emails:
        if email in unsure:
            assert mails[email] <= 1
        elif email not in without:
            assert (rows[email], mails[email]) == ("sent", 1)


def test_worker_killed_in_mid_batch(server, job):
    job.click("start")
    in_hand(server, BATCH_IN_HAND)
    kill_cron_worker(server)
    wait_until(lambda: not server.sql(BATCH_IN_HAND))
    assert set(job.rows().values()) == {"waiting"}, "Nothing of the batch is kept."
    job.finish()
    check_everybody_once(job)


def test_worker_killed_while_mails_leave(server, job):
    job.click("start")
    wait_until(lambda: job.sent() >= 10, timeout=LONG)
    in_hand(server, MAIL_IN_HAND)
    kill_cron_worker(server)
    assert job.sent() < CONTACTS
    job.finish()
    check_everybody_once(job, unsure_at_most=1)


def test_database_connections_cut(server, job):
    job.click("start")
    server.sql("SELECT pg_terminate_backend(%s)", [in_hand(server, BATCH_IN_HAND)])
    job.wake()
    wait_until(lambda: job.sent() >= 10, timeout=LONG)
    server.sql("SELECT pg_terminate_backend(%s)", [in_hand(server, MAIL_IN_HAND)])
    job.finish()
    check_everybody_once(job, unsure_at_most=1)


def test_mail_server_gone_in_the_middle_and_back(server, job):
    with server.faults(mails=40):
        job.click("start")
        wait_until(lambda: job.sent() == 40, timeout=LONG)
        wait_until(
            lambda: server.sql(
                "SELECT 1 FROM mail_mail WHERE customer_tries > 0 AND state = 'outgoing'"
            ),
            timeout=LONG,
        )
        job.wake()
        assert job.read("state", "failed_count", "unsure_count") == ["running", 0, 0]
    job.finish()
    check_everybody_once(job)


def test_one_poisoned_address_and_one_that_nobody_knows_of(server, job):
    """A refused address fails; a server that hangs up in the end may have taken the mail."""
    refused, silent = job.emails[3], job.emails[7]
    with server.faults(refused=[refused], silent=frozenset([silent])):
        job.click("start")
        job.finish()
    rows = job.rows()
    assert (rows.pop(refused), job.mails()[refused]) == ("failed", 0)
    assert (rows.pop(silent), job.mails()[silent]) == ("unsure", 1)
    check_everybody_once(job, unsure_at_most=1, without=[refused])
    job.click("retry_failed")
    job.finish()
    assert (job.rows()[refused], job.mails()[refused]) == ("sent", 1)
    assert job.mails()[silent] == 1, "An unsure mail is not sent again by itself."


def test_cancelled_at_once(server, job):
    job.server.shell("env['customer.invitation.job'].browse(id).mails_per_hour = 60", id=job.id)
    job.click("start")
    wait_until(lambda: job.sent(), timeout=LONG)
    job.click("cancel")
    job.wake()
    sent = job.sent()
    assert job.read("state", "sent_count", "waiting_count") == ["cancelled", sent, 0]
    assert sent < CONTACTS
