from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.customer_portal_access.tests.common import CustomerCase

from ..utils import in_zone
from .shift_common import ShiftData


@tagged("post_install", "-at_install")
class TestShiftHours(ShiftData, CustomerCase):
    """When a shift is over, its hours become timesheet lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_shift_data()

    def _run(self):
        self.env.ref("customer_portal_access_timesheet.ir_cron_shift_hours").method_direct_trigger()
        self.env.invalidate_all()

    def _lines(self):
        return self.env["account.analytic.line"].search([("project_id", "=", self.project.id)])

    def test_each_of_the_assigned_gets_a_line(self):
        order = self._create_past_order(self.emil, self.ella, people=3)
        order._ask_staff("Look at this")
        self._run()
        lines = self._lines()
        self.assertEqual(lines.employee_id, self.emil | self.ella)
        self.assertEqual(set(lines.mapped("unit_amount")), {8.0})
        self.assertEqual(set(lines.mapped("date")), {in_zone(order.date_start, order.tz).date()})
        self.assertIn("Fitter", lines[0].name)
        self.assertEqual(lines.company_id, self.company)
        self.assertTrue(order.hours_made_at)
        self.assertFalse(order.activity_ids)

    def test_run_again_makes_no_more(self):
        self._create_past_order(self.emil)
        self._run()
        self._run()
        self.assertEqual(len(self._lines()), 1)

    def test_line_that_was_taken_off_stays_off(self):
        self._create_past_order(self.emil)
        self._run()
        self._lines().unlink()
        self._run()
        self.assertFalse(self._lines())

    def test_only_what_is_confirmed_and_over(self):
        self._create_past_order(self.emil).state = "requested"
        self._create_order(state="confirmed").employee_ids = self.emil
        self._run()
        self.assertFalse(self._lines())

    def test_who_was_assigned_late_gets_hours_by_hand(self):
        order = self._create_past_order(self.emil)
        self._run()
        self.assertFalse(order.hours_missing)
        order.with_user(self.pia).employee_ids += self.ella
        self.assertTrue(order.hours_missing)
        order.with_user(self.pia).action_make_hours()
        self.assertEqual(len(self._lines()), 2)
        self.assertFalse(order.hours_missing)

    def test_by_hand_not_before_it_is_over(self):
        order = self._create_order(state="confirmed")
        order.employee_ids = self.emil
        with self.assertRaises(UserError):
            order.with_user(self.pia).action_make_hours()

    def test_one_that_cannot_stops_no_other_and_is_told_once(self):
        broken = self._create_past_order()
        archived = self._create_past_order(self.ella)
        self.ella.active = False
        whole = self._create_past_order(self.emil)
        self._run()
        self._run()
        self.assertEqual(self._lines().employee_id, self.emil)
        self.assertTrue(whole.hours_made_at)
        for order in (broken, archived):
            self.assertTrue(order.hours_problem)
            self.assertFalse(order.hours_made_at)
            self.assertEqual(len(order.activity_ids), 1)
        # and as soon as it can it does
        broken.employee_ids = self.emil
        self._run()
        self.assertTrue(broken.hours_made_at)
        self.assertFalse(broken.hours_problem)

    def test_project_without_timesheets_is_told(self):
        order = self._create_past_order(self.emil)
        self.project.allow_timesheets = False
        self._run()
        self.assertIn("timesheets", order.hours_problem)

    def test_what_has_hours_is_changed_in_the_timesheets(self):
        order = self._create_past_order(self.emil)
        self._run()
        with self.assertRaises(UserError):
            order.with_user(self.pia).people = 5
        order.with_user(self.pia)._decline("Too late")
        self.assertEqual(order.state, "confirmed")

    def test_staff_find_the_lines(self):
        order = self._create_past_order(self.emil)
        self._run()
        action = order.with_user(self.pia).action_open_hours()
        self.assertEqual(action["domain"], [("id", "in", self._lines().ids)])
