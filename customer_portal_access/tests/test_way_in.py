import re

from odoo.http import root
from odoo.tests import new_test_user

from .portal_common import PortalPageCase

PASSWORD = "a-good-pass-phrase"
OTHER = "rain on the oak table"


class WayInCase(PortalPageCase):
    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _with_password(self, partner):
        user = partner._customer_user(self.company)
        with self.mock_mail_gateway():  # Odoo tells the user
            user.password = PASSWORD
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).unlink()
        return user

    def _answer(self):
        """Let the scheduled action and the mail queue run; return what was sent."""
        with self.mock_mail_gateway():
            self.env.ref("customer_portal_access.ir_cron_recovery").method_direct_trigger()
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        self.env.invalidate_all()
        return self._ours()

    def _ours(self):
        """Return what was sent of this, beside Odoo's notes to staff and on new passwords."""
        words = ("/customer/reset/", "/customer/link/", "token=", "no access for you")
        return [mail for mail in self._mails if any(word in mail["body"] for word in words)]

    def _ask(self, login, path="/customer/forgot"):
        answer = self._post(path, login=login)
        self.assertURLEqual(answer.headers["Location"], f"{path}?sent=1")
        return self._answer()

    def _path_in(self, mail):
        return re.search(r"/customer/(?:reset|link)/[\w-]+", mail["body"])[0]

    def _choose(self, mail, password):
        """Click the link of a mail and choose a password."""
        path = self._path_in(mail)
        answer = self._submit(self._get(path))
        self.assertURLEqual(answer.headers["Location"], "/customer/password")
        return self._submit(self._get("/customer/password"), password=password)


