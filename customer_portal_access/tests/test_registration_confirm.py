from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError

from ..models.customer_access_text import LINK_MARK
from ..utils import LIMITS
from .registration_common import NEW, RegistrationCase


class TestRegistrationConfirm(RegistrationCase):
    """A click in a mail to the address, once, and what mails tell other addresses."""

    def _asked(self, **changes):
        """Return the path in the mail of a form that was just sent."""
        self._submit_form(**changes)
        self._run_registration_cron()
        return self._confirm_path()

    def _click(self, path):
        with self.mock_mail_gateway():
            answer = self._post(path)
        self.env.invalidate_all()
        return answer

    def test_counts_with_the_click_only(self):
        path = self._asked()
        for _visit in range(3):
            page = self._get(path)
            self.assertEqual(page.status_code, 200)
            self.assertIn("Holm AS", page.text)
        self.assertEqual(self._open().state, "unverified")
        self.assertFalse(self.env["res.partner"].search([("email", "=", NEW)]))
        answer = self._click(path)
        self.assertIn("Your address is confirmed", answer.text)
        self.assertEqual(self._open().state, "pending")
        self.assertTrue(self._open().confirmed_at)

    def test_once(self):
        path = self._asked()
        csrf = self._csrf(path)
        self._click(path)
        self.assertEqual(self._get(path).status_code, 410)
        answer = self.url_open(path, data={"csrf_token": csrf})
        self.assertEqual(answer.status_code, 410)

    def test_wrong_token(self):
        self.assertEqual(self._get("/customer/register/confirm/nothing").status_code, 410)
        self.assertEqual(
            self.env["customer.registration.confirmation"]._confirm("nothing"), "refused"
        )

    def test_expired(self):
        path = self._asked()
        csrf = self._csrf(path)
        confirmation = self._open().confirmation_ids
        self.assertAlmostEqual(
            confirmation.expires_at,
            fields.Datetime.now() + timedelta(days=7),
            delta=timedelta(minutes=2),
        )
        confirmation.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self._get(path).status_code, 410)
        self.assertEqual(self.url_open(path, data={"csrf_token": csrf}).status_code, 410)
        self.env.invalidate_all()
        self.assertEqual(self._open().state, "unverified")

    def test_switched_off_meanwhile(self):
        path = self._asked()
        self.company.customer_registration = False
        self.assertEqual(self._get(path).status_code, 410)

    def test_needs_csrf(self):
        path = self._asked()
        self.assertEqual(self.url_open(path, data={"x": "1"}).status_code, 400)
        self.env.invalidate_all()
        self.assertEqual(self._open().state, "unverified")

    def test_what_counts_is_the_form_whose_mail_was_answered(self):
        """Whoever typed the address first cannot slip own data under the owner's click."""
        stranger = self._asked(company_name="Thief AS", vat="", name="Thief")
        own = self._asked()
        self._click(own)
        registration = self._open()
        self.assertEqual(registration.name, "Nina Holm")
        self.assertEqual(registration.company_name, "Holm AS")
        self.assertEqual(registration.partner_id.name, "Nina Holm")
        self.assertEqual(self._get(stranger).status_code, 410)

    def test_token_is_in_no_table(self):
        token = self._asked().rpartition("/")[2]
        for table, column in (
            ("mail_mail", "body_html"),
            ("mail_message", "body"),
            ("customer_registration_confirmation", "token_hash"),
        ):
            self.env.cr.execute(
                f"SELECT 1 FROM {table} WHERE {column} LIKE %s",  # noqa: S608
                [f"%{token}%"],
            )
            self.assertFalse(self.env.cr.fetchall(), table)

    def test_retried_mail_has_another_link(self):
        first = self._asked()
        second = self._open().confirmation_ids._release()
        self.assertEqual(self._get(first).status_code, 410)
        self.assertEqual(self._get(second.partition(self.base_url())[2]).status_code, 200)

    def test_proof_leaves_for_the_registered_address_only(self):
        self._submit_form()
        confirmation = self._open().confirmation_ids
        template = self.env["mail.template"].create(
            {"name": "Greeting", "model_id": self.env.ref("base.model_res_users").id}
        )
        values = {
            "subject": "Greeting",
            "email_to": "pia@seller.example",
            "body_html": f"<p>{LINK_MARK}</p>",
            "customer_confirmation_id": confirmation.id,
        }
        with self.assertRaises(AccessError), self.mock_mail_gateway():
            template.with_user(self.pia).send_mail(
                self.pia.id, force_send=True, email_values=values
            )

    def test_forged_host_is_in_no_mail(self):
        self._submit_form()
        page = self.url_open("/customer/register", headers={"Host": "evil.example"})
        self.assertNotIn("evil.example", page.text)
        [mail] = self._run_registration_cron()
        self.assertNotIn("evil.example", str(mail["body"]))

    # -- what mails tell --

    def test_a_contact_who_can_come_in_is_told_so(self):
        self._create_access(self.anna, self.contact_person)
        self._submit_form(email=self.anna.email)
        self._run_registration_cron()
        [mail] = self._mails_to(self.anna.email)
        self.assertIn("/web/login", str(mail["body"]))
        self.assertNotIn("register/confirm", str(mail["body"]))
        self.assertFalse(self._open(self.anna.email))

    def test_a_colleague_of_ours_is_told_to_sign_in(self):
        self._submit_form(email=self.sara.email)
        self._run_registration_cron()
        [mail] = self._mails_to(self.sara.email)
        self.assertIn("/web/login", str(mail["body"]))
        self.assertFalse(self._open(self.sara.email))

    def test_an_archived_colleague_of_ours_is_refused(self):
        self.sara.action_archive()
        self._submit_form(email=self.sara.email)
        self._run_registration_cron()
        [mail] = self._mails_to(self.sara.email)
        self.assertIn("cannot take a new one", str(mail["body"]))
        self.assertFalse(self._open(self.sara.email))

    def test_whoever_waits_is_told_so(self):
        registration = self._registered()
        self._submit_form(name="Somebody Else")
        self._run_registration_cron()
        [mail] = self._mails_to(NEW)
        self.assertIn("we are looking at it", str(mail["body"]))
        self.assertNotIn("register/confirm", str(mail["body"]))
        self.assertEqual(self._open(), registration)
        self.assertEqual(registration.name, "Nina Holm")
        self.assertTrue(self.registrations._tell_waiting(NEW))
        self.assertFalse(self.registrations._tell_waiting("nobody@holm.example"))

    def test_whoever_types_the_address_of_who_waits_fills_no_mailbox(self):
        self._registered()
        with self.mock_mail_gateway():
            for _time in range(LIMITS["registration_told"].maximum + 3):
                self.assertTrue(self.registrations._tell_waiting(NEW))
            self.env["mail.mail"].search([("email_to", "=", NEW)]).send()
        self.assertEqual(len(self._mails_to(NEW)), LIMITS["registration_told"].maximum)

    def test_whoever_waits_and_tries_to_sign_in_is_told_so_by_mail_only(self):
        self._registered()
        twin = self._create_contact("Anna Twin", self.anna.email)
        self._take(email=self.anna.email)
        self.assertEqual(
            self.env["customer.registration"].search_count([("state", "=", "pending")]), 2
        )
        pages = set()
        for email in (NEW, twin.email, "nobody@holm.example"):
            self._other_browser()
            self._post("/customer/first", login=email)
            pages.add(self.url_open("/customer/first?sent=1").text)
        self.assertEqual(len(pages), 1)
        self._run_cron("recovery")
        for email, count in ((NEW, 1), ("nobody@holm.example", 0)):
            mails = self._mails_to(email)
            self.assertEqual(len(mails), count)
            self.assertTrue(all("we are looking at it" in str(mail["body"]) for mail in mails))
        self.assertTrue(self._mails_to(twin.email))

    def test_known_contact_without_access_confirms_like_everybody(self):
        self._submit_form(email=self.anna.email)
        self._run_registration_cron()
        self.assertIn("register/confirm", str(self._mails_to(self.anna.email)))

    # -- the sender --

    def test_a_company_without_an_address_writes_from_whoever_is_told(self):
        self.company.write({"email": False, "alias_domain_id": False})
        self.assertFalse(self.company.email_formatted)
        self._submit_form()
        [mail] = self._run_registration_cron()
        self.assertIn(self.paul.email, str(mail["email_from"]))
        self.assertIn(self.company.name, str(mail["email_from"]))

    # -- the text --

    def test_the_company_has_a_text_of_its_own(self):
        template = self.env["mail.template"].create(
            {
                "name": "Ours",
                "model_id": self.env["ir.model"]._get_id("customer.registration"),
                "subject": "Hi [name]",
                "body_html": "<p>{{ object.email }} [company]</p><p>[link]</p>",
            }
        )
        self.company.customer_registration_confirm_template_id = template
        self._submit_form()
        with self.mock_mail_gateway():
            self.env.ref("customer_portal_access.ir_cron_registration").method_direct_trigger()
        [mail] = self._mails
        self.assertEqual(mail["subject"], "Hi Nina Holm")
        self.assertNotIn(f"{NEW} ", str(mail["body"]))
        self.assertIn("register/confirm", str(mail["body"]))
        with self.assertRaises(ValidationError):
            template.body_html = "<p>No way in</p>"

    def test_portal_administrators_edit_the_mails(self):
        template = self.env.ref("customer_portal_access.mail_template_registration_waiting")
        template.with_user(self.paul).subject = "We have it"
        with self.assertRaises(AccessError):
            template.with_user(self.pia).subject = "Mine"

    def test_the_link_of_the_mail_cannot_be_taken_out(self):
        template = self.env.ref("customer_portal_access.mail_template_registration_confirm")
        with self.assertRaises(ValidationError):
            template.body_html = "<p>Hello [name]</p>"

    def test_one_that_breaks_does_not_hold_up_the_others(self):
        self._submit_form(email=self.paul.email)  # is told to sign in, by a text that is gone
        self._submit_form()
        self.env.ref("customer_portal_access.mail_template_registration_known").unlink()
        with self.assertLogs("odoo.addons.customer_portal_access", "ERROR"):
            self._run_registration_cron()
        self.assertTrue(self._confirm_path())
