"""Contacts by the thousand, by SQL, with whatever columns the installed addons ask for."""

from odoo.tools import SQL


def pattern(env, own):
    """Make a contact to copy from.

    :param own: the columns that each copy has of its own
    :return: the id of the contact, and the SQL of all other columns
    :rtype: tuple
    """
    contact = env["res.partner"].create({"name": "Pattern", "lang": "en_US"})
    env.flush_all()
    env.cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'res_partner'::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attname != 'id' AND attname != ALL(%s)",
        [list(own)],
    )
    rest = SQL(", ").join(SQL.identifier(name) for [name] in env.cr.fetchall())
    return contact.id, rest
