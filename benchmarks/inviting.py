"""Inviting many contacts until every mail is queued, beside Odoo's portal wizard."""

import statistics

from odoo.tools import SQL

from .contacts import other_columns, pattern
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
            contacts = WIZARD if name == "wizard" else CONTACTS
            seconds, count = once_in_transaction(env, side)
            times[name].append(seconds * 1000 / contacts)
            queries[name] = round(count / contacts, 1)
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


def start(env, name):
    """Plan and start a job for the contacts that are called so.

    :rtype: ``customer.invitation.job``
    """
    sender = env.ref("base.user_admin")
    sender.email = "sender@seller.example"
    jobs = env(user=sender)["customer.invitation.job"]
    job = jobs.create(
        {"whom": "filter", "domain": f"[('name', 'like', '{name} %')]", "mails_per_hour": 0}
    )
    job._start()
    return job.sudo()


def fill(env, name, count, with_access=True):
    """Make contacts by SQL, each with an access to one opportunity, or let in by the policy.

    :param str name: what they are called, before a number
    """
    own = ("commercial_partner_id", "name", "complete_name", "email", "email_normalized")
    pattern_id, rest = pattern(env, own, phone="+47 406 12 345")
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (id, %(own)s, %(rest)s)
            SELECT numbers.id, numbers.id, %(name)s || ' ' || n, %(name)s || ' ' || n,
                   lower(%(name)s) || n || '@invite.example',
                   lower(%(name)s) || n || '@invite.example',
                   %(rest)s
              FROM (
                  SELECT n, nextval('res_partner_id_seq') AS id
                    FROM generate_series(1, %(count)s) n
              ) numbers, res_partner
             WHERE res_partner.id = %(pattern)s
            """,
            own=SQL(", ").join(map(SQL.identifier, own)),
            rest=rest,
            name=name,
            count=count,
            pattern=pattern_id,
        )
    )
    if with_access:
        _give_access(env, name, pattern_id)
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
    for table in ("res_partner", "customer_access"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))  # what autovacuum does
    env.invalidate_all()


def _give_access(env, name, pattern_id):
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
    own = ("partner_id", "commercial_partner_id")
    others = other_columns(env, "customer_access", own)
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO customer_access (%(own)s, %(rest)s)
            SELECT contact.id, contact.id, %(values)s
              FROM res_partner AS contact, customer_access AS access
             WHERE contact.name LIKE %(name)s AND access.id = %(pattern)s
            """,
            own=SQL(", ").join(map(SQL.identifier, own)),
            rest=SQL(", ").join(map(SQL.identifier, others)),
            values=SQL(", ").join(SQL.identifier("access", name) for name in others),
            name=f"{name} %",
            pattern=access.id,
        )
    )
