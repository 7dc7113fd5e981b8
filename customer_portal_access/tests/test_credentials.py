from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .bulk_common import BulkCase

PASSWORD = "a-good-pass-phrase"


class TestCredentials(BulkCase):
    """In one go: another password, sessions ended, links revoked; each by its own tick."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.company.customer_require_sms_code = False
        cls.hash = cls.env["res.users"]._crypt_context().hash(PASSWORD)

    def _people(self, count=1, role=None, password=True, target=None):
        """Return contacts with a link each, a user with a password and an open session."""
        contacts = self._contacts(count, role or self.contact_person)
        for contact in contacts:
            access = contact.customer_access_ids
            self._token(access)
            self.env["customer.access.session"].create(
                {"access_id": access.id, "link_id": access.link_ids.id, "level": "link"}
            )
            if password:
                self._give_password(contact)
        self.env.flush_all()
        return contacts

    def _give_password(self, contact):
        user = contact._customer_user(self.company)
        user._set_encrypted_password(user.id, self.hash)

    def _lose_email(self, contact):
        """Leave a contact without an address, as an import may."""
        self._put(contact, "email = NULL, email_normalized = NULL")

    def _move(self, contact):
        """Give a contact to the other company, as an import may."""
        self._put(contact, f"company_id = {self.other_company.id}")

    def _put(self, contact, values):
        self.env.flush_all()
        self.env.cr.execute(f"UPDATE res_partner SET {values} WHERE id = {contact.id}")
        self.env.invalidate_all()

    def _job(self, contacts, **values):
        return super()._job(contacts, kind="credentials", **values)

    def _user(self, contact):
        return contact.user_ids.sudo()

    def _open_sessions(self, contacts):
        return contacts.customer_access_ids.sudo().session_ids._alive()

    def _live_links(self, contacts):
        return contacts.customer_access_ids.sudo().link_ids._alive()

    def _device(self, contact):
        return self.env["res.device.log"].create(
            {"session_identifier": f"device{contact.id}", "user_id": self._user(contact).id}
        )

    def _is_untouched(self, contact, epoch=0):
        user = self._user(contact)
        return (
            not user.customer_renew_password
            and user.customer_session_epoch == epoch
            and self._open_sessions(contact)
            and self._live_links(contact)
        )

    # -- plan --

    def test_plan_counts_and_changes_nothing(self):
        contacts = self._people(2)
        bare = self._create_contact("Bare", "bare@bulk.example")
        self._device(contacts[0])
        job = self._job(contacts | bare, new_password=True, end_sessions=True, revoke_links=True)
        job.action_plan()
        self.assertRecordValues(
            job,
            [
                {
                    "planned_count": 2,
                    "password_count": 2,
                    "session_count": 3,
                    "live_link_count": 2,
                    "skipped_count": 1,
                }
            ],
        )
        self.assertEqual(self._reasons(job), {bare: "nothing"})
        self.assertIn("Has nothing of what is ticked", job.skipped_text)
        self.assertEqual(job.duration_text, "A moment")
        self.assertTrue(self._is_untouched(contacts[0]) and self._is_untouched(contacts[1]))

    def test_nothing_without_a_tick(self):
        job = self._job(self._people())
        for click in (job.action_plan, job.action_start):
            with self.subTest(click.__name__), self.assertRaisesRegex(UserError, "ticked"):
                click()
        self.assertFalse(job.line_ids)

    def test_each_who_is_skipped_has_a_reason(self):
        mailless, numberless, disabled, worker, elsewhere, passwordless = contacts = self._people(6)
        numberless.customer_access_ids.role_id = self.applicant
        self._lose_email(mailless)
        numberless.phone = False
        disabled.with_user(self.paul).set_customer_portal_policy("disabled")
        worker.user_ids.sudo().group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.paul.company_ids = [Command.link(self.other_company.id)]
        self._move(elsewhere)
        self.env.cr.execute(
            "UPDATE res_users SET password = NULL WHERE id = %s", [passwordless.user_ids.id]
        )
        job = self._job(contacts, new_password=True, tell=True)
        job = job.with_context(allowed_company_ids=(self.company | self.other_company).ids)
        job.action_plan()
        self.assertEqual(
            self._reasons(job),
            {
                mailless: "email",
                numberless: "number",
                disabled: "disabled",
                worker: "internal",
                elsewhere: "elsewhere",
                passwordless: "nothing",
            },
        )
        self.assertIn("1: No valid e-mail address", job.skipped_text)
        with self.assertRaisesRegex(UserError, "nobody"):
            job.action_start()

    def test_everybody_who_may_come_in(self):
        person, other = self._people(2)
        other.customer_access_ids.unlink()
        stranger = self._create_contact("Stranger", "stranger@bulk.example")
        job = self._job(stranger.browse(), whom="all", end_sessions=True)
        job.action_plan()
        planned = job.line_ids.partner_id
        self.assertLessEqual(person | other, planned)
        self.assertFalse(planned & (stranger | self.paul.partner_id | self.sara.partner_id))

    # -- each tick alone, and together --

    def _ran(self, contacts, **values):
        job = self._started(contacts, **values)
        mails = self._run_batches()
        self.env.invalidate_all()
        return job, mails

    def test_new_password_alone(self):
        [contact] = self._people()
        device = self._device(contact)
        job, mails = self._ran(contact, new_password=True)
        user = self._user(contact)
        self.assertTrue(user.customer_renew_password)
        self.assertEqual((user.customer_session_epoch, device.revoked), (0, False))
        self.assertTrue(self._open_sessions(contact) and self._live_links(contact))
        self.assertEqual((job.state, job.line_ids.state, mails), ("done", "done", []))
        user.password = "another good phrase"
        self.assertFalse(user.customer_renew_password)

    def test_end_sessions_alone(self):
        [contact] = self._people()
        device = self._device(contact)
        user = self._user(contact)
        sid = "a" * 84
        before = user._compute_session_token(sid)
        job, mails = self._ran(contact, end_sessions=True)
        self.assertNotEqual(user._compute_session_token(sid), before)
        self.assertTrue(user._compute_session_token(sid))
        self.assertTrue(device.revoked)
        self.assertFalse(self._open_sessions(contact))
        self.assertTrue(self._live_links(contact))
        self.assertFalse(user.customer_renew_password)
        self.assertEqual((job.line_ids.session_count, mails), (2, []))

    def test_revoke_links_alone(self):
        [contact] = self._people()
        user = self._user(contact)
        way = self.env["customer.password.link"].create(
            {"partner_id": contact.id, "company_id": self.company.id, "email": contact.email}
        )
        job, _mails = self._ran(contact, revoke_links=True)
        self.assertFalse(self._live_links(contact))
        self.assertFalse(self._open_sessions(contact), "They came in by these links.")
        self.assertTrue(way.used_at)
        self.assertEqual((user.customer_renew_password, user.customer_session_epoch), (False, 0))
        self.assertEqual((job.line_ids.link_count, job.line_ids.session_count), (1, 1))

    def test_all_together_and_told(self):
        contacts = self._people(2)
        job, mails = self._ran(
            contacts, new_password=True, end_sessions=True, revoke_links=True, tell=True
        )
        self.assertEqual(len(mails), 2)
        self.assertFalse(self._open_sessions(contacts))
        self.assertFalse(self._live_links(contacts))
        for mail, contact in zip(mails, contacts, strict=True):
            self.assertIn(contact.email, mail["email_to"][0])
            self.assertIn("/customer/reset/", mail["body"])
            self.assertIn("you choose a new password", mail["body"])
            self.assertIn("signed out everywhere", mail["body"])
            self.assertIn("work no more", mail["body"])
            self.assertNotIn("customer-link.invalid", mail["body"])
            for mark in ("[name]", "[done]", "[link]", "[company]", "[sender]"):
                self.assertNotIn(mark, mail["subject"] + mail["body"])
        self.assertEqual(set(job.line_ids.mapped("state")), {"sent"})
        self.assertEqual((job.state, job.sent_count, job.progress), ("done", 2, 100))
        kinds = self.env["customer.access.event"].search(
            [("partner_id", "in", contacts.ids), ("kind", "=", "renewed")]
        )
        self.assertEqual(set(kinds.mapped("reason")), {"new_password, end_sessions, revoke_links"})
        self.assertEqual((kinds.user_id, kinds.company_id), (self.paul, self.company))
        self.assertFalse(self._run_batches(), "Twice does no more than once.")

    def test_mail_says_only_what_was_done(self):
        [contact] = self._people()
        _job, [mail] = self._ran(contact, end_sessions=True, tell=True)
        self.assertIn("signed out everywhere", mail["body"])
        self.assertNotIn("work no more", mail["body"])
        self.assertNotIn("At your next sign-in", mail["body"])

    # -- what the mail leads to --

    def test_role_with_code_gets_the_invitation_with_code(self):
        [contact] = self._people(role=self.applicant)
        job, [mail] = self._ran(contact, new_password=True, revoke_links=True, tell=True)
        self.assertEqual(job.line_ids.way, "link")
        self.assertIn("/customer/link/", mail["body"])
        link = self._live_links(contact)
        self.assertEqual((link.kind, link.requires_code, len(link)), ("invitation", True, 1))
        self.assertTrue(self._user(contact).customer_renew_password)

    def test_who_has_no_password_gets_a_new_link(self):
        [contact] = self._people(password=False)
        _job, [mail] = self._ran(contact, revoke_links=True, tell=True)
        self.assertIn("/customer/link/", mail["body"])
        self.assertEqual(self._live_links(contact).kind, "login_free")
        self.assertFalse(contact.user_ids, "No user is made for it.")

    def test_mail_is_in_the_contacts_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        [contact] = self._people()
        contact.lang = "de_DE"
        _job, [mail] = self._ran(contact, end_sessions=True, tell=True)
        self.assertIn("Neues Passwort wählen", mail["body"])
        self.assertIn("überall abgemeldet", mail["body"])

    def test_preview_is_what_the_contact_gets(self):
        contacts = self._people(2)
        job = self._job(contacts, end_sessions=True, tell=True)
        job.action_plan()
        self.assertEqual(job.preview_email_to, contacts[0].email)
        self.assertIn(contacts[0].name, job.preview_body)
        self.assertIn("signed out everywhere", job.preview_body)
        self.assertIn("/customer/…", job.preview_body)
        self.assertNotIn("customer-link.invalid", job.preview_body)

    def test_also_who_cannot_be_told(self):
        told, mailless = self._people(2)
        self._lose_email(mailless)
        job, mails = self._ran(told | mailless, end_sessions=True, tell=True, include_untold=True)
        self.assertEqual(len(mails), 1)
        self.assertFalse(self._open_sessions(told | mailless))
        self.assertEqual(self._states(job), {told: "sent", mailless: "done"})
        self.assertEqual(self._reasons(job), {mailless: "email"})

    def test_who_is_skipped_keeps_all(self):
        told, mailless = self._people(2)
        self._lose_email(mailless)
        job, _mails = self._ran(
            told | mailless, new_password=True, end_sessions=True, revoke_links=True, tell=True
        )
        self.assertEqual(self._states(job), {told: "sent", mailless: "skipped"})
        self.assertTrue(self._is_untouched(mailless))

    # -- faults --

    def test_retry_of_a_mail_does_it_no_second_time(self):
        [contact] = self._people()
        job = self._started(contact, revoke_links=True, end_sessions=True, tell=True)
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        job.line_ids._mark("failed", ("queued",), "mail", "550")
        self.env["mail.mail"].search([("customer_job_line_id", "in", job.line_ids.ids)]).unlink()
        self._token(contact.customer_access_ids)
        job.action_retry_failed()
        self.assertEqual(len(self._run_batches()), 1)
        self.assertEqual(self._user(contact).customer_session_epoch, 1)
        self.assertTrue(self._live_links(contact), "The link of today stays.")

    def test_cancelled_before_it_runs(self):
        [contact] = self._people()
        job = self._started(contact, new_password=True, end_sessions=True, revoke_links=True)
        job.action_cancel()
        self.assertFalse(self._run_batches())
        self.assertTrue(self._is_untouched(contact))
        self.assertEqual(set(job.line_ids.mapped("state")), {"cancelled"})

    def test_became_internal_or_anothers_since_the_plan(self):
        worker, moved, contact = contacts = self._people(3)
        job = self._started(contacts, new_password=True, end_sessions=True)
        worker.user_ids.sudo().group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self._move(moved)
        self._run_batches()
        self.env.invalidate_all()
        self.assertEqual(self._states(job), {worker: "skipped", moved: "skipped", contact: "done"})
        for contact in (worker, moved):
            user = self._user(contact)
            self.assertFalse(user.customer_renew_password or user.customer_session_epoch)
            self.assertTrue(self._live_links(contact))

    def test_pilot_renews_ten_and_waits(self):
        contacts = self._people(12)
        job = self._started(contacts, end_sessions=True, pilot=True)
        self._run_batches()
        self.assertEqual((job.state, job.sent_count), ("waiting", 10))
        job.action_resume()
        self._run_batches()
        self.assertEqual((job.state, job.sent_count), ("done", 12))

    # -- companies and rights --

    def test_another_companys_sessions_and_links_stay(self):
        [contact] = self._people()
        lead = self.env["crm.lead"].create(
            {"name": "Theirs", "type": "opportunity", "company_id": self.other_company.id}
        )
        self.other_company.customer_login_free = True
        theirs = self._create_access(contact, self.contact_person, lead)
        self._token(theirs)
        self._ran(contact, end_sessions=True, revoke_links=True)
        self.assertTrue(theirs.sudo().link_ids._alive())

    def test_another_companys_user_is_not_touched(self):
        [contact] = self._people()
        user = self._user(contact)
        user.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        job, _mails = self._ran(contact, new_password=True, end_sessions=True)
        self.assertEqual((user.customer_renew_password, user.customer_session_epoch), (False, 0))
        self.assertEqual((job.line_ids.state, job.line_ids.has_password), ("done", False))

    def test_only_administrators(self):
        contacts = self._people()
        Job = self.env["customer.invitation.job"]
        with self.assertRaises(AccessError):
            Job.with_user(self.sara).action_for_contacts(contacts.ids, "credentials")
        settings = self.env["customer.portal.settings"]
        with self.assertRaises(AccessError):
            settings.with_user(self.sara).sudo().create({}).sudo(False).action_credentials()
        job = self._job(contacts, end_sessions=True)
        job.action_start()
        self.paul.group_ids -= self.env.ref("customer_portal_access.group_customer_admin")
        self._run_batches()
        self.assertEqual((job.sudo().state, job.sudo().pause_reason), ("paused", "sender"))
        self.assertTrue(self._is_untouched(contacts))

    def test_contacts_list_and_settings_begin_it(self):
        contacts = self._people()
        Job = self.env["customer.invitation.job"].with_user(self.paul)
        job = Job.browse(Job.action_for_contacts(contacts.ids, "credentials")["res_id"])
        self.assertEqual((job.kind, job.partner_ids), ("credentials", contacts))
        self.assertIn("Credentials", job.name)
        settings = self.env["customer.portal.settings"].with_user(self.paul).create({})
        self.assertIn("default_kind", settings.action_credentials()["context"])

    def test_copy_is_a_new_job_for_the_same(self):
        contacts = self._people()
        job = self._started(contacts, end_sessions=True)
        copy = job.copy()
        self.assertRecordValues(
            copy,
            [
                {
                    "state": "draft",
                    "kind": "credentials",
                    "end_sessions": True,
                    "partner_ids": contacts.ids,
                    "user_id": self.paul.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertFalse(copy.line_ids)

    def test_statements_do_not_grow_with_the_contacts(self):
        few = self._started(self._people(2), end_sessions=True, new_password=True)
        cron = self.env.ref("customer_portal_access.ir_cron_invitation_job")
        cron.method_direct_trigger()

        def statements(job):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            job._run_batch()
            return self.env.cr.sql_log_count - before

        self.assertEqual(few.state, "done")
        more = self._contacts(30, self.contact_person)
        for contact in more:
            self._give_password(contact)
        small = self._started(more[:3], end_sessions=True, new_password=True)
        small_count = statements(small)
        large = self._started(more[3:], end_sessions=True, new_password=True)
        self.assertLessEqual(statements(large), small_count + 3)
        self.assertEqual(large._count(("done",)), 27)

    def test_counted_from_is_not_the_jobs_plan(self):
        """A job planned a day ago does what is there when it runs."""
        [contact] = self._people(password=False)
        job = self._job(contact, revoke_links=True)
        job.action_plan()
        self.env["customer.access.link"].search([("partner_id", "=", contact.id)]).write(
            {"revoked_at": fields.Datetime.now() - timedelta(hours=1)}
        )
        job.action_start()
        self._run_batches()
        self.assertEqual((job.line_ids.state, job.line_ids.link_count), ("done", 0))
