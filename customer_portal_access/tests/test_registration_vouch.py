from odoo.exceptions import UserError

from ..utils import LIMITS
from .registration_common import RegistrationCase


class TestRegistrationVouch(RegistrationCase):
    """A contact who manages colleagues is asked, sees little, and answers once."""

    def setUp(self):
        super().setUp()
        manager = self.contact_person.copy({"code": "manager", "can_be_invited": True})
        manager.permission_ids |= self.env.ref(
            "customer_portal_access.permission_manage_colleagues"
        )
        self.manager = manager
        self.access = self._create_access(self.anna, manager)
        self.other = self._create_access(self.bo, self.contact_person)
        self.customer.email = "post@bergkitchen.example"
        self.registration = self._take(email="nina@bergkitchen.example", vat="")
        self.by_paul = self.registration.with_user(self.paul)

    def _ask(self):
        self.by_paul.voucher_id = self.access
        with self.mock_mail_gateway():
            self.by_paul.action_ask_to_vouch()
            self.env["mail.mail"].search([("customer_access_id", "!=", False)]).send()

    def _other_manager(self):
        return self._create_access(
            self._create_contact("Ove Berg", "ove@berg.example"), self.manager
        )

    def _answer(self, path=None, **data):
        path = path or f"{self._path(self.access)}/vouch/{self.registration.id}"
        with self.mock_mail_gateway():
            answer = self._post(path, form_path="/web/login", **data)
        self.env.invalidate_all()
        return answer

    def test_who_may_be_asked(self):
        self.assertEqual(self.registration.possible_voucher_ids, self.access)
        with self.assertRaises(UserError):
            self.by_paul.action_ask_to_vouch()
        self.access.revoke()
        self.env.invalidate_all()
        self.assertFalse(self.registration.possible_voucher_ids)

    def test_asked_by_mail_answered_on_the_page_once(self):
        self._ask()
        [mail] = self._mails_to(self.anna.email)
        self.assertNotIn("Nina", str(mail["body"]))
        self._enter_by_code(self.access)
        page = self.url_open(self._path(self.access)).text
        self.assertIn("Nina Holm", page)
        self.assertIn("nina@bergkitchen.example", page)
        for hidden in ("406 12 399", "40 61 23 99", "Holm AS"):
            self.assertNotIn(hidden, page)
        self._answer(answer="yes", comment="My colleague")
        self.assertEqual(self.registration.vouch_state, "yes")
        self.assertEqual(self.registration.vouch_comment, "My colleague")
        self.assertEqual(self.registration.state, "pending")
        self._answer(answer="no")
        self.assertEqual(self.registration.vouch_state, "yes")
        self.assertNotIn("Nina Holm", self.url_open(self._path(self.access)).text)

    def test_nobody_else_answers(self):
        self._ask()
        self._enter_by_code(self.other)
        self._answer(answer="yes")
        path = f"{self._path(self.other)}/vouch/{self.registration.id}"
        self.assertEqual(self._answer(path, answer="yes").status_code, 404)
        self.assertEqual(self.registration.vouch_state, "asked")
        self.assertNotIn("Nina Holm", self.url_open(self._path(self.other)).text)

    def test_staff_do_not_answer_for_the_contact(self):
        with self.assertRaises(UserError):
            self.by_paul.vouch_state = "yes"

    def test_another_contact_is_not_asked_by_choosing_it(self):
        self._ask()
        other = self._other_manager()
        self.by_paul.voucher_id = other
        self.assertFalse(self.registration.vouch_state)
        self.assertFalse(self.registration.vouch_asked_at)
        for access in (self.access, other):
            self.assertFalse(access._open_vouches())

    def test_an_answer_is_not_put_into_the_mouth_of_another(self):
        self._ask()
        self.registration._answer_vouch("yes", "My colleague")
        self.by_paul.voucher_id = self.access
        self.assertEqual(self.registration.vouch_state, "yes")
        self.by_paul.voucher_id = self._other_manager()
        self.assertFalse(self.registration.vouch_state)
        self.assertFalse(self.registration.vouch_comment)
        self.assertFalse(self.registration.vouch_answered_at)

    def test_asked_once_until_it_answers(self):
        self._ask()
        with self.assertRaises(UserError):
            self.by_paul.action_ask_to_vouch()
        self.assertEqual(len(self._mails_to(self.anna.email)), 1)

    def test_a_contact_is_not_asked_over_and_over(self):
        for _time in range(LIMITS["vouch"].maximum):
            self.by_paul.voucher_id = False
            self._ask()
        self.by_paul.voucher_id = False
        with self.assertRaises(UserError):
            self._ask()
