"""Bulk invitations in OCA's job queue, run by its real job runner over two servers.

The job runner asks one address for every batch; as a load balancer does, what answers there
sends it to one server and to the other in turn.
"""

import itertools
import os
import signal
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tools.live import Live

from .test_bulk import LONG, Job, batch_in_hand, check_everybody_once, cut
from .waiting import wait_until

LOAD = "--load=base,rpc,web,queue_job"
# The job runner keeps a lock on the database.
RUNNER = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
JOBS = """
SELECT uuid, state, worker_pid FROM queue_job
 WHERE channel = 'root.customer_portal' AND identity_key LIKE %s
"""
TWO_BATCHES = 210


class _InTurn(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(307)
        self.send_header("Location", next(self.server.turns) + self.path)
        self.end_headers()

    def log_message(self, *_args):
        pass


@contextmanager
def balancer():
    """Run what sends each request on to the next of its ``turns``."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _InTurn) as front:
        Thread(target=front.serve_forever, daemon=True).start()
        yield front
        front.shutdown()


@pytest.fixture(scope="module")
def server(odoo, databases):
    """Two servers with the job runner, on a database of their own."""
    copy = databases.temporary(databases.ensure_template(), "queue")
    with copy as database, balancer() as front, pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "ODOO_QUEUE_JOB_CHANNELS": "root:4",
            "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
            "ODOO_QUEUE_JOB_PORT": str(front.server_port),
        }.items():
            patch.setitem(odoo.environment, name, value)
        with Live(odoo, database, LOAD) as live, live.second_server() as other:
            front.turns = itertools.cycle((live.url, other))
            wait_until(lambda: live.sql(RUNNER), timeout=LONG)
            yield live


def jobs(job):
    """Return uuid, state and worker of the jobs that were queued for a bulk invitation."""
    return job.server.sql(JOBS, [f"customer.invitation.job-{job.id}-%"])


def test_batches_run_on_both_servers(server):
    job = Job(server, contacts=TWO_BATCHES)
    job.click("start")
    assert len(jobs(job)) == 2
    job.finish()
    check_everybody_once(job)
    assert {state for _uuid, state, _worker in jobs(job)} == {"done"}
    assert len({os.getpgid(worker) for _uuid, _state, worker in jobs(job)}) == 2


def test_worker_killed_in_mid_batch(server):
    job = Job(server)
    with batch_in_hand(server, job) as connection:
        [(uuid, state, worker)] = jobs(job)
        assert state == "started"
        os.kill(worker, signal.SIGKILL)
        cut(server, connection)
        assert set(job.rows().values()) == {"waiting"}, "Nothing of the batch is kept."

    def runs_again():
        # the job runner looks for dead jobs now and then, and whenever one changes
        server.sql("SELECT pg_notify('queue_job', %s)", [uuid])
        return "waiting" not in job.rows().values()

    wait_until(runs_again, timeout=LONG)
    job.finish()
    check_everybody_once(job)


def test_paused_and_resumed(server):
    job = Job(server)
    server.shell("env['customer.invitation.job'].browse(id).mails_per_hour = 60", id=job.id)
    job.click("start")
    wait_until(lambda: job.read("sent_count") == [1], timeout=LONG)
    job.click("pause")
    job.wake()
    assert job.read("state", "sent_count") == ["paused", 1]
    server.shell("env['customer.invitation.job'].browse(id).mails_per_hour = 0", id=job.id)
    job.click("resume")
    job.finish()
    check_everybody_once(job)
