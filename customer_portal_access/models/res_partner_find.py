import itertools
import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

from ..utils import case_sql, first_of

PORTAL_STATES = [
    ("none", "No access"),
    ("disabled", "Disabled"),
    ("blocked", "Blocked"),
    ("invited", "Invited"),
    ("active", "Active"),
]
# What is typed to find a number: digits and what people write between them.
_NUMBER = re.compile(r"[\d\s\\./()+-]*\d[\d\s\\./()+-]*")
_SHORTEST_NUMBER = 3
# Which states of accesses make a contact what it is; the first that one of them has counts.
_STATES_BY_ACCESS = {
    "active": ("active",),
    "invited": ("invited", "expired"),
    "blocked": ("blocked",),
}


class ResPartner(models.Model):
    """Finding contacts: by name, address or number, and by what they have with us.

    What is searched and grouped is not stored: it depends on the reader's company, on
    settings and on the clock. Each value is a domain, the same for one and for a list.
    """

    _inherit = "res.partner"

    customer_portal_state = fields.Selection(
        PORTAL_STATES,
        string="Customer portal",
        compute="_compute_customer_portal_state",
        search="_search_customer_portal_state",
        groups="base.group_user",
    )
    customer_never_signed_in = fields.Boolean(
        string="Has never signed in",
        compute="_compute_customer_portal_state",
        search="_search_customer_never_signed_in",
        groups="base.group_user",
    )
    customer_link_expired = fields.Boolean(
        string="Link expired",
        compute="_compute_customer_portal_state",
        search="_search_customer_link_expired",
        groups="base.group_user",
    )
    customer_role_ids = fields.Many2many(
        "customer.contact.role",
        string="Contact roles",
        compute="_compute_customer_role_ids",
        search="_search_customer_role_ids",
        groups="base.group_user",
    )
    customer_company_ids = fields.Many2many(
        "res.partner",
        string="Contact person of",
        compute="_compute_customer_role_ids",
        search="_search_customer_company_ids",
        groups="base.group_user",
    )
    customer_is_contact = fields.Boolean(
        string="Has an access, over or not",
        compute="_compute_customer_role_ids",
        groups="base.group_user",
    )
    customer_find = fields.Char(
        string="Name, e-mail or phone",
        store=False,
        search="_search_customer_find",
        groups="base.group_user",
    )

    # Odoo looks for "phone" through an index of its own of this kind.
    _customer_mobile_digits = models.Index(
        lambda registry: (
            registry.has_trigram
            and f"USING gin (regexp_replace((customer_mobile::text), '{PHONE_REGEX_PATTERN}'::text,"
            " ''::text, 'g'::text) gin_trgm_ops) WHERE customer_mobile IS NOT NULL"
        )
    )

    # ------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------

    @api.model
    def _customer_state_domains(self):
        """Return a domain for each portal state; the first that matches is the state."""
        return {
            "disabled": self._customer_policy_domain(self.env.company, "disabled"),
            **{
                state: self._customer_access_any(Domain("state", "in", of_access))
                for state, of_access in _STATES_BY_ACCESS.items()
            },
            "none": Domain.TRUE,
        }

    @api.model
    def _customer_never_domain(self):
        """Return the domain of contacts who were invited and never came."""
        return (
            self._customer_access_any(Domain("invited_at", "!=", False))
            & ~self._customer_access_any(Domain("first_seen_at", "!=", False))
            & ~Domain("user_ids", "any!", Domain("log_ids", "any!", Domain.TRUE))
        )

    @api.model
    def _customer_expired_domain(self):
        """Return the domain of contacts whose newest link ended before they came."""
        return self._customer_access_any(Domain("state", "=", "expired"))

    @api.model
    def _customer_access_any(self, domain):
        """Return the domain of contacts with such an access in the current company.

        Whatever the reader may see of the accesses themselves: the same contact must
        not be invited for one colleague and unknown to the next.
        """
        return Domain("customer_access_ids", "any!", self._customer_here_domain() & domain)

    @api.model
    def _customer_here_domain(self):
        """Return the domain of the accesses that count: in the current company, not revoked."""
        return Domain("company_id", "=", self.env.company.id) & Domain("revoked_at", "=", False)

    @api.depends(
        "customer_access_ids.state",
        "customer_access_ids.first_seen_at",
        "customer_policy_ids.policy",
    )
    @api.depends_context("company")
    def _compute_customer_portal_state(self):
        # sudo: as in _customer_access_any; as it is in the database: a list asks for a page of them
        partners_sudo = self._origin.sudo().with_context(active_test=False)
        query = partners_sudo._search(Domain("id", "in", partners_sudo.ids))
        own = Domain("partner_id", "in", partners_sudo.ids)
        rows = self.env.execute_query(
            query.select(
                SQL.identifier(query.table, "id"),
                partners_sudo._customer_state_sql(query.table, query, own),
                *(
                    partners_sudo._customer_fact_sql(query.table, query, fact)
                    for fact in (self._customer_never_domain(), self._customer_expired_domain())
                ),
            )
        )
        found = {contact_id: values for contact_id, *values in rows}
        for partner in self:
            state, never, expired = found.get(partner._origin.id, ("none", False, False))
            partner.customer_portal_state = state
            partner.customer_never_signed_in = never
            partner.customer_link_expired = expired

    @api.model
    def _search_customer_portal_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return first_of(self._customer_state_domains(), value)

    @api.model
    def _search_customer_never_signed_in(self, operator, value):
        return self._customer_search_fact(self._customer_never_domain(), operator, value)

    @api.model
    def _search_customer_link_expired(self, operator, value):
        return self._customer_search_fact(self._customer_expired_domain(), operator, value)

    @api.model
    def _customer_search_fact(self, domain, operator, value):
        if operator != "in":
            return NotImplemented
        return domain if True in value else ~domain

    # ------------------------------------------------------------
    # ROLES AND CUSTOMERS
    # ------------------------------------------------------------

    @api.depends("customer_access_ids.role_id", "customer_access_ids.customer_id")
    @api.depends_context("company")
    def _compute_customer_role_ids(self):
        for partner in self:
            accesses_sudo = partner.sudo().customer_access_ids.filtered(
                lambda access: access.company_id == self.env.company
            )
            partner.customer_is_contact = bool(accesses_sudo)
            accesses_sudo = accesses_sudo.filtered(lambda access: not access.revoked_at)
            partner.customer_role_ids = accesses_sudo.role_id
            partner.customer_company_ids = accesses_sudo.customer_id | (
                accesses_sudo.commercial_partner_id - partner
            )

    @api.model
    def _search_customer_role_ids(self, operator, value):
        return self._customer_search_through("customer_role_ids", operator, value)

    @api.model
    def _search_customer_company_ids(self, operator, value):
        return self._customer_search_through("customer_company_ids", operator, value)

    @api.model
    def _customer_ways(self, field):
        """Return by which fields of an access a contact comes to its roles or customers.

        :return: a domain of the accesses that count, by field
        :rtype: dict[str, Domain]
        """
        if field == "customer_role_ids":
            return {"role_id": Domain.TRUE}
        employed = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s != %s",
                model._field_to_sql(alias, "commercial_partner_id", query),
                model._field_to_sql(alias, "partner_id", query),
            )
        )
        return {
            "customer_id": Domain("customer_id", "!=", False),
            "commercial_partner_id": employed,
        }

    @api.model
    def _customer_search_through(self, field, operator, value):
        """Return the domain of contacts one of whose accesses leads to such a record."""
        if operator not in ("in", "any"):
            return NotImplemented
        ways, found = self._customer_ways(field), Domain.FALSE
        if operator == "in" and False in value:
            found = ~self._customer_access_any(Domain.OR(ways.values()))
            value = [record_id for record_id in value if record_id]
        return found | self._customer_access_any(
            Domain.OR(held & Domain(name, operator, value) for name, held in ways.items())
        )

    # ------------------------------------------------------------
    # GROUPS
    # ------------------------------------------------------------

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec in ("customer_role_ids", "customer_company_ids"):
            pairs = query.make_alias(alias, groupby_spec)
            query.add_join(
                "LEFT JOIN",
                pairs,
                SQL("(%s)", self._customer_pairs(groupby_spec)),
                SQL("%s = %s", SQL.identifier(alias, "id"), SQL.identifier(pairs, "contact_id")),
            )
            return SQL.identifier(pairs, "value_id")
        if groupby_spec == "customer_portal_state":
            return self._customer_state_sql(alias, query)
        facts = {
            "customer_never_signed_in": self._customer_never_domain,
            "customer_link_expired": self._customer_expired_domain,
        }
        if groupby_spec not in facts:
            return super()._read_group_groupby(alias, groupby_spec, query)
        return self._customer_fact_sql(alias, query, facts[groupby_spec]())

    @api.model
    def _customer_fact_sql(self, alias, query, domain):
        """Return an expression for whether a contact matches a domain.

        :param str alias: of the table of contacts in the query
        :param query: gets the joins
        :rtype: SQL
        """
        # sudo: as in _customer_access_any
        partners_sudo = self.sudo().with_context(active_test=False)
        return case_sql(partners_sudo, alias, query, [(domain, True)], otherwise=False)

    @api.model
    def _customer_state_sql(self, alias, query, within=Domain.TRUE):
        """Return an expression for the state of a contact: all accesses are read once.

        :param str alias: of the table of contacts in the query
        :param query: gets the joins
        :param within: which accesses there can be, if only some contacts are asked for
        :rtype: SQL
        """
        accesses_sudo = self.env["customer.access"].sudo()  # as in _customer_access_any
        order = SQL("%s::text[]", list(itertools.chain(*_STATES_BY_ACCESS.values())))
        found = accesses_sudo._search(self._customer_here_domain() & within)
        states = found.select(
            SQL("%s AS contact_id", accesses_sudo._field_to_sql(found.table, "partner_id")),
            SQL("%s AS state", accesses_sudo._state_sql(found.table, found)),
        )
        best = query.make_alias(alias, "customer_portal_state")
        query.add_join(
            "LEFT JOIN",
            best,
            SQL(
                "(SELECT contact_id, min(array_position(%s, state)) AS place "
                "FROM (%s) access GROUP BY contact_id)",
                order,
                states,
            ),
            SQL("%s = %s", SQL.identifier(alias, "id"), SQL.identifier(best, "contact_id")),
        )
        domains = self._customer_state_domains()
        for state, of_access in _STATES_BY_ACCESS.items():
            held = SQL("(%s)[%s] IN %s", order, SQL.identifier(best, "place"), of_access)
            domains[state] = Domain.custom(to_sql=lambda *_args, held=held: held)
        cases = [(domain, state) for state, domain in domains.items()]
        return case_sql(self.sudo(), alias, query, cases)

    @api.model
    def _customer_pairs(self, field):
        """Return a query of each contact with each of its roles or customers, once."""
        accesses_sudo = self.env["customer.access"].sudo()
        pairs = []
        for name, held in self._customer_ways(field).items():
            query = accesses_sudo._search(self._customer_here_domain() & held)
            pairs.append(
                query.select(
                    SQL("%s AS contact_id", accesses_sudo._field_to_sql(query.table, "partner_id")),
                    SQL("%s AS value_id", accesses_sudo._field_to_sql(query.table, name)),
                )
            )
        return SQL(
            "SELECT DISTINCT contact_id, value_id FROM (%s) pair", SQL(" UNION ALL ").join(pairs)
        )

    # ------------------------------------------------------------
    # BY NAME, E-MAIL OR PHONE
    # ------------------------------------------------------------

    @api.model
    def _search_customer_find(self, operator, value):
        """Find contacts, and the customers that such a person is contact person of."""
        if operator != "ilike":
            return NotImplemented
        persons = self._customer_person_domain(value)
        found = persons | Domain.OR(
            Domain(name, "ilike", value) for name in self._rec_names_search or ["name"]
        )
        found |= Domain("child_ids", "any", persons)
        if self.env["customer.access"].has_access("read"):
            held = Domain("revoked_at", "=", False) & Domain("partner_id", "any", persons)
            found |= Domain("customer_member_ids", "any", held)
        return found

    @api.model
    def _customer_person_domain(self, value):
        """Return the domain of persons with this in their name, e-mail address or number.

        :param str value: what was typed
        :rtype: Domain
        """
        value = (value or "").strip()
        domain = Domain("name", "ilike", value) | Domain("email", "ilike", value)
        digits = re.sub(r"\D", "", value).lstrip("0")
        if len(digits) >= _SHORTEST_NUMBER and _NUMBER.fullmatch(value):
            domain |= Domain("id", "in", self._customer_number_query(digits))
        return domain

    @api.model
    def _customer_number_query(self, digits):
        """Return a query of the contacts with these digits in one of their numbers."""
        return SQL(
            "(%s)",
            SQL(" UNION ").join(
                SQL(
                    "SELECT id FROM res_partner WHERE %(column)s IS NOT NULL AND "
                    "regexp_replace((%(column)s::text), %(blanks)s::text, ''::text, 'g'::text) "
                    "LIKE %(digits)s",
                    column=SQL.identifier(column, to_flush=self._fields[column]),
                    blanks=PHONE_REGEX_PATTERN,
                    digits=f"%{digits}%",
                )
                for column in ("phone", "customer_mobile")
            ),
        )
