import re

from odoo.http import root

from odoo.addons.customer_portal_access.tests.registration_common import NEW, RegistrationCase

from .common import ProviderCase


class TestRegistration(ProviderCase, RegistrationCase):
    """From a button of a provider to the first sign-in by it; nothing before an approval."""

    def setUp(self):
        super().setUp()
        self.company.customer_require_sms_code = False
        self.openid.claims = {"email": NEW, "email_verified": True, "name": "Nina Holm"}
        self.form = f"/customer/register?company={self.company.id}"

    def _register(self, **changes):
        """Come back from the provider, and send the form; return our answer."""
        self.env.flush_all()
        answer = self._sign_in(company=str(self.company.id))
        self.assertURLEqual(answer.headers["Location"], self.form)
        with self.mock_mail_gateway():
            answer = self._submit_form(**changes)
        self.env.invalidate_all()
        return answer

    def _identity(self):
        return self.env["customer.identity"].search([])

    def _approve(self, role=None):
        with self.mock_mail_gateway():
            registration = self._open().with_user(self.paul)
            registration.approve((role or self.contact_person).id)
            self.env["mail.mail"].sudo().search([("email_to", "=", NEW)]).send()
        self.env.flush_all()
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # THE FORM
    # ------------------------------------------------------------

    def test_button_on_the_form(self):
        page = self.url_open(self.form).text
        self.assertIn(f'action="{self._page()}"', page)
        self.provider.customer_company_ids = self.other_company
        self.assertNotIn(self._page(), self.url_open(self.form).text)

    def test_form_is_filled_in(self):
        self._sign_in(company=str(self.company.id))
        page = self.url_open(self.form).text
        email = re.search(r'<input id="email"[^>]*>', page)[0]
        self.assertIn(NEW, email)
        self.assertIn("readonly", email)
        self.assertIn('value="Nina Holm"', page)
        self.assertNotIn(self._page(), page)

    def test_nothing_is_written_before_the_form_is_sent(self):
        self._sign_in(company=str(self.company.id))
        self.assertFalse(self._identity())
        self.assertFalse(self._open())

    def test_counts_without_a_mail(self):
        answer = self._register()
        self.assertEqual(answer.status_code, 200)
        registration = self._open()
        self.assertEqual(registration.state, "pending")
        self.assertEqual(registration.provider, "Kontoen")
        self.assertFalse([mail for mail in self._mails if NEW in str(mail["email_to"])])
        identity = self._identity()
        self.assertEqual(identity.registration_id, registration)
        self.assertFalse(identity.partner_id)

    def test_posted_address_is_ignored(self):
        self._register(email="victim@berg.example")
        self.assertTrue(self._open())
        self.assertFalse(self._open("victim@berg.example"))

    def test_proof_serves_once(self):
        self._register()
        self.assertNotIn("customer_proof", self._session())
        page = self.url_open(self.form).text
        self.assertNotIn(NEW, page)

    def test_proof_has_an_end(self):
        self._sign_in(company=str(self.company.id))
        session = self._session()
        session["customer_proof"] = {**session["customer_proof"], "at": 0}
        root.session_store.save(session)
        self.assertNotIn(NEW, self.url_open(self.form).text)

    def test_proof_is_for_one_company(self):
        self.other_company.customer_registration = True
        self._sign_in(company=str(self.company.id))
        page = self.url_open(f"/customer/register?company={self.other_company.id}").text
        self.assertNotIn(NEW, page)

    def test_unverified_address_proves_nothing(self):
        for value in (False, None, "false", 0):
            with self.subTest(value=value):
                self.openid.claims["email_verified"] = value
                answer = self._sign_in(company=str(self.company.id))
                self.assertEqual(self._status(answer), "unverified")
                self.assertNotIn("customer_proof", self._session())
                page = self.url_open(answer.headers["Location"]).text
                self.assertIn(self.form.replace("&", "&amp;"), page)

    def test_unverified_address_where_nobody_registers_by_mail(self):
        self.company.customer_registration_by_email = False
        self.openid.claims["email_verified"] = False
        answer = self._sign_in(company=str(self.company.id))
        page = self.url_open(answer.headers["Location"]).text
        self.assertIn("We cannot take this registration", page)
        self.assertNotIn("Register by e-mail", page)

    def test_two_addresses_prove_nothing(self):
        for email in ("a@x.example, b@y.example", "no address", 7, "", "a@x.example\nb@y.example"):
            with self.subTest(email=email):
                self.openid.claims["email"] = email
                answer = self._sign_in(company=str(self.company.id))
                self.assertEqual(self._status(answer), "unverified")

    def test_hostile_name(self):
        self.openid.claims["name"] = "Nina\r\nBcc: x@evil.example <script>"
        self._sign_in(company=str(self.company.id))
        page = self.url_open(self.form).text
        self.assertNotIn("<script>", page.split("</head>")[1].replace("<script type", ""))

    def test_registration_off(self):
        self.company.customer_registration = False
        answer = self._sign_in(company=str(self.company.id))
        self.assertEqual(self._status(answer), "unknown")

    # ------------------------------------------------------------
    # THE DECISION
    # ------------------------------------------------------------

    def test_waits(self):
        self._register()
        self._other_browser()
        answer = self._sign_in()
        self.assertEqual(self._status(answer), "waiting")
        self.assertFalse(self._session().uid)

    def test_approval_lets_the_same_button_sign_in(self):
        self._register()
        self._approve()
        partner = self._identity().partner_id
        self.assertEqual(partner.email_normalized, NEW)
        [mail] = [mail for mail in self._mails if NEW in str(mail["email_to"])]
        self.assertIn(f"/customer/provider/{self.provider.id}?company=", str(mail["body"]))
        self.assertIn("Continue with Kontoen", str(mail["body"]))
        self.assertNotIn("/customer/link/", str(mail["body"]))
        self.assertEqual(partner.customer_access_ids.state, "invited")
        self._other_browser()
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")
        self.assertEqual(self._session().uid, partner.user_ids.id)
        kinds = self.env["customer.access.event"].search([("partner_id", "=", partner.id)])
        self.assertIn("identity_linked", kinds.mapped("kind"))

    def test_role_with_code_asks_for_it(self):
        self._register()
        self._approve(self.applicant)
        self._other_browser()
        answer = self._sign_in()
        self.assertIn("/customer/verify", answer.headers["Location"])
        self.assertFalse(self._session().uid)

    def test_provider_that_is_off_by_then_gets_a_link(self):
        self._register()
        self.provider.enabled = False
        with self.mock_mail_gateway():
            self._open().with_user(self.paul).approve(self.contact_person.id)
            self.env["mail.mail"].sudo().search([("customer_access_id", "!=", False)]).send()
        [mail] = [mail for mail in self._mails if NEW in str(mail["email_to"])]
        self.assertIn("/customer/link/", str(mail["body"]))

    def test_rejection_forgets_the_account(self):
        self._register()
        with self.mock_mail_gateway():
            self._open().with_user(self.paul).reject("We know nobody there")
        self.assertFalse(self._identity())

    def test_disabled_by_policy(self):
        self._register()
        self._approve()
        partner = self._identity().partner_id
        partner.with_user(self.paul).set_customer_portal_policy("disabled", overwrite=True)
        self.env.flush_all()
        self._other_browser()
        self.assertEqual(self._status(self._sign_in()), "closed")
        self.assertFalse(self._session().uid)

    def test_default_that_lets_in(self):
        """The registered contact comes in by the company's default, too."""
        self._register()
        self._approve()
        partner = self._identity().partner_id
        partner.customer_access_ids.unlink()
        self.company.write(
            {
                "customer_portal_default": "enabled",
                "customer_default_role_id": self.contact_person.id,
            }
        )
        partner.with_user(self.paul).set_customer_portal_policy("default", overwrite=True)
        self.env.flush_all()
        self._other_browser()
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")

    def test_registration_by_mail_takes_no_account(self):
        """Who confirmed by mail is not the one who came with the account."""
        registration = self._registered()
        self._other_browser()
        self._register()
        self.assertFalse(self._identity())
        with self.mock_mail_gateway():
            registration.with_user(self.paul).approve(self.contact_person.id)
        self.assertFalse(self._identity())

    def test_known_contact_is_not_linked(self):
        self.openid.claims["email"] = self.anna.email
        self._create_access(self.anna, self.contact_person)
        self._register()
        self.assertFalse(self._identity())

    def test_account_of_a_contact_stays_the_contacts(self):
        """Two forms of one account: the first was approved meanwhile."""
        identity = self._create_identity(self.bo)
        registration = self._take()
        proof = {
            "provider": "Kontoen",
            "provider_id": self.provider.id,
            "issuer": identity.issuer,
            "subject": identity.subject,
        }
        self.env["customer.identity"]._await(registration, proof)
        registration._approved_identity()
        self.assertEqual(identity.partner_id, self.bo)

    def test_account_of_a_deleted_registration_registers_again(self):
        self._register()
        self._open().unlink()
        self.assertTrue(self._identity())
        self._other_browser()
        self._register()
        self.assertEqual(self._identity().registration_id, self._open())
        self._open().unlink()
        self._identity()._gc_identities()
        self.assertFalse(self._identity())
