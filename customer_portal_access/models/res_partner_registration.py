from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contacts who register themselves wait for an approval."""

    _inherit = "res.partner"

    def _customer_may_come_in(self, company):
        """Say whether one of these contacts can come in at a company now.

        :param company: a ``res.company``
        :rtype: bool
        """
        accesses_sudo = self.env["customer.access"].sudo()  # of whoever registers
        let_in = Domain("id", "in", self.ids) & self._customer_enabled_domain(company)
        return bool(
            self.sudo().search_count(let_in, limit=1)
            or accesses_sudo.search_count(
                Domain("partner_id", "in", self.ids)
                & Domain("company_id", "=", company.id)
                & ~accesses_sudo._closed_domain(),
                limit=1,
            )
        )

    def _customer_tell_closed(self, company):
        """Tell whoever waits for an approval that it is so."""
        registrations_sudo = self.env["customer.registration"].sudo()  # contacts ask
        if not registrations_sudo._tell_waiting(self.email_normalized, company):
            return super()._customer_tell_closed(company)
        return None
