from odoo.exceptions import AccessError

from ..utils import LIMITS, MESSAGE_LENGTH
from .portal_common import PortalPageCase


class TestOwnAccess(PortalPageCase):
    """Whoever is not the contact of the link may ask for access of their own."""

    def setUp(self):
        super().setUp()
        self._enter_by_link(self.guest)
        self.typed = {"name": "Cy Berg", "email": "cy@berg.example", "message": "I buy the sink"}

    def _leave(self):
        return self._submit(self._get(self._path(self.guest)), "1", action="/customer/leave")

    def _ask(self, **changes):
        return self._submit(self._get("/customer/ask"), **{**self.typed, **changes})

    def _requests(self):
        self.env.invalidate_all()
        return self.env["customer.colleague.request"].search([("kind", "=", "own")])

    def _asked(self):
        self._leave()
        self._ask()
        return self._requests()

    # -- the visitor --

    def test_not_you_closes_the_session_and_offers_to_ask(self):
        answer = self._leave()
        self.assertURLEqual(answer.headers["Location"], "/customer/ask")
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303)
        self.assertFalse(self.env["customer.access.browser"].search([]))
        page = self._get("/customer/ask").text
        self.assertIn("Kitchen for Berg", page)
        self.assertNotIn("Bo Berg", page)
        self.assertIn("not_me", self.guest.event_ids.mapped("kind"))

    def test_asking_gives_the_person_in_charge_an_activity(self):
        self._leave()
        answer = self._ask()
        self.assertURLEqual(answer.headers["Location"], "/customer/ask?sent=1")
        self.assertIn("Sara will look at it", self.url_open("/customer/ask?sent=1").text)
        request = self._requests()
        self.assertRecordValues(
            request,
            [
                {
                    "name": "Cy Berg",
                    "email": "cy@berg.example",
                    "message": "I buy the sink",
                    "state": "open",
                    "access_id": self.guest.id,
                    "role_id": self.contact_person.id,
                }
            ],
        )
        self.assertEqual(request.activity_id.user_id, self.sara)
        self.assertIn("Cy Berg", request.activity_id.summary)
        self.assertIn("access_asked", self.guest.event_ids.mapped("kind"))

    def test_asking_makes_and_changes_no_contact(self):
        contacts = self.env["res.partner"].search_count([])
        accesses = self.env["customer.access"].search_count([])
        with self.mock_mail_gateway():
            self._asked()
        self.assertEqual(self.env["res.partner"].search_count([]), contacts)
        self.assertEqual(self.env["customer.access"].search_count([]), accesses)
        self.assertFalse([mail for mail in self._mails if "cy@" in str(mail["email_to"])])

    def test_known_and_unknown_address_are_answered_alike(self):
        self._leave()
        answers = {
            self._ask(email=email).headers["Location"]
            for email in ("nobody@berg.example", self.anna.email, self.bo.email, self.sara.email)
        }
        self.assertEqual(len(answers), 1)
        self.assertEqual(len(self._requests()), 4)

    def test_contact_of_the_link_does_not_see_who_asked(self):
        role = self.contact_person.copy({"code": "manager"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_manage_colleagues")
        self.guest.role_id = role
        self._asked()
        self.assertFalse(self.guest._open_requests())

    def test_asked_twice_is_one_request(self):
        self._leave()
        self._ask()
        self.assertEqual(self._ask(email="CY@berg.example ").status_code, 303)
        self.assertEqual(len(self._requests()), 1)

    def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(self):
        self._leave()
        for field, value in {
            "name": "  ",
            "email": "a@b.example, c@d.example",
            "message": "x" * (MESSAGE_LENGTH + 1),
        }.items():
            with self.subTest(field):
                page = self._ask(**{field: value})
                self.assertEqual(page.status_code, 200)
                self.assertIn(f'id="{field}_error"', page.text)
                kept = "email" if field == "name" else "name"
                self.assertIn(self.typed[kept], page.text)
        self.assertFalse(self._requests())

    def test_what_is_wrong_is_told_in_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self._leave()
        page = self._get("/customer/ask")
        self.opener.cookies.set("frontend_lang", "de_DE")
        answer = self._submit(page, **{**self.typed, "email": "nobody"})
        told = self.guest.with_context(lang="de_DE")._colleague_errors(
            {"name": "Cy", "email": False, "phone": False, "message": ""}
        )
        english = self.guest._colleague_errors(
            {"name": "Cy", "email": False, "phone": False, "message": ""}
        )
        self.assertNotEqual(told, english)
        self.assertIn(told["email"], answer.text)

    def test_text_is_text(self):
        self._leave()
        self._ask(name="Cy\r\nBcc: x@evil.example <b>", message="<script>x</script>\0")
        request = self._requests()
        self.assertEqual(request.name, "Cy Bcc: x@evil.example <b>")
        self.assertNotIn("<script>", str(request.activity_id.note))

    def test_programs_fill_in_what_people_do_not_see(self):
        self._leave()
        answer = self._ask(website="https://spam.example")
        self.assertURLEqual(answer.headers["Location"], "/customer/ask?sent=1")
        self.assertFalse(self._requests())

    def test_limit_is_told_and_nothing_is_lost(self):
        self._leave()
        for number in range(LIMITS["own_access"].maximum):
            self._ask(email=f"cy{number}@berg.example")
        page = self._ask(email="late@berg.example")
        self.assertIn("You have asked often", page.text)
        self.assertIn("late@berg.example", page.text)
        self.assertEqual(len(self._requests()), LIMITS["own_access"].maximum)

    def test_only_after_not_you(self):
        self.assertIn("timed out", self._headline(self._get("/customer/ask")))
        self._submit(self._get(self._path(self.guest)), action="/customer/leave", button=None)
        self.assertIn("timed out", self._headline(self._get("/customer/ask")))
        self._post("/customer/ask", form_path="/customer/recover", **self.typed)
        self.assertFalse(self._requests())

    def test_dead_link_asks_for_nothing(self):
        self._leave()
        page = self._get("/customer/ask")
        self.guest.revoke()
        self._submit(page, **self.typed)
        self.assertFalse(self._requests())
        self.assertIn("timed out", self._headline(self._get("/customer/ask")))

    def test_needs_csrf(self):
        self._leave()
        self.assertEqual(self.url_open("/customer/ask", data=self.typed).status_code, 400)

    # -- staff --

    def test_one_click_makes_contact_access_and_invitation(self):
        request = self._asked()
        self.assertIn("not proven", request.hint)
        with self.mock_mail_gateway():
            request.with_user(self.sara).action_approve()
            self.env["mail.mail"].sudo().search([("customer_access_id", "!=", False)]).send()
        self.env.invalidate_all()
        access = request.colleague_access_id
        self.assertEqual(access.partner_id.name, "Cy Berg")
        self.assertEqual(access.partner_id.parent_id, self.customer)
        self.assertEqual(access.lead_id, self.lead)
        self.assertEqual(access.state, "invited")
        self.assertEqual(access.link_ids.kind, "login_free")
        addresses = {address for mail in self._mails for address in mail["email_to"]}
        self.assertEqual(len(addresses), 1)
        self.assertIn("cy@berg.example", addresses.pop())
        self.assertEqual(request.state, "approved")
        self.assertFalse(request.activity_id.active)

    def test_known_contact_gets_the_mail_at_the_address_on_record(self):
        self._leave()
        self._ask(email="Anna@Berg.example", name="I am Anna")
        self.access.unlink()
        with self.mock_mail_gateway():
            self._requests().with_user(self.sara).action_approve()
        access = self.lead.customer_access_ids.filtered(lambda one: one.partner_id == self.anna)
        self.assertEqual(len(access), 1)
        self.assertEqual(self.anna.name, "Anna Berg")
        self.assertIn("anna@berg.example", self._mails[0]["email_to"][0])

    def test_colleague_of_ours_is_let_in_by_no_request(self):
        self._leave()
        self._ask(email=self.sara.email)
        with self.mock_mail_gateway():
            answer = self._requests().with_user(self.sara).action_approve()
        self.assertIn("not invited", str(answer))
        self.assertFalse(self._mails)

    def test_rejected_changes_nothing(self):
        request = self._asked()
        request.with_user(self.sara).action_reject()
        self.assertEqual(request.state, "rejected")
        self.assertFalse(self.env["res.partner"].search([("email", "=", "cy@berg.example")]))

    def test_other_staff_do_not_decide(self):
        request = self._asked()
        with self.assertRaises(AccessError):
            request.with_user(self.pia).action_approve()
        self.assertEqual(request.state, "open")
