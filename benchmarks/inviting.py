"""Inviting many contacts until every mail is queued, beside Odoo's portal wizard."""

import statistics

from odoo.tools import SQL

from . import contacts
from .timing import once_in_transaction

CONTACTS, WIZARD, RUNS = 2_000, 200, 3


def results(env):
    """Measure a contact's share of both ways, in turn; the first turn warms up.

    :return: lines of ``build/bench.json``
    :rtype: list[dict]
    """
    fill(env, "Guest", CONTACTS)
    fill(env, "Member", CONTACTS, with_access=False)
    some = env["res.partner"].search([("name", "like", "Guest %")], limit=WIZARD, order="id")

    def by_wizard():
        wizard = env["portal.wizard"].with_context(active_ids=some.ids).create({})
        for line in wizard.user_ids:
            line.action_grant_access()

    sides = {
        "wizard": by_wizard,
        "personal links": lambda: _queue(start(env, "Guest"), CONTACTS),
        "mails to come and sign in": lambda: _queue(start(env, "Member"), CONTACTS),
    }
    times, queries = {name: [] for name in sides}, {}
    for _run in range(RUNS + 1):
        for name, side in sides.items():
            number = WIZARD if name == "wizard" else CONTACTS
            seconds, count = once_in_transaction(env, side)
            times[name].append(seconds * 1000 / number)
            queries[name] = round(count / number, 1)
    medians = {name: statistics.median(times[name][1:]) for name in sides}
    stock = "wizard"
    return [
        {
            "name": f"a contact: portal wizard for {WIZARD}, beside {CONTACTS:,} {name}",
            "stock_ms": round(medians[stock], 3),
            "ours_ms": round(medians[name], 3),
            "ratio": round(medians[name] / medians[stock], 3),
            "stock_queries": queries[stock],
            "ours_queries": queries[name],
            "runs": RUNS,
        }
        for name in sides
        if name != stock
    ]


def _queue(job, count):
    """Run the batches, without the commits between them, until all mails are queued."""
    while job._run_batch():
        job.env.invalidate_all()
    if job.queued_count != count:
        raise RuntimeError(f"{job.queued_count} mails are queued, not {count}: {job.skipped_text}")


def start(env, name, **wishes):
    """Plan and start a job for the contacts that are called so.

    :param wishes: what else it shall do

    :rtype: ``customer.invitation.job``
    """
    sender = env.ref("base.user_admin")
    sender.email = "sender@seller.example"
    jobs = env(user=sender)["customer.invitation.job"]
    job = jobs.create(
        {
            "whom": "filter",
            "domain": f"[('name', 'like', '{name} %')]",
            "mails_per_hour": 0,
            **wishes,
        }
    )
    job._start()
    return job.sudo()


def fill(env, name, count, with_access=True):
    """Make contacts by SQL, each with an access to one opportunity, or let in by the policy.

    :param str name: what they are called, before a number
    """
    pattern_id = contacts.add(env, name, count, phone="+47 406 12 345")
    if with_access:
        give_access(env, name, pattern_id)
    else:
        env.company.write(
            {
                "customer_portal_default": "enabled",
                "customer_default_role_id": env.ref(
                    "customer_portal_access.role_contact_person"
                ).id,
            }
        )
    env.flush_all()
    env.invalidate_all()


def give_access(env, name, pattern_id):
    """Give contacts an access to one opportunity, all like that of the one they are copies of.

    :return: the access of that one
    """
    lead = env["crm.lead"].create(
        {"name": "Kitchen", "type": "opportunity", "user_id": env.ref("base.user_admin").id}
    )
    access = env["customer.access"].create(
        {
            "partner_id": pattern_id,
            "lead_id": lead.id,
            "role_id": env.ref("customer_portal_access.role_contact_person").id,
        }
    )
    contact = SQL.identifier("contact", "id")
    contacts.copy(env, access, f"{name} %", partner_id=contact, commercial_partner_id=contact)
    return access
