"""Credentials in one go, for contacts with a password, an open session and a live link each."""

from odoo.tools import SQL

from . import contacts, inviting

PASSWORD = "oak-doors-and-rain"


def fill(env, name, count):
    """Make contacts by SQL, with all that can be renewed.

    :param str name: what they are called, before a number
    """
    pattern_id = contacts.add(env, name, count, phone="+47 406 12 345")
    partner = env["res.partner"].browse(pattern_id)
    partner.email = f"{name}-{pattern_id}@bench.example".lower()
    access = inviting.give_access(env, name, pattern_id)
    access.create_link()
    contact = {name: SQL.identifier("contact", name) for name in ("id", "email_normalized")}
    accesses = SQL("(SELECT id FROM customer_access WHERE partner_id = %s LIMIT 1)", contact["id"])
    contacts.copy(
        env,
        access.link_ids,
        f"{name} %",
        partner_id=contact["id"],
        access_id=accesses,
        token_hash=SQL("md5(%s)", contact["email_normalized"]),
    )
    user = partner._customer_user(env.company)
    user.password = PASSWORD
    session = env["res.device.log"].create(
        {"session_identifier": "pattern", "user_id": user.id, "ip_address": "127.0.0.1"}
    )
    contacts.copy(
        env, user, f"{name} %", partner_id=contact["id"], login=contact["email_normalized"]
    )
    users = SQL("(SELECT id FROM res_users WHERE partner_id = %s)", contact["id"])
    for relation, column in (("res_groups_users_rel", "gid"), ("res_company_users_rel", "cid")):
        own = SQL.identifier("uid" if relation == "res_groups_users_rel" else "user_id")
        env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(own)s, %(column)s) SELECT users.id, pattern.%(column)s "
                "FROM res_users AS users, res_partner AS contact, %(table)s AS pattern "
                "WHERE users.partner_id = contact.id AND contact.name LIKE %(name)s "
                "AND pattern.%(own)s = %(user)s",
                table=SQL.identifier(relation),
                own=own,
                column=SQL.identifier(column),
                name=f"{name} %",
                user=user.id,
            )
        )
    contacts.copy(
        env,
        session,
        f"{name} %",
        user_id=users,
        session_identifier=contact["email_normalized"],
    )


def start(env, name):
    """Plan and start a job of all that there is for the contacts that are called so.

    :rtype: ``customer.invitation.job``
    """
    return inviting.start(
        env,
        name,
        kind="credentials",
        new_password=True,
        end_sessions=True,
        revoke_links=True,
        tell=True,
    )
