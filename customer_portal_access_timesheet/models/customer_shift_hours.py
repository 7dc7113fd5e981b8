import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain

from ..utils import in_zone

_logger = logging.getLogger(__name__)


class CustomerShiftOrder(models.Model):
    """When a shift is over its hours become timesheet lines of the assigned, once."""

    _inherit = "customer.shift.order"

    hours_made_at = fields.Datetime(string="Hours made at", readonly=True, copy=False)
    hours_problem = fields.Char(string="Why there are no hours", readonly=True, copy=False)
    line_ids = fields.One2many(
        "account.analytic.line",
        "customer_shift_id",
        string="Hours",
        readonly=True,
        groups=fields.NO_ACCESS,
    )

    hours_missing = fields.Boolean(compute="_compute_hours_missing")

    @api.depends("state", "date_end", "employee_ids", "hours_made_at")
    def _compute_hours_missing(self):
        now = fields.Datetime.now()
        for order in self:
            # sudo: whoever plans need not see others' timesheets
            have = order.sudo().line_ids.employee_id
            is_over = order.state == "confirmed" and order.date_end and order.date_end <= now
            order.hours_missing = is_over and bool(order.sudo().employee_ids._origin - have)

    @api.model
    def _due_domain(self):
        """Return the domain of the shifts that are over and whose hours are missing."""
        return (
            Domain("state", "=", "confirmed")
            & Domain("date_end", "<=", fields.Datetime.now())
            & Domain("hours_made_at", "=", False)
        )

    @api.model
    def _cron_make_hours(self):
        """Make the hours of the shifts that are over; one that cannot stops no other."""
        due = self.search(self._due_domain(), order="date_end, id")
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for order in due:
            try:
                with self.env.cr.savepoint():
                    order._make_hours()
            except (OperationalError, ConcurrencyError):
                raise  # the next run finds it again
            except UserError as error:
                order._hours_failed(str(error))
            except Exception:
                _logger.exception("The hours of a shift could not be made (order %s)", order.id)
                order._hours_failed(
                    self.env._("Please make them by hand, and tell who looks after Odoo.")
                )
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_make_hours(self):
        """Make the hours now, of those who were assigned since, too.

        :rtype: bool
        :raises UserError: when there is nothing to make them of
        """
        self.check_access("write")
        for order_sudo in self.sudo():  # whoever plans need not write others' timesheets
            order_sudo._make_hours()
        return True

    def action_open_hours(self):
        """Open the timesheet lines of these shifts.

        :rtype: dict
        """
        lines_sudo = self.sudo().line_ids  # ids only: what is read of them, the user's rights say
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("hr_timesheet.timesheet_action_all"),
            "domain": [("id", "in", lines_sudo.ids)],
            "context": {},
        }

    def _make_hours(self):
        """Make a timesheet line for each of the assigned who has none yet.

        :raises UserError: when it is not over, or nobody can have hours
        """
        self.ensure_one()
        if not self._locked():
            return
        if self.state != "confirmed" or self.date_end > fields.Datetime.now():
            raise UserError(self.env._("Hours are made when a confirmed shift is over."))
        if not self.employee_ids:
            raise UserError(self.env._("Nobody is assigned."))
        if not self.project_id.allow_timesheets:
            raise UserError(self.env._("The project has no timesheets."))
        missing = self.employee_ids - self.line_ids.employee_id
        self.env["account.analytic.line"].with_company(self.company_id).create(
            [self._line_values(employee) for employee in missing]
        )
        self.write({"hours_made_at": fields.Datetime.now(), "hours_problem": False})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _line_values(self, employee):
        """Return the values of the timesheet line of one of the assigned.

        A shift over midnight counts for the day it begins on.

        :rtype: dict
        """
        start, end = in_zone(self.date_start, self.tz), in_zone(self.date_end, self.tz)
        kind = self.kind_id.with_context(lang=self.project_id.partner_id.lang)
        return {
            "name": f"{kind.name}, {start:%H:%M} – {end:%H:%M}",
            "project_id": self.project_id.id,
            "employee_id": employee.id,
            "company_id": self.company_id.id,
            "date": start.date(),
            "unit_amount": self._hours(),
            "customer_shift_id": self.id,
        }

    def _hours(self):
        """Return how long the shift is, as the company counts time.

        :rtype: float
        """
        hours = (self.date_end - self.date_start).total_seconds() / 3600
        unit = self.company_id.project_time_mode_id
        return self.env.ref("uom.product_uom_hour")._compute_quantity(hours, unit, round=False)

    def _hours_failed(self, problem):
        """Keep why there are no hours, and tell who is in charge, once.

        :param str problem: a sentence
        """
        if self.hours_problem == problem:
            return
        self.hours_problem = problem
        self._ask_staff(self.env._("No hours of a shift: %(problem)s", problem=problem))
