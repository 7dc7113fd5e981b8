from lxml import html

from odoo.http import root

from .portal_common import PortalPageCase

PASSWORD = "a-good-pass-phrase"
PATH = "/my/customer/access"


class TestMyAccess(PortalPageCase):
    def setUp(self):
        super().setUp()
        self.user = self.bo._customer_user(self.company)
        self.user.password = PASSWORD

    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _sign_in(self):
        self._other_browser()
        self._post("/web/login", login=self.user.login, password=PASSWORD)
        self._get("/my/home")

    def _end(self, what, record_id=0):
        csrf = self._csrf("/my/security")
        return self.url_open(
            f"{PATH}/end",
            data={"csrf_token": csrf, "what": what, "record_id": record_id},
            allow_redirects=False,
        )

    def _text(self, page):
        return " ".join(html.fromstring(page.content).text_content().split())

    def test_shows_links_devices_and_visits(self):
        token = self._token(self.guest)
        self._post(f"/customer/link/{token}")
        self._sign_in()
        self._sign_in()
        page = self._get(PATH)
        self.assertEqual(page.status_code, 200)
        text = self._text(page)
        self.assertIn("Kitchen for Berg", text)
        self.assertIn("Lets in whoever holds it.", text)
        self.assertIn("without signing in", text)
        self.assertIn("this device", text)
        self.assertIn("Link used", text)
        self.assertNotIn(token, page.text)

    def test_ends_a_link_and_what_it_opened(self):
        path = self._link(self.guest)
        self._submit(self._get(path))
        visitor = self.opener.cookies.copy()
        self._sign_in()
        self._end("link", self.guest.link_ids.id)
        self.assertEqual(self.guest.link_ids.state, "revoked")
        self.assertEqual(self._get(path).status_code, 410)
        self.opener.cookies.clear()
        self.opener.cookies.update(visitor)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303)

    def test_closes_a_browser_that_is_in_by_a_link(self):
        self._submit(self._get(self._link(self.guest)))
        visitor = self.opener.cookies.copy()
        self._sign_in()
        self._end("visitor", self.guest.session_ids.id)
        self.assertTrue(self.guest.session_ids.ended_at)
        self.opener.cookies.clear()
        self.opener.cookies.update(visitor)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303)

    def test_signs_out_elsewhere(self):
        self._sign_in()
        elsewhere = self.opener.cookies.copy()
        self._sign_in()
        self.assertEqual(len(self.user._my_devices()), 2)
        self._end("others")
        self.assertEqual(self._get(PATH).status_code, 200)
        self.opener.cookies.clear()
        self.opener.cookies.update(elsewhere)
        self.assertIn("/web/login", self._get(PATH).headers["Location"])

    def test_nobody_ends_what_is_anothers(self):
        access = self._create_access(self.anna, self.contact_person, self.project)
        access.create_link()
        other = self.anna._customer_user(self.company)
        other.password = PASSWORD
        self._other_browser()
        self._post("/web/login", login=other.login, password=PASSWORD)
        theirs = other._my_devices()
        self._sign_in()
        for what, record in (("link", access.link_ids), ("device", theirs), ("user", other)):
            for record_id in record.ids or [1]:
                answer = self._end(what, record_id)
                self.assertIn("status=gone", answer.headers["Location"])
        self.assertEqual(access.link_ids.state, "live")

    def test_is_for_whoever_is_signed_in(self):
        self._open_by_link()
        self.assertURLEqual(self._get(PATH).headers["Location"], "/my/customer")
        self._other_browser()
        self.assertIn("/web/login", self._get(PATH).headers["Location"])
        self.sara.password = PASSWORD
        self.authenticate(self.sara.login, PASSWORD)
        self.assertURLEqual(self._get(PATH).headers["Location"], "/my/customer")

    def test_colleagues_only_for_roles_that_see_them(self):
        self._sign_in()
        self.assertNotIn("Anna Berg", self._text(self._get(PATH)))
        permission = self.env.ref("customer_portal_access.permission_manage_colleagues")
        self.contact_person.permission_ids += permission
        self.assertIn("Anna Berg", self._text(self._get(PATH)))

    def test_who_came_by_a_code_chooses_a_password_and_may_add_a_passkey(self):
        self._open_by_code()
        page = self._get(PATH)
        self.assertIn("You have no password yet.", page.text)
        passkeys = "auth_passkey_portal" in self.env["ir.module.module"]._installed()
        self.assertEqual('id="portal_passkey_add"' in page.text, passkeys)
        form = self._get(f"/customer/password?redirect={PATH}")
        done = self._submit(form, password=PASSWORD)
        self.assertURLEqual(done.headers["Location"], PATH)
        self.assertEqual(self._get(PATH).status_code, 200)
        self.assertTrue(self.anna._customer_has_password())
        self.assertFalse(self.anna.user_ids.sudo().customer_must_change_password)

    def test_who_has_a_password_needs_it_for_another(self):
        self._sign_in()
        page = self._get("/customer/password")
        self.assertNotIn('name="password"', page.text)
        answer = self._post("/customer/password", "/my/security", password="rain on the oak table")
        self.assertIn("timed out", self._headline(answer))
        credential = {"type": "password", "login": self.user.login, "password": PASSWORD}
        self.assertTrue(self.env["res.users"].authenticate(credential, {"interactive": True}))

    def test_ids_that_are_none(self):
        self._sign_in()
        for record_id in ("x", "-1", "99999999999999999", "²"):
            self.assertEqual(self._end("link", record_id).status_code, 303)
