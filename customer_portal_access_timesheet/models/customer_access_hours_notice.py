from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_access_hours import monday_of, write_week

# Nobody is reminded before this hour of the company's day.
REMIND_FROM = 6


class CustomerAccess(models.Model):
    """Mails to whoever approves hours: what waits, once a week, and what is open again."""

    _inherit = "customer.access"

    customer_hours_reminded_on = fields.Date(
        readonly=True, copy=False, help="When the contact was last reminded of hours that wait."
    )

    # ------------------------------------------------------------
    # REMINDER
    # ------------------------------------------------------------

    @api.model
    def _cron_remind_hours(self):
        """Remind approvers of hours that wait, on the day that their company has chosen.

        One mail a person and company, however many projects wait.
        """
        todo = []
        for company in self.env["res.company"].search([("customer_hours_reminder", "!=", False)]):
            todo += self._hours_to_remind(company).grouped("partner_id").values()
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for accesses in todo:
            taken = accesses._take_hours_reminder()
            if taken:
                taken._remind_hours()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _hours_to_remind(self, company):
        """Return the accesses of those to be reminded now, if now is the day of a company."""
        now = company._customer_now()
        if str(now.weekday()) != company.customer_hours_reminder or now.hour < REMIND_FROM:
            return self.browse()
        accesses = self.search(
            Domain("company_id", "=", company.id)
            & Domain("project_id.customer_hours_from", "!=", False)
            & Domain("project_id.active", "=", True)
            & Domain("role_id.permission_ids.code", "=", "approve_timesheets")
            # whoever was never invited gets no mail before
            & (Domain("invited_at", "!=", False) | Domain("last_seen_at", "!=", False))
            & (
                Domain("customer_hours_reminded_on", "=", False)
                | Domain("customer_hours_reminded_on", "<", now.date())
            )
        )
        blocked = accesses._blocks()
        return accesses.filtered(
            lambda access: access.id not in blocked and access._hours_reminded_of()
        )

    def _hours_reminded_of(self):
        """Return the weeks that a reminder is about: those that wait and have begun."""
        this_week = monday_of(self.company_id._customer_now().date())
        return [week for week in self._waiting_weeks("account") if week["monday"] <= this_week]

    def _take_hours_reminder(self):
        """Note that the contact is reminded.

        :return: these accesses, as far as nobody else has done so this week
        """
        today = self.company_id._customer_now().date()
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_access SET customer_hours_reminded_on = %(today)s
                 WHERE id IN %(ids)s AND (customer_hours_reminded_on IS NULL
                                          OR customer_hours_reminded_on <= %(before)s)
                RETURNING id
                """,
                today=today,
                before=today - timedelta(days=6),
                ids=self._ids,
            )
        )
        taken = {number for (number,) in self.env.cr.fetchall()}
        self.invalidate_recordset(["customer_hours_reminded_on"])
        return self.filtered(lambda access: access.id in taken)

    def _remind_hours(self):
        """Queue one mail of one contact, with a link straight to the oldest week that waits."""
        weeks = {access: access._hours_reminded_of() for access in self}
        first = min(self, key=lambda access: (weeks[access][0]["monday"], access.id))
        first._notify(
            "customer_portal_access_timesheet.mail_template_hours_waiting",
            f"hours-{weeks[first][0]['week']}",
            lambda _access: {
                "customer_weeks": [
                    {"project": access._workspace_title(), **week}
                    for access in self
                    for week in weeks[access]
                ]
            },
        )

    # ------------------------------------------------------------
    # REOPENED
    # ------------------------------------------------------------

    def _mail_hours_reopened(self, lines, user, reason=None):
        """Tell contacts that approved hours are open again.

        :param lines: ``account.analytic.line`` records of one project
        :param user: who reopened them
        :param str reason: plain text
        """
        monday = monday_of(min(lines.mapped("date")))
        for access in self:
            access._notify(
                "customer_portal_access_timesheet.mail_template_hours_reopened",
                f"hours-{write_week(monday)}",
                lambda access: {
                    "customer_hours": lines._customer_hours_text(),
                    "customer_days": lines.with_env(access.env)._customer_days_text(),
                    "customer_reason": reason or "",
                    "customer_user": user.name,
                },
            )
