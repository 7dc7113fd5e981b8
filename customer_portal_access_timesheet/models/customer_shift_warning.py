from odoo import api, fields, models
from odoo.fields import Domain

from .customer_shift_order import OPEN_STATES


class CustomerShiftOrder(models.Model):
    """Who of the assigned is somewhere else at that time: a warning, and no more."""

    _inherit = "customer.shift.order"

    warning = fields.Text(compute="_compute_warning")

    @api.depends("employee_ids", "date_start", "date_end", "state")
    @api.depends_context("lang")
    def _compute_warning(self):
        for order in self:
            watched = order.state in OPEN_STATES and order.date_start and order.date_end
            order.warning = watched and "\n".join(order._clashes()) or False

    def _clashes(self):
        """Return what speaks against those who are assigned, a sentence each.

        :rtype: list[str]
        """
        # sudo: whoever assigns need not see other projects' shifts, nor why one is away
        order_sudo = self.sudo()
        employees_sudo = order_sudo.employee_ids._origin
        if not employees_sudo:
            return []
        away = {
            *order_sudo._away_by_calendar(employees_sudo),
            *order_sudo._away_by_request(employees_sudo),
        }
        lines = [
            self.env._("%(employee)s is away.", employee=employee.name)
            for employee in employees_sudo
            if employee.id in away
        ]
        for other in order_sudo._overlapping(employees_sudo):
            lines += [
                self.env._(
                    "%(employee)s has another shift: %(shift)s.",
                    employee=employee.name,
                    shift=other.display_name,
                )
                for employee in other.employee_ids & employees_sudo
            ]
        return lines

    def _overlapping(self, employees):
        """Return the other shifts at that time that some of these are assigned to."""
        return self.env["customer.shift.order"].search(
            Domain("id", "!=", self._origin.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("employee_ids", "in", employees.ids)
            & Domain("date_start", "<", self.date_end)
            & Domain("date_end", ">", self.date_start)
        )

    def _away_by_calendar(self, employees):
        """Return the ids of those who are away: time off that is approved stands there.

        :rtype: set[int]
        """
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("resource_id", "in", employees.resource_id.ids)
            & Domain("time_type", "=", "leave")
            & Domain("date_from", "<", self.date_end)
            & Domain("date_to", ">", self.date_start)
        )
        return set(employees.filtered(lambda one: one.resource_id in leaves.resource_id).ids)

    def _away_by_request(self, employees):
        """Return the ids of those who have asked for time off, where Odoo's Time Off is there.

        :rtype: set[int]
        """
        if "hr.leave" not in self.env:
            return set()
        leaves = self.env["hr.leave"].search(
            Domain("employee_id", "in", employees.ids)
            & Domain("state", "in", ("confirm", "validate1", "validate"))
            & Domain("date_from", "<", self.date_end)
            & Domain("date_to", ">", self.date_start)
        )
        return set(leaves.employee_id.ids)
