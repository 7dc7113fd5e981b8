from odoo import models
from odoo.fields import Domain


class AccountAnalyticLine(models.Model):
    """Odoo's own portal pages of timesheets follow the role of a contact who has accesses."""

    _inherit = "account.analytic.line"

    def _timesheet_get_portal_domain(self):
        if not self._customer_is_contact():
            return super()._timesheet_get_portal_domain()
        return Domain.OR(access._hours_domain() for access in self._customer_hours_accesses())

    def _show_portal_timesheets(self):
        """Show time spent on tasks to those contacts only who see hours anywhere."""
        shown = super()._show_portal_timesheets()
        return shown and (not self._customer_is_contact() or bool(self._customer_hours_accesses()))

    def _customer_is_contact(self):
        return self.env.user.has_group("customer_portal_access.group_customer_contact")

    def _customer_hours_accesses(self):
        """Return the accesses by which the user sees hours: on projects, or opened for one.

        :rtype: list
        """
        # sudo: contacts have no rights on accesses; the gate decides
        accesses_sudo = self.env["customer.access"].sudo()
        own_sudo = accesses_sudo.search([("partner_id", "=", self.env.user.partner_id.id)])
        opened = [
            access
            for customer_wide in own_sudo.filtered("customer_id")
            for access in customer_wide._listed_accesses("code")
        ]
        candidates = {
            access._path(): access for access in [*own_sudo.filtered("project_id"), *opened]
        }
        return [access for access in candidates.values() if access._may_see_hours("code")]
