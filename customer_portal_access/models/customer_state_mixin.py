from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


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
        before, found = Domain.FALSE, Domain.FALSE
        for state, domain in self._state_domains().items():
            if state in value:
                found |= domain & ~before
            before |= domain
        return found

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        *domains, (last, _always) = self._state_domains().items()
        # sudo: as in _first_match
        cases = [
            SQL(
                "WHEN %s IN %s THEN %s",
                SQL.identifier(alias, "id"),
                self.sudo()._search(domain).subselect(),
                state,
            )
            for state, domain in domains
        ]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), last)
