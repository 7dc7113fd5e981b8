"""Contacts by the thousand, by SQL, with whatever columns the installed addons ask for."""

from odoo.tools import SQL

SECONDS = 300  # for making the contacts


def add(env, name, count, **values):
    """Make contacts that are called so, before a number, each with an address of its own.

    :param str name: one word
    :param values: what else all of them have
    :return: the id of the contact that they are copies of
    :rtype: int
    """
    own = ("commercial_partner_id", "name", "complete_name", "email", "email_normalized")
    pattern_id, rest = pattern(env, own, **values)
    env.cr.execute("SET LOCAL statement_timeout = %s", [SECONDS * 1000])
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (id, %(own)s, %(rest)s)
            SELECT numbers.id, numbers.id, numbers.name, numbers.name, numbers.email,
                   numbers.email, %(rest)s
              FROM (
                  SELECT nextval('res_partner_id_seq') AS id,
                         %(name)s || ' ' || n AS name,
                         lower(%(name)s) || n || '-' || %(pattern)s || '@bench.example' AS email
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
    env.cr.execute("SET LOCAL statement_timeout = 0")
    look_again(env, "res_partner")
    return pattern_id


def look_again(env, *tables):
    """Count the rows of tables anew for the planner, as autovacuum does."""
    for table in tables:
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


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


def copy(env, record, contacts, **own):
    """Copy a record by SQL for contacts.

    :param record: what to copy from
    :param str contacts: the pattern of the contacts' names
    :param own: SQL of the columns that each copy has of its own
    """
    others = other_columns(env, record._table, own)
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO %(table)s (%(own)s, %(rest)s)
            SELECT %(values)s, %(others)s
              FROM res_partner AS contact, %(table)s AS pattern
             WHERE contact.name LIKE %(contacts)s AND pattern.id = %(pattern)s
            """,
            table=SQL.identifier(record._table),
            own=SQL(", ").join(map(SQL.identifier, own)),
            rest=SQL(", ").join(map(SQL.identifier, others)),
            values=SQL(", ").join(own.values()),
            others=SQL(", ").join(SQL.identifier("pattern", name) for name in others),
            contacts=contacts,
            pattern=record.id,
        )
    )
    look_again(env, record._table)


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