class TestForgotten(WayInCase):
    def test_new_password_signs_in_here_and_out_elsewhere(self):
        user = self._with_password(self.bo)
        self.authenticate(user.login, PASSWORD)
        elsewhere = self.opener.cookies.copy()
        self._other_browser()
        [mail] = self._ask("bo@berg.example")
        self.assertIn("bo@berg.example", mail["email_to"][0])
        done = self._choose(mail, OTHER)
        self.assertURLEqual(done.headers["Location"], self._path(self.guest))
        self.assertEqual(self._session().uid, user.id)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200)
        self.opener.cookies.clear()
        self.opener.cookies.update(elsewhere)
        self.assertIn("/web/login", self._get("/my/home").headers["Location"])

    def test_user_name_leads_to_the_mailbox_on_record(self):
        user = self._with_password(self.bo)
        user.login = "bob"
        [mail] = self._ask("BOB")
        self.assertIn("bo@berg.example", mail["email_to"][0])
        self.assertIn("bob", mail["body"])

    def test_link_works_once_and_a_new_one_is_a_click_away(self):
        self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        path = self._path_in(mail)
        self._choose(mail, OTHER)
        self._other_browser()
        used = self._get(path)
        self.assertEqual(used.status_code, 410)
        again = self._submit(used)
        self.assertURLEqual(again.headers["Location"], "/customer/forgot?sent=1")
        [second] = self._answer()
        self.assertNotEqual(self._path_in(second), path)
        self._choose(second, PASSWORD)
        self.assertTrue(self._session().uid)

    def test_expired_link_is_refused(self):
        self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        self.env["customer.password.link"].search([]).expires_at = "2020-01-01"
        self.assertEqual(self._get(self._path_in(mail)).status_code, 410)
        self.assertEqual(
            self._post(self._path_in(mail), "/web/login").status_code, 410, "Nor by a forged form."
        )

    def test_earlier_links_end_with_the_first_that_is_used(self):
        self._with_password(self.bo)
        [first] = self._ask("bo@berg.example")
        self.env["customer.quota"].search([("scope", "=", "password_reset")]).unlink()
        [second] = self._ask("bo@berg.example")
        self._choose(second, OTHER)
        self._other_browser()
        self.assertEqual(self._get(self._path_in(first)).status_code, 410)

    def test_link_ends_with_the_address_it_went_to(self):
        self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        self.bo.email = "bo@new.example"
        self.assertEqual(self._get(self._path_in(mail)).status_code, 410)

    def test_whoever_works_here_is_asked_before_the_log_in_ends(self):
        user = self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        path = self._path_in(mail)
        self.sara.password = PASSWORD
        self.authenticate(self.sara.login, PASSWORD)
        question = self._submit(self._get(path))
        self.assertEqual(question.status_code, 200)
        self.assertIn("Sara", question.text)
        self.assertFalse(self._session().get("customer_password_link"))
        refused = self._post("/customer/password", path, password=OTHER)
        self.assertNotIn("Location", refused.headers)
        self.assertEqual(self._session().uid, self.sara.id)
        agreed = self._submit(question, "1")
        self.assertURLEqual(agreed.headers["Location"], "/customer/password")
        self.assertEqual(self._session().uid, self.sara.id, "Only the password ends it.")
        done = self._submit(self._get("/customer/password"), password=OTHER)
        self.assertURLEqual(done.headers["Location"], self._path(self.guest))
        self.assertEqual(self._session().uid, user.id)

    def test_whoever_signed_in_after_agreeing_is_asked_too(self):
        self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        self._submit(self._get(self._path_in(mail)))
        form = self._get("/customer/password")
        session = self._session()
        session.update({"uid": self.sara.id, "login": self.sara.login})
        session.session_token = self.sara._compute_session_token(session.sid)
        root.session_store.save(session)
        self.assertNotIn("Location", self._submit(form, password=OTHER).headers)
        self.assertEqual(self._session().uid, self.sara.id)

    def test_looking_at_a_link_changes_nothing(self):
        self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        link = self.env["customer.password.link"].search([])
        before = link.read()
        self._get(self._path_in(mail))
        self.opener.head(self.base_url() + self._path_in(mail), timeout=30)
        self.env.invalidate_all()
        self.assertEqual(link.read(), before)
        self.assertFalse(self._session().get("customer_password_link"))

    def test_weak_password_does_not_use_up_the_link(self):
        self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        self.assertIn("known to others", self._choose(mail, "bo@berg.example").text)
        for password in ("", "short", "x" * 129):
            answer = self._submit(self._get("/customer/password"), password=password)
            self.assertIn('id="password_error"', answer.text)
        self.assertEqual(
            self._submit(self._get("/customer/password"), password=OTHER).status_code, 303
        )

    def test_role_with_code_is_asked_for_it_after_a_new_password(self):
        self._with_password(self.anna)
        [mail] = self._ask("anna@berg.example")
        done = self._choose(mail, OTHER)
        self.assertIn("/customer/verify", done.headers["Location"])
        self.assertIsNone(self._session().uid, "The mailbox alone lets nobody in.")

    def test_asks_before_ending_somebody_elses_log_in(self):
        self._with_password(self.bo)
        stranger = new_test_user(self.env, "stranger", "base.group_portal", password=PASSWORD)
        [mail] = self._ask("bo@berg.example")
        self.authenticate("stranger", PASSWORD)
        page = self._submit(self._get(self._path_in(mail)))
        self.assertIn("Continue as", page.text)
        self.assertEqual(self._session().uid, stranger.id)
        answer = self._submit(page, "1")
        self.assertURLEqual(answer.headers["Location"], "/customer/password")

    def test_staff_get_odoos_own_mail(self):
        self.sara.password = PASSWORD
        self._post("/customer/forgot", login="sara-test")
        [mail] = self._answer()
        self.assertIn("sara@seller.example", mail["email_to"][0])
        path = re.search(r"/web/reset_password[^\"]+", mail["body"])[0].replace("&amp;", "&")
        page = self._get(path)
        self.assertEqual(page.status_code, 200)
        token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
        done = self._post(path, token=token, password=OTHER, confirm_password=OTHER)
        self.assertIn("reset successfully", done.text)
        self.sara.partner_id.signup_prepare("reset")  # somebody asks again
        again = self._get(path)
        self.assertURLEqual(again.headers["Location"], "/customer/forgot?expired=1")

    def test_odoos_page_tells_nobody(self):
        self._with_password(self.bo)
        self.assertURLEqual(
            self._get("/web/reset_password").headers["Location"], "/customer/forgot"
        )
        for login in ("bo@berg.example", "nobody@berg.example"):
            answer = self._post("/web/reset_password", "/customer/forgot", login=login)
            self.assertURLEqual(answer.headers["Location"], "/customer/forgot?sent=1")
            answer = self._get(f"/web/reset_password?signup_email={login}")
            self.assertURLEqual(answer.headers["Location"], "/customer/forgot")
        for token in ("x", "AAAA"):
            answer = self._get(f"/web/reset_password?token={token}&signup_email=bo@berg.example")
            self.assertURLEqual(answer.headers["Location"], "/customer/forgot?expired=1")

    def test_reset_over_rpc_tells_nobody(self):
        self._with_password(self.bo)
        users = self.env["res.users"].with_user(self.bo.user_ids)
        for login in ("bo@berg.example", "nobody@berg.example", "admin"):
            self.assertIs(users.reset_password(login), True)

    def test_at_most_three_mails_an_hour(self):
        self._with_password(self.bo)
        mails = []
        for _click in range(5):
            mails += self._ask("bo@berg.example")
            self.env["customer.quota"].search([("scope", "=", "password_reset")]).unlink()
        self.assertEqual(len(mails), 3)

    def test_nothing_is_kept_of_the_token(self):
        self._with_password(self.bo)
        [mail] = self._ask("bo@berg.example")
        token = self._path_in(mail).rpartition("/")[2]
        link = self.env["customer.password.link"].sudo().search([])
        self.assertEqual(len(link.token_hash), 64)
        self.assertNotEqual(link.token_hash, token)
        self.env.cr.execute("SELECT body FROM mail_message WHERE body LIKE %s", [f"%{token}%"])
        self.assertFalse(self.env.cr.fetchall())


