from odoo import api, models

from ..utils import case_sql, first_of


class CustomerStateMixin(models.AbstractModel):
    """A state that is not stored, for it depends on the time and on other records.

    Each state is a domain, and the first that matches is the one: the same rule answers
    for a record, for a search and for a grouped list.
    """

    _name = "customer.state.mixin"
    _description = "State by domains"

    @api.model
    def _state_domains(self):
        """Return a domain for each state, in the order to ask; the last one always matches.

        :rtype: dict[str, Domain]
        """
        raise NotImplementedError

    def _first_match(self, domains):
        """Return the first code whose domain matches, by id.

        :param dict domains: a domain a code, in the order to ask
        :rtype: dict
        """
        # sudo: whoever may see a record may know its state, although what decides, such as
        # the contact's users, is not theirs to read; archived users count, too.
        found, rest = {}, self.sudo().with_context(active_test=False)
        for code, domain in domains.items():
            matching = rest.filtered_domain(domain)
            found.update(dict.fromkeys(matching._ids, code))
            rest -= matching
        return found

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return first_of(self._state_domains(), value)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        return self._state_sql(alias, query)

    def _state_sql(self, alias, query):
        """Return an expression for the state of a row.

        :param str alias: of the table in the query
        :param query: gets the joins
        :rtype: SQL
        """
        domains = self._state_domains().items()
        *cases, (_always, last) = ((domain, state) for state, domain in domains)
        # sudo: as in _first_match
        model_sudo = self.sudo().with_context(active_test=False)
        return case_sql(model_sudo, alias, query, cases, last)
