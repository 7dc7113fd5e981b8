from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.http import root

from .portal_common import PortalPageCase


class TestBrowser(PortalPageCase):
    """A browser that has gone in by a login-free link goes straight in from then on."""

    def setUp(self):
        super().setUp()
        self.token = self._enter_by_link(self.guest)
        self.path = f"/customer/link/{self.token}"
        self.link = self.guest.link_ids

    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _cookies(self):
        return [cookie for cookie in self.opener.cookies if cookie.path == "/customer"]

    def _close_session(self):
        """Lose Odoo's session, as a browser does that is closed for weeks."""
        self.opener.cookies.clear(domain=self._cookies()[0].domain, path="/", name="session_id")

    def _uses(self):
        self.env.invalidate_all()
        return self.link.use_count

    def _assert_asks(self, path=None):
        page = self._get(path or self.path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Continue", page.text)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303, "Nobody is in.")

    def test_straight_in_the_second_time(self):
        self._close_session()
        entered = self._get(self.path)
        self.assertEqual(entered.status_code, 303)
        self.assertURLEqual(entered.headers["Location"], self._path(self.guest))
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200)
        self.assertEqual(self._uses(), 2)
        self.assertIsNone(self._session().uid, "No log-in.")

    def test_open_session_goes_straight_in_without_cookie(self):
        for cookie in self._cookies():
            self.opener.cookies.clear(cookie.domain, cookie.path, cookie.name)
        self.assertEqual(self._get(self.path).status_code, 303)
        self.assertEqual(self._uses(), 1, "It was in already.")

    def test_cookie_is_kept_from_scripts_and_other_paths(self):
        token = self._token(self.guest, "login_free")
        answer = self._post(f"/customer/link/{token}")
        [header] = [
            header
            for header in answer.raw.headers.getlist("Set-Cookie")
            if header.startswith("customer_link_")
        ]
        for part in ("HttpOnly", "SameSite=Lax", "Path=/customer;", f"Max-Age={90 * 86400}"):
            self.assertIn(part, header)
        self.assertNotIn("Secure", header, "This is http.")

    def test_cookie_is_secure_on_https(self):
        token = self._token(self.guest, "login_free")
        with patch.object(type(self.env["ir.http"]), "_customer_is_secure", return_value=True):
            answer = self._post(f"/customer/link/{token}")
        cookies = answer.raw.headers.getlist("Set-Cookie")
        self.assertTrue(
            [part for part in cookies if part.startswith("customer_link_") and "Secure" in part]
        )

    def test_database_keeps_a_hash_only(self):
        [cookie] = self._cookies()
        self.env.cr.execute("SELECT secret_hash FROM customer_access_browser")
        [(kept,)] = self.env.cr.fetchall()
        self.assertNotIn(cookie.value, kept)
        self.assertNotEqual(cookie.value, self.token, "A secret of its own.")

    def test_head_changes_nothing(self):
        self._close_session()
        answer = self.opener.head(self.base_url() + self.path, allow_redirects=False)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._uses(), 1)
        self.assertFalse(self._session().get("customer_link"))

    def test_wrong_cookie_asks(self):
        self._close_session()
        [cookie] = self._cookies()
        cookie.value = "x" * 43
        self._assert_asks()
        self.assertEqual(self._uses(), 1)

    def test_cookie_of_another_link_asks(self):
        other = self._token(self.guest, "login_free")
        new = self.guest.link_ids - self.link
        self._close_session()
        [cookie] = self._cookies()
        self._assert_asks(f"/customer/link/{other}")
        cookie.name = f"customer_link_{new.id}"
        self.opener.cookies.clear()
        self.opener.cookies.set_cookie(cookie)
        self._assert_asks(f"/customer/link/{other}")

    def test_expired_cookie_asks(self):
        self._close_session()
        self.env["customer.access.browser"].search([]).expires_at = fields.Datetime.now()
        self._assert_asks()

    def test_log_out_forgets_the_browser(self):
        answer = self._submit(self._get(self._path(self.guest)), action="/customer/leave")
        self.assertURLEqual(answer.headers["Location"], "/customer/left")
        self.assertIn("open the link in the mail", self.url_open("/customer/left").text)
        self.assertFalse(self._cookies())
        self.assertFalse(self.env["customer.access.browser"].search([]))
        self._assert_asks()
        self._post(self.path)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200, "It works again.")

    def test_log_out_forgets_every_link_of_the_contact(self):
        other = f"/customer/link/{self._enter_by_link(self.guest)}"
        colleague = self._create_access(self.anna, self.contact_person, self.project)
        theirs = f"/customer/link/{self._enter_by_link(colleague)}"
        self._get(other)
        self._submit(self._get(self._path(self.guest)), action="/customer/leave")
        self._assert_asks()
        self._assert_asks(other)
        self.assertEqual(self._get(theirs).status_code, 303, "Another contact stays remembered.")

    def test_log_out_of_odoo_forgets_every_link_of_the_contact(self):
        other = f"/customer/link/{self._enter_by_link(self.guest)}"
        self._submit(self._get(self._path(self.guest)), action="/confirm")
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        self._submit(self._get("/customer/verify"), code="123456")
        self._get("/web/session/logout?redirect=/customer/left")
        self._get("/customer/left")
        self._assert_asks()
        self._assert_asks(other)

    def test_page_of_the_log_out_forgets_nobody_who_is_in_again(self):
        self._submit(self._get(self._path(self.guest)), action="/customer/leave")
        self._submit(self._get(self.path))
        self._get("/customer/left")
        self._close_session()
        self.assertEqual(self._get(self.path).status_code, 303)

    def test_log_out_after_a_lost_session_forgets_the_browser(self):
        self._close_session()
        self._get(self.path)
        self._submit(self._get(self._path(self.guest)), action="/customer/leave")
        self.assertFalse(self.env["customer.access.browser"].search([]))

    def test_log_out_after_the_code_forgets_the_browser(self):
        self._submit(self._get(self._path(self.guest)), action="/confirm")
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        self._submit(self._get("/customer/verify"), code="123456")
        self.assertEqual(self._get(self.path).status_code, 303, "Still in: as signed in.")
        self.assertEqual(self._session().uid, self.bo.user_ids.id)
        self._get("/web/session/logout?redirect=/customer/left")
        self.assertFalse(self.env["customer.access.browser"].search([]))
        self.assertIsNone(self._session().uid)
        self._assert_asks()

    def test_leaving_a_log_in_by_code_raises_no_level(self):
        self._submit(self._get(self._path(self.guest)), action="/confirm")
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        self._submit(self._get("/customer/verify"), code="123456")
        csrf = self._csrf(self._path(self.guest))
        self.url_open("/customer/leave", data={"csrf_token": csrf}, allow_redirects=False)
        self.assertIsNone(self._session().uid)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303)

    def test_each_end_kills_the_cookie(self):
        ends = {
            "revoked": lambda: self.guest.revoke(),
            "reinstated": lambda: (self.guest.revoke(), self.guest._reinstate()),
            "link": lambda: self.link.action_revoke(),
            "policy": lambda: self.company.write({"customer_login_free": False}),
            "policy on again": lambda: (
                self.company.write({"customer_login_free": False}),
                self.company.write({"customer_login_free": True}),
            ),
            "role": lambda: self.guest.write({"role_id": self.observer.id}),
            "dates": lambda: self.guest.write({"date_until": "2020-01-01"}),
            "expired": lambda: self.link.write({"expires_at": "2020-01-01"}),
            "removed": lambda: self.guest.unlink(),
        }
        self._close_session()
        for name, end in ends.items():
            with self.subTest(name), self.cr.savepoint() as savepoint:
                end()
                self.env.flush_all()
                kept = list(self._cookies())
                page = self._get(self.path)
                self.assertEqual(page.status_code, 410)
                self.assertFalse(self._session().get("customer_link"))
                for cookie in kept:
                    self.opener.cookies.set_cookie(cookie)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_refused_link_takes_the_cookie_away(self):
        self.guest.revoke()
        self._get(self.path)
        self.assertFalse(self._cookies())

    def test_each_browser_has_a_secret_of_its_own(self):
        first = self._cookies()[0].value
        self._other_browser()
        self._post(self.path)
        self.assertNotEqual(self._cookies()[0].value, first)
        self.assertEqual(self.env["customer.access.browser"].search_count([]), 2)

    def test_continue_again_replaces_the_secret(self):
        self._close_session()
        csrf = self._csrf("/customer/recover")
        self.url_open(self.path, data={"csrf_token": csrf}, allow_redirects=False)
        self.assertEqual(self.env["customer.access.browser"].search_count([]), 1)

    def test_invitation_with_code_leaves_no_cookie(self):
        self._other_browser()
        self._enter_by_code(self.access)
        self.assertFalse(self._cookies())

    def test_staff_stay_signed_in(self):
        self.sara.password = "oak-doors-and-rain"
        self._close_session()
        [cookie] = self._cookies()
        self.authenticate(self.sara.login, "oak-doors-and-rain")
        self.opener.cookies.set_cookie(cookie)
        self.assertEqual(self._get(self.path).status_code, 303)
        self.assertEqual(self._session().uid, self.sara.id)
        self._submit(self._get(self._path(self.guest)), action="/customer/leave")
        self.assertEqual(self._session().uid, self.sara.id)

    def test_old_rows_are_forgotten(self):
        Browser = self.env["customer.access.browser"]
        browser = Browser.search([])
        Browser._gc_browsers()
        self.assertTrue(browser.exists())
        browser.expires_at = fields.Datetime.now() - timedelta(days=1)
        Browser._gc_browsers()
        self.assertFalse(browser.exists())

    def test_rows_of_revoked_links_are_forgotten(self):
        self.link.action_revoke()
        self.env["customer.access.browser"]._gc_browsers()
        self.assertFalse(self.env["customer.access.browser"].search([]))


class TestRefusedLink(PortalPageCase):
    """What a link that is refused leaves in the log."""

    def _refusals(self):
        self.env.invalidate_all()
        return self.env["customer.access.event"].search_count([("kind", "=", "link_refused")])

    def test_looking_again_and_again_is_one_line(self):
        path = self._link(self.guest)
        self.guest.revoke()
        for _look in range(3):
            self.assertEqual(self._get(path).status_code, 410)
        self.assertEqual(self._refusals(), 1)

    def test_unknown_link_leaves_no_line(self):
        self.assertEqual(self._get(f"/customer/link/{'x' * 43}").status_code, 410)
        self._post(f"/customer/link/{'x' * 43}")
        self.assertEqual(self._refusals(), 0)

    def test_link_that_dies_between_looking_and_continuing_lets_nobody_in(self):
        page = self._get(self._link(self.guest))
        self.company.customer_login_free = False
        self.assertEqual(self._submit(page, action=self._action(page)).status_code, 410)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303)
        self.assertFalse(self.env["customer.access.browser"].search([]))

    def _action(self, page):
        return page.url.rpartition("/")[2]
