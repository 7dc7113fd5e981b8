"""The portal policy, beside what Odoo does contact by contact, and its list of contacts."""

import functools

from lxml import etree

from . import contacts
from .timing import compare, once_in_transaction

SMALL, LARGE = 20_000, 1_000_000
WIZARD = 20
IMPORTED = 2_000
PAGE, COUNTED = 80, 10_000  # as the web client asks


def results(env, once):
    """Make the contacts and measure, with thousands of them and with a million.

    :param once: runs one side and returns its seconds and number of queries
    :return: lines of ``build/bench.json``
    :rtype: list[dict]
    """
    contacts.add(env, "Crowd", SMALL)
    lines = _enabling(env, once, SMALL) + _overwriting(env, once)
    contacts.add(env, "Crowd", LARGE - SMALL)
    return lines + _enabling(env, once, LARGE) + _listing(env, once)


def _crowd(env, limit):
    return env["res.partner"].search([("name", "like", "Crowd %")], limit=limit, order="id")


def _enabling(env, once, count):
    """Enable everybody, beside Odoo's portal wizard for some contacts."""
    Partner = env["res.partner"]
    some = _crowd(env, WIZARD)

    def by_wizard():
        wizard = env["portal.wizard"].with_context(active_ids=some.ids).create({})
        for line in wizard.user_ids:
            line.action_grant_access()

    def everybody():
        Partner.set_customer_portal_policy("enabled", scope="all")

    name = f"enable {count:,} contacts, beside the portal wizard for {WIZARD}"
    return [compare(once, name, by_wizard, everybody)]


def _overwriting(env, once):
    """Overwrite what was set by hand, beside touching as many contacts with bare SQL."""
    partners = _crowd(env, SMALL)
    applicant = env.ref("customer_portal_access.role_applicant")
    person = env.ref("customer_portal_access.role_contact_person")
    partners._customer_set_policy("disabled", applicant.id)
    env.cr.execute("ANALYZE customer_portal_policy")
    # as in life: what the same transaction has made, the database checks once more
    env.cr.commit()
    ids = partners.ids

    def bare_update():
        env.cr.execute("UPDATE res_partner SET comment = 'x' WHERE id = ANY(%s)", [ids])

    def overwrite():
        env["res.partner"].browse(ids).set_customer_portal_policy(
            "enabled", role_id=person.id, overwrite=True
        )

    name = f"overwrite {SMALL:,} policies and roles with an undo, beside a bare UPDATE of contacts"
    return [compare(once, name, bare_update, overwrite)]


def _listing(env, once):
    """Show the first page of who can sign in, beside Odoo's list of contacts."""
    stock, ours = (
        _asking(env, env.ref(name))
        for name in (
            "base.view_partner_tree",
            "customer_portal_access.res_partner_view_list_sign_in",
        )
    )
    lines = []
    for default in ("enabled", "disabled"):
        env.company.customer_portal_default = default
        env.flush_all()

        def all_contacts():
            env["res.partner"].web_search_read([], **stock)

        def who_can_sign_in():
            env["res.partner"].web_search_read([("customer_can_sign_in", "=", True)], **ours)

        name = f"first page of {LARGE:,} contacts, beside who can sign in ({default} by default)"
        lines.append(compare(once, name, all_contacts, who_can_sign_in))
    env.company.customer_portal_default = "disabled"
    return lines


def _asking(env, view):
    """Return what the web client asks for a list: its columns that are shown, and a page."""
    arch = etree.fromstring(env["res.partner"].get_view(view.id, "list")["arch"])
    relations = ("many2one", "many2many", "one2many")
    fields = env["res.partner"]._fields
    return {
        "specification": {
            name: {"fields": {"display_name": {}}} if fields[name].type in relations else {}
            for name in arch.xpath("//field[not(@optional='hide')]/@name")
        },
        "limit": PAGE,
        "count_limit": int(arch.get("count_limit", COUNTED)) + 1,
    }


def importing(env, plain):
    """Import contacts, beside the same Odoo without this addon.

    :param env: the database with the addon
    :param plain: the same without it
    """
    rows = [
        [f"Imported {number}", f"imported{number}@crowd.example", "+47 406 12 345"]
        for number in range(IMPORTED)
    ]

    def once(side):
        return once_in_transaction(side, functools.partial(_load, side, rows))

    env.company.sudo().customer_portal_default = "enabled"
    line = compare(once, f"import {IMPORTED:,} contacts", plain, env)
    env.company.sudo().customer_portal_default = "disabled"
    return [line]


def _load(env, rows):
    result = env["res.partner"].load(["name", "email", "phone"], rows)
    if not result["ids"]:
        raise RuntimeError(result["messages"])
