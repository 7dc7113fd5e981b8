"""Contacts by the thousand, by SQL, with whatever columns the installed addons ask for."""

from odoo.tools import SQL


def pattern(env, own, **values):
    """Make a contact to copy from.

    :param own: the columns that each copy has of its own
    :param values: what else all copies have
    :return: the id of the contact, and the SQL of all other columns
    :rtype: tuple
    """
    contact = env["res.partner"].create({"name": "Pattern", "lang": "en_US", **values})
    env.flush_all()
    rest = SQL(", ").join(map(SQL.identifier, other_columns(env, "res_partner", own)))
    return contact.id, rest


def other_columns(env, table, own):
    """Return the names of a table's columns but its id and those named.

    :rtype: list[str]
    """
    env.cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attname != 'id' AND attname != ALL(%s)",
        [table, list(own)],
    )
    return [name for [name] in env.cr.fetchall()]
