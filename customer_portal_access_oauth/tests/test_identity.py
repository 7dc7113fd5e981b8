from odoo.exceptions import AccessDenied, AccessError
from odoo.http import root
from odoo.tests import mute_logger, new_test_user

from ..models.customer_identity_sign_in import VerifiedIdentity
from .common import ProviderCase


class TestIdentity(ProviderCase):
    """Issuer and subject sign in one contact, through the same gate as a password."""

    def setUp(self):
        super().setUp()
        self.access = self._create_access(self.anna, self.contact_person)
        self.identity = self._create_identity(self.anna)

    def _events(self, kind):
        return self.env["customer.access.event"].search([("kind", "=", kind)])

    # ------------------------------------------------------------
    # WHO COMES IN
    # ------------------------------------------------------------

    def test_first_entry_makes_the_user(self):
        self.assertFalse(self.anna.user_ids)
        answer = self._sign_in()
        self.assertEqual(answer.headers["Location"], "/my/customer")
        user = self.anna.user_ids
        self.assertTrue(user._is_portal())
        self.assertTrue(user.has_group("customer_portal_access.group_customer_contact"))
        self.assertEqual(self._session().uid, user.id)
        self.assertTrue(self.identity.last_used_at)
        self.assertEqual(self._get(f"/my/customer/{self.access.id}").status_code, 200)

    def test_second_entry_takes_the_same_user(self):
        self._sign_in()
        user = self.anna.user_ids
        self._other_browser()
        self._sign_in()
        self.assertEqual(self.anna.user_ids, user)
        self.assertEqual(self._session().uid, user.id)

    def test_session_id_rotates(self):
        self._begin()
        before = self.opener.cookies["session_id"]
        self._sign_in()
        self.assertNotEqual(self.opener.cookies["session_id"], before)

    def test_role_with_code_is_asked_for_it(self):
        self.access.role_id = self.applicant
        answer = self._sign_in()
        self.assertEqual(answer.headers["Location"], "/customer/verify?redirect=/my/customer")
        self.assertFalse(self._session().uid)
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
            code = self._sms[-1]["body"][:6]
        self._post("/customer/verify", code=code)
        self.assertEqual(self._session().uid, self.anna.user_ids.id)

    def test_other_subject(self):
        self.openid.claims = {"sub": "subject-2"}
        self.assertNotEqual(self._status(self._sign_in()), None)
        self.assertFalse(self._session().uid)

    def test_same_subject_of_another_issuer(self):
        self.identity.issuer = "https://accounts.example.com"
        self._sign_in()
        self.assertFalse(self._session().uid)

    def test_same_email_never_links(self):
        self.identity.unlink()
        user = self.anna._customer_user(self.company)
        self.openid.claims = {"email": self.anna.email, "email_verified": True}
        self._sign_in()
        self.assertFalse(self._session().uid)
        self.assertFalse(self.env["customer.identity"].search([("partner_id", "=", self.anna.id)]))
        self.assertFalse(user.oauth_uid)

    # ------------------------------------------------------------
    # WHO DOES NOT
    # ------------------------------------------------------------

    def _closed(self):
        self.env.flush_all()
        self.assertEqual(self._status(self._sign_in()), "closed")
        self.assertFalse(self._session().uid)
        self.assertTrue(self._events("identity_refused"))

    def test_revoked(self):
        self.access.revoke()
        self._closed()

    def test_no_access(self):
        self.access.unlink()
        self._closed()

    def test_archived_contact(self):
        self.anna.active = False
        self._closed()

    def test_archived_user(self):
        self.anna._customer_user(self.company).active = False
        self._closed()

    def test_promoted_to_internal(self):
        new_test_user(self.env, "anna", partner_id=self.anna.id, password="a-good-pass-phrase")
        self._closed()

    def test_role_may_not_be_invited(self):
        self.access.role_id = self.observer
        self._closed()

    def test_waits_for_approval(self):
        values = {"name": "Anna", "email": self.anna.email, "state": "pending"}
        registration = self.env["customer.registration"].create(values)
        self.identity.write({"partner_id": False, "registration_id": registration.id})
        answer = self._sign_in()
        self.assertEqual(self._status(answer), "waiting")
        self.assertIn(
            "Your registration is with us", self.url_open(answer.headers["Location"]).text
        )

    def test_user_of_another_contact(self):
        """The credential checks once more whom it is for."""
        other = self.bo._customer_user(self.company)
        credential = {
            "type": "customer_identity",
            "login": other.login,
            "customer_identity": VerifiedIdentity(self.identity.id),
        }
        with self.assertRaises(AccessDenied):
            other.with_user(other)._check_credentials(credential, {"interactive": True})

    def test_verified_identity_cannot_be_typed(self):
        user = self.anna._customer_user(self.company)
        for value in (None, "", str(self.identity.id), [self.identity.id], self.identity.id):
            credential = {
                "type": "customer_identity",
                "login": user.login,
                "customer_identity": value,
            }
            with self.assertRaises(AccessDenied):
                user.with_user(user)._check_credentials(credential, {"interactive": True})

    @mute_logger("odoo.addons.base.models.res_users")
    def test_sign_in_form_names_the_type(self):
        user = self.anna._customer_user(self.company)
        answer = self._post(
            "/web/login",
            login=user.login,
            type="customer_identity",
            customer_identity=str(self.identity.id),
            password="x",
        )
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._session().uid)

    # ------------------------------------------------------------
    # SOMEBODY ELSE IS HERE
    # ------------------------------------------------------------

    def _as_somebody_else(self, login):
        self.env.flush_all()
        self.authenticate(login, login)
        answer = self._sign_in()
        self.assertEqual(answer.headers["Location"], "/customer/provider/switch")
        return answer

    def test_asks_before_it_ends_a_log_in(self):
        bo = self.bo._customer_user(self.company)
        self._as_somebody_else(bo.login)
        self.assertEqual(self._session().uid, bo.id)
        page = self.url_open("/customer/provider/switch").text
        self.assertIn("You are signed in here as Bo Berg", page)
        answer = self._post("/customer/provider/switch")
        self.env.invalidate_all()
        self.assertEqual(answer.headers["Location"], "/my/customer")
        self.assertEqual(self._session().uid, self.anna.user_ids.id)

    def test_asks_before_it_ends_an_internal_log_in(self):
        self._as_somebody_else(self.sara.login)
        self.assertEqual(self._session().uid, self.sara.id)

    def test_nothing_to_switch_to(self):
        self.authenticate(self.sara.login, self.sara.login)
        answer = self._get("/customer/provider/switch")
        self.assertEqual(answer.headers["Location"], "/web/login")
        answer = self._post("/customer/provider/switch", form_path="/customer/recover")
        self.assertEqual(answer.headers["Location"], "/web/login")
        self.assertEqual(self._session().uid, self.sara.id)

    def test_answer_to_switch_has_an_end(self):
        bo = self.bo._customer_user(self.company)
        self._as_somebody_else(bo.login)
        session = self._session()
        session["customer_arrived"] = {**session["customer_arrived"], "at": 0}
        root.session_store.save(session)
        answer = self._post("/customer/provider/switch", form_path="/customer/recover")
        self.assertEqual(answer.headers["Location"], "/web/login")
        self.assertEqual(self._session().uid, bo.id)

    # ------------------------------------------------------------
    # TAKING IT AWAY
    # ------------------------------------------------------------

    def test_removing_ends_the_log_in(self):
        self._sign_in()
        self.identity.with_user(self.paul).action_remove()
        self.env.flush_all()

        self.assertIn("/web/login", self._get("/my").headers["Location"])
        self.assertTrue(self._events("identity_removed"))
        self._other_browser()
        self._sign_in()
        self.assertFalse(self._session().uid)

    def test_removing_leaves_log_ins_by_password(self):
        user = self.anna._customer_user(self.company)
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        self.identity._remove("staff")
        self.assertEqual(self._get("/my").status_code, 200)

    def test_only_administrators_see_and_remove(self):
        self._sign_in()
        for user in (self.sara, self.pia, self.anna.user_ids):
            with self.assertRaises(AccessError):
                self.identity.with_user(user).action_remove()
            with self.assertRaises(AccessError):
                self.identity.with_user(user).read(["provider_name"])
        self.assertEqual(self.identity.with_user(self.paul).provider_name, "Kontoen")
        with self.assertRaises(AccessError):
            self.identity.with_user(self.paul).read(["subject"])

    def test_nobody_writes_one(self):
        vals = {
            "provider_name": "x",
            "issuer": "x",
            "subject": "x",
            "partner_id": self.bo.id,
            "company_id": self.company.id,
        }
        for user in (self.paul, self.sara):
            with self.assertRaises(AccessError):
                self.env["customer.identity"].with_user(user).create(vals)
            with self.assertRaises(AccessError):
                self.identity.with_user(user).write({"partner_id": self.bo.id})

    def test_other_company_sees_none(self):
        self.paul.company_ids += self.other_company
        other = self._create_identity(
            self.bo, subject="subject-2", company_id=self.other_company.id
        )
        Identity = self.env["customer.identity"].with_user(self.paul)
        for company, found in ((self.company, self.identity), (self.other_company, other)):
            there = Identity.with_context(allowed_company_ids=company.ids)
            self.assertEqual(there.search([]), found)

    def test_merge_takes_those_of_the_contact_that_goes(self):
        self.env["base.partner.merge.automatic.wizard"]._merge([self.anna.id, self.bo.id], self.bo)
        self.assertFalse(self.identity.exists())

    def test_merge_leaves_those_of_the_contact_that_stays(self):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.anna.id, self.bo.id], self.anna
        )
        self.assertEqual(self.identity.partner_id, self.anna)

    def test_link_does_not_move_a_linked_one(self):
        self.identity._link(self.bo)
        self.assertEqual(self.identity.partner_id, self.anna)
