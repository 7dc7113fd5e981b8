from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_portal_access.tests.common import CustomerCase

from ..models.customer_access_hours import read_week, write_week
from .hours_common import MONDAY, WEEK, HoursData


@tagged("post_install", "-at_install")
class TestHours(HoursData, CustomerCase):
    """Hours are up for approval, decided on by the customer, and then held fast."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_hours_data()
        cls.hours_access = cls._create_access(cls.anna, cls.approver, cls.project)

    def _states(self, lines=None):
        return (lines or self.lines).mapped("customer_state")

    # ------------------------------------------------------------
    # WHAT IS ASKED
    # ------------------------------------------------------------

    def test_up_for_approval_from_the_day_on(self):
        self.assertEqual(self._states(), ["to_approve"] * 3)
        before = self._create_line(self.ola, -8, 1, "Earlier")
        self.assertFalse(before.customer_state)

    def test_day_moved_asks_more_or_less(self):
        self.project.customer_hours_from = MONDAY.replace(day=13)
        self.assertEqual(self._states(), [False, "to_approve", "to_approve"])
        self.project.customer_hours_from = False
        self.assertEqual(self._states(), [False, False, False])
        self.project.customer_hours_from = MONDAY
        self.assertEqual(self._states(), ["to_approve"] * 3)

    def test_other_projects_are_not_asked_about(self):
        other = self.project.copy({"name": "Elsewhere"})
        self.assertFalse(other.customer_hours_from)
        line = self._create_line(self.ola, 0, 1, "There", project_id=other.id)
        self.assertFalse(line.customer_state)

    def test_approved_stays_approved_when_nobody_is_asked_any_more(self):
        self._decide(self.line)
        self.project.customer_hours_from = False
        self.assertEqual(self._states(), ["approved", False, False])

    def test_copy_is_to_be_approved_itself(self):
        self._decide(self.line)
        copy = self.line.copy()
        self.assertEqual(copy.customer_state, "to_approve")
        self.assertFalse(copy.customer_state_by)

    # ------------------------------------------------------------
    # DECIDED
    # ------------------------------------------------------------

    def test_approved_by_whom_and_when(self):
        result = self._decide(self.line | self.third, comment="Well done")
        self.assertEqual(result["outcome"], {"done": 2, "changed": 0, "decided": 0, "gone": 0})
        self.assertEqual(self._states(), ["approved", "to_approve", "approved"])
        self.assertEqual(self.line.customer_state_by, "Anna Berg")
        self.assertEqual(self.line.customer_state_partner_id, self.anna)
        self.assertEqual(self.line.customer_state_access_id, self.hours_access)
        self.assertTrue(self.line.customer_state_at)
        self.assertEqual(self.line.customer_comment, "Well done")

    def test_decision_is_told_and_logged(self):
        self._decide(self.lines)
        note = self.project.message_ids[:1]
        self.assertEqual(note.author_id, self.anna)
        for text in ("has approved 17:45 hours", "Ola 15:30", "Kari 2:15"):
            self.assertIn(text, note.body)
        event = self.hours_access.event_ids[:1]
        self.assertEqual(event.kind, "hours_approved")
        self.assertEqual(set(event.facts["lines"]), set(map(str, self.lines.ids)))

    def test_sent_back_with_a_reason_reaches_the_employee(self):
        with self.mock_mail_gateway():
            self._decide(self.second, "rejected", "It was seven hours")
        self.assertEqual(self.second.customer_state, "rejected")
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.ola_user.partner_id.ids)], limit=1
        )
        self.assertIn("It was seven hours", told.body)
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.pia.partner_id.ids)], limit=1
        )
        self.assertIn("has sent back 8:00 hours", told.body)

    def test_sent_back_without_a_reason_is_refused(self):
        result = self._decide(self.line, "rejected", " ")
        self.assertEqual(result["errors"], {"comment": "missing"})
        self.assertEqual(self.line.customer_state, "to_approve")

    def test_what_is_wrong_is_told(self):
        decide = self.hours_access.sudo()._decide_hours
        self.assertEqual(decide("code", "approved", [])["errors"], {"lines": "none"})
        self.assertEqual(
            decide("code", "approved", ["rubbish", "-1", "7"])["errors"], {"lines": "none"}
        )
        many = [f"{number}-x" for number in range(1001)]
        self.assertEqual(decide("code", "approved", many)["errors"], {"lines": "too_many"})
        long = self._decide(self.line, comment="x" * 10_001)
        self.assertEqual(long["errors"], {"comment": "too_long"})
        self.assertEqual(decide("code", "maybe", self._tokens(self.line))["status"], "no")

    def test_line_changed_since_the_page_was_shown_is_not_approved(self):
        tokens = self._tokens(self.lines)
        changes = (
            (self.line, {"unit_amount": 9}),
            (self.second, {"name": "Other boxes"}),
            (self.third, {"date": MONDAY}),
        )
        for line, values in changes:
            line.write(values)
        self.env.flush_all()
        result = self.hours_access.sudo()._decide_hours("code", "approved", tokens)
        self.assertEqual(result["outcome"]["changed"], 3)
        self.assertEqual(self._states(), ["to_approve"] * 3)

    def test_second_decision_is_told_that_it_came_late(self):
        other = self._create_access(self.bo, self.approver, self.project)
        tokens = self._tokens(self.lines)
        self._decide(self.line)
        result = other.sudo()._decide_hours("code", "rejected", tokens, "No")
        self.assertEqual(result["outcome"], {"done": 2, "changed": 0, "decided": 1, "gone": 0})
        self.assertEqual(self.line.customer_state_by, "Anna Berg")

    def test_same_form_sent_twice_is_one_decision(self):
        tokens = self._tokens(self.line)
        for _time in range(2):
            result = self.hours_access.sudo()._decide_hours("code", "approved", tokens)
            self.assertEqual(result["outcome"]["done"], 1)
        self.assertEqual(self.hours_access.event_ids.mapped("kind").count("hours_approved"), 1)

    def test_deleted_line_is_gone(self):
        tokens = self._tokens(self.lines)
        self.third.unlink()
        result = self.hours_access.sudo()._decide_hours("code", "approved", tokens)
        self.assertEqual((result["outcome"]["done"], result["outcome"]["gone"]), (2, 1))

    def test_lines_of_elsewhere_are_left_alone(self):
        other = self.project.copy({"name": "Elsewhere", "customer_hours_from": MONDAY})
        foreign = self._create_line(self.ola, 0, 1, "There", project_id=other.id)
        early = self._create_line(self.ola, -8, 1, "Earlier")
        result = self._decide(self.line | foreign | early)
        self.assertEqual((result["outcome"]["done"], result["outcome"]["gone"]), (1, 2))
        self.assertEqual(foreign.customer_state, "to_approve")

    def test_preview_and_archived_project_decide_nothing(self):
        preview = self.hours_access.with_context(customer_preview=True)
        self.assertEqual(self._decide(self.line, access=preview)["status"], "no")
        self.project.active = False
        self.assertEqual(self._decide(self.line)["status"], "no")

    # ------------------------------------------------------------
    # HELD FAST
    # ------------------------------------------------------------

    def test_state_is_written_by_verbs_only(self):
        for name, value in (
            ("customer_state", "approved"),
            ("customer_state_by", "Me"),
            ("customer_stamp", "x"),
            ("customer_comment", "x"),
        ):
            for user in (self.ola_user, self.manager, self.env.user):
                line = self.line.with_user(user)
                with self.subTest(name=name, user=user.login), self.assertRaises(UserError):
                    line.sudo(user == self.env.user).write({name: value})
        with self.assertRaises(UserError):
            self._create_line(self.ola, 0, 1, "Mine", customer_state="approved")
        faked = self.env["account.analytic.line"].with_context(
            default_customer_state="approved",
            default_customer_state_by="Me",
            customer_hours_verb={"by": "me"},
        )
        line = faked.create(
            {"project_id": self.project.id, "employee_id": self.ola.id, "date": MONDAY}
        )
        self.assertEqual((line.customer_state, line.customer_state_by), ("to_approve", False))

    def test_context_from_outside_is_no_verb(self):
        line = self.line.with_context(customer_hours_verb=True)
        with self.assertRaises(UserError):
            line.write({"customer_state": "approved"})

    def test_approved_is_not_changed(self):
        self._decide(self.lines)
        other = self.env["project.task"].create({"name": "Other", "project_id": self.project.id})
        for user in (self.ola_user, self.manager):
            line = self.line.with_user(user)
            for values in (
                {"unit_amount": 9},
                {"date": "2026-01-13"},
                {"name": "Other"},
                {"task_id": other.id},
            ):
                with self.subTest(user=user.login, values=values), self.assertRaises(UserError):
                    line.write(values)
        with self.assertRaises(UserError):
            self.line.with_user(self.manager).employee_id = self.kari
        with self.assertRaises(UserError):
            self.task.timesheet_ids = [(1, self.line.id, {"unit_amount": 9})]

    def test_approved_is_not_deleted(self):
        self._decide(self.line)
        for user in (self.ola_user, self.manager):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.line.with_user(user).unlink()
        self.second.with_user(self.ola_user).unlink()

    def test_task_does_not_take_approved_hours_along(self):
        elsewhere = self.project.copy({"name": "Elsewhere"})
        self._decide(self.line)
        with self.assertRaises(UserError):
            self.task.project_id = elsewhere
            self.env.flush_all()

    def test_task_takes_open_hours_along(self):
        elsewhere = self.project.copy({"name": "Elsewhere"})
        self.task.project_id = elsewhere
        self.assertEqual(self.line.project_id, elsewhere)
        self.assertFalse(self.line.customer_state)

    def test_what_is_not_the_customers_may_change(self):
        self._decide(self.line)
        self.line.with_user(self.manager).sudo().write({"amount": -5, "unit_amount": 7.5})
        self.assertEqual(self.line.customer_state, "approved")
        self.assertTrue(self.line.with_user(self.ola_user).readonly_timesheet)
        self.assertFalse(self.second.with_user(self.ola_user).readonly_timesheet)

    def test_sent_back_and_corrected_is_to_be_approved_again(self):
        self._decide(self.line, "rejected", "Seven, not seven and a half")
        self.line.with_user(self.ola_user).amount = 5
        self.assertEqual(self.line.customer_state, "rejected")
        self.line.with_user(self.ola_user).unit_amount = 7
        self.assertEqual(self.line.customer_state, "to_approve")
        self.assertEqual(self.line.customer_comment, "Seven, not seven and a half")
        self._decide(self.line, comment="")
        self.assertEqual(self.line.customer_state, "approved")
        self.assertFalse(self.line.customer_comment)

    # ------------------------------------------------------------
    # REOPENED
    # ------------------------------------------------------------

    def test_project_manager_reopens(self):
        self.hours_access.invited_at = "2026-01-01"
        self._decide(self.lines)
        with self.mock_mail_gateway():
            wizard = self.env["customer.hours.reopening"].with_user(self.manager)
            action = self.lines.with_user(self.manager).action_customer_reopen_ask()
            wizard = wizard.with_context(**action["context"]).create({"reason": "Wrong day"})
            wizard.action_reopen()
        self.assertEqual(self._states(), ["to_approve"] * 3)
        note = self.project.message_ids[:1]
        self.assertIn("Mona has reopened 17:45 approved hours", note.body)
        self.assertIn("Wrong day", note.body)
        event = self.env["customer.access.event"].search([("kind", "=", "hours_reopened")])
        self.assertEqual((event.access_id, event.user_id), (self.hours_access, self.manager))
        mail = self.env["mail.mail"].search([("customer_access_id", "=", self.hours_access.id)])
        self.assertIn("Wrong day", mail.body_html)
        self.assertIn("17:45", mail.body_html)
        self.line.with_user(self.ola_user).unit_amount = 7

    def test_who_takes_the_place_of_an_approver_has_approved_nothing(self):
        self._decide(self.line)
        self.hours_access.partner_id = self.bo
        self.assertFalse(self.line.customer_state_access_id)
        self.assertEqual(self.line.customer_state_partner_id, self.anna)

    def test_merged_accesses_keep_what_was_decided(self):
        self._decide(self.line)
        other = self._create_access(self.bo, self.approver, self.project)
        other._absorb(self.hours_access)
        self.assertEqual(self.line.customer_state_access_id, other)

    def test_own_project_is_reopened_by_whom_it_belongs_to(self):
        self._decide(self.line)
        self.pia.group_ids |= self.env.ref("hr_timesheet.group_hr_timesheet_approver")
        self.line.with_user(self.pia).action_customer_reopen("Why")
        self.assertEqual(self.line.customer_state, "to_approve")

    def test_nobody_else_reopens(self):
        self._decide(self.line)
        other = self._create_staff(
            "olav", "project.group_project_user", "hr_timesheet.group_hr_timesheet_approver"
        )
        for user in (self.ola_user, other):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.line.with_user(user).action_customer_reopen()
        self.assertEqual(self.line.customer_state, "approved")

    def test_nothing_to_reopen(self):
        for verb in ("action_customer_reopen", "action_customer_reopen_ask"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(self.line.with_user(self.manager), verb)()

    # ------------------------------------------------------------
    # WEEKS
    # ------------------------------------------------------------

    def test_weeks_in_addresses(self):
        self.assertEqual(write_week(MONDAY), WEEK)
        self.assertEqual(read_week(WEEK), MONDAY)
        self.assertEqual(write_week(read_week("2020-W53")), "2020-W53")
        for week in ("2026-W00", "2026-W54", "2026-3", "x", "", None, "9999-W52", "٢٠٢٦-W03"):
            self.assertIsNone(read_week(week), week)

    def test_page_begins_with_what_waits_longest(self):
        self._create_line(self.kari, 7, 1, "Later")
        page = self.hours_access._hours_page("code")
        self.assertEqual(page["week"]["name"], WEEK)
        self.assertEqual([week["number"] for week in page["waiting_weeks"]], [3, 4])
        self.assertEqual(page["totals"]["all"], "17:45")
        self.assertEqual([person["name"] for person in page["people"]], ["Kari", "Ola"])
        self._decide(self.lines)
        self.assertEqual(self.hours_access._hours_page("code")["week"]["number"], 4)

    def test_page_is_made_of_a_whitelist(self):
        """No field may be added to what customers read without a thought."""
        page = self.hours_access._hours_page("code")
        allowed = {
            "id", "token", "date", "task", "text", "hours", "state", "by", "at", "comment",
        }  # fmt: skip
        for person in page["people"]:
            self.assertEqual(set(person), {"id", "name", "lines", "totals"})
            for line in person["lines"]:
                self.assertEqual(set(line), allowed)
        self._assert_plain(page)

    def _assert_plain(self, value):
        if isinstance(value, dict):
            for part in value.values():
                self._assert_plain(part)
        elif isinstance(value, list):
            for part in value:
                self._assert_plain(part)
        else:
            self.assertNotIsInstance(value, type(self.line).__mro__[-2])

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_role_by_assurance(self):
        for code, may in (
            ("timesheet_approver", True),
            ("contact_person", False),
            ("applicant", False),
        ):
            self.hours_access.role_id = self._role(code)
            for assurance in ("link", "code", "account"):
                with self.subTest(role=code, assurance=assurance):
                    self.assertEqual(
                        self.hours_access._may_see_hours(assurance), may and assurance != "link"
                    )

    def test_closed_access_decides_nothing(self):
        self.hours_access.revoke()
        self.assertEqual(self._decide(self.line)["status"], "no")
        self.assertIsNone(self.hours_access._hours_page("code"))

    def test_opportunity_has_no_hours(self):
        access = self._create_access(self.bo, self.approver, self.lead)
        self.assertFalse(access._may_see_hours("code"))

    def test_customer_wide_access_approves_in_every_project(self):
        role = self.approver.copy({"code": "head"})
        self._permit(role, "approve_timesheets", "all_workspaces")
        wide = self._create_access(self.bo, role, self.customer)
        self.assertFalse(wide._may_see_hours("code"))
        opened = wide.sudo()._open_workspace("project", self.project.id, "code")
        self._decide(self.line, access=opened)
        self.assertEqual(self.line.customer_state, "approved")

    def test_line_of_another_company_is_not_shown(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_analytic_line SET company_id = %s WHERE id = %s",
            [self.other_company.id, self.line.id],
        )
        self.env.invalidate_all()
        self.assertNotIn(self.line, self.hours_access._hours("code"))
        self.assertEqual(self._decide(self.line)["outcome"]["gone"], 1)
