from datetime import timedelta

import vobject
from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_portal_access.tests.common import CustomerCase

from ..utils import in_zone
from .shift_common import ShiftData

OSLO = "Europe/Oslo"


@tagged("post_install", "-at_install")
class TestShiftOrders(ShiftData, CustomerCase):
    """Contacts order shifts, change and cancel them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_shift_data()

    def _order(self, access=None, form_id="f1", assurance="code", **typed):
        with self.mock_mail_gateway():
            return (access or self.holder)._order_shifts(
                self._typed(**typed), form_id, OSLO, assurance
            )

    def _change(self, order, form_id="c1", access=None, revision=None, **typed):
        with self.mock_mail_gateway():
            return (access or self.holder)._change_shift(
                order,
                self._typed(**typed),
                order.revision if revision is None else revision,
                form_id,
                OSLO,
            )

    def _cancel(self, order, access=None, **kwargs):
        kwargs.setdefault("revision", order.revision)
        with self.mock_mail_gateway():
            return (access or self.holder)._cancel_shift(order, **kwargs)

    # -- ordering --

    def test_order_over_midnight(self):
        self.assertEqual(self._order(), {"status": "ok", "errors": {}})
        order = self._orders()
        self.assertEqual((order.state, order.people, order.place), ("requested", 2, "Gate 4"))
        start, end = in_zone(order.date_start, OSLO), in_zone(order.date_end, OSLO)
        self.assertEqual((start.hour, end.hour), (22, 6))
        self.assertEqual(end.date() - start.date(), timedelta(days=1))
        self.assertEqual(order.ordered_by, "Anna Berg")
        self.assertNotIn(self.anna, order.message_partner_ids)

    def test_person_in_charge_gets_one_activity_and_the_contact_a_mail(self):
        until = fields.Date.today() + timedelta(days=30)
        self._order(repeat="1", until=str(until))
        orders = self._orders()
        self.assertEqual(len(orders), 4)
        self.assertEqual(orders.activity_ids.user_id, self.pia)
        self.assertEqual(len(orders.activity_ids), 1)
        self.assertIn("Anna Berg", orders.activity_ids.summary)
        mail = self._letters(self.holder)
        self.assertEqual(mail.customer_section, "shifts")
        self.assertIn("3 more", mail.subject)
        self.assertEqual(mail.body_html.count(">Fitter</b>"), 4)
        event = self.env["customer.access.event"].search([("kind", "=", "shift_ordered")])
        self.assertEqual(event.access_id, self.holder)

    @freeze_time("2026-03-02 09:00:00")
    def test_weekly_stays_on_the_clock_when_it_is_put_forward(self):
        self._order(
            date="2026-03-23", time_from="07:00", time_to="15:00", repeat="1", until="2026-04-06"
        )
        orders = self._orders()
        self.assertEqual([in_zone(order.date_start, OSLO).hour for order in orders], [7, 7, 7])
        self.assertEqual([order.date_start.hour for order in orders], [6, 5, 5])
        self.assertEqual(len(set(orders.mapped("series"))), 1)

    @freeze_time("2026-03-02 09:00:00")
    def test_night_in_which_the_clock_moves_has_its_real_hours(self):
        self._order(date="2026-03-28")
        order = self._orders()
        self.assertEqual(order.date_end - order.date_start, timedelta(hours=7))
        result = self._order(form_id="f2", date="2026-03-29", time_from="02:30", time_to="10:00")
        self.assertIn("clocks", result["errors"]["time_from"])
        result = self._order(form_id="f3", date="2026-03-28", time_to="02:30")
        self.assertIn("clocks", result["errors"]["time_to"])

    @freeze_time("2026-10-01 09:00:00")
    def test_night_in_which_the_clock_is_put_back(self):
        self._order(date="2026-10-24")
        order = self._orders()
        self.assertEqual(order.date_end - order.date_start, timedelta(hours=9))
        result = self._order(form_id="f2", date="2026-10-25", time_from="02:45", time_to="02:15")
        self.assertEqual(result["status"], "ok")  # the next night

    def test_same_form_twice_is_one_order(self):
        self._order()
        self._order()
        self.assertEqual(len(self._orders()), 1)

    def test_what_is_wrong_is_told_at_the_field(self):
        past = str(fields.Date.today() - timedelta(days=2))
        far = str(fields.Date.today() + timedelta(days=1000))
        for field, typed in (
            ("work", {"work": "999999"}),
            ("work", {"work": ""}),
            ("date", {"date": "soon"}),
            ("date", {"date": past}),
            ("date", {"date": far}),
            ("time_from", {"time_from": "25:00"}),
            ("time_to", {"time_to": ""}),
            ("time_to", {"time_to": "22:00"}),
            ("people", {"people": "0"}),
            ("people", {"people": "201"}),
            ("people", {"people": "many"}),
            ("place", {"place": "x" * 201}),
            ("note", {"note": "x" * 10_001}),
            ("until", {"repeat": "1", "until": ""}),
            ("until", {"repeat": "1", "until": past}),
            ("until", {"repeat": "1", "until": far}),
        ):
            with self.subTest(field=field, typed=str(typed)[:50]):
                result = self._order(**typed)
                self.assertEqual(result["status"], "error")
                self.assertEqual(list(result["errors"]), [field])
        self.assertFalse(self._orders())

    def test_at_most_a_year_of_weeks(self):
        typed = self._typed()
        first = fields.Date.from_string(typed["date"])
        self._order(repeat="1", until=str(first + timedelta(weeks=51)))
        self.assertEqual(len(self._orders()), 52)
        result = self._order(form_id="f2", repeat="1", until=str(first + timedelta(weeks=52)))
        self.assertEqual(list(result["errors"]), ["until"])

    def test_hostile_text_stays_text(self):
        self._order(place="a\r\nBcc: x@evil.example\u202e", note="<b>[link]</b>\0")
        order = self._orders()
        self.assertNotIn("\n", order.place)
        self.assertNotIn("\u202e", order.place)
        self.assertEqual(order.note, "<b>[link]</b>")

    def test_limit_an_hour(self):
        answers = [self._order(form_id=f"f{number}")["status"] for number in range(61)]
        self.assertEqual((answers.count("ok"), answers[-1]), (60, "error"))

    # -- who may --

    def test_who_may_order(self):
        observer = self._create_access(
            self._create_contact("Ola", "ola@berg.example"), self.observer, self.project
        )
        on_lead = self._create_access(self.anna)
        for access, assurance, status in (
            (self.helper, "code", "ok"),
            (self.helper, "link", "no"),
            (observer, "account", "no"),
            (on_lead, "account", "no"),
        ):
            with self.subTest(access=access.role_id.code, assurance=assurance):
                result = self._order(access, f"f{access.id}-{assurance}", assurance)
                self.assertEqual(result["status"], status)
        self.holder.revoke()
        self.assertEqual(self._order()["status"], "no")
        self.assertEqual(len(self._orders()), 1)

    def test_preview_changes_nothing(self):
        order = self._create_order()
        preview = self.holder.with_context(customer_preview=True)
        self.assertEqual(self._order(preview)["status"], "no")
        self.assertEqual(self._change(order, access=preview)["status"], "no")
        self.assertEqual(self._cancel(order, preview), "no")

    def test_nothing_to_order_where_staff_offer_nothing(self):
        self.project.customer_shifts = False
        self.assertEqual(self._order()["status"], "no")
        self.project.customer_shifts = True
        self.project.allow_timesheets = False
        self.assertEqual(self._order()["status"], "no")
        self.project.allow_timesheets = True
        (self.kind | self.other_kind).active = False
        self.assertFalse(self.holder._may_order_shifts("account"))
        self.assertIsNone(self.holder._workspace_page_values("account")["shifts"])

    def test_kind_of_another_company_is_none(self):
        kind = self.env["customer.shift.kind"].create(
            {"name": "Theirs", "company_id": self.other_company.id}
        )
        self.assertEqual(list(self._order(work=str(kind.id))["errors"]), ["work"])

    def test_access_of_another_company_sees_and_changes_nothing(self):
        shared = self.project
        shared.company_id = False
        order = self._create_order()
        carl = self._create_contact("Carl", "carl@other.example")
        other = self._create_access(
            carl, self.contact_person, shared, company_id=self.other_company.id
        )
        self.assertFalse(other._shifts("account"))
        self.assertFalse(other._shift(order.id, "account"))
        self.assertTrue(self.holder._shift(order.id, "account"))

    def test_customer_wide_access_orders_in_the_projects_it_opens(self):
        role = self.contact_person.copy({"code": "boss"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_all_workspaces")
        cora = self._create_contact("Cora", "cora@berg.example", "+47 406 12 347", tz=OSLO)
        wide = self._create_access(cora, role, self.customer, invited_at="2026-01-01")
        self.env.flush_all()  # orders have a transaction of their own
        self.assertEqual(self._order(wide)["status"], "no")  # the customer's page is no project
        here = wide._open_workspace("project", self.project.id, "account")
        self.assertEqual(self._order(here)["status"], "ok")
        order = self._orders()
        self.assertEqual(order.access_id, wide)
        # its mails lead to it, where the list of a project is not
        self.assertEqual(self._lands(wide), f"{here._path()}/shift/{order.id}")
        self._letters().unlink()
        until = str(fields.Date.today() + timedelta(days=30))
        self._order(here, form_id="f2", repeat="1", until=until)
        first, *_later = self._orders() - order
        self.assertEqual(self._lands(wide), f"{here._path()}/shift/{first.id}")
        self._letters().unlink()
        with self.mock_mail_gateway():
            order.with_user(self.pia).action_confirm()
        self.assertEqual(self._lands(wide), f"{here._path()}/shift/{order.id}")

    def test_mail_of_a_customer_wide_order_leads_where_an_own_access_is_by_that_alone(self):
        role = self.contact_person.copy({"code": "boss"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_all_workspaces")
        wide = self._create_access(self.anna, role, self.customer, invited_at="2026-01-01")
        order = self._create_order(access_id=wide.id)
        self.assertEqual(wide._section_path(f"shift-{order.id}"), "")
        self.holder.unlink()
        self.assertTrue(wide._section_path(f"shift-{order.id}").endswith(f"/shift/{order.id}"))
        self.assertEqual(wide._section_path("shift-2147483648"), "")

    def _lands(self, access):
        """Return where the link of the one mail to a contact leads."""
        page = access._return_page(section=self._letters(access).customer_section)
        return access._return_path(page)

    # -- changing --

    def test_change_waits_for_staff_again(self):
        order = self._create_order(state="confirmed")
        self.assertEqual(self._change(order)["status"], "ok")
        self.assertEqual((order.state, order.people), ("requested", 2))
        self.assertEqual((order.changed_by, order.revision), ("customer", 1))
        self.assertIn("confirmed shift", order.activity_ids.summary)
        self.assertTrue(self._letters(self.holder))

    def test_change_of_nothing_changes_nothing(self):
        self._order()
        order = self._orders()
        self.assertEqual(self._change(order)["status"], "ok")
        self.assertEqual((order.revision, order.changed_by), (0, False))

    def test_colleague_may_change_and_both_hear_of_it(self):
        order = self._create_order()
        self.assertEqual(self._change(order, access=self.helper)["status"], "ok")
        self.assertEqual(self._letters().customer_access_id, self.holder | self.helper)

    def test_change_after_the_deadline_is_late(self):
        start = fields.Datetime.now() + timedelta(hours=23)
        order = self._create_order(date_start=start)
        self.assertEqual(self._change(order)["status"], "late")
        self.assertEqual(self._cancel(order), "late")
        self.company.customer_shift_deadline = 22
        self.env.flush_all()
        self.assertEqual(self._cancel(order), "ok")

    def test_change_of_what_staff_changed_meanwhile(self):
        order = self._create_order()
        read = order.revision
        with self.mock_mail_gateway():
            order.with_user(self.pia).people = 5
            self.env.flush_all()
        self.assertEqual(self._change(order, revision=read)["status"], "changed")
        self.assertEqual(self._cancel(order, revision=read), "changed")
        self.assertEqual(order.people, 5)
        # and the form is not used up
        self.assertEqual(self._change(order)["status"], "ok")

    def test_nothing_of_what_is_closed_changes(self):
        for state in ("declined", "cancelled"):
            order = self._create_order(state=state)
            self.assertEqual(self._change(order, form_id=state)["status"], "closed")

    def test_kind_that_is_offered_no_longer_stays(self):
        order = self._create_order()
        self.kind.active = False
        self.assertEqual(self._change(order)["status"], "ok")
        self.assertEqual(order.kind_id, self.kind)

    # -- cancelling --

    def test_cancel_twice_is_once(self):
        order = self._create_order(state="confirmed", in_calendar=True)
        read = order.revision
        self.assertEqual(self._cancel(order, revision=read), "ok")
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(self._cancel(order, revision=read), "ok")
        self.assertEqual(len(self._letters(self.holder)), 1)

    def test_cancel_a_series_from_here_on(self):
        until = fields.Date.today() + timedelta(days=30)
        self._order(repeat="1", until=str(until))
        orders = self._orders()
        self.assertEqual(self._cancel(orders[1], following=True), "ok")
        self.assertEqual(
            orders.mapped("state"), ["requested", "cancelled", "cancelled", "cancelled"]
        )

    # -- the file for the calendar --

    def _calendars(self, mail):
        return [vobject.readOne(file.raw.decode()) for file in mail.attachment_ids]

    def test_calendar_file_keeps_its_uid_and_counts_on(self):
        order = self._create_order(place="Gate 4; left, please", note="Line\nbreak")
        with self.mock_mail_gateway():
            order.with_user(self.pia).action_confirm()
        [first] = self._calendars(self._letters())
        self.assertEqual(first.method.value, "PUBLISH")
        event = first.vevent
        self.assertEqual((event.uid.value, event.sequence.value), (order.uid, "1"))
        self.assertEqual(event.status.value, "CONFIRMED")
        self.assertEqual(event.location.value, "Gate 4; left, please")
        self.assertEqual(event.description.value, "Line\nbreak")
        self.assertEqual(event.dtstart.value.replace(tzinfo=None), order.date_start)
        self.assertIn("Z", event.dtend.serialize())
        self._letters().unlink()
        self.assertEqual(self._cancel(order), "ok")
        [last] = self._calendars(self._letters())
        self.assertEqual(last.method.value, "CANCEL")
        self.assertEqual(last.vevent.uid.value, order.uid)
        self.assertEqual((last.vevent.sequence.value, last.vevent.status.value), ("2", "CANCELLED"))
        self.assertFalse(order.in_calendar)

    def test_no_file_before_anything_is_confirmed(self):
        self._order()
        self.assertFalse(self._letters().attachment_ids)
        order = self._orders()
        self._cancel(order)
        self.assertFalse(self._letters().attachment_ids)

    def test_changed_while_confirmed_becomes_tentative(self):
        order = self._create_order(state="confirmed", in_calendar=True)
        self._change(order)
        [calendar] = self._calendars(self._letters())
        self.assertEqual(calendar.vevent.status.value, "TENTATIVE")

    def test_context_of_a_client_attaches_nothing(self):
        with self.mock_mail_gateway():
            self.holder.with_context(
                customer_calendar_files=[["evil.ics", "text"]]
            ).send_invitation()
        self.assertFalse(self._letters().attachment_ids)

    # -- mails --

    def test_mail_only_to_who_may_see_it(self):
        order = self._create_order()
        self.holder.role_id = self.observer
        with self.mock_mail_gateway():
            order.with_user(self.pia).action_confirm()
        self.assertFalse(self._letters())

    def test_mail_is_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"].search(
            [("name", "=", "customer_portal_access_timesheet")]
        )._update_translations(["de_DE"])
        self.anna.lang = "de_DE"
        order = self._create_order()
        with self.mock_mail_gateway():
            order.with_user(self.pia).action_confirm()
        self.assertIn("bestätigt", self._letters().body_html)
