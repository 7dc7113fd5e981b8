"""One job for very many contacts as the server runs it, with commits; print JSON.

In a process of its own, whose peak memory is that of this job.
"""

import json
import os
import resource
import sys
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import inviting, renewing

# How to make the contacts, and to start the job.
KINDS = {
    "invitation": (inviting.fill, inviting.start),
    "credentials": (renewing.fill, renewing.start),
}
WARM_UP = 200  # one batch: what is loaded once, whatever the number of contacts


def run(database, kind, count, sending):
    """Queue the mails, and send them if asked to.

    :param str database: a database that may be spoilt
    :param str kind: one of ``KINDS``
    :param int count: of contacts
    :param bool sending: whether the mails shall leave
    :return: ``queue_ms`` and ``send_ms`` a contact; ``before_mb`` and ``peak_mb``, the peak
        memory of the process before and after the mails are queued
    :rtype: dict
    """
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        fill, start = KINDS[kind]
        fill(env, "First", WARM_UP)
        _queue(start(env, "First"), WARM_UP)
        fill(env, "Guest", count)
        env.cr.commit()
        result = {"before_mb": _peak_mb()}
        started = time.perf_counter()
        _queue(start(env, "Guest"), count)
        result["queue_ms"] = (time.perf_counter() - started) * 1000 / count
        result["peak_mb"] = _peak_mb()
        if sending:
            result["send_ms"] = _send(env) * 1000 / (WARM_UP + count)
        return result


def _queue(job, count):
    """Run a job by the verb that the scheduled action calls."""
    job._cron_run()
    if job.queued_count != count:
        raise RuntimeError(f"{job.queued_count} mails are queued, not {count}: {job.skipped_text}")


def _send(env):
    """Send what is queued by the verb that Odoo's scheduled action calls."""
    mails = env["mail.mail"]
    started = time.perf_counter()
    while mails.search_count([("state", "=", "outgoing")], limit=1):
        mails.process_email_queue()
        env.cr.commit()
        env.invalidate_all()
    seconds = time.perf_counter() - started
    if missed := env["customer.invitation.job.line"].search_count([("state", "!=", "sent")]):
        raise RuntimeError(f"{missed} mails did not leave")
    return seconds


def _peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    # The descriptor, not only the object: a library may write to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    name, kind, contacts, *options = sys.argv[1:]
    config.parse_config(["-d", name, "--no-http", *options], setup_logging=True)
    json.dump(run(name, kind, int(contacts), bool(options)), answers)
    answers.flush()
