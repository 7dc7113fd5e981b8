import re
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize, mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..models.customer_access_text import EXPIRY_MARK, LINK_MARK
from .common import CustomerCase

BODY = "<p>Dear [name], come in:</p><p>[link]</p><p>until [expiry], [sender]</p>"


class TestInvitation(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.anna).with_user(cls.sara)

    def _sent(self, accesses=None, **texts):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            (accesses or self.access).send_invitation(**texts)
        return self._mails

    def _token_in(self, mail):
        return re.search(r"/customer/link/([\w-]{43})", mail["body"])[1]

    def test_mail_ok(self):
        [mail] = self._sent()
        self.assertEqual(mail["email_to"], ['"Anna Berg" <anna@berg.example>'])
        self.assertIn("sara@seller.example", mail["email_from"])
        self.assertIn("Kitchen for Berg", mail["body"])
        self.assertIn("/customer/link/", mail["body"])
        self.assertIn("/customer/link/", mail["body_alternative"])
        for mark in (LINK_MARK, EXPIRY_MARK, "[link]", "[name]"):
            self.assertNotIn(mark, mail["body"] + mail["body_alternative"] + mail["subject"])

    def test_expiry_in_the_contacts_time_zone(self):
        self.anna.tz = "Pacific/Auckland"
        with freeze_time("2026-06-10 18:30:00"):
            [mail] = self._sent(body="<p>[link] until [expiry]</p>")
        self.assertIn("6/18/26", mail["body"])
        self.assertIn("6:30", mail["body"])

    def test_nothing_of_the_mark_is_left_in_the_preheader(self):
        [mail] = self._sent(body="<p>[link]</p>")
        self.assertNotIn("customer-", mail["body"].replace("/customer/", ""))

    def test_each_gets_their_own_link(self):
        accesses = self.access | self._create_access(self.bo).with_user(self.sara)
        mails = self._sent(accesses)
        tokens = [self._token_in(mail) for mail in mails]
        found = [self.env["customer.access.link"]._find(token).access_id.id for token in tokens]
        self.assertEqual(found, accesses.ids)

    def test_no_token_stays_in_the_database(self):
        [mail] = self._sent()
        token = self._token_in(mail)
        for table, columns in {
            "mail_mail": "body_html",
            "mail_message": "body",
            "customer_access_link": "token_hash",
        }.items():
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} WHERE {columns} LIKE %s", [f"%{token}%"]
            )
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)
        self.assertFalse(self.env["mail.mail"].search([("customer_access_id", "!=", False)]))

    def test_sending_again_adds_a_link_and_kills_none(self):
        self._sent()
        self._sent()
        self.assertEqual(self.access.link_ids.mapped("state"), ["live", "live"])

    def test_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("customer_portal_access.mail_template_invitation")
        template.with_context(lang="fr_FR").subject = "Bienvenue [name]"
        self.anna.lang = "fr_FR"
        [mail] = self._sent()
        self.assertEqual(mail["subject"], "Bienvenue Anna Berg")

    def test_own_text_is_never_run(self):
        [mail] = self._sent(
            subject="[name] {{ 6*7 }}",
            body=f'{BODY}<p>{{{{ 6*7 }}}}</p><t t-out="6*7"/><script>alert(1)</script>',
        )
        self.assertEqual(mail["subject"], "Anna Berg {{ 6*7 }}")
        self.assertIn("{{ 6*7 }}", mail["body"])
        self.assertNotIn(">42<", mail["body"])
        self.assertNotIn("<script", mail["body"])

    def test_names_are_escaped(self):
        self.anna.name = "<b>Anna</b> [link]"
        [mail] = self._sent(body=BODY)
        self.assertIn("&lt;b&gt;Anna&lt;/b&gt;", mail["body"])

    def test_forged_name_makes_no_header(self):
        self.anna.name = "Anna\r\nBcc: evil@example.com\u202e"
        self.assertEqual(self.anna.name, "Anna Bcc: evil@example.com")
        [mail] = self._sent()
        self.assertNotIn("\n", "".join(mail["email_to"]))

    def test_link_in_href_is_the_address(self):
        [mail] = self._sent(body='<p><a href="[link]">here</a></p>')
        self.assertRegex(mail["body"], r'href="https?://[^"]+/customer/link/[\w-]{43}"')

    def test_damaged_link_refused(self):
        for body in ("<p>Hello</p>", "<p>[lnk]</p>", "<p>[<b>link</b>]</p>", ""):
            with self.subTest(body=body), self.assertRaisesRegex(UserError, r"\[link\]"):
                self.access.send_invitation(body=body)
        with self.assertRaisesRegex(UserError, "subject"):
            self.access.send_invitation(subject="[link]", body=BODY)

    def test_template_without_link_refused(self):
        template = self.env.ref("customer_portal_access.mail_template_invitation")
        template.body_html = "<p>Hello</p>"
        with self.assertRaisesRegex(UserError, r"\[link\]"):
            self.access.send_invitation()

    def test_template_of_another_model_refused(self):
        template = self.env["mail.template"].create(
            {"name": "T", "model_id": self.env.ref("base.model_res_partner").id}
        )
        with self.assertRaises(UserError):
            self.access.send_invitation(template_id=template.id)

    def test_removed_between_queue_and_sending_gets_nothing(self):
        with (
            self.mock_mail_gateway(),
            patch.object(type(self.env["mail.mail"]), "send_after_commit", lambda mails: None),
        ):
            self.access.send_invitation()
        mail = self.env["mail.mail"].search([("customer_access_id", "=", self.access.id)])
        self.access.revoke()
        self.env.flush_all()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.send()
        self.assertFalse(self._mails)
        self.assertFalse(mail.exists())
        self.assertIn("withheld", self.access.event_ids.mapped("kind"))

    def _template_of_users(self):
        """Return a template that anybody may send who may read users."""
        return self.env["mail.template"].create(
            {
                "name": "Greeting",
                "model_id": self.env.ref("base.model_res_users").id,
                "subject": "Greeting",
                "body_html": "<p>Hello</p>",
            }
        )

    def test_nobody_has_a_link_sent_by_another_template(self):
        template = self._template_of_users().with_user(self.pia)  # no salesperson
        stolen = {"email_to": "pia@seller.example", "body_html": f"<p>{LINK_MARK}</p>"}
        fields_of_ours = {"customer_access_id": self.access.id}
        defaults = {f"default_{name}": value for name, value in fields_of_ours.items()}
        for context, values in (
            ({}, fields_of_ours),
            (defaults, {}),
            ({"customer_letter": True, **defaults}, fields_of_ours),
        ):
            with (
                self.subTest(context=context, values=values),
                self.mock_mail_gateway(),
                suppress(AccessError),
                self.env.cr.savepoint(),
            ):
                template.with_context(**context).send_mail(
                    self.pia.id, force_send=True, email_values={**stolen, **values}
                )
            self.assertFalse(self.access.sudo().link_ids)
            self.assertFalse(self.env["mail.mail"].search([("customer_access_id", "!=", False)]))

    def test_link_leaves_for_the_address_on_record_only(self):
        for values in ({"email_to": "eve@evil.example"}, {"email_cc": "eve@evil.example"}):
            with (
                self.mock_mail_gateway(),
                patch.object(type(self.env["mail.mail"]), "send_after_commit", lambda mails: None),
            ):
                self.access.send_invitation()
            mail = self.env["mail.mail"].search([("customer_access_id", "=", self.access.id)])
            mail.write(values)
            with self.mock_mail_gateway(mail_unlink_sent=True):
                mail.send()
            self.assertFalse(self._mails)
            self.assertEqual(self.access.event_ids[:1].mapped("kind"), ["withheld"])
        self.assertFalse(self.access.sudo().link_ids)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_failed_mail_shows_on_the_line_and_tells_the_sender(self):
        refuse = patch.object(
            type(self.env["ir.mail_server"]),
            "send_email",
            side_effect=MailDeliveryException("550 no such user"),
        )
        with self.mock_mail_gateway(), refuse:
            self.access.send_invitation()
        self.assertEqual(self.access.mail_failure, "failed")
        self.assertEqual(self.access.stuck, "bounced")
        self.assertIn("550", self.access.state_reason)
        self.assertEqual(self.lead.activity_ids.user_id, self.sara)
        self.anna.email = "anna.berg@berg.example"
        self.assertFalse(self.access.mail_failure, "Another address, another chance.")

    def test_bounce_shows_on_the_line(self):
        self._sent()
        self.anna._message_receive_bounce(self.anna.email, self.anna)
        self.assertEqual(self.access.mail_failure, "bounced")
        self.assertIn(self.access, self.env["customer.access"].search([("stuck", "=", "bounced")]))
        self.assertEqual(self.lead.activity_ids.user_id, self.sara)

    def test_chatter_names_the_invited_and_no_link(self):
        self._sent()
        note = self.lead.message_ids[0].body
        self.assertIn("Anna Berg (Applicant)", note)
        self.assertNotIn("/customer/link/", note)

    def test_copy_link_same_rules(self):
        action = self.access.action_copy_link()
        token = action["params"]["url"].rpartition("/")[2]
        link = self.env["customer.access.link"]._find(token)
        self.assertEqual((link.access_id, link.channel), (self.access.sudo(False), "copy"))
        self.assertTrue(link.requires_code)
        with self.assertRaises(UserError):
            self.access.create_link(kind="login_free")
        self.anna.phone = False
        with self.assertRaisesRegex(UserError, "mobile"):
            self.access.create_link()

    def test_kind_follows_role_and_company(self):
        person = self._create_access(self.bo, self.contact_person)
        self.assertEqual((person.link_kind, person.requires_code), ("invitation", True))
        self.company.customer_require_sms_code = False
        person.invalidate_recordset()
        self.assertEqual((person.link_kind, person.requires_code), ("invitation", False))
        self.company.customer_login_free = True
        person.invalidate_recordset()
        self.assertEqual((person.link_kind, person.requires_code), ("login_free", False))
        self.access.invalidate_recordset()
        self.assertEqual((self.access.link_kind, self.access.requires_code), ("invitation", True))

    def test_login_free_off_is_for_good(self):
        self.company.customer_login_free = True
        person = self._create_access(self.bo, self.contact_person)
        token = self._token(person)
        Link = self.env["customer.access.link"]
        self.assertEqual(Link._peek(token)[1], "ok")
        self.company.customer_login_free = False
        self.assertEqual(Link._peek(token)[1], "refused")
        self.company.customer_login_free = True
        self.assertEqual(Link._peek(token)[1], "refused", "On again: still dead.")
        self.assertEqual(Link.search([("state", "=", "off")]), person.link_ids)

    def _reminded(self):
        """Run the reminders and return the addresses of this test's people they went to."""
        self._run_cron("reminder")
        ours = {self.anna.email, self.bo.email}
        addresses = [email_normalize(mail["email_to"][0]) for mail in self._mails]
        return [address for address in addresses if address in ours]

    def test_reminder_once_to_those_who_never_came(self):
        self.company.customer_invitation_reminder = True
        seen = self._create_access(self.bo).with_user(self.sara)
        self._sent(self.access | seen)
        seen.sudo()._seen()
        self.assertEqual(self._reminded(), [], "Not yet.")
        with freeze_time(fields.Datetime.now() + timedelta(days=5, hours=1)):
            self.assertEqual(self._reminded(), ["anna@berg.example"])
            self.assertEqual(self._reminded(), [], "Once.")

    def test_one_bad_reminder_does_not_hold_up_the_others(self):
        self.company.customer_invitation_reminder = True
        self.env["res.lang"]._activate_lang("nb_NO")
        self.anna.lang = "nb_NO"
        self._sent(self.access | self._create_access(self.bo).with_user(self.sara))
        template = self.env.ref("customer_portal_access.mail_template_reminder")
        template.with_context(lang="nb_NO").body_html = "<p>Hei</p>"
        logger = "odoo.addons.customer_portal_access.models.customer_access_invitation"
        with freeze_time(fields.Datetime.now() + timedelta(days=5, hours=1)), mute_logger(logger):
            self.assertEqual(self._reminded(), ["bo@berg.example"])

    def test_recovery_goes_to_the_address_on_file_only(self):
        token = self._token(self.access)
        Request = self.env["customer.link.request"]
        Request._ask(token=token)
        Request._ask(email="stranger@example.com")
        Request._ask(token="unknown")
        self._run_cron("recovery")
        self.assertEqual(
            [mail["email_to"] for mail in self._mails], [['"Anna Berg" <anna@berg.example>']]
        )
        self.assertFalse(Request.search([]))

    def test_recovery_of_a_revoked_access_tells_the_person_in_charge(self):
        token = self._token(self.access)
        self.access.revoke()
        self.env["customer.link.request"]._ask(token=token)
        self._run_cron("recovery")
        self.assertFalse(self._mails)
        self.assertTrue(self.access.revoked_at)
        self.assertIn("Anna Berg", self.lead.activity_ids.summary)
        self.assertEqual(self.lead.activity_ids.user_id, self.sara)

    def test_one_bad_request_does_not_hold_up_the_others(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        self.anna.lang = "nb_NO"
        template = self.env.ref("customer_portal_access.mail_template_new_link")
        template.with_context(lang="nb_NO").body_html = "<p>Hei</p>"
        other = self._create_access(self.bo)
        for access in (self.access, other):
            self.env["customer.link.request"]._ask(token=self._token(access))
        with mute_logger("odoo.addons.customer_portal_access.models.customer_link_request"):
            self._run_cron("recovery")
        self.assertEqual(
            [mail["email_to"] for mail in self._mails], [['"Bo Berg" <bo@berg.example>']]
        )
        self.assertFalse(self.env["customer.link.request"].search([]))

    def test_any_false_value_switches_login_free_off(self):
        self.company.customer_login_free = True
        token = self._token(self._create_access(self.bo, self.contact_person))
        self.company.customer_login_free = 0
        self.company.customer_login_free = True
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")

    def test_invitation_beside_login_free_asks_for_the_code(self):
        self.company.customer_login_free = True
        access = self._create_access(self.bo, self.contact_person)
        access.create_link("invitation")
        self.assertTrue(access.link_ids.requires_code)
        self.bo.phone = False
        with self.assertRaises(UserError):
            access.create_link("invitation")

    def test_recovery_is_limited(self):
        token = self._token(self.access)
        for _attempt in range(5):
            self.env["customer.link.request"]._ask(token=token)
        self._run_cron("recovery")
        self.assertEqual(len(self._mails), 3)
