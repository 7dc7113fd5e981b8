from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_portal_access.models import customer_number_change
from odoo.addons.mail.tests.common import MailCommon

from .portal_common import CODE, PortalPageCase

NEW = "+47 40 69 90 01"
NEW_E164 = "+4740699001"


@tagged("post_install", "-at_install")
class TestOwnNumber(PortalPageCase, MailCommon):
    """A code to the old number and a code to the new one, then it is the contact's."""

    def _me(self):
        return self.url_open(f"{self._path(self.access)}/me")

    def _begin(self, number=NEW):
        self._open_by_code()
        return self._submit(self._me(), "begin", number=number)

    def _send(self):
        with self._sms_gateway():
            self._submit(self._me(), "send")
            return self._sms[-1]["number"] if self._sms else None

    def _type(self, code=CODE):
        answer = self._submit(self._me(), "code", code=code)
        self.env.invalidate_all()
        return answer.headers["Location"].partition("status=")[2]

    def _prove_old(self):
        """Forget the pause since the code for coming in, and prove the old number."""
        self.env["customer.quota"].search([]).unlink()
        self.assertEqual(self._send(), "+4740612345")
        self.assertEqual(self._type(), "next")

    def test_old_then_new(self):
        self._begin()
        self._prove_old()
        self.assertEqual(self.access.code_number, "+4740612345")
        self.assertEqual(self._send(), NEW_E164)
        with self.mock_mail_gateway():
            self.assertEqual(self._type(), "changed")
        self.assertEqual(self.access.code_number, NEW_E164)
        self.assertEqual(self.anna.phone, NEW)
        self.assertEqual(self.anna.customer_mobile, NEW)
        self.assertIn("anna@berg.example", self._mails[0]["email_to"][0])
        self.assertIn("•••• 01", self.lead.message_ids[0].body)
        self.assertIn("number_changed", self.access.event_ids.mapped("kind"))
        self.assertNotIn("Now the new number", self._me().text)

    def test_plain_phone_stays(self):
        self.anna.write({"customer_mobile": "+47 406 12 345", "phone": "+47 22 00 00 01"})
        self._begin()
        self._prove_old()
        self._send()
        self._type()
        self.assertEqual(self.anna.phone, "+47 22 00 00 01")
        self.assertEqual(self.access.code_number, NEW_E164)

    def test_new_number_gets_nothing_before_the_old_one_is_proven(self):
        self._begin()
        self.env["customer.quota"].search([]).unlink()
        self.assertEqual(self._send(), "+4740612345")
        self.env["customer.quota"].search([]).unlink()
        self.assertEqual(self._send(), "+4740612345")
        self.assertEqual(self._type("000000"), "wrong")
        self.assertEqual(self.access.code_number, "+4740612345")

    def test_wrong_code_of_the_new_number_changes_nothing(self):
        self._begin()
        self._prove_old()
        self._send()
        for _try in range(4):
            self.assertEqual(self._type("000000"), "wrong")
        self.assertEqual(self._type("000000"), "dead")
        self.assertIn("one try too many", self._me().text)
        self.assertEqual(self.access.code_number, "+4740612345")

    def test_expired_code(self):
        self._begin()
        self.env["customer.quota"].search([]).unlink()
        self._send()
        page = self._me()
        self.env["customer.number.change"].search([]).old_challenge_id.expires_at = (
            fields.Datetime.now() - timedelta(seconds=1)
        )
        answer = self._submit(page, "code", code=CODE)
        self.assertIn("status=expired", answer.headers["Location"])

    def test_code_serves_once(self):
        self._begin()
        self._prove_old()
        self._send()
        page = self._me()
        self._type()
        self.anna.customer_mobile = "+47 406 12 345"
        answer = self._submit(page, "code", code=CODE)
        self.assertIn("status=stale", answer.headers["Location"])
        self.assertEqual(self.access.code_number, "+4740612345")

    def test_applied_once_only(self):
        self._begin()
        self._prove_old()
        self._send()
        change = self.env["customer.number.change"].search([])
        change.new_challenge_id.consumed_at = fields.Datetime.now()
        self.env.flush_all()  # what follows reads the database itself
        with patch.object(type(self.anna), "_customer_take_number") as taken:
            self.assertTrue(change._apply())
            self.assertFalse(change._apply())
        taken.assert_called_once()

    def test_not_applied_before_both_are_proven(self):
        self._begin()
        change = self.env["customer.number.change"].search([])
        change.new_challenge_id.consumed_at = fields.Datetime.now()
        self.assertFalse(change._apply())
        self.assertEqual(self.access.code_number, "+4740612345")

    def test_changed_by_staff_meanwhile(self):
        self._begin()
        self._prove_old()
        self._send()
        page = self._me()
        self.anna.phone = "+47 406 12 777"
        answer = self._submit(page, "code", code=CODE)
        self.assertIn("status=stale", answer.headers["Location"])
        self.assertEqual(self.access.code_number, "+4740612777")

    def test_other_browser_cannot_go_on(self):
        self._begin()
        self._other_browser()
        self.env["customer.quota"].search([]).unlink()
        page = self._open_by_code()
        self.assertIn("/me", page.text)
        self.assertNotIn("First the number", self._me().text)

    def test_its_code_lets_nobody_in(self):
        self._begin()
        challenge = self.env["customer.number.change"].search([]).old_challenge_id
        challenge.consumed_at = fields.Datetime.now()
        self.assertFalse(challenge._pass())

    def test_numbers_that_are_refused(self):
        self._open_by_code()
        self.company.customer_sms_country_ids = self.env.ref("base.no")
        for number in (
            "12",
            "+47 22 00 00 00",
            "+47 820 12 345",
            "+49 171 1234567",
            "",
            "+47 406 12 345",
        ):
            with self.subTest(number):
                answer = self._submit(self._me(), "begin", number=number)
                self.assertEqual(answer.status_code, 200)
                [error] = html.fromstring(answer.content).xpath("//p[@id='number_error']/text()")
                self.assertTrue(error.strip())
        self.assertFalse(self.env["customer.number.change"].search([]))

    def test_cancelled(self):
        self._begin()
        self._submit(self._me(), "cancel")
        self.assertFalse(self.env["customer.number.change"].search([]))
        self.assertNotIn("First the number", self._me().text)

    def test_closed_at_level_link(self):
        page = self._open_by_link()
        self.assertNotIn("/me", page.text)
        path = f"{self._path(self.guest)}/me"
        self.assertNotIn("0612", self._get(path).text, "Not a digit of what waits.")
        data = {"csrf_token": self._csrf("/web/login"), "action": "begin", "number": NEW}
        self.url_open(f"{path}/number", data=data, allow_redirects=False)
        self.assertFalse(self.env["customer.number.change"].search([]))

    def test_workspace_of_somebody_else(self):
        self._open_by_code()
        self.assertEqual(self._get(f"{self._path(self.guest)}/me").status_code, 404)

    def test_without_a_number_it_takes_an_account(self):
        self.bo.phone = False
        self.env.flush_all()  # transactions of their own read it
        guest = self.guest
        with self.mock_mail_gateway():
            result = guest._contact_number("code", "begin", NEW)
        self.assertEqual(result["status"], "error")
        self.assertIn("Sara", result["error"])
        self.assertTrue(guest._contact_page("code")["number_needs_account"])
        request = SimpleNamespace(session={})
        with patch.object(customer_number_change, "request", request):
            self.assertEqual(guest._contact_number("account", "begin", NEW)["status"], "begun")
            with self._sms_gateway():
                self.assertEqual(guest._contact_number("account", "send", "")["status"], "sent")
            self.assertEqual(guest._contact_number("account", "code", CODE)["status"], "changed")
        self.assertEqual(guest.code_number, NEW_E164)
        self.assertIn(
            "Bo Berg has put in a number for codes", self.lead.activity_ids.mapped("summary")
        )

    def test_preview_sees_and_changes_nothing(self):
        preview = self.access.with_context(customer_preview=True)
        self.assertTrue(preview._contact_page("code")["contact_read_only"])
        self.assertEqual(preview._contact_number("code", "begin", NEW)["status"], "refused")
        self.assertEqual(preview._contact_email("code", "ask", "x@y.example")["status"], "refused")
