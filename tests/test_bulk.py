"""Bulk invitations while workers die, connections break and the mail server is gone.

Nobody gets two mails, and nobody is left out: at most the one mail that was in hand when
a worker was killed is unsure, and named.
"""

import os
import signal
from collections import Counter
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from .people import make_workspace
from .test_story import sign_in
from .waiting import wait_until

CONTACTS = 60
MANY = 600
LONG = 120

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
env.cr.execute('''
    UPDATE mail_mail SET scheduled_date = NULL
     WHERE id IN (SELECT id FROM mail_mail WHERE scheduled_date IS NOT NULL
                     FOR UPDATE SKIP LOCKED)
''')
for name in ("customer_portal_access.ir_cron_invitation_job", "mail.ir_cron_mail_scheduler_action"):
    env.ref(name)._trigger()
"""
# The connection of a batch that waits where it notes what it has queued.
BATCH = """
SELECT waiting.pid FROM pg_locks AS waiting JOIN pg_locks AS own USING (pid)
 WHERE waiting.relation = 'customer_access'::regclass AND NOT waiting.granted
   AND own.relation = 'customer_invitation_job_line'::regclass AND own.mode = 'RowShareLock'
"""
# Whoever has locked or written a mail, and has not committed it.
QUEUE = """
SELECT DISTINCT pid FROM pg_locks
 WHERE relation = 'mail_mail'::regclass AND mode IN ('RowShareLock', 'RowExclusiveLock')
"""
# A worker for scheduled actions keeps the action locked in a connection with its own name.
CRON_WORKER = """
SELECT activity.application_name FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
 WHERE lock.relation = 'ir_cron'::regclass AND lock.mode = 'RowShareLock'
   AND activity.state = 'idle in transaction' AND activity.datname = current_database()
"""
# A mail that could not leave, and waits for the mail server.
COMES_BACK = "SELECT 1 FROM mail_mail WHERE customer_tries > 0 AND state = 'outgoing'"
# So many mails the mail server takes before it lets the next one wait.
HELD = 10


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

    def finish(self, timeout=LONG):
        """Wait for the end, waking it as the clock does within minutes."""

        def done():
            self.wake()
            return self.read("state") == ["done"]

        wait_until(done, timeout)


@pytest.fixture
def job(server):
    return Job(server)


def only(server, query):
    """Return the one value of a query, when whatever else is at work has ended."""

    def find():
        rows = server.sql(query)
        return len(rows) == 1 and rows[0]

    return wait_until(find, timeout=LONG)[0]


@contextmanager
def batch_in_hand(server, job):
    """Start the job and hold its first batch; yield its connection to the database."""
    with server.locked("customer_access"):
        job.click("start")
        yield only(server, BATCH)


def mail_in_hand(server, job):
    """Wait until the mail server holds a mail; return that connection to the database."""

    def is_held():
        job.wake()
        return job.sent() == HELD and "sending" in job.rows().values()

    wait_until(is_held, timeout=LONG)
    return only(server, QUEUE)


def kill_cron_worker(server, connection):
    """End the worker that has the connection, as a machine without memory does."""
    os.kill(int(only(server, CRON_WORKER).rpartition("-")[2]), signal.SIGKILL)
    # waiting for a lock, PostgreSQL would see only later that nobody is there any more
    cut(server, connection)


def cut(server, connection):
    """Cut a connection to the database, and wait until its transaction is undone."""
    server.sql("SELECT pg_terminate_backend(%s)", [connection])
    alive = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
    wait_until(lambda: not server.sql(alive, [connection]), timeout=LONG)


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
    with batch_in_hand(server, job) as connection:
        kill_cron_worker(server, connection)
        assert set(job.rows().values()) == {"waiting"}, "Nothing of the batch is kept."
    job.finish()
    check_everybody_once(job)


def test_worker_killed_while_mails_leave(server, job):
    with server.faults(held=HELD):
        job.click("start")
        kill_cron_worker(server, mail_in_hand(server, job))
        assert job.sent() == HELD
    job.finish()
    check_everybody_once(job, unsure_at_most=1)


def test_database_connections_cut(server, job):
    with server.faults(held=HELD):
        with batch_in_hand(server, job) as connection:
            cut(server, connection)
        cut(server, mail_in_hand(server, job))
    job.finish()
    check_everybody_once(job, unsure_at_most=1)


def test_mail_server_gone_after_500_and_back_with_one_poisoned_address(server):
    job = Job(server, contacts=MANY)
    poisoned = job.emails[3]
    with server.faults(mails=500, refused=[poisoned]):
        job.click("start")
        wait_until(lambda: job.sent() == 500, timeout=3 * LONG)
        with server.catcher.mail_server_stopped():
            wait_until(lambda: server.sql(COMES_BACK), timeout=LONG)
            job.wake()
            assert job.read("state", "failed_count", "unsure_count") == ["running", 1, 0]
            assert job.sent() == 500
    with server.faults(refused=[poisoned]):
        job.finish()
    assert (job.rows()[poisoned], job.mails()[poisoned]) == ("failed", 0)
    check_everybody_once(job, without=[poisoned])


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


def test_cancelled_after_the_first(server, job):
    job.server.shell("env['customer.invitation.job'].browse(id).mails_per_hour = 1", id=job.id)
    job.click("start")
    wait_until(lambda: job.read("sent_count") == [1], timeout=LONG)
    job.click("cancel")
    job.wake()
    assert job.read("state", "sent_count", "waiting_count") == ["cancelled", 1, 0]
    assert job.read("cancelled_count") == [CONTACTS - 1]
    assert job.sent() == 1


def test_plan_pilot_and_the_rest_in_a_browser(server, page, job):
    """The numbers on the page follow by themselves what happens in the background."""
    sign_in(page, server, "sara", "sara-demo")
    job.server.shell("env['customer.invitation.job'].browse(id)._unplan()", id=job.id)
    page.goto(f"{server.url}/odoo/customer-bulk-invitations/{job.id}")
    page.get_by_label("First 10 only, then wait").check()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("[name=link_count]")).to_have_text(str(CONTACTS))
    expect(page.locator("[name=preview_subject]")).to_contain_text("Kitchen")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("dialog").get_by_role("button", name="Start").click()
    go_on = page.get_by_role("button", name="Go on")
    expect(go_on).to_be_visible(timeout=LONG * 1000)
    expect(page.locator("[name=sent_count]")).to_have_text("10", timeout=LONG * 1000)
    assert job.sent() == 10
    go_on.click()
    finished = page.get_by_role("radio", name="Done", checked=True)
    expect(finished).to_be_visible(timeout=LONG * 1000)
    expect(page.locator("[name=sent_count]")).to_have_text(str(CONTACTS))
    check_everybody_once(job)
