from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .bulk_common import BulkCase


class TestBulkPlan(BulkCase):
    """Before anything leaves: who gets what, who is skipped and why."""

    def test_links_go_to_those_whose_access_allows_one(self):
        contacts = self._contacts(2)
        job = self._job(contacts)
        job.action_plan()
        self.assertEqual(job.state, "planned")
        self.assertEqual(job.line_ids.mapped("way"), ["link", "link"])
        self.assertEqual(job.line_ids.access_id, contacts.customer_access_ids)
        self.assertEqual((job.link_count, job.waiting_count, job.skipped_count), (2, 2, 0))
        self.assertFalse(self.env["mail.mail"].search([("customer_job_line_id", "!=", False)]))

    def test_each_who_is_skipped_has_a_reason(self):
        archived, revoked, numberless, mailless, seen, stranger = (
            self._create_contact(f"C{number}", f"c{number}@bulk.example", f"+47 406 14 00{number}")
            for number in range(6)
        )
        for contact in (archived, revoked, numberless, mailless, seen):
            self._create_access(contact)
        archived.active = False
        revoked.customer_access_ids.revoke()
        numberless.phone = mailless.email = False
        seen.customer_access_ids.sudo()._seen()
        contacts = archived | revoked | numberless | mailless | seen | stranger
        job = self._job(contacts)
        job.action_plan()
        self.assertEqual(
            self._reasons(job),
            {
                archived: "archived",
                revoked: "revoked",
                numberless: "number",
                mailless: "email",
                seen: "seen",
                stranger: "policy",
            },
        )
        self.assertEqual(set(job.line_ids.mapped("state")), {"skipped"})
        self.assertIn("1: No mobile number", job.skipped_text)
        with self.assertRaisesRegex(UserError, "nobody"):
            job.action_start()

    def test_who_has_signed_in_is_written_to_when_asked_for(self):
        [contact] = self._contacts(1)
        contact.customer_access_ids.sudo()._seen()
        job = self._job(contact, include_seen=True)
        job.action_plan()
        self.assertEqual(self._states(job), {contact: "waiting"})

    def test_one_mail_a_contact_by_the_access_that_allows_it(self):
        [contact] = self._contacts(1)
        self._create_access(contact, self.observer, self.project)
        other = self._create_access(contact, self.contact_person, self.customer)
        job = self._job(contact)
        job.action_plan()
        self.assertEqual(job.line_ids.access_id, other)

    def test_filter_and_never_signed_in(self):
        contacts = self._contacts(3)
        contacts[0].customer_access_ids.sudo()._seen()
        job = self._job(
            contacts.browse(), whom="filter", domain="[('email', 'like', '@bulk.example')]"
        )
        job.action_plan()
        self.assertEqual(job.line_ids.partner_id, contacts)
        job.whom = "never"
        self.assertEqual((job.state, job.line_count), ("draft", 0), "Another plan.")
        job.action_plan()
        self.assertNotIn(contacts[0], job.line_ids.partner_id)
        self.assertLessEqual(contacts[1:], job.line_ids.partner_id)

    def test_duration_and_sms_beside_the_budget(self):
        self.company.customer_sms_hourly_limit = 1
        job = self._job(self._contacts(3), mails_per_hour=1)
        job.action_plan()
        self.assertEqual(job.duration_text, "3 hours")
        self.assertIn("Up to 3;", job.sms_text)
        self.assertFalse(job.sms_over_budget, "One an hour is what the budget allows.")
        job.mails_per_hour = 3
        self.assertTrue(job.sms_over_budget)
        self.assertEqual(job.state, "planned", "The pace is no other plan.")

    def test_preview_is_what_the_contact_gets(self):
        contacts = self._contacts(2)
        job = self._job(contacts)
        job.action_plan()
        job.preview_line_id = job.line_ids[1]
        self.assertEqual(job.preview_email_to, contacts[1].email)
        self.assertIn(contacts[1].name, job.preview_body)
        self.assertIn("/customer/link/…", job.preview_body)

    def test_contacts_list_begins_a_job(self):
        contacts = self._contacts(2)
        action = self.env["customer.invitation.job"].with_user(self.paul)
        action = action.action_for_contacts(contacts.ids)
        job = self.env["customer.invitation.job"].browse(action["res_id"])
        self.assertEqual((job.partner_ids, job.user_id), (contacts, self.paul))

    def test_another_companys_accesses_do_not_count(self):
        contact = self._create_contact("Elsewhere", "else@bulk.example", "+47 406 14 009")
        self.paul.company_ids = [Command.link(self.other_company.id)]
        lead = self.env["crm.lead"].create(
            {"name": "Theirs", "type": "opportunity", "company_id": self.other_company.id}
        )
        self._create_access(contact, target=lead)
        job = self._job(contact)
        job.action_plan()
        self.assertEqual(self._reasons(job), {contact: "policy"})

    def test_rights_are_the_administrators(self):
        Job = self.env["customer.invitation.job"]
        for user in (self.sara, self.pia):
            with self.assertRaises(AccessError):
                Job.with_user(user).create({})
            with self.assertRaises(AccessError):
                Job.with_user(user).search([])
        job = self._job(self._contacts(1))
        theirs = job.sudo().copy({"name": "Theirs"})
        theirs.company_id = self.other_company
        self.assertIn(job, Job.with_user(self.paul).search([]))
        self.assertNotIn(theirs, Job.with_user(self.paul).search([]))

    def test_nobody_forges_how_far_it_is(self):
        Job = self.env["customer.invitation.job"].with_user(self.paul)
        job = self._job(self._contacts(1))
        for vals in (
            {"state": "running"},
            {"user_id": self.sara.id},
            {"company_id": self.other_company.id},
            {"pilot_done": True},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                job.write(vals)
        forged = Job.with_context(default_user_id=self.sara.id, default_state="running").create({})
        self.assertEqual((forged.user_id, forged.state), (self.paul, "draft"))
        with self.assertRaises(AccessError):
            Job.create({"user_id": self.sara.id})
        job.action_plan()
        with self.assertRaises(AccessError):
            job.line_ids.write({"state": "sent"})

    def test_no_other_job_once_it_has_begun(self):
        job = self._started(self._contacts(1))
        with self.assertRaises(UserError):
            job.include_seen = True
        job.mails_per_hour = 5
        with self.assertRaises(UserError):
            job.unlink()

    def test_planned_rows_are_the_plans(self):
        contacts = self._contacts(2)
        job = self._job(contacts)
        job.action_plan()
        job.action_plan()
        self.assertEqual(job.line_count, 2)
        job.sudo().started_at = fields.Datetime.now() - timedelta(days=1)
        job.action_start()
        job.action_plan()
        self.assertEqual((job.state, job.line_count), ("running", 2))

    def test_invite_on_the_contact_form(self):
        [contact] = self._contacts(1)
        contact = contact.with_user(self.paul)
        self.assertEqual((contact.customer_invite_way, contact.customer_invite_note), ("link", ""))
        action = contact.action_customer_invite()
        self.assertEqual(action["context"]["default_access_ids"], contact.customer_access_ids.ids)
        contact.sudo().phone = False
        contact.invalidate_recordset()
        self.assertFalse(contact.customer_invite_way)
        self.assertIn("mobile", contact.customer_invite_note)
        with self.assertRaisesRegex(UserError, "mobile"):
            contact.action_customer_invite()

    def test_invite_says_that_an_access_is_somebody_elses(self):
        [contact] = self._contacts(1)
        contact.customer_access_ids.lead_id.user_id = self.paul
        self.assertFalse(
            self.env["customer.access"]
            .with_user(self.sara)
            .search([("partner_id", "=", contact.id)])
        )
        contact = contact.with_user(self.sara)
        self.assertFalse(contact.customer_invite_way)
        self.assertIn("Only whoever works", contact.customer_invite_note)

    def test_invite_to_sign_in_on_the_contact_form(self):
        stranger = self._create_contact("Dan", "dan@bulk.example").with_user(self.paul)
        self.assertIn("not open", stranger.customer_invite_note)
        self.company.customer_portal_default = "enabled"
        stranger.invalidate_recordset()
        self.assertEqual(stranger.customer_invite_way, "sign_in")
        self.assertIn("administrator", stranger.with_user(self.sara).customer_invite_note)
        stranger.action_customer_invite()
        job = self.env["customer.invitation.job"].search([], limit=1)
        self.assertEqual((job.line_ids.partner_id, job.state), (stranger.sudo(False), "running"))
