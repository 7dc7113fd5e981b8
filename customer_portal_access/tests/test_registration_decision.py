from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .registration_common import NEW, RegistrationCase


class TestRegistrationDecision(RegistrationCase):
    """Staff decide: one outcome, one contact, one mail."""

    def setUp(self):
        super().setUp()
        self.company.customer_require_sms_code = False
        self.registration = self._take()
        self.by_paul = self.registration.with_user(self.paul)

    def _approve(self, role=None, **values):
        with self.mock_mail_gateway():
            answer = self.by_paul.approve((role or self.contact_person).id, **values)
            self.env["mail.mail"].sudo().search([("customer_access_id", "!=", False)]).send()
        self.env.invalidate_all()
        return answer

    def _reject(self, reason="We know nobody there", **values):
        with self.mock_mail_gateway():
            return self.by_paul.reject(reason, **values)

    def _access(self):
        return self.registration.partner_id.customer_access_ids

    # -- approval --

    def test_approval_makes_access_and_mails_the_way_in(self):
        self.assertIs(self._approve(), True)
        self.assertRecordValues(
            self.registration,
            [
                {
                    "state": "approved",
                    "decided_by_id": self.paul.id,
                    "role_id": self.contact_person.id,
                }
            ],
        )
        self.assertTrue(self.registration.decided_at)
        access = self._access()
        self.assertEqual(access.partner_id.customer_portal_policy, "enabled")
        self.assertEqual(access.partner_id.customer_portal_role_id, self.contact_person)
        self.assertEqual(access.customer_id, self.registration.customer_id)
        self.assertEqual(access.role_id, self.contact_person)
        self.assertEqual(access.state, "invited")
        [mail] = self._mails_to(NEW)
        self.assertIn("is approved", str(mail["body"]))
        self.assertIn("/customer/link/", str(mail["body"]))
        self.assertFalse(self.registration.activity_ids)
        kinds = self.env["customer.access.event"].search(
            [("partner_id", "=", access.partner_id.id)]
        )
        self.assertIn("registration_approved", kinds.mapped("kind"))

    def test_role_with_code_gets_a_link_with_code(self):
        self._approve(self.applicant)
        self.assertTrue(self._access().link_ids.requires_code)

    def test_role_with_code_and_no_number_is_said_and_nothing_is_done(self):
        self.registration.partner_id.phone = False
        with self.assertRaisesRegex(UserError, "cannot be let in"), self.env.cr.savepoint():
            self._approve(self.applicant)
        self.env.invalidate_all()
        self.assertEqual(self.registration.state, "pending")
        self.assertFalse(self._access())

    def test_twice_is_once(self):
        self._approve()
        with self.assertRaisesRegex(UserError, "has decided on this already"):
            self._approve()
        with self.assertRaisesRegex(UserError, "has decided on this already"):
            self._reject()
        self.assertEqual(len(self._access()), 1)

    def test_unconfirmed_is_not_approved(self):
        self._submit_form(email="late@holm.example")
        late = self._open("late@holm.example").with_user(self.paul)
        with self.assertRaisesRegex(UserError, "has not confirmed"):
            late.approve(self.contact_person.id)
        with self.assertRaisesRegex(UserError, "has not confirmed"):
            late.reject("no")

    def test_role_that_lets_nobody_in(self):
        with self.assertRaisesRegex(UserError, "Nobody is let in"):
            self._approve(self.observer)

    def test_role_of_another_company(self):
        role = self.contact_person.copy({"code": "other", "company_id": self.other_company.id})
        with self.assertRaisesRegex(UserError, "Choose a role"):
            self._approve(role)
        with self.assertRaisesRegex(UserError, "Choose a role"):
            self.by_paul.approve(0)

    def test_another_customer_is_chosen(self):
        made = self.registration.customer_id
        self._approve(customer_id=self.customer.id)
        self.assertEqual(self.registration.partner_id.parent_id, self.customer)
        self.assertEqual(self.registration.customer_id, self.customer)
        self.assertEqual(self._access().customer_id, self.customer)
        self.assertFalse(made.active)

    def test_customer_by_one_of_its_contacts(self):
        self._approve(customer_id=self.anna.id)
        self.assertEqual(self.registration.customer_id, self.customer)

    def test_customer_that_does_not_exist(self):
        with self.assertRaisesRegex(UserError, "does not exist"):
            self._approve(customer_id=99_999_999)

    def test_likely_customer_that_nobody_picks_is_made(self):
        registration = self._take(vat="", company_name="Berg AS", email="nina@gmail.com")
        self.assertFalse(registration.customer_id)
        with self.mock_mail_gateway():
            registration.with_user(self.paul).approve(self.contact_person.id)
        self.assertEqual(registration.customer_id.name, "Berg AS")
        self.assertNotEqual(registration.customer_id, self.customer)
        self.assertEqual(registration.partner_id.parent_id, registration.customer_id)

    def test_private_person(self):
        registration = self._take(vat="", company_name="", email="nina@gmail.com")
        with self.mock_mail_gateway():
            registration.with_user(self.paul).approve(self.contact_person.id)
        access = registration.partner_id.customer_access_ids
        self.assertEqual(access.customer_id, registration.partner_id)
        self.assertEqual(access.state, "invited")

    def test_known_contact_stays_where_it_is(self):
        registration = self._take(email=self.bo.email)
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        contact_of = self.assertRaisesRegex(UserError, "is a contact of Berg AS")
        with contact_of, self.env.cr.savepoint():
            registration.with_user(self.paul).approve(self.contact_person.id, other.id)
        with self.mock_mail_gateway():
            registration.with_user(self.paul).approve(self.contact_person.id)
        self.assertEqual(self.bo.parent_id, self.customer)
        self.assertEqual(self.bo.customer_access_ids.customer_id, self.customer)

    def test_archived_contact_comes_back(self):
        self.bo.action_archive()
        registration = self._take(email=self.bo.email)
        with self.mock_mail_gateway():
            registration.with_user(self.paul).approve(self.contact_person.id)
        self.assertTrue(self.bo.active)

    def test_several_contacts_with_the_address(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self.anna.copy({"name": "Anna Twin", "parent_id": other.id})
        registration = self._take(email=self.anna.email, vat="").with_user(self.paul)
        with self.assertRaisesRegex(UserError, "choose the contact"):
            registration.approve(self.contact_person.id)
        with self.mock_mail_gateway():
            registration.approve(self.contact_person.id, self.customer.id)
        self.assertEqual(registration.partner_id, self.anna)

    def test_workspaces_to_open(self):
        self.registration.write(
            {"open_lead_ids": self.lead.ids, "open_project_ids": self.project.ids}
        )
        self._approve()
        self.assertEqual(self._access().lead_id, self.lead)
        self.assertEqual(self._access().project_id, self.project)
        self.assertFalse(self._access().customer_id)
        self.assertEqual(len(self._mails_to(NEW)), 1)

    def test_nobody_opens_what_is_not_theirs(self):
        self.registration.write({"open_project_ids": self.project.ids, "user_id": self.sara.id})
        with self.assertRaises(AccessError):
            self.registration.with_user(self.sara).approve(self.contact_person.id)

    def test_the_company_has_a_mail_of_its_own(self):
        template = self.env.ref("customer_portal_access.mail_template_registration_approved").copy(
            {"subject": "Hooray, [name]"}
        )
        self.company.customer_registration_approval_template_id = template
        self._approve()
        self.assertEqual(self._mails_to(NEW)[0]["subject"], "Hooray, Nina Holm")

    def test_button_asks_for_the_role(self):
        self.registration.role_id = False
        with self.assertRaisesRegex(UserError, "Choose a role"):
            self.by_paul.action_approve()
        with Form(self.by_paul) as form:
            form.role_id = self.contact_person
            self.assertIn("Offers", form.role_permissions.title())
        with self.mock_mail_gateway():
            self.by_paul.action_approve()
        self.assertEqual(self.registration.state, "approved")

    # -- rejection --

    def test_rejection_with_a_polite_mail(self):
        self.assertIs(self._reject(), True)
        self.assertRecordValues(
            self.registration,
            [
                {
                    "state": "rejected",
                    "reason": "We know nobody there",
                    "decided_by_id": self.paul.id,
                }
            ],
        )
        [mail] = self._mails_to(NEW)
        self.assertIn("We know nobody there", str(mail["body"]))
        self.assertEqual(self.registration.partner_id.customer_portal_policy, "disabled")
        self.assertFalse(self._access())
        self.assertFalse(self.registration.partner_id.user_ids)

    def test_rejection_without_a_mail(self):
        self._reject(send_mail=False)
        self.assertFalse(self._mails)
        other = self._take(email="nora@holm.example", vat="")
        self.company.customer_registration_rejection_mail = False
        with self.mock_mail_gateway():
            other.with_user(self.paul).reject("no")
        self.assertFalse(self._mails)

    def test_reason_is_text(self):
        self._reject("<b>no</b>\nsecond line {{ object.email }}")
        [mail] = self._mails_to(NEW)
        self.assertIn("&lt;b&gt;no&lt;/b&gt;<br/>second line {{ object.email }}", str(mail["body"]))

    def test_registering_again_after_a_rejection(self):
        self._reject(send_mail=False)
        for reapply, days_ago, taken in (
            ("never", 300, False),
            ("later", 29, False),
            ("later", 31, True),
            ("always", 0, True),
        ):
            with self.subTest(f"{reapply} after {days_ago} days"):
                self.env["customer.quota"].search([]).unlink()
                self.company.customer_registration_reapply = reapply
                self.registration.decided_at = fields.Datetime.now() - timedelta(days=days_ago)
                self._submit_form()
                self._run_registration_cron()
                self.assertEqual("register/confirm" in str(self._mails_to(NEW)), taken)
                self.assertEqual(bool(self._open()), taken)
                self._open().unlink()

    def test_reopened(self):
        self._reject(send_mail=False)
        self.by_paul.action_reopen()
        self.assertEqual(self.registration.state, "pending")
        with self.assertRaises(UserError):
            self.by_paul.action_reopen()
        self._approve()
        self.assertEqual(self.registration.state, "approved")

    def test_reopened_beside_another_one(self):
        self._reject(send_mail=False)
        self.company.customer_registration_reapply = "always"
        self._take()
        with self.assertRaises(UserError):
            self.by_paul.action_reopen()

    # -- what a known contact gets back --

    def _reject_bo(self, meanwhile=None):
        """Register as Bo, whom we know, and be rejected; return what is set then."""
        registration = self._take(email=self.bo.email)
        self.assertEqual(registration.partner_id, self.bo)
        self.assertEqual(self._policy(), ("disabled", self.before[1]))
        if meanwhile:
            meanwhile(registration)
        registration.with_user(self.paul).reject("no", send_mail=False)
        return self._policy()

    def _policy(self):
        self.env.invalidate_all()
        self.env.cr.execute(
            "SELECT policy, role_id FROM customer_portal_policy "
            "WHERE partner_id = %s AND company_id = %s",
            [self.bo.id, self.company.id],
        )
        return self.env.cr.fetchone() or (None, None)

    def test_rejected_contact_without_a_row_has_none_again(self):
        self.before = (None, None)
        self.assertEqual(self._reject_bo(), (None, None))
        self.company.customer_portal_default = "enabled"
        self.assertTrue(self.bo._customer_may_come_in(self.company))

    def test_rejected_contact_keeps_its_role(self):
        self.bo.set_customer_portal_policy(False, self.contact_person.id)
        self.before = (None, self.contact_person.id)
        self.assertEqual(self._reject_bo(), self.before)

    def test_rejected_contact_who_was_enabled_and_archived(self):
        self.bo.customer_portal_policy = "enabled"
        self.bo.action_archive()
        self.before = ("enabled", None)
        self.assertEqual(self._reject_bo(), self.before)

    def test_rejected_contact_who_was_disabled_stays_it(self):
        self.bo.customer_portal_policy = "disabled"
        self.before = ("disabled", None)
        self.assertEqual(self._reject_bo(), self.before)

    def test_rejected_contact_whom_staff_have_enabled_meanwhile(self):
        self.before = (None, None)

        def enable(_registration):
            self.bo.with_user(self.paul).set_customer_portal_policy("enabled", overwrite=True)

        self.assertEqual(self._reject_bo(enable), ("enabled", None))

    def test_rejected_contact_that_was_made_stays_disabled(self):
        self._reject(send_mail=False)
        self.company.customer_portal_default = "enabled"
        self.assertEqual(self.registration.partner_id.customer_portal_policy, "disabled")
        self.assertFalse(self.registration.partner_id._customer_may_come_in(self.company))

    def test_rejected_reopened_and_approved(self):
        self.before = (None, None)
        self._reject_bo()
        registration = self.registrations.search([("partner_id", "=", self.bo.id)])
        registration.with_user(self.paul).action_reopen()
        self.assertEqual(self._policy(), ("disabled", None))
        with self.mock_mail_gateway():
            registration.with_user(self.paul).approve(self.contact_person.id)
        self.assertEqual(self._policy(), ("enabled", self.contact_person.id))
        registration.unlink()
        self.assertEqual(self._policy(), ("enabled", self.contact_person.id))

    def test_reopening_shuts_nobody_out_who_comes_in_by_now(self):
        self.before = (None, None)
        self._reject_bo()
        access = self._create_access(self.bo, self.contact_person)
        registration = self.registrations.search([("partner_id", "=", self.bo.id)])
        registration.with_user(self.paul).action_reopen()
        self.assertEqual(self._policy(), (None, None))
        self.assertFalse(access._closed())

    def test_contact_that_is_not_meant_gets_back_what_was_set(self):
        self.before = (None, None)
        twin = []

        def choose(registration):
            twin.append(self.bo.copy({"name": "Bo Twin", "parent_id": False}))
            registration.with_user(self.paul).partner_id = twin[0]
            self.assertEqual(self._policy(), (None, None))
            self.assertEqual(twin[0].customer_portal_policy, "disabled")

        self.assertEqual(self._reject_bo(choose), (None, None))
        self.assertEqual(twin[0].customer_portal_policy, "default")

    def test_deleted_registration_lets_go(self):
        registration = self._take(email=self.bo.email)
        self.assertEqual(self._policy(), ("disabled", None))
        registration.with_user(self.paul).unlink()
        self.assertEqual(self._policy(), (None, None))

    def test_nobody_reads_or_writes_what_was_set_before(self):
        with self.assertRaises(AccessError):
            self.by_paul.read(["policy_before"])
        with self.assertRaises(AccessError):
            self.by_paul.write({"policy_before": "enabled"})

    # -- many at once --

    def test_many_at_once_one_result_each(self):
        self._submit_form(email="late@holm.example")
        late = self._open("late@holm.example")
        other = self._take(email="nora@holm.example", vat="")
        registrations = self.registration | late | other
        wizard = (
            self.env["customer.registration.approval"]
            .with_user(self.paul)
            .with_context(active_ids=registrations.ids)
            .create({})
        )
        self.assertEqual(wizard.line_ids.registration_id, registrations)
        wizard.line_ids.role_id = self.contact_person
        with self.mock_mail_gateway():
            wizard.action_approve()
        results = {line.registration_id: line.status for line in wizard.line_ids}
        self.assertEqual(
            results, {self.registration: "approved", late: "failed", other: "approved"}
        )
        self.assertIn(
            "has not confirmed",
            wizard.line_ids.filtered(lambda line: line.status == "failed").result,
        )
        self.assertEqual(other.state, "approved")

    def test_reject_dialog(self):
        wizards = self.env["customer.registration.rejection"].with_user(self.paul)
        form = Form(wizards.with_context(active_ids=self.registration.ids))
        self.assertEqual(form.registration_ids[:], self.registration)
        form.reason = "Nobody"
        wizard = form.save()
        self.assertTrue(wizard.send_mail)
        with self.mock_mail_gateway():
            wizard.action_reject()
        self.assertEqual(self.registration.state, "rejected")
        self.assertEqual(len(self._mails_to(NEW)), 1)
