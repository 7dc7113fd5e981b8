import re
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .common import CustomerCase
from .publication_common import PublicationData

BODY = "<p>Dear [name]: [publications]</p><p>[link]</p>"


@tagged("post_install", "-at_install")
class TestPublicationSend(CustomerCase, PublicationData):
    """One mail a person about what is published, as far as the person sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("customer_portal_access.mail_template_publication")
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.bo, cls.contact_person).with_user(cls.sara)
        cls.offer = cls._create_publication(name="Oak kitchen").with_user(cls.sara)
        cls.page = cls._create_publication("page", name="House rules").with_user(cls.sara)
        cls.both = cls.offer | cls.page

    def _send(self, publications, accesses=None, **options):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            return (accesses or self.access)._send(
                options.pop("template", self.template), publications=publications, **options
            )

    def _queue_only(self, publications, **options):
        """Send, but keep the mail in the queue; return it."""
        with (
            self.mock_mail_gateway(),
            patch.object(type(self.env["mail.mail"]), "send_after_commit", lambda mails: None),
        ):
            self.access._send(self.template, publications=publications, **options)
        return self.env["mail.mail"].search([("customer_access_id", "=", self.access.id)])

    def _leave(self, mail):
        self.env.flush_all()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.send()
        return [left for left in self._mails if self.bo.email in left["email_to"][0]]

    def _link_in(self, mail):
        token = re.search(r"/customer/link/([\w-]{43})", mail["body"])[1]
        return self.env["customer.access.link"]._find(token)

    def _recipient(self, publication, access=None):
        return publication.sudo().recipient_ids.filtered(
            lambda recipient: recipient.access_id == (access or self.access).sudo()
        )

    def test_one_publication_is_where_the_link_leads(self):
        [result] = self._send(self.offer)
        self.assertEqual((result["status"], result["reason"]), ("sent", ""))
        [mail] = self._mails
        self.assertEqual(mail["subject"], "New for you: Oak kitchen")
        self.assertIn("See the offer", mail["body"])
        link = self._link_in(mail)
        self.assertEqual((link.publication_id, link.kind), (self.offer.sudo(), "login_free"))

    def test_several_publications_are_one_mail_to_the_workspace(self):
        self._send(self.both)
        [mail] = self._mails
        self.assertEqual(mail["subject"], "New for you: Oak kitchen, House rules")
        for title in ("• Oak kitchen", "• House rules"):
            self.assertIn(title, mail["body"])
            self.assertIn(title, mail["body_alternative"])
        self.assertFalse(self._link_in(mail).publication_id)

    def test_many_titles_keep_the_subject_short(self):
        many = self.both | self._create_publication("link") | self._create_publication("file")
        self._send(many.with_user(self.sara))
        self.assertIn("and 1 more", self._mails[0]["subject"])
        self.assertIn("• The file", self._mails[0]["body"])

    def test_each_reads_of_what_the_role_sees(self):
        self.page.sudo().role_ids = self.applicant
        anna = self._create_access(self.anna).with_user(self.sara)
        self._send(self.both, self.access | anna)
        bodies = {mail["email_to"][0]: mail["body"] for mail in self._mails}
        self.assertNotIn("House rules", bodies['"Bo Berg" <bo@berg.example>'])
        self.assertIn("House rules", bodies['"Anna Berg" <anna@berg.example>'])

    def test_role_that_does_not_see_it_is_skipped(self):
        approver = self._create_access(self.anna, self._role("timesheet_approver"))
        results = self._send(self.offer, self.access | approver.with_user(self.sara))
        self.assertEqual([result["status"] for result in results], ["sent", "skipped"])
        self.assertIn("does not see it", results[1]["reason"])
        self.assertFalse(self._recipient(self.offer, approver))

    def test_draft_is_sent_to_nobody(self):
        self.offer.sudo().state = "draft"
        [result] = self._send(self.offer)
        self.assertEqual(result["status"], "skipped")
        self.assertFalse(self._mails)

    def test_publication_of_another_company_or_workspace_is_not_sent(self):
        self.offer.sudo().company_id = self.other_company
        elsewhere = self._create_publication(target=self.project)
        for publication in (self.offer, elsewhere.with_user(self.sara)):
            with self.subTest(publication=publication):
                [result] = self._send(publication.sudo())
                self.assertEqual(result["status"], "skipped")

    def test_revoked_contact_is_not_let_in_again(self):
        self.access.revoke()
        [result] = self._send(self.offer)
        self.assertEqual(result["status"], "skipped")
        self.assertIn("Revoked", result["reason"])
        self.assertTrue(self.access.revoked_at)

    def test_first_mail_is_the_invitation(self):
        self.assertEqual(self.access.state, "new")
        self._send(self.offer)
        self.assertEqual((self.access.state, self.access.invited_by_id), ("invited", self.sara))
        event = self.access.event_ids[0]
        self.assertEqual((event.kind, event.reason), ("published", "Oak kitchen"))

    def test_what_was_sent_is_noted_a_contact(self):
        self._send(self.offer)
        recipient = self._recipient(self.offer)
        self.assertTrue(recipient.sent_at)
        self.assertEqual(recipient.sent_by_id, self.sara)
        self.assertEqual(recipient.sent_subject, "New for you: Oak kitchen")
        recipient.sudo().opened_at = recipient.sent_at
        self._send(self.offer, subject="Once more")
        self.assertEqual(self._recipient(self.offer), recipient, "Still one row.")
        self.assertEqual(recipient.sent_subject, "Once more")
        self.assertTrue(recipient.opened_at)

    def test_chatter_names_titles_and_contacts_and_no_link(self):
        self._send(self.both)
        note = self.lead.message_ids[0].body
        self.assertIn("Sent to Bo Berg (Contact Person): Oak kitchen, House rules", note)
        self.assertNotIn("/customer/link/", note)

    def test_in_the_language_of_each_contact(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        self.template.with_context(lang="nb_NO").subject = "Nytt til deg: [publications]"
        self.anna.lang = "nb_NO"
        anna = self._create_access(self.anna).with_user(self.sara)
        self._send(self.offer, self.access | anna)
        self.assertEqual(
            {mail["subject"] for mail in self._mails},
            {"New for you: Oak kitchen", "Nytt til deg: Oak kitchen"},
        )

    def test_language_whose_text_lacks_the_link_stops_nobody_else(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        self.template.with_context(lang="nb_NO").body_html = "<p>Hei</p>"
        self.anna.lang = "nb_NO"
        anna = self._create_access(self.anna).with_user(self.sara)
        results = self._send(self.offer, anna | self.access)
        self.assertEqual([result["status"] for result in results], ["skipped", "sent"])
        self.assertIn("[link]", results[0]["reason"])
        with self.assertRaisesRegex(UserError, r"\[link\]"):
            self._send(self.offer, anna)

    def test_hostile_titles(self):
        self.offer.sudo().name = "<img src=x onerror=alert(1)>\r\nBcc: evil@example.com\u202e[link]"
        self._send(self.offer)
        [mail] = self._mails
        self.assertNotIn("<img src=x", mail["body"])
        self.assertIn("&lt;img src=x", mail["body"])
        for character in "\r\n\u202e":
            self.assertNotIn(character, mail["subject"])
        self.assertIn("[link]", mail["subject"], "A title is text, not a placeholder.")

    def test_text_about_publications_without_any_is_refused(self):
        with self.assertRaisesRegex(UserError, r"\[publications\] stands for"):
            self.access.send_invitation(self.template.id)
        self.assertEqual(self.access.state, "new")

    def test_without_a_personal_link(self):
        template = self.env.ref("customer_portal_access.mail_template_publication_sign_in")
        [result] = self._send(self.offer, template=template, has_link=False)
        self.assertEqual(result["status"], "sent")
        [mail] = self._mails
        self.assertNotIn("/customer/link/", mail["body"])
        path = f"/my/customer/{self.access.id}/publication/{self.offer.id}"
        self.assertIn(f"{self.access.get_base_url()}{path}", mail["body"])
        self.assertFalse(self.access.link_ids)
        self.assertFalse(self.access.invited_at, "No link, no invitation.")
        self.assertTrue(self._recipient(self.offer).sent_at)

    def test_withdrawn_before_it_leaves(self):
        mail = self._queue_only(self.both)
        self.page.sudo().state = "draft"
        self.assertFalse(self._leave(mail))
        self.assertFalse(self.access.link_ids)
        event = self.access.event_ids[0]
        self.assertEqual((event.kind, event.reason), ("withheld", "publication"))
        self.assertFalse(self._recipient(self.offer).sent_at)
        self.assertIn("House rules", self.lead.activity_ids.note)
        self.assertEqual(self.lead.activity_ids.user_id, self.sara)

    def test_removed_before_it_leaves(self):
        for has_link in (True, False):
            with self.subTest(has_link=has_link):
                mail = self._queue_only(self.offer, has_link=has_link)
                self.access.revoke()
                self.assertFalse(self._leave(mail))
                self.access._reinstate()

    def test_role_changed_before_it_leaves(self):
        mail = self._queue_only(self.offer)
        self.access.role_id = self._role("timesheet_approver")
        self.assertFalse(self._leave(mail))

    def test_kind_of_link_is_that_of_the_day_it_leaves(self):
        mail = self._queue_only(self.offer)
        self.company.customer_login_free = False
        self.access.invalidate_recordset()
        [left] = self._leave(mail)
        self.assertEqual(self._link_in(left).kind, "invitation")

    def test_no_token_waits_in_the_queue(self):
        mail = self._queue_only(self.offer)
        self.assertNotIn("/customer/link/", mail.body_html)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_refused_mail_is_no_mail_sent(self):
        refuse = patch.object(
            type(self.env["ir.mail_server"]),
            "send_email",
            side_effect=MailDeliveryException("550 no such user"),
        )
        with self.mock_mail_gateway(), refuse:
            self.access._send(self.template, publications=self.offer)
        self.assertEqual(self.access.mail_failure, "failed")
        self.assertFalse(self._recipient(self.offer).sent_at)

    def test_more_than_fifty_leave_by_the_queue(self):
        accesses = self.access
        for number in range(50):
            contact = self._create_contact(f"C{number}", f"c{number}@berg.example")
            accesses |= self._create_access(contact, self.contact_person).with_user(self.sara)
        results = self._send(self.offer, accesses)
        self.assertEqual({result["status"] for result in results}, {"sent"})
        self.assertFalse(self._mails, "Nothing leaves inside the request.")
        waiting = self.env["mail.mail"].search([("customer_access_id", "in", accesses.ids)])
        self.assertEqual(len(waiting), 51)

    def test_reading_staff_may_not_send(self):
        self.lead.user_id = self.paul
        [result] = self._send(self.offer.sudo())
        self.assertEqual(result["status"], "skipped")
        self.assertIn("You may not invite here", result["reason"])

    def test_mail_is_no_wider_than_a_phone(self):
        self._send(self.offer)
        body = self._mails[0]["body"]
        self.assertNotIn("min-width", body)
        self.assertIn("max-width: 590px", body)
        self.assertNotIn('width="590"', body)

    def test_own_text_is_never_run(self):
        self._send(self.offer, subject="{{ 6*7 }} [publications]", body=f"{BODY}<t t-out='6*7'/>")
        [mail] = self._mails
        self.assertEqual(mail["subject"], "{{ 6*7 }} Oak kitchen")
        self.assertNotIn(">42<", mail["body"])
