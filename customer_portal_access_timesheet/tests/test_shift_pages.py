from datetime import timedelta

import vobject

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_portal_access.tests.portal_common import PortalPageCase

from ..models.customer_access_shift import SHIFT_FIELDS
from .shift_common import ShiftData


@tagged("post_install", "-at_install")
class TestShiftPages(ShiftData, PortalPageCase):
    """The pages of shifts: Anna comes by a code, Bo by a link alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_shift_data()
        cls.order = cls._create_order(place="Gate 4")

    def _shifts_path(self, end=""):
        return f"{self._path(self.holder)}{end}"

    # -- who sees what --

    def test_workspace_shows_what_is_ahead_and_the_way_to_order(self):
        self._enter_by_code(self.holder)
        page = self.url_open(self._shifts_path())
        self.assertIn("Gate 4", page.text)
        self.assertIn(f"{self._shifts_path()}/shifts/order", page.text)

    def test_link_alone_leads_to_the_code_and_tells_nothing(self):
        self._enter_by_link(self.helper)
        path = self._path(self.helper)
        for end in ("", "/shifts", "/shifts/order", f"/shift/{self.order.id}"):
            with self.subTest(end=end):
                page = self.url_open(path + end)
                self.assertEqual(page.status_code, 200)
                self.assertIn("/confirm", page.text)
                self.assertNotIn("Gate 4", page.text)
        for end in ("/change", "/cancel", "/calendar"):
            with self.subTest(end=end):
                self.assertEqual(self._get(f"{path}/shift/{self.order.id}{end}").status_code, 404)
        answer = self._post(f"{path}/shifts/order", path, **self._typed(), form_id="f1")
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self._orders(), self.order)

    def test_the_way_back_after_the_code(self):
        self.assertEqual(
            self.helper._section_path(f"shift-{self.order.id}"), f"/shift/{self.order.id}"
        )
        self.assertEqual(self.helper._section_path("shifts"), "/shifts")
        self.assertEqual(self.helper._section_path("shift_order"), "/shifts/order")
        self.assertEqual(self.guest._section_path(f"shift-{self.order.id}"), "")

    def test_others_get_nothing(self):
        self._enter_by_code(self.access)  # on an opportunity
        path = self._path(self.access)
        for end in (f"/shift/{self.order.id}", f"/shift/{self.order.id}/calendar", "/shift/0"):
            self.assertEqual(self._get(path + end).status_code, 404)
        self.assertEqual(self._get(f"{path}/shifts").status_code, 303)

    def test_shift_of_another_project_is_not_there(self):
        other = self.project.copy({"name": "Other"})
        elsewhere = self._create_order(project_id=other.id, access_id=False)
        self._enter_by_code(self.holder)
        self.assertEqual(self._get(self._shifts_path(f"/shift/{elsewhere.id}")).status_code, 404)
        self.assertEqual(self._get(self._shifts_path(f"/shift/{2**31}")).status_code, 404)

    def test_revoked_while_inside(self):
        self._enter_by_code(self.holder)
        self.assertEqual(self._get(self._shifts_path("/shifts")).status_code, 200)
        self.holder.revoke()
        self.env.flush_all()
        self.assertNotEqual(self._get(self._shifts_path("/shifts")).status_code, 200)

    def test_no_field_beyond_the_whitelist(self):
        """Fill each text of the order, and what it refers to, and look for it on the pages."""
        values = {
            name: f"secret {name}"
            for name, field in self.order._fields.items()
            if field.type in ("char", "text", "html")
            and field.store
            and not field.related
            and name not in SHIFT_FIELDS
        }
        self.order.write(
            {**values, "employee_ids": [Command.set(self.emil.ids)], "state": "confirmed"}
        )
        self.emil.name = "secret Emil"
        self.order.message_post(body="secret note")
        self._enter_by_code(self.holder)
        for end in ("", "/shifts", f"/shift/{self.order.id}", f"/shift/{self.order.id}/change"):
            text = self._get(self._shifts_path(end)).text
            self.assertIn("Gate 4", text)
            self.assertNotIn("secret", text)
        self.assertGreaterEqual(len(values), 2)
        self.project.customer_shift_names = True
        self.env.flush_all()
        self.assertIn("secret Emil", self._get(self._shifts_path(f"/shift/{self.order.id}")).text)

    # -- forms --

    def test_order_by_the_form(self):
        self._enter_by_code(self.holder)
        page = self.url_open(self._shifts_path("/shifts/order"))
        with self.mock_mail_gateway():
            for _double in range(2):
                answer = self._submit(page, action="/shifts/order", **self._typed())
                self.assertEqual(answer.status_code, 303)
        self.assertEqual(len(self._orders() - self.order), 1)
        page = self.url_open(answer.headers["Location"])
        self.assertIn("your order has arrived", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_errors_keep_what_was_typed(self):
        self._enter_by_code(self.holder)
        page = self.url_open(self._shifts_path("/shifts/order"))
        answer = self._submit(
            page, action="/shifts/order", **self._typed(people="0", note="Bring <b>gloves</b>")
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn('id="people_error"', answer.text)
        self.assertIn("Bring &lt;b&gt;gloves", answer.text)
        self.assertIn('value="22:00"', answer.text)
        with self.mock_mail_gateway():
            again = self._submit(answer, action="/shifts/order", people="2")
        self.assertEqual(again.status_code, 303)
        self.assertEqual((self._orders() - self.order).people, 2)

    def test_change_and_cancel(self):
        self._enter_by_code(self.holder)
        path = self._shifts_path(f"/shift/{self.order.id}")
        page = self.url_open(f"{path}/change")
        with self.mock_mail_gateway():
            answer = self._submit(page, action="/change", people="7")
        self.assertURLEqual(answer.headers["Location"], f"{path}?told=changed")
        self.env.invalidate_all()
        self.assertEqual((self.order.people, self.order.revision), (7, 1))
        with self.mock_mail_gateway():
            # what was read before is refused, and what was typed stays
            answer = self._submit(page, action="/change", people="8", form_id="another")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Somebody has changed it", answer.text)
        self.assertIn('value="8"', answer.text)
        page = self.url_open(f"{path}/cancel")
        with self.mock_mail_gateway():
            answer = self._submit(page, action="/cancel")
        self.assertURLEqual(answer.headers["Location"], f"{path}?told=cancelled")
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "cancelled")

    def test_too_late_says_so(self):
        self.order.date_start = fields.Datetime.now() + timedelta(hours=2)
        self.env.flush_all()
        self._enter_by_code(self.holder)
        path = self._shifts_path(f"/shift/{self.order.id}")
        page = self.url_open(path).text
        self.assertNotIn("/change", page)
        self.assertIn("It is too late to change or cancel this here", page)
        self.assertEqual(self._get(f"{path}/cancel").status_code, 303)
        answer = self._post(f"{path}/cancel", self._shifts_path(), revision="0")
        self.assertURLEqual(answer.headers["Location"], f"{path}?told=late")

    def test_calendar_is_a_file(self):
        self._enter_by_code(self.holder)
        answer = self._get(self._shifts_path(f"/shift/{self.order.id}/calendar"))
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(vobject.readOne(answer.text).vevent.uid.value, self.order.uid)

    def test_past_ones_are_a_list_of_their_own(self):
        self._create_past_order(self.emil, place="Old gate")
        self._enter_by_code(self.holder)
        self.assertNotIn("Old gate", self.url_open(self._shifts_path("/shifts")).text)
        page = self.url_open(self._shifts_path("/shifts?show=past&page=9"))
        self.assertIn("Old gate", page.text)
        self.assertNotIn("Gate 4", page.text)

    def test_every_post_asks_for_the_token(self):
        self._enter_by_code(self.holder)
        path = self._shifts_path(f"/shift/{self.order.id}")
        for address in (f"{path}/cancel", f"{path}/change", self._shifts_path("/shifts/order")):
            answer = self.url_open(address, data={"revision": "0"}, allow_redirects=False)
            self.assertEqual(answer.status_code, 400)
