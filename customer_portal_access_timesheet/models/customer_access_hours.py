import re
from datetime import date, timedelta

from odoo import fields, models
from odoo.fields import Domain

from .account_analytic_line_decision import hours_text

# All that a page for customers reads of a line. Nothing may be added without a thought.
HOUR_FIELDS = (
    "date",
    "employee_id",
    "task_id",
    "name",
    "unit_amount",
    "customer_state",
    "customer_state_by",
    "customer_state_at",
    "customer_comment",
)
# So many weeks that wait are named at once.
WEEKS_SHOWN = 12
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


class CustomerAccess(models.Model):
    """The hours of a project, by week and person, for whoever approves them."""

    _inherit = "customer.access"

    def _may_see_hours(self, assurance):
        """Say whether the visitor sees hours to approve in this workspace.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        if not self._is_project() or not self._check("approve_timesheets", assurance):
            return False
        # sudo: the gate has decided; contacts have no rights on projects
        return bool(self.sudo()._target().customer_hours_from or self._has_hours())

    def _has_hours(self):
        """Say whether hours were decided here before approval was switched off."""
        access_sudo = self.sudo()  # as in _may_see_hours
        lines_sudo = access_sudo.env["account.analytic.line"]
        return bool(lines_sudo.search_count(access_sudo._hours_domain(), limit=1))

    def _hours_wait(self, assurance):
        """Say whether hours are shown here after confirming who one is."""
        return not self._may_see_hours(assurance) and self._may_see_hours("account")

    def _hours_domain(self):
        """Return the domain of the hours of this project that its customer is asked about."""
        return (
            Domain("project_id", "=", self._target().id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("customer_state", "!=", False)
        )

    def _hours(self, assurance, domain=Domain.TRUE):
        """Return the lines that the visitor sees.

        :param str assurance: the level the visitor has reached
        :param domain: what of them
        :return: ``account.analytic.line`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # contacts have no rights on what is shown here
        lines_sudo = access_sudo.env["account.analytic.line"]
        if not access_sudo._may_see_hours(assurance):
            return lines_sudo
        return lines_sudo.search_fetch(
            access_sudo._hours_domain() & domain, HOUR_FIELDS, order="date, id"
        )

    # ------------------------------------------------------------
    # WEEKS
    # ------------------------------------------------------------

    def _hours_week(self, assurance, week=None):
        """Return the Monday of the week to show.

        :param week: from the address; else the oldest week that waits, else the newest one
        :rtype: date
        """
        if monday := read_week(week):
            return monday
        waiting = self._waiting_weeks(assurance)
        if waiting:
            return waiting[0]["monday"]
        newest = self._hours_edge(assurance, Domain.TRUE, "date desc")
        return monday_of(newest or fields.Date.context_today(self))

    def _hours_edge(self, assurance, domain, order):
        """Return the first day in an order on which there are hours, if there is any."""
        if not self._may_see_hours(assurance):
            return None
        access_sudo = self.sudo()  # as in _hours
        lines_sudo = access_sudo.env["account.analytic.line"]
        return lines_sudo.search(access_sudo._hours_domain() & domain, order=order, limit=1).date

    def _waiting_weeks(self, assurance):
        """Return the weeks with hours that wait, the oldest first.

        :param str assurance: the level the visitor has reached
        :rtype: list[dict]
        """
        if not self._may_see_hours(assurance):
            return []
        access_sudo = self.sudo()  # as in _hours
        domain = access_sudo._hours_domain() & Domain("customer_state", "=", "to_approve")
        weeks = {}
        for day, count, hours in access_sudo.env["account.analytic.line"]._read_group(
            domain, ["date:day"], ["__count", "unit_amount:sum"], order="date:day"
        ):
            monday = monday_of(day)
            week = weeks.setdefault(monday, {"monday": monday, "count": 0, "amount": 0.0})
            week["count"] += count
            week["amount"] += hours
        return [
            {
                **week,
                "week": write_week(monday),
                "number": monday.isocalendar().week,
                "hours": hours_text(week["amount"]),
                "path": self._hours_path(monday),
            }
            for monday, week in weeks.items()
        ]

    def _hours_path(self, monday):
        """Return the local path of a week."""
        return f"{self._path()}/hours?week={write_week(monday)}"

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def _hours_page(self, assurance, week=None):
        """Return what the page of a week shows.

        :param str assurance: the level the visitor has reached
        :param week: from the address, ``2026-W47``
        :return: plain values, made of ``HOUR_FIELDS`` only; ``None`` when it is not for
            this visitor
        :rtype: dict | None
        """
        self.ensure_one()
        if not self._may_see_hours(assurance):
            return None
        monday = self._hours_week(assurance, week)
        sunday = monday + timedelta(days=6)
        lines = self._hours(assurance, Domain("date", ">=", monday) & Domain("date", "<=", sunday))
        waiting = self._waiting_weeks(assurance)
        earlier = self._hours_edge(assurance, Domain("date", "<", monday), "date desc")
        later = self._hours_edge(assurance, Domain("date", ">", sunday), "date")
        return {
            "week": {
                "name": write_week(monday),
                "number": monday.isocalendar().week,
                "monday": monday,
                "sunday": sunday,
                "path": self._hours_path(monday),
                "earlier": earlier and self._hours_path(monday_of(earlier)),
                "later": later and self._hours_path(monday_of(later)),
            },
            "people": self._hours_people(lines),
            "totals": hours_totals(lines),
            "waiting_weeks": waiting[:WEEKS_SHOWN],
            "waiting_more": len(waiting[WEEKS_SHOWN:]),
            "may_decide": self._may_decide_hours(assurance),
            "files": self._hours_files(lines, monday),
        }

    def _hours_files(self, lines, monday):
        """Return the paths of the files that there are of a week, by extension."""
        if "approved" not in lines.mapped("customer_state"):
            return {}
        can_print = self.env["customer.publication"]._can_print()
        return {
            extension: f"{self._path()}/hours/{write_week(monday)}/{extension}"
            for extension in ("pdf", "xlsx")
            if can_print or extension != "pdf"
        }

    def _hours_people(self, lines):
        """Return lines by person, as a page shows them.

        :rtype: list[dict]
        """
        people = [
            {
                "id": employee.id,
                "name": employee.name,
                "lines": [self._hours_values(line) for line in theirs],
                "totals": hours_totals(theirs),
            }
            for employee, theirs in lines.grouped("employee_id").items()
        ]
        return sorted(people, key=lambda person: (person["name"].casefold(), person["id"]))

    def _hours_values(self, line):
        """Return what a page shows of a line.

        :return: plain values, made of ``HOUR_FIELDS`` only
        :rtype: dict
        """
        facts = {name: line[name] for name in HOUR_FIELDS}
        return {
            "id": line.id,
            "token": f"{line.id}-{line._customer_stamp()}",
            "date": facts["date"],
            "task": facts["task_id"].name or "",
            "text": "" if facts["name"] == "/" else facts["name"] or "",
            "hours": hours_text(facts["unit_amount"]),
            "state": facts["customer_state"],
            "by": facts["customer_state_by"] or "",
            "at": facts["customer_state_at"],
            "comment": facts["customer_comment"] or "",
        }

    def _workspace_page_values(self, assurance):
        values = super()._workspace_page_values(assurance)
        hours = None
        if self._may_see_hours(assurance):
            weeks = self._waiting_weeks(assurance)
            hours = {
                "path": f"{self._path()}/hours",
                "weeks": len(weeks),
                "count": sum(week["count"] for week in weeks),
                "hours": hours_text(sum(week["amount"] for week in weeks)),
            }
        return {**values, "hours": hours, "hours_wait": self._hours_wait(assurance)}

    def _section_path(self, section):
        name, _dash, week = (section or "").partition("-")
        if name == "hours" and (not week or read_week(week)):
            # not there for whoever may not see it
            if not self._may_see_hours("account"):
                return ""
            return f"/hours?week={week}" if week else "/hours"
        return super()._section_path(section)


def hours_totals(lines):
    """Return the sums of lines, in all and by state.

    :rtype: dict
    """
    amounts = {"to_approve": 0.0, "approved": 0.0, "rejected": 0.0}
    for line in lines:
        amounts[line.customer_state] += line.unit_amount
    waiting = lines.filtered(lambda line: line.customer_state == "to_approve")
    return {
        "all": hours_text(sum(amounts.values())),
        "count": len(lines),
        "waiting": len(waiting),
        **{state: hours_text(amount) for state, amount in amounts.items()},
    }


def monday_of(day):
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def write_week(monday):
    """Return the name of a week in an address: ``2026-W47``."""
    year, number, _day = monday.isocalendar()
    return f"{year:04d}-W{number:02d}"


def read_week(week):
    """Return the Monday of a week in an address, or ``None`` when it is none.

    :param week: text from outside, or a false value
    """
    match = _WEEK.fullmatch(week) if isinstance(week, str) else None
    if not match or not 1970 <= int(match[1]) <= 9000:
        return None
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return None
