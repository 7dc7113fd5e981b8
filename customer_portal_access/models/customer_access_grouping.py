from odoo import fields, models
from odoo.tools import SQL


class CustomerAccess(models.Model):
    """Lists of accesses by customer and by state, though neither is stored."""

    _inherit = "customer.access"

    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer company"
    )

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        # sudo: the state must not depend on what the reader may see beside the access
        cases = [
            SQL(
                "WHEN %s IN %s THEN %s",
                SQL.identifier(alias, "id"),
                self.sudo()._search(domain).subselect(),
                state,
            )
            for state, domain in self._state_domains().items()
        ]
        return SQL("CASE %s END", SQL(" ").join(cases))
