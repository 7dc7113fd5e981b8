import re

from odoo.exceptions import AccessDenied
from odoo.fields import Command
from odoo.http import root

from .portal_common import PortalPageCase

GIVEN = "a-good-pass-phrase"
OWN = "rain on the oak table"


class TestMustReplace(PortalPageCase):
    def setUp(self):
        super().setUp()
        self.user = self.bo._customer_user(self.company)
        self.admin = self.env.ref("base.user_admin")

    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _give(self):
        self.user.with_user(self.admin).password = GIVEN
        self.env.flush_all()

    def _sign_in(self, redirect="/my/home"):
        return self._post("/web/login", login=self.user.login, password=GIVEN, redirect=redirect)

    def test_staff_or_import_mark_it_and_the_person_does_not(self):
        def marked():
            return self.user.sudo().customer_must_change_password

        self._give()
        self.assertTrue(marked())
        self.env["res.users"].with_user(self.user).change_password(GIVEN, OWN)
        self.assertFalse(marked())
        wizard = self.env["change.password.wizard"].with_user(self.admin)
        line = Command.create({"user_id": self.user.id, "new_passwd": GIVEN})
        wizard.create({"user_ids": [line]}).change_password_button()
        self.assertTrue(marked())
        self.bo.signup_prepare("reset")
        token = self.bo._generate_signup_token()
        self.env["res.users"].with_user(self.admin).sudo().signup({"password": OWN}, token)
        self.assertFalse(marked(), "Whoever has the link chose, in whosever browser.")

    def test_import_marks_it(self):
        result = (
            self.env["res.users"]
            .with_context(import_file=True, no_reset_password=True)
            .load(
                ["name", "login", "password", "group_ids/id"],
                [["One", "one@import.example", GIVEN, "base.group_portal"]],
            )
        )
        user = self.env["res.users"].browse(result["ids"])
        self.assertTrue(user.customer_must_change_password)

    def test_context_from_outside_is_no_excuse(self):
        user = self.user.with_user(self.admin).with_context(customer_own_choice=True)
        user.password = GIVEN
        self.assertTrue(self.user.sudo().customer_must_change_password)

    def test_nothing_else_is_served_and_it_leads_to_where_it_was_meant(self):
        self._give()
        target = self._path(self.guest)
        self.assertURLEqual(self._sign_in(target).headers["Location"], target)
        for path in (target, "/my", "/my/security", "/odoo", "/web/login", "/my/customer"):
            with self.subTest(path):
                answer = self._get(f"{path}?x=1")
                self.assertEqual(answer.status_code, 303)
                self.assertIn("/customer/password?", answer.headers["Location"])
        page = self._get(self._get(target).headers["Location"])
        self.assertIn("a password that we gave you", page.text)
        done = self._submit(page, password=OWN)
        self.assertURLEqual(done.headers["Location"], target)
        self.assertEqual(self._get(target).status_code, 200)
        self.assertEqual(self._session().uid, self.user.id, "Stays signed in.")
        self.assertFalse(self.user.sudo().customer_must_change_password)

    def test_the_given_one_and_a_weak_one_are_refused(self):
        self._give()
        self._sign_in()
        page = self._get("/customer/password")
        for password, text in {
            GIVEN: "that you have now",
            "bo berg": "Too short",
            "": "Too",
        }.items():
            self.assertIn(text, self._submit(page, password=password).text)
        self.assertTrue(self.user.sudo().customer_must_change_password)

    def test_leads_to_no_other_site(self):
        self._give()
        self._sign_in()
        for evil in ("https://evil.example/x", "//evil.example/x", "/\\evil.example", "\\\\evil"):
            self._give()
            self._other_browser()
            self._sign_in()
            self.env.registry.clear_cache()
            csrf = self._csrf("/customer/password")
            answer = self.url_open(
                "/customer/password",
                data={"csrf_token": csrf, "password": OWN, "redirect": evil},
                allow_redirects=False,
            )
            location = answer.headers["Location"].removeprefix(self.base_url())
            self.assertRegex(location, r"^/(?![/\\])")

    def test_rpc_is_closed(self):
        self._give()
        credential = {"type": "password", "login": self.user.login, "password": GIVEN}
        with self.assertRaises(AccessDenied):
            self.env["res.users"].authenticate(credential, {"interactive": False})
        self._sign_in()
        answer = self.url_open(
            "/web/dataset/call_kw/res.users/read",
            json={
                "params": {
                    "model": "res.users",
                    "method": "read",
                    "args": [[self.user.id], ["name"]],
                    "kwargs": {},
                }
            },
        ).json()
        self.assertIn("AccessDenied", answer["error"]["data"]["name"])

    def test_forms_of_other_pages_are_refused(self):
        self._give()
        self._sign_in()
        csrf = self._csrf("/customer/password")
        answer = self.url_open(
            f"{self._path(self.guest)}/message",
            data={"csrf_token": csrf, "body": "hello"},
            allow_redirects=False,
        )
        self.assertNotIn(answer.status_code, (200, 303))

    def test_what_the_page_is_made_of_is_served(self):
        self._give()
        self._sign_in()
        page = self._get("/customer/password").text
        for path in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js))"', page):
            with self.subTest(path):
                self.assertEqual(self._get(path).status_code, 200)
        csrf = self._csrf("/customer/password")
        answer = self.url_open(
            "/customer/password/strength", data={"csrf_token": csrf, "password": OWN}
        )
        self.assertTrue(answer.json()["ok"])

    def test_logging_out_is_possible(self):
        self._give()
        self._sign_in()
        self._get("/web/session/logout")
        self.assertFalse(self._session().uid)

    def test_staff_are_not_concerned(self):
        self.sara.with_user(self.admin).password = GIVEN
        self.env.flush_all()
        self.authenticate(self.sara.login, GIVEN)
        self.assertEqual(self._get("/my/home").status_code, 200)
