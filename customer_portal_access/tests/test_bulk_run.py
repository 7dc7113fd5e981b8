from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tools import email_normalize, mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .bulk_common import BulkCase

RUN = "odoo.addons.customer_portal_access.models.customer_invitation_job_line_run"
MAIL = "odoo.addons.mail.models.mail_mail"


class TestBulkRun(BulkCase):
    """In the background: batches, pilot, pause, cancel, what became of each row."""

    def _addresses(self, mails):
        return sorted(email_normalize(mail["email_to"][0]) for mail in mails)

    def test_everybody_gets_one_mail_and_the_job_ends(self):
        contacts = self._contacts(3)
        job = self._started(contacts)
        self.assertEqual(job.state, "running")
        mails = self._run_batches()
        self.assertEqual(self._addresses(mails), contacts.mapped("email"))
        self.assertTrue(all("/customer/link/" in mail["body"] for mail in mails))
        self.assertTrue(all("paul@seller.example" in mail["email_from"] for mail in mails))
        self.assertEqual(set(job.line_ids.mapped("state")), {"sent"})
        self.assertEqual((job.state, job.progress), ("done", 100))
        self.assertFalse(self._run_batches(), "Twice does no more than once.")
        job.action_start()
        self.assertFalse(self._run_batches())

    def test_accesses_are_invited_by_the_sender(self):
        [contact] = self._contacts(1)
        self._started(contact)
        self._run_batches()
        access = contact.customer_access_ids
        self.assertEqual((access.state, access.invited_by_id), ("invited", self.paul))
        self.assertIn("Person 0", self.lead.message_ids[0].body)

    def test_pilot_waits_after_ten(self):
        job = self._started(self._contacts(12), pilot=True)
        self.assertEqual(len(self._run_batches()), 10)
        self.assertEqual((job.state, job.waiting_count), ("waiting", 2))
        self.assertEqual(job.message_ids[:1].partner_ids, self.paul.partner_id)
        self.assertFalse(self._run_batches(), "Until somebody says so.")
        job.action_resume()
        self.assertEqual(len(self._run_batches()), 2)
        self.assertEqual(job.state, "done")

    def test_pilot_of_all_there_are_has_nothing_to_wait_for(self):
        job = self._started(self._contacts(10), pilot=True)
        told = job.message_ids
        self.assertEqual(len(self._run_batches()), 10)
        self.assertEqual((job.state, job.message_ids), ("done", told))

    def test_mails_an_hour_spread_the_sending(self):
        job = self._started(self._contacts(5), mails_per_hour=120)
        self.assertEqual(len(self._run_batches()), 2, "What may leave within a minute.")
        self.assertFalse(self._run_batches())
        with freeze_time(fields.Datetime.now() + timedelta(seconds=61)):
            self.assertEqual(len(self._run_batches()), 2)
        self.assertEqual(job.waiting_count, 1)

    def test_pause_holds_what_has_not_left(self):
        job = self._started(self._contacts(3))
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        self.assertEqual(job.queued_count, 3)
        job.action_pause()
        self.assertEqual((job.state, job.pause_reason), ("paused", "staff"))
        self.assertFalse(self._run_batches())
        job.action_resume()
        self.assertEqual(len(self._run_batches()), 3)
        self.assertEqual(job.state, "done")

    def test_cancel_ends_it(self):
        contacts = self._contacts(3)
        job = self._started(contacts)
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        job.action_cancel()
        self.assertFalse(self._run_batches())
        self.assertEqual(set(job.line_ids.mapped("state")), {"cancelled"})
        self.assertEqual((job.state, job.progress), ("cancelled", 0))
        self.assertFalse(self.env["mail.mail"].search([("customer_job_line_id", "!=", False)]))
        job.action_resume()
        self.assertEqual(job.state, "cancelled")

    def test_removed_between_queue_and_sending_gets_nothing(self):
        contacts = self._contacts(3)
        job = self._started(contacts)
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        contacts[0].customer_access_ids.revoke()
        contacts[1].customer_access_ids.unlink()
        self.env.flush_all()
        self.assertEqual(self._addresses(self._run_queue()), [contacts[2].email])
        self.env["customer.invitation.job"]._sweep()
        self.assertEqual(
            self._states(job),
            {contacts[0]: "skipped", contacts[1]: "skipped", contacts[2]: "sent"},
        )
        self.assertEqual(self._reasons(job), {contacts[0]: "withheld", contacts[1]: "gone"})

    def _strangers(self, count):
        """Return contacts without any access."""
        return self.env["res.partner"].create(
            [{"name": f"Dan {n}", "email": f"dan{n}@bulk.example"} for n in range(count)]
        )

    def test_come_and_sign_in_for_whom_the_policy_lets_in(self):
        self.env["res.lang"]._activate_lang("de_DE")
        contacts = self._strangers(2)
        self.company.customer_portal_default = "enabled"
        contacts[0].lang = "de_DE"
        template = self.env.ref("customer_portal_access.mail_template_sign_in")
        template.with_context(lang="de_DE").subject = "Willkommen, [name]"
        job = self._started(contacts)
        self.assertEqual(job.line_ids.mapped("way"), ["sign_in", "sign_in"])
        self.assertIn("/web/login", job.preview_body)
        mails = self._run_batches()
        self.assertEqual(self._addresses(mails), contacts.mapped("email"))
        for mail, contact in zip(mails, contacts, strict=True):
            self.assertIn(contact.email, mail["body"])
            self.assertIn("/web/login", mail["body"])
            self.assertNotIn("/customer/link/", mail["body"])
            for mark in ("[name]", "[login]", "[link]", "[company]", "[sender]"):
                self.assertNotIn(mark, mail["subject"] + mail["body"])
        self.assertEqual(mails[0]["subject"], "Willkommen, Dan 0")
        self.assertEqual((job.state, job.sent_count), ("done", 2))
        self.assertFalse(contacts.user_ids | contacts.customer_access_ids.partner_id.user_ids)

    def test_policy_turned_off_between_queue_and_sending(self):
        contacts = self._strangers(3)
        self.company.customer_portal_default = "enabled"
        job = self._started(contacts)
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        contacts[0].with_user(self.paul).set_customer_portal_policy("disabled")
        contacts[1].email = "another@bulk.example"
        self.env.flush_all()
        self.assertEqual(self._addresses(self._run_queue()), [contacts[2].email])
        self.assertEqual(self._reasons(job), {contacts[0]: "withheld", contacts[1]: "withheld"})

    def test_changed_between_plan_and_batch_is_skipped(self):
        contacts = self._contacts(2)
        job = self._started(contacts)
        contacts[0].phone = False
        self.assertEqual(self._addresses(self._run_batches()), [contacts[1].email])
        self.assertEqual(self._reasons(job), {contacts[0]: "changed"})
        self.assertIn("mobile", job.line_ids[0].reason_text)

    def test_one_poisoned_row_does_not_stop_the_others(self):
        contacts = self._contacts(3)
        job = self._started(contacts)
        Access = type(self.env["customer.access"])
        make = Access._letter_mail

        def poisoned(access, letter):
            if access.partner_id == contacts[1]:
                raise ValueError("poisoned")
            return make(access, letter)

        with patch.object(Access, "_letter_mail", poisoned), mute_logger(RUN):
            mails = self._run_batches()
        self.assertEqual(self._addresses(mails), [contacts[0].email, contacts[2].email])
        self.assertEqual(self._states(job)[contacts[1]], "failed")
        self.assertIn("ValueError", job.line_ids[1].reason_text)
        self.assertEqual(job.state, "done")
        job.action_retry_failed()
        self.assertEqual(self._addresses(self._run_batches()), [contacts[1].email])
        self.assertEqual((job.state, job.failed_count), ("done", 0))

    def _refusing(self, addresses):
        """Let the mail server refuse some addresses for good."""
        Server = type(self.env["ir.mail_server"])
        send = Server.send_email

        def send_email(server, message, **kwargs):
            if email_normalize(message["To"]) in addresses:
                raise MailDeliveryException("Mail Delivery Failed", "(550, b'no such user')")
            return send(server, message, **kwargs)

        return send_email

    def _run_refused(self, addresses):
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        with self.mock_mail_gateway(mail_unlink_sent=True), mute_logger(MAIL):
            refuse = patch.object(
                type(self.env["ir.mail_server"]), "send_email", self._refusing(addresses)
            )
            mails = self.env["mail.mail"].search([("state", "=", "outgoing")], order="id")
            with refuse:
                for mail in mails:  # each is a transaction of its own in the queue
                    self.env["mail.mail"].process_email_queue(mail.ids)
            return self._to_contacts()

    def test_refused_address_fails_with_its_reason(self):
        contacts = self._contacts(3)
        job = self._started(contacts)
        self._run_refused(contacts[:1].mapped("email"))
        self.assertEqual(job.line_ids.mapped("state"), ["failed", "sent", "sent"])
        self.assertIn("no such user", job.line_ids[0].reason_text)
        self.assertEqual(job.state, "done")
        self.assertEqual(contacts[0].customer_access_ids.mail_failure, "failed")

    def test_pauses_itself_when_too_many_fail(self):
        contacts = self._contacts(5)
        job = self._started(contacts)
        tried = self._run_refused(contacts[:2].mapped("email"))
        self.assertEqual(len(tried), 2, "The third one is held already.")
        self.assertEqual((job.state, job.pause_reason), ("paused", "failures"))
        self.assertIn("5 %", job.message_ids[:1].body)
        self.assertEqual(job.message_ids[:1].partner_ids, self.paul.partner_id)
        job.action_resume()
        self.assertEqual(self._addresses(self._run_batches()), contacts[2:].mapped("email"))
        self.assertEqual((job.state, job.failed_count, job.sent_count), ("done", 2, 3))

    def test_sender_without_the_right_sends_nothing(self):
        job = self._started(self._contacts(1))
        admin = self.env.ref("customer_portal_access.group_customer_admin")
        self.paul.group_ids -= admin
        self.assertFalse(self._run_batches())
        self.assertEqual((job.sudo().state, job.sudo().pause_reason), ("paused", "sender"))
        with self.assertRaises(AccessError):
            job.action_resume()

    def test_row_that_was_leaving_when_a_worker_died_is_named_not_sent(self):
        [contact] = self._contacts(1)
        job = self._started(contact)
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        self.assertTrue(job.line_ids._take())  # by a worker that died
        self.env.flush_all()
        self.assertFalse(self._run_queue())
        self.assertEqual((job.line_ids.state, job.unsure_count), ("unsure", 1))
        self.assertEqual(job.state, "done")
        job.line_ids.with_user(self.paul).action_again()
        self.assertEqual(len(self._run_batches()), 1)

    def test_mail_forged_for_a_row_is_refused(self):
        job = self._job(self._contacts(1))
        job.action_plan()
        with self.assertRaises(AccessError):
            self.env["mail.mail"].create(
                {"customer_job_line_id": job.line_ids.id, "email_to": "eve@evil.example"}
            )