class TestFirstTime(WayInCase):
    def _no_codes(self):
        self.company.write({"customer_login_free": False, "customer_require_sms_code": False})

    def test_contact_without_password_chooses_one(self):
        self._no_codes()
        [mail] = self._ask("bo@berg.example", "/customer/first")
        done = self._choose(mail, PASSWORD)
        self.assertURLEqual(done.headers["Location"], self._path(self.guest))
        self.assertEqual(self._session().uid, self.bo.user_ids.id)
        self.assertTrue(self.bo._customer_has_password())

    def test_login_free_company_offers_a_password_too(self):
        self.company.write({"customer_login_free": True, "customer_require_sms_code": False})
        [mail] = self._ask("bo@berg.example", "/customer/first")
        self._choose(mail, PASSWORD)
        self.assertTrue(self._session().uid)

    def test_no_user_is_made_before_the_mailbox_is_proven(self):
        self._no_codes()
        [mail] = self._ask("bo@berg.example", "/customer/first")
        self._submit(self._get(self._path_in(mail)))
        self.assertFalse(self.bo.user_ids)

    def test_role_with_code_gets_the_invitation_with_code(self):
        [mail] = self._ask("anna@berg.example", "/customer/first")
        self.assertIn("/customer/link/", mail["body"])
        link = self.access.link_ids[0]
        self.assertEqual((link.kind, link.requires_code), ("invitation", True))

    def test_failed_sign_in_offers_the_mail_whatever_the_address(self):
        self._with_password(self.bo)
        pages = set()
        for login in ("bo@berg.example", "nobody@berg.example", "anna@berg.example"):
            page = self._post("/web/login", login=login, password="wrong").text
            self.assertIn("No password yet? Mail me the way in", page)
            self.assertIn(f'value="{login}"', page)
            page = re.sub(r'name="csrf_token"[^>]*|csrf_token: "[^"]*"', "", page)
            pages.add(page.replace(login, ""))
        self.assertEqual(len(pages), 1)

    def test_who_may_not_come_in_is_told_by_mail_only(self):
        self.guest.revoke()
        self.env.flush_all()
        [mail] = self._ask("bo@berg.example", "/customer/first")
        self.assertIn("no access for you", mail["body"])
        self.assertNotIn("/customer/reset/", mail["body"])

    def test_one_that_breaks_does_not_hold_up_the_others(self):
        self._no_codes()
        self._with_password(self.bo)
        kim = self._create_contact("Kim Berg", "kim@berg.example", "+47 406 12 399")
        # whoever has no way in cannot be told any more
        self.env.ref("customer_portal_access.mail_template_no_way_in").unlink()
        self._post("/customer/first", login=kim.email)
        with self.assertLogs("odoo.addons.customer_portal_access", "ERROR"):
            [mail] = self._ask("bo@berg.example")
        self.assertIn("bo@berg.example", mail["email_to"][0])
        self.assertFalse(self.env["customer.link.request"].search([]))

    def _by_policy(self):
        """Return a contact whom nothing but the company's default lets in."""
        self.company.write(
            {
                "customer_portal_default": "enabled",
                "customer_default_role_id": self.contact_person.id,
            }
        )
        return self._create_contact("Kim Berg", "kim@berg.example", "+47 406 12 399")

    def test_contact_whom_the_default_lets_in_chooses_a_password(self):
        self._no_codes()
        kim = self._by_policy()
        [mail] = self._ask("kim@berg.example", "/customer/first")
        done = self._choose(mail, PASSWORD)
        self.assertURLEqual(done.headers["Location"], self._path(kim.customer_access_ids))
        self.assertEqual(self._session().uid, kim.user_ids.id)

    def test_contact_whom_the_default_lets_in_gets_a_code_where_it_is_the_rule(self):
        self.company.write({"customer_login_free": False, "customer_require_sms_code": True})
        self._by_policy()
        [mail] = self._ask("kim@berg.example", "/customer/first")
        self.assertIn("/customer/link/", mail["body"])

    def test_disabled_contact_is_told_by_mail_only(self):
        self._no_codes()
        kim = self._by_policy()
        kim.set_customer_portal_policy("disabled")
        self.env.flush_all()
        [mail] = self._ask("kim@berg.example", "/customer/first")
        self.assertIn("no access for you", mail["body"])
        self.assertFalse(kim.user_ids)
        self.assertFalse(kim.customer_access_ids)

    def test_link_ends_with_the_policy(self):
        self._no_codes()
        kim = self._by_policy()
        [mail] = self._ask("kim@berg.example", "/customer/first")
        kim.set_customer_portal_policy("disabled")
        self.env.flush_all()
        self.assertEqual(self._get(self._path_in(mail)).status_code, 410)

    def test_link_ends_with_the_access(self):
        self._no_codes()
        [mail] = self._ask("bo@berg.example", "/customer/first")
        self.guest.revoke()
        self.env.flush_all()
        self.assertEqual(self._get(self._path_in(mail)).status_code, 410)

    def test_mail_stays_when_the_access_ends_before_it_leaves(self):
        self._no_codes()
        self._post("/customer/first", login="bo@berg.example")
        with self.mock_mail_gateway():
            self.env.ref("customer_portal_access.ir_cron_recovery").method_direct_trigger()
        self.guest.revoke()
        self.env.flush_all()
        with self.mock_mail_gateway():
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        self.assertFalse(self._ours())

    def test_portal_user_of_old_needs_no_access(self):
        user = new_test_user(
            self.env, "olga@portal.example", "base.group_portal", password=PASSWORD
        )
        [mail] = self._ask("olga@portal.example")
        done = self._choose(mail, OTHER)
        self.assertURLEqual(done.headers["Location"], "/my")
        self.assertEqual(self._session().uid, user.id)

    def test_same_answer_for_everybody(self):
        self._with_password(self.bo)
        gone = self._create_contact("Gone", "gone@berg.example", active=False)
        answers = set()
        for login in (
            "bo@berg.example",
            "anna@berg.example",
            "nobody@berg.example",
            gone.email,
            "sara-test",
            "sara@seller.example",
            "no address at all",
            "",
        ):
            for path in ("/customer/forgot", "/customer/first"):
                with self.mock_mail_gateway():
                    answer = self._post(path, login=login)
                self.assertFalse(self._mails, "Nothing is sent inside the request.")
                cookies = sorted(cookie.name for cookie in answer.cookies)
                body = answer.text.replace(path, "")
                answers.add((answer.status_code, body, tuple(cookies)))
        self.assertEqual(len(answers), 1)
