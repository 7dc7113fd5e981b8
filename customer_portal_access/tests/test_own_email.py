import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from ..models.customer_access_text import LINK_MARK
from .portal_common import PortalPageCase

NEW = "anna.holm@berg.example"


@tagged("post_install", "-at_install")
class TestOwnEmail(PortalPageCase, MailCommon):
    """A click in a mail to the new address, and not before."""

    def _me(self):
        return self.url_open(f"{self._path(self.access)}/me")

    def _ask(self, email=NEW):
        """Ask for another address; return what the page answers."""
        self._open_by_code()
        page = self._me()
        with self.mock_mail_gateway():
            return self._submit(page, action="/me/email", email=email)

    def _mails_to(self, address):
        return [mail for mail in self._mails if address in str(mail["email_to"])]

    def _link(self, access=None):
        if access:
            return super()._link(access)
        [mail] = self._mails_to(NEW)
        return re.search(r"/customer/email/[\w-]+", str(mail["body"]))[0]

    def _click(self, path):
        page = self._get(path)
        with self.mock_mail_gateway():
            answer = self._submit(page)
        self.env.invalidate_all()
        return answer.headers["Location"].partition("status=")[2]

    def test_changes_with_the_click_only(self):
        answer = self._ask()
        self.assertIn("status=email_asked", answer.headers["Location"])
        self.assertEqual(self.anna.email, "anna@berg.example")
        [notice] = self._mails_to("anna@berg.example")
        self.assertNotIn(NEW, str(notice["body"]))
        path = self._link()
        for _visit in range(3):
            self.assertEqual(self._get(path).status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.anna.email, "anna@berg.example")
        self.assertEqual(self._click(path), "done")
        self.assertEqual(self.anna.email, NEW)
        self.assertEqual(self.anna.user_ids.login, NEW)
        self.assertTrue(self._mails_to("anna@berg.example"))
        self.assertIn(NEW, self.lead.message_ids[0].body)
        self.assertIn("email_changed", self.access.event_ids.mapped("kind"))

    def test_nobody_has_the_proof_sent_elsewhere(self):
        self._ask()
        change = self.env["customer.email.change"].search([("email", "=", NEW)])
        template = self.env["mail.template"].create(
            {"name": "Greeting", "model_id": self.env.ref("base.model_res_users").id}
        )
        values = {
            "subject": "Greeting",
            "email_to": "pia@seller.example",
            "body_html": f"<p>{LINK_MARK}</p>",
            "customer_email_change_id": change.id,
        }
        hidden = {"email_to": NEW, "headers": "{'Bcc': 'pia@seller.example'}"}
        for more in ({}, {"email_to": NEW, "email_cc": "pia@seller.example"}, hidden):
            with self.assertRaises(AccessError), self.mock_mail_gateway():
                template.with_user(self.pia).send_mail(
                    self.pia.id, force_send=True, email_values=values | more
                )

    def test_proof_leaves_for_the_new_address_only(self):
        release = "odoo.addons.mail.models.mail_mail.MailMail.send_after_commit"
        with patch(release, lambda mails: None):
            self._ask()
        mail = self.env["mail.mail"].search([("customer_email_change_id", "!=", False)])
        self.assertEqual(mail.email_to, f'"Anna Berg" <{NEW}>')
        mail.email_cc = "pia@seller.example"
        with self.mock_mail_gateway():
            mail.send()
        self.assertFalse(self._mails)

    def test_old_links_die_and_a_new_one_comes(self):
        self._ask()
        old = self.access.link_ids
        self._click(self._link())
        self.assertTrue(all(link.revoked_at for link in old))
        with self.mock_mail_gateway():
            self.env.ref("customer_portal_access.ir_cron_recovery").method_direct_trigger()
        self.assertTrue(self._mails_to(NEW))

    def test_link_works_once(self):
        self._ask()
        path = self._link()
        self._click(path)
        self.assertEqual(self._get(path).status_code, 410)
        data = {"csrf_token": self._csrf("/web/login")}
        answer = self.url_open(path, data=data, allow_redirects=False)
        self.assertIn("status=refused", answer.headers["Location"])

    def test_expired_link(self):
        self._ask()
        path = self._link()
        change = self.env["customer.email.change"].search([])
        self.assertAlmostEqual(
            change.expires_at,
            fields.Datetime.now() + timedelta(hours=24),
            delta=timedelta(minutes=2),
        )
        page = self._get(path)
        change.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self._get(path).status_code, 410)
        self.assertIn("refused", self._submit(page).headers["Location"])
        self.env.invalidate_all()
        self.assertEqual(self.anna.email, "anna@berg.example")

    def test_wrong_token(self):
        self.assertEqual(self._get("/customer/email/nothing").status_code, 410)
        self.assertEqual(self.env["customer.email.change"]._confirm("nothing"), "refused")

    def test_token_is_in_no_table(self):
        self._ask()
        token = self._link().rpartition("/")[2]
        self.assertTrue(self.env["customer.email.change"]._peek(token))
        for table, column in (
            ("mail_mail", "body_html"),
            ("mail_message", "body"),
            ("customer_email_change", "token_hash"),
        ):
            self.env.cr.execute(
                f"SELECT 1 FROM {table} WHERE {column} LIKE %s",
                [f"%{token}%"],  # noqa: S608
            )
            self.assertFalse(self.env.cr.fetchall(), table)

    def test_address_of_somebody_else_answers_the_same(self):
        other = self._ask("bo@berg.example")
        self.assertIn("status=email_asked", other.headers["Location"])
        self.assertFalse(self._mails_to("bo@berg.example"))
        self.assertTrue(self._mails_to("anna@berg.example"))
        self.assertIn("bo@berg.example", self._me().text)  # pending, as any other
        self.assertIn(
            "Anna Berg asks for another e-mail address", self.lead.activity_ids.mapped("summary")
        )

    def test_address_taken_meanwhile(self):
        self._ask()
        path = self._link()
        self._create_staff("late", "base.group_user").login = NEW
        self.assertEqual(self._click(path), "taken")
        self.assertEqual(self.anna.email, "anna@berg.example")
        self.assertTrue(self.lead.activity_ids)

    def test_cancelled(self):
        self._ask()
        path = self._link()
        self._submit(self._me(), "cancel", action="/me/email")
        self.assertEqual(self._get(path).status_code, 410)

    def test_asking_again_kills_the_first_link(self):
        self._ask()
        path = self._link()
        with self.mock_mail_gateway():
            self.access._contact_email("code", "ask", "anna.third@berg.example")
        self.assertEqual(self._get(path).status_code, 410)

    def test_retried_mail_has_another_link(self):
        self._ask()
        first = self._link()
        change = self.env["customer.email.change"].search([])
        second = change._release()
        self.assertEqual(self._get(first).status_code, 410)
        self.assertEqual(
            self._get(
                second.partition("/customer/")[1] + second.partition("/customer/")[2]
            ).status_code,
            200,
        )

    def test_revoked_access(self):
        self._ask()
        path = self._link()
        self.access.revoke()
        self.assertEqual(self._get(path).status_code, 410)

    def test_addresses_that_are_refused(self):
        self._open_by_code()
        for email in ("", "nobody", "a@b.example, c@d.example", "anna@berg.example"):
            with self.subTest(email):
                answer = self._submit(self._me(), action="/me/email", email=email)
                self.assertEqual(answer.status_code, 200)
                self.assertIn('id="email_error"', answer.text)
        self.assertFalse(self.env["customer.email.change"].search([]))

    def test_limit(self):
        for number in range(5):
            with self.mock_mail_gateway():
                self.access._contact_email("code", "ask", f"a{number}@berg.example")
        result = self.access._contact_email("code", "ask", "a9@berg.example")
        self.assertEqual(result["status"], "error")

    def test_level_link_and_strangers(self):
        self._open_by_link()
        path = f"{self._path(self.guest)}/me/email"
        data = {"csrf_token": self._csrf("/web/login"), "email": NEW}
        self.url_open(path, data=data, allow_redirects=False)
        self.assertFalse(self.env["customer.email.change"].search([]))
        data["csrf_token"] = self._csrf("/web/login")
        answer = self.url_open(
            f"{self._path(self.access)}/me/email", data=data, allow_redirects=False
        )
        self.assertEqual(answer.status_code, 404)
