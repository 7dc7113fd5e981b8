from datetime import date

from odoo import Command

from odoo.addons.customer_portal_access.tests.common import CustomerData

# The Monday of the week of the tests.
MONDAY = date(2026, 1, 12)
WEEK = "2026-W03"


class HoursData(CustomerData):
    """A project that has its customer approve hours; Ola and Kari work there.

    Anna approves; Bo is an approver, too.
    """

    @classmethod
    def _create_hours_data(cls):
        cls.approver = cls._role("timesheet_approver")
        cls.project.customer_hours_from = "2026-01-05"
        cls.ola_user = cls._create_staff("ola", "hr_timesheet.group_hr_timesheet_user")
        cls.manager = cls._create_staff(
            "mona", "project.group_project_manager", "hr_timesheet.group_timesheet_manager"
        )
        cls.ola, cls.kari = cls.env["hr.employee"].create(
            [
                {"name": "Ola", "company_id": cls.company.id, "user_id": cls.ola_user.id},
                {"name": "Kari", "company_id": cls.company.id},
            ]
        )
        cls.task = cls.env["project.task"].create(
            {"name": "Pack the kitchen", "project_id": cls.project.id}
        )
        cls.line = cls._create_line(cls.ola, 0, 7.5, "Boxes", task_id=cls.task.id)
        cls.second = cls._create_line(cls.ola, 1, 8, "More boxes")
        cls.third = cls._create_line(cls.kari, 2, 2.25, "Cleaning")
        cls.lines = cls.line | cls.second | cls.third

    @classmethod
    def _create_line(cls, employee, day, hours, name, **values):
        return cls.env["account.analytic.line"].create(
            {
                "project_id": cls.project.id,
                "employee_id": employee.id,
                "date": MONDAY.replace(day=MONDAY.day + day),
                "unit_amount": hours,
                "name": name,
                **values,
            }
        )

    @classmethod
    def _tokens(cls, lines):
        return [f"{line.id}-{line._customer_stamp()}" for line in lines]

    @classmethod
    def _decide(cls, lines, decision="approved", comment="Why", access=None):
        """Decide as the page does, and return what became of it."""
        access = access or cls.hours_access
        cls.env.flush_all()  # it is decided in another transaction
        return access.sudo()._decide_hours("code", decision, cls._tokens(lines), comment)

    @classmethod
    def _permit(cls, role, *codes):
        """Give a role permissions by their codes, and no others."""
        permissions = cls.env["customer.permission"].search([("code", "in", codes)])
        role.permission_ids = [Command.set(permissions.ids)]
