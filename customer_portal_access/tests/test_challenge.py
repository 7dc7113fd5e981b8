import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from ..utils import LIMITS
from .common import CustomerCase


class TestChallenge(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.anna)
        cls.access.create_link()
        Challenge = cls.env["customer.sms.challenge"]
        cls.challenge, cls.secret = Challenge._open(cls.anna, cls.access, cls.access.link_ids)

    def _send(self, challenge=None, error=None):
        """Send a code; return the verb's answer and the code in the SMS, if any left."""
        with self.mockSMSGateway(sim_error=error):
            answer = (challenge or self.challenge)._send()
        code = re.search(r"\d{6}", self._sms[-1]["body"])[0] if self._sms else None
        return answer, code

    def _wrong(self, code):
        return f"{(int(code) + 1) % 1000000:06d}"

    def test_code_ok(self):
        answer, code = self._send()
        self.assertEqual(answer["status"], "sent")
        self.assertEqual(self._sms[-1]["number"], "+4740612345")
        self.assertEqual(self.challenge._try(f" {code[:3]} {code[3:]} ")["status"], "ok")

    def test_code_once(self):
        _answer, code = self._send()
        self.challenge._try(code)
        self.assertEqual(self.challenge._try(code)["status"], "dead")

    def test_five_wrong_tries_kill_it(self):
        _answer, code = self._send()
        answers = [self.challenge._try(self._wrong(code)) for _try in range(5)]
        self.assertEqual([answer["tries_left"] for answer in answers], [4, 3, 2, 1, 0])
        self.assertEqual(self.challenge._try(code)["status"], "dead")
        self.assertEqual(self.access.stuck, "code_failed")

    def test_code_expires(self):
        _answer, code = self._send()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=10, seconds=1)):
            self.assertEqual(self.challenge._try(code)["status"], "expired")

    def test_resend_kills_the_old_code_and_waits(self):
        _answer, first = self._send()
        answer, _code = self._send()
        self.assertEqual(answer["status"], "wait")
        self.assertTrue(0 < answer["wait"] <= 60)
        self._forget_pause()
        _answer, second = self._send()
        if first != second:
            self.assertEqual(self.challenge._try(first)["status"], "wrong")
        self.assertEqual(self.challenge._try(second)["status"], "ok")

    def _forget_pause(self):
        self.env.cr.execute("DELETE FROM customer_quota WHERE scope = 'sms_pause'")

    def test_five_an_hour_then_staff_are_told(self):
        for _time in range(LIMITS["sms_contact"].maximum):
            self.assertEqual(self._send()[0]["status"], "sent")
            self._forget_pause()
        self.assertEqual(self._send()[0]["status"], "limit")
        self.assertIn("limit_hit", self.access.event_ids.mapped("kind"))
        self.assertTrue(self.lead.activity_ids)

    def test_budget_of_the_company(self):
        self.company.customer_sms_hourly_limit = 1
        self._send()
        other = self._create_access(self.bo)
        challenge, _secret = self.challenge._open(self.bo, other, other.link_ids)
        self.assertEqual(self._send(challenge)[0]["status"], "limit")

    def test_new_number_kills_the_code(self):
        _answer, code = self._send()
        self.anna.customer_mobile = "+47 406 99 999"
        self.assertEqual(self.challenge._try(code)["status"], "dead")
        self.assertEqual(self.challenge._view()["state"], "number")

    def test_gateway_down_says_so_and_may_be_tried_again(self):
        answer, _code = self._send(error="server_error")
        self.assertEqual(answer["status"], "gateway")
        self.assertFalse(self.challenge.sent_at)
        self.assertEqual(self.access.stuck, "code_failed")
        self.assertIn("Code failed", self.access.state_reason)
        self.assertTrue(self.lead.activity_ids)
        self.assertEqual(self._send()[0]["status"], "sent")

    def test_code_is_nowhere_afterwards(self):
        for error in (None, "server_error"):
            with self.subTest(error=error):
                _answer, code = self._send(error=error)
                self._forget_pause()
                self.assertFalse(self.env["sms.sms"].search([("partner_id", "=", self.anna.id)]))
                bodies = "".join(self.lead.message_ids.mapped("body"))
                self.assertFalse(code and code in bodies)
                self.assertNotEqual(self.challenge.code_hash, code)

    def test_bound_to_the_browser(self):
        Challenge = self.env["customer.sms.challenge"]
        self.assertEqual(Challenge._resume(self.challenge.id, self.secret), self.challenge)
        self.assertFalse(Challenge._resume(self.challenge.id, "another"))
        self.assertFalse(Challenge._resume(self.challenge.id, None))

    def test_bound_to_the_link(self):
        self.access.revoke()
        self.assertFalse(self.env["customer.sms.challenge"]._resume(self.challenge.id, self.secret))

    def test_not_me_tells_the_person_in_charge(self):
        _answer, code = self._send()
        self.challenge._report("not_me")
        self.assertEqual(self.challenge._try(code)["status"], "dead")
        self.assertEqual(self.lead.activity_ids.user_id, self.sara)

    def test_staff_resend_from_the_line(self):
        self._send()
        self._forget_pause()
        self.assertIn("wrong tries", self.access.customer_step)
        with self.mockSMSGateway():
            self.access.with_user(self.sara).action_resend_code()
        self.assertEqual(len(self._sms), 1)

    def test_country_not_allowed(self):
        self.company.customer_sms_country_ids = self.env.ref("base.se")
        self.assertEqual(self.access._block(), "country")

    def test_country_closed_after_the_link_was_made(self):
        self.company.customer_sms_country_ids = self.env.ref("base.se")
        self.assertEqual(self._send()[0]["status"], "number")
        self.assertFalse(self._sms)

    def test_new_number_is_told_to_the_contact_and_others_in_charge(self):
        other = self._create_access(self.anna, target=self.project)
        other.create_link()
        with self.mock_mail_gateway():
            self.anna.with_user(self.paul).sudo().customer_mobile = "+47 406 99 999"
        self.assertIn("anna@berg.example", self._mails[0]["email_to"][0])
        self.assertIn("number_changed", other.event_ids.mapped("kind"))
        self.assertEqual(self.project.activity_ids.user_id, self.pia)

    def test_premium_number_refused(self):
        self.anna.write({"phone": "+47 820 12 345"})
        self.assertEqual(self.access._block(), "number")