class TestComingBack(BulkCase):
    """When the mail server is gone, mails to contacts come back by themselves."""

    def _send_while_down(self):
        down = patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("refused")
        )
        with self.mock_mail_gateway(), down:
            self.env["mail.mail"].process_email_queue()

    def test_server_down_and_back(self):
        contacts = self._contacts(2)
        job = self._started(contacts)
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        self._send_while_down()
        mails = self.env["mail.mail"].search([("customer_job_line_id", "!=", False)])
        self.assertEqual(mails.mapped("state"), ["outgoing", "outgoing"])
        self.assertEqual(mails.mapped("customer_tries"), [1, 1])
        self.assertTrue(all(mails.mapped("scheduled_date")))
        self.assertTrue(job._mail_server_is_gone(), "No more mails until it is back.")
        self.assertEqual(job.queued_count, 2)
        self.assertFalse(contacts.customer_access_ids.filtered("mail_failure"))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self.assertEqual(len(self._run_queue()), 2)
        self.assertEqual(job.state, "done")

    def test_gives_up_after_two_days(self):
        [contact] = self._contacts(1)
        job = self._started(contact)
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        mail = self.env["mail.mail"].search([("customer_job_line_id", "!=", False)])
        mail.customer_tries = 50
        self._send_while_down()
        self.assertEqual(mail.state, "exception")
        self.assertEqual((job.failed_count, job.state), (1, "done"))
        self.assertEqual(contact.customer_access_ids.mail_failure, "failed")

    def test_single_invitation_comes_back_too(self):
        access = self._create_access(self.anna).with_user(self.sara)
        down = patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("refused")
        )
        with self.mock_mail_gateway(), down:
            access.send_invitation()
        mail = self.env["mail.mail"].search([("customer_access_id", "=", access.id)])
        self.assertEqual((mail.state, mail.customer_tries), ("outgoing", 1))
        self.assertFalse(access.mail_failure)

    @mute_logger(MAIL)
    def test_greylisted_comes_back_refused_does_not(self):
        access = self._create_access(self.anna).with_user(self.sara)
        for answer, state in (("(450, b'later')", "outgoing"), ("(550, b'no')", "exception")):
            refuse = patch.object(
                type(self.env["ir.mail_server"]),
                "send_email",
                side_effect=MailDeliveryException("Mail Delivery Failed", answer),
            )
            with self.mock_mail_gateway(), refuse:
                access.send_invitation()
            mail = self.env["mail.mail"].search([("customer_access_id", "=", access.id)])
            self.assertEqual(mail.state, state)
            mail.unlink()

    def test_other_mails_of_odoo_do_not(self):
        mail = self.env["mail.mail"].create({"email_to": "x@example.com", "body_html": "<p>x</p>"})
        self._send_while_down()
        self.assertEqual(mail.state, "exception")
