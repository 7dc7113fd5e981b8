from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_access.tests.common import CustomerCase

from .shift_common import ShiftData


@tagged("post_install", "-at_install")
class TestShiftStaff(ShiftData, CustomerCase):
    """Staff confirm and decline shifts, and assign employees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_shift_data()
        cls.order = cls._create_order()

    def _as_pia(self, orders=None):
        return (orders or self.order).with_user(self.pia)

    # -- confirming and declining --

    def test_confirm_many_at_once_is_one_mail(self):
        more = self._create_order(kind_id=self.other_kind.id)
        self.order._ask_staff("Look at this")
        with self.mock_mail_gateway():
            told = self._as_pia(self.order | more).action_confirm()
        self.assertEqual(set((self.order | more).mapped("state")), {"confirmed"})
        self.assertIn("2", told["params"]["message"])
        mail = self._letters()
        self.assertEqual(mail.customer_access_id, self.holder)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertFalse(self.order.activity_ids)

    def test_confirm_leaves_what_is_no_longer_requested(self):
        gone = self._create_order(state="cancelled")
        with self.mock_mail_gateway():
            told = self._as_pia(self.order | gone).action_confirm()
        self.assertEqual((self.order.state, gone.state), ("confirmed", "cancelled"))
        self.assertEqual(told["params"]["type"], "warning")

    def test_decline_with_a_reason(self):
        action = self._as_pia().action_decline()
        wizard = (
            self.env["customer.shift.refusal"]
            .with_user(self.pia)
            .with_context(**action["context"])
            .create({"reason": "All our people are out"})
        )
        with self.mock_mail_gateway():
            wizard.action_decline()
        self.assertEqual(
            (self.order.state, self.order.decline_reason), ("declined", "All our people are out")
        )
        self.assertIn("All our people are out", self._letters().body_html)

    def test_decline_without_a_reason_is_refused(self):
        with self.assertRaises(UserError):
            self._as_pia()._decline("  ")
        self.assertEqual(self.order.state, "requested")

    def test_declined_by_mistake_is_requested_again(self):
        with self.mock_mail_gateway():
            self._as_pia()._decline("No")
            self._as_pia().action_reopen()
        self.assertEqual((self.order.state, self.order.decline_reason), ("requested", False))
        self.assertEqual(self.order.revision, 2)

    def test_confirmed_and_then_declined_leaves_the_calendar(self):
        with self.mock_mail_gateway():
            self._as_pia().action_confirm()
        self._letters().unlink()
        with self.mock_mail_gateway():
            self._as_pia()._decline("Fog")
        self.assertIn(b"METHOD:CANCEL", self._letters().attachment_ids.raw)

    # -- changing --

    def test_change_by_staff_is_told(self):
        with self.mock_mail_gateway():
            self._as_pia().write({"people": 4})
        self.assertEqual((self.order.changed_by, self.order.revision), ("staff", 1))
        self.assertEqual(self.order.state, "requested")
        self.assertIn("changed", self._letters().body_html)

    def test_assigning_is_no_change(self):
        with self.mock_mail_gateway():
            self._as_pia().write({"employee_ids": [Command.link(self.emil.id)]})
        self.assertFalse(self.order.changed_by)
        self.assertFalse(self._letters())

    def test_assigning_makes_and_changes_no_employee(self):
        for command in (
            Command.create({"name": "Eve"}),
            Command.update(self.emil.id, {"name": "Eve"}),
            Command.delete(self.emil.id),
        ):
            with self.subTest(command=command), self.assertRaises(AccessError):
                self._as_pia().write({"employee_ids": [command]})
        self.assertEqual(self.emil.name, "Emil")

    def test_form_of_a_project_user(self):
        with self.mock_mail_gateway(), Form(self._as_pia()) as form:
            form.employee_ids.add(self.emil)
            form.place = "Gate 5"
        self.assertEqual(self.order.employee_ids, self.emil)
        self.assertEqual(self.order.place, "Gate 5")

    def test_order_that_staff_type_in(self):
        with Form(self.env["customer.shift.order"].with_user(self.pia)) as form:
            form.project_id = self.project
            form.access_id = self.holder
            form.kind_id = self.kind
            form.date_start = fields.Datetime.now() + timedelta(days=2)
            form.date_end = fields.Datetime.now() + timedelta(days=2, hours=4)
        order = form.record
        self.assertEqual(order.company_id, self.company)
        self.assertEqual((order.state, order.ordered_by), ("requested", "Anna Berg"))

    def test_shift_ends_after_it_begins(self):
        order = self._as_pia()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            order.date_end = order.date_start
            self.env.flush_all()

    def test_contact_of_another_project_is_refused(self):
        other = self.project.copy({"name": "Other"})
        access = self._create_access(self.anna, self.contact_person, other)
        with self.assertRaises(ValidationError):
            self._create_order(access_id=access.id)

    # -- warnings --

    def test_warning_of_another_shift(self):
        self.order.employee_ids = self.emil | self.ella
        self.assertFalse(self.order.warning)
        other = self._create_order(
            date_start=self.order.date_end - timedelta(hours=1),
            employee_ids=[Command.set(self.emil.ids)],
        )
        self.env.invalidate_all()
        warning = self._as_pia().warning
        self.assertIn("Emil has another shift", warning)
        self.assertNotIn("Ella", warning)
        other.state = "cancelled"
        self.env.invalidate_all()
        self.assertFalse(self.order.warning)

    def test_one_shift_after_the_other_is_no_clash(self):
        self.order.employee_ids = self.emil
        self._create_order(
            date_start=self.order.date_end, employee_ids=[Command.set(self.emil.ids)]
        )
        self.env.invalidate_all()
        self.assertFalse(self.order.warning)

    def test_warning_of_an_absence_says_not_why(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Hospital",
                "resource_id": self.emil.resource_id.id,
                "calendar_id": self.emil.resource_calendar_id.id,
                "date_from": self.order.date_start - timedelta(days=1),
                "date_to": self.order.date_start + timedelta(minutes=1),
                "time_type": "leave",
            }
        )
        with self.mock_mail_gateway(), Form(self._as_pia()) as form:
            form.employee_ids.add(self.emil)
            self.assertIn("Emil is away", form.warning)
            self.assertNotIn("Hospital", form.warning)

    # -- rights --

    def test_state_is_no_plain_field(self):
        for values in (
            {"state": "confirmed"},
            {"revision": 9},
            {"uid": "x"},
            {"decline_reason": "x"},
            {"hours_made_at": fields.Datetime.now()},
            {"company_id": self.other_company.id},
            {"ordered_by": "x"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self._as_pia().write(values)
        Order = self.env["customer.shift.order"].with_user(self.pia)
        facts = {
            "project_id": self.project.id,
            "kind_id": self.kind.id,
            "date_start": self.order.date_start,
            "date_end": self.order.date_end,
        }
        with self.assertRaises(AccessError):
            Order.create({**facts, "state": "confirmed"})
        self.assertEqual(
            Order.with_context(default_state="confirmed").create(facts).state, "requested"
        )

    def test_who_may_what(self):
        self.project.privacy_visibility = "followers"
        self.project.message_unsubscribe(self.pia.partner_id.ids)
        manager = new_test_user(
            self.env,
            "mona",
            "project.group_project_manager",
            password="open-the-heavy-gate",
        )
        portal = new_test_user(
            self.env, "pat", "base.group_portal", password="close-the-heavy-gate"
        )
        employee = new_test_user(
            self.env, "eve", "base.group_user", password="paint-the-heavy-gate"
        )
        for user, may in (
            (manager, True),
            (self.paul, True),
            (self.pia, False),  # no project of hers
            (self.sara, False),
            (employee, False),
            (portal, False),
        ):
            with self.subTest(user=user.login):
                order = self.order.with_user(user)
                self.assertEqual(order.has_access("read"), may)
                self.assertEqual(order.has_access("write"), may)
                if not may:
                    with self.assertRaises(AccessError):
                        order.action_confirm()
                    with self.assertRaises(AccessError):
                        order._decline("No")
        self.assertEqual(self.order.state, "requested")

    def test_kinds_are_kept_by_managers(self):
        self.assertTrue(self.kind.with_user(self.pia).has_access("read"))
        self.assertFalse(self.kind.with_user(self.pia).has_access("write"))
        self.assertTrue(self.kind.with_user(self.paul).has_access("write"))

    def test_other_company_sees_nothing(self):
        stranger = new_test_user(
            self.env,
            "olga",
            "project.group_project_manager,customer_portal_access.group_customer_admin",
            password="walk-the-quiet-dog",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        Order = self.env["customer.shift.order"].with_user(stranger)
        self.assertFalse(Order.search([]))
        self.assertFalse(self.order.with_user(stranger).has_access("read"))
        self.assertFalse(self.kind.with_user(stranger).has_access("read"))
        with self.assertRaises(AccessError):
            self.order.with_user(stranger).action_confirm()

    def test_employee_of_another_company_is_refused(self):
        stranger = self.env["hr.employee"].create(
            {"name": "Olav", "company_id": self.other_company.id}
        )
        with self.assertRaises(UserError):
            self.order.employee_ids = stranger

    def test_deadline_is_a_setting(self):
        Settings = self.env["customer.portal.settings"].with_user(self.paul)
        with Form(Settings) as form:
            self.assertEqual(form.customer_shift_deadline, 24)
            form.customer_shift_deadline = 48
        form.record.execute()
        self.assertEqual(self.company.customer_shift_deadline, 48)
