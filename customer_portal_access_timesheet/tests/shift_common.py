from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.customer_portal_access.tests.common import CustomerData


class ShiftData(CustomerData):
    """A project in which Anna (by code) and Bo (by link) order shifts, and two employees."""

    @classmethod
    def _create_shift_data(cls):
        cls.anna.tz = cls.bo.tz = "Europe/Oslo"
        cls.keyholder = cls._role("contact_person").copy(
            {"code": "keyholder", "requires_code": True}
        )
        cls.holder = cls._create_access(cls.anna, cls.keyholder, cls.project)
        cls.helper = cls._create_access(cls.bo, cls.contact_person, cls.project)
        (cls.holder | cls.helper).write({"invited_at": "2026-01-01"})
        cls.kind, cls.other_kind = cls.env["customer.shift.kind"].create(
            [{"name": name, "company_id": cls.company.id} for name in ("Fitter", "Carrier")]
        )
        cls.emil, cls.ella = cls.env["hr.employee"].create(
            [{"name": name, "company_id": cls.company.id} for name in ("Emil", "Ella")]
        )

    @classmethod
    def _create_order(cls, **values):
        """Make an order of Anna's: a week from now, eight hours, if not told otherwise."""
        start = fields.Datetime.now().replace(minute=0, second=0) + timedelta(days=7)
        values.setdefault("date_start", start)
        values.setdefault("date_end", values["date_start"] + timedelta(hours=8))
        return cls.env["customer.shift.order"].create(
            {
                "project_id": cls.project.id,
                "company_id": cls.company.id,
                "access_id": cls.holder.id,
                "ordered_by": "Anna Berg",
                "kind_id": cls.kind.id,
                "tz": "Europe/Oslo",
                **values,
            }
        )

    @classmethod
    def _create_past_order(cls, *employees, **values):
        """Make a confirmed order that was over an hour ago."""
        start = fields.Datetime.now().replace(minute=0, second=0) - timedelta(hours=9)
        return cls._create_order(
            date_start=start,
            state="confirmed",
            employee_ids=[Command.set([employee.id for employee in employees])],
            **values,
        )

    def _typed(self, **typed):
        """Return what Anna types in: tomorrow week, from 22:00 to 06:00."""
        day = datetime.now() + timedelta(days=8)
        return {
            "work": str(self.kind.id),
            "date": f"{day:%Y-%m-%d}",
            "time_from": "22:00",
            "time_to": "06:00",
            "people": "2",
            "place": "Gate 4",
            "note": "Bring gloves",
            **typed,
        }

    def _orders(self):
        self.env.invalidate_all()
        return self.env["customer.shift.order"].search([("project_id", "=", self.project.id)])

    def _letters(self, access=None):
        letters = self.env["mail.mail"].search([("customer_access_id", "!=", False)])
        return letters.filtered(lambda mail: not access or mail.customer_access_id == access)
