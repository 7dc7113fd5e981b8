from odoo.fields import Domain
from odoo.tools import SQL


def case_sql(model, alias, query, cases, otherwise=None):
    """Return an expression for the value of the first domain that a row matches.

    :param model: what is searched, with the rights that the domains need
    :param str alias: of its table in the query
    :param query: gets the joins
    :param cases: pairs of a domain and a value, in the order to ask
    :param otherwise: the value when none matches
    :rtype: SQL
    """
    whens = [
        SQL("WHEN %s THEN %s", domain.optimize_full(model)._to_sql(model, alias, query), value)
        for domain, value in cases
    ]
    return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), otherwise)


def in_turn(cases, predicate, otherwise=False):
    """Return a domain that the first of several domains to match decides.

    The database asks one after the other, of the row at hand. Joined to one domain, its
    opposite would look up each row in lists made of whole tables, which Odoo writes for
    "not any", and which do not fit into memory with very many records.

    :param cases: pairs of a domain and whether it says yes, in the order to ask
    :param predicate: says the same of one record
    :param bool otherwise: what it is when none matches
    :rtype: Domain
    """
    cases = [(domain, int(answer)) for domain, answer in cases]

    def to_sql(model, alias, query):
        # sudo: who may see a record may know what is said of it; archived users count, too
        model_sudo = model.sudo().with_context(active_test=False)
        # a number, not a truth: the database expects few to match, and nearly all not to
        return SQL("%s = 1", case_sql(model_sudo, alias, query, cases, int(otherwise)))

    return Domain.custom(to_sql=to_sql, predicate=predicate)


def has_one(name, domain):
    """Return a domain: there is such a record in a one2many field, asked row by row.

    The same as "any", but that the database looks for the one record of the row at hand,
    where it would first collect all there are: the way to ask when a page is shown of very
    many rows.

    :param str name: of the field
    :param Domain domain: on the records in the field
    :rtype: Domain
    """

    def to_sql(model, alias, query):
        field = model._fields[name]
        # sudo: as with "any!"; who may see a record may know what is said of it
        records_sudo = model.env[field.comodel_name].sudo().with_context(active_test=False)
        found = records_sudo._search(domain)
        if found.is_empty():
            return SQL("FALSE")
        inverse = records_sudo._field_to_sql(found.table, field.inverse_name, found)
        found.add_where(SQL("%s = %s", inverse, SQL.identifier(alias, "id")))
        found.limit = 1
        return SQL("%s IS NOT NULL", found.subselect(SQL("TRUE")))

    return Domain.custom(
        to_sql=to_sql, predicate=lambda record: bool(record.sudo()[name].filtered_domain(domain))
    )


def first_of(domains, wanted):
    """Return the domain of records whose first domain that matches is a wanted one.

    :param dict domains: a domain a code, in the order to ask
    :param wanted: codes; with ``False`` those that none matches, too
    :rtype: Domain
    """
    found = Domain(False in wanted)
    for code, domain in reversed(domains.items()):
        found = domain | found if code in wanted else ~domain & found
    return found
