from lxml import html

from odoo.tools import mute_logger

from .portal_common import CODE, PortalPageCase

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class TestLinkPages(PortalPageCase):
    def test_link_get_is_inert(self):
        path = self._link(self.access)
        events = self.access.event_ids
        page = self._get(path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Kitchen for Berg", self._headline(page))
        self.assertNotIn("<script>", page.text)
        self.env.invalidate_all()
        self.assertEqual(self.access.event_ids, events)
        self.assertFalse(self.access.link_ids.use_count)
        self.assertEqual(self._get("/my/customer").status_code, 303)

    def test_link_is_shown_in_contact_language(self):
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        if "website" in self.env:  # whose portal speaks its own languages only
            self.env["website"].search([]).language_ids += lang
        self.bo.lang = "fr_FR"
        page = self._get(self._link(self.guest))
        self.assertEqual(html.fromstring(page.content).get("lang"), "fr-FR")
        entered = self._submit(page)
        self.assertEqual(entered.cookies["frontend_lang"], "fr_FR")
        workspace = self.url_open(entered.headers["Location"])
        self.assertEqual(html.fromstring(workspace.content).get("lang"), "fr-FR")

    def test_refused_page_is_one_page(self):
        revoked = self._link(self.access)
        self.access.revoke()
        expired = self._link(self.guest)
        self.guest.link_ids.expires_at = "2020-01-01"
        bodies = set()
        for path in (revoked, expired, f"/customer/link/{'x' * 43}"):
            page = self._get(path)
            self.assertEqual(page.status_code, 410)
            bodies.add(self._without_secrets(page, path))
        self.assertEqual(len(bodies), 1)

    def test_refused_post_is_refused_page(self):
        page = self._get(self._link(self.access))
        self.access.revoke()
        self.assertEqual(self._submit(page).status_code, 410)

    def test_recovery_answers_alike(self):
        refused = self._get(f"/customer/link/{'x' * 43}")
        by_token = self._submit(refused)
        known, unknown = (
            self._submit(self._get("/customer/recover"), email=email)
            for email in (self.anna.email, "nobody@berg.example")
        )
        for answer in (by_token, known, unknown):
            self.assertEqual(answer.status_code, 303)
            self.assertURLEqual(answer.headers["Location"], "/customer/recover?sent=1")

    def test_redeeming_leaves_the_token_behind(self):
        path = self._link(self.guest)
        entered = self._submit(self._get(path))
        self.assertEqual(entered.status_code, 303)
        self.assertURLEqual(entered.headers["Location"], self._path(self.guest))
        self.assertIn("Kitchen for Berg", self.url_open(entered.headers["Location"]).text)

    def test_switch_is_asked(self):
        self.authenticate(self.sara.login, None)
        page = self._submit(self._get(self._link(self.access)))
        self.assertIn("Sara", self._headline(page))
        self.assertURLEqual(self._submit(page, "1").headers["Location"], "/customer/verify")

    def test_password_is_chosen_once(self):
        self.company.write({"customer_login_free": False, "customer_require_sms_code": False})
        chosen = self._submit(self._get(self._link(self.guest)))
        self.assertURLEqual(chosen.headers["Location"], "/customer/password")
        page = self._get("/customer/password")
        weak = self._submit(page, password="short")
        self.assertIn('id="password_error"', weak.text)
        done = self._submit(weak, password="oak table under rain")
        self.assertURLEqual(done.headers["Location"], self._path(self.guest))
        self.assertIn("timed out", self._headline(self._get("/customer/password")))

    def _without_secrets(self, page, path):
        """Return a page without what differs by visit: its token and its CSRF token."""
        csrf = html.fromstring(page.content).xpath("//input[@name='csrf_token']/@value")[0]
        return page.text.replace(csrf, "").replace(path.rpartition("/")[2], "")


class TestVerifyPages(PortalPageCase):
    def setUp(self):
        super().setUp()
        self.path = self._link(self.access)
        self._submit(self._get(self.path))

    def test_code_page_states(self):
        page = self._get("/customer/verify")
        self.assertIn("•••• 45", page.content.decode())
        with self._sms_gateway():
            sent = self._submit(page, "send")
        self.assertURLEqual(sent.headers["Location"], "/customer/verify?status=sent")
        page = self._get("/customer/verify?status=sent")
        self.assertEqual(self._headline(page), "Type in your code")
        self.assertIn("data-wait", page.text)
        wrong = self._submit(page, code="000000")
        page = self.url_open(wrong.headers["Location"])
        self.assertIn("You have 4 tries left.", page.text)
        for _try in range(4):
            page = self.url_open(self._submit(page, code="000000").headers["Location"])
        self.assertEqual(self._headline(page), "That was one try too many.")

    def test_code_with_a_blank_opens_workspace(self):
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        entered = self._submit(self._get("/customer/verify"), code=f"{CODE[:3]} {CODE[3:]}")
        self.assertURLEqual(entered.headers["Location"], self._path(self.access))
        self.assertIn('name="text"', self.url_open(entered.headers["Location"]).text)

    def test_code_under_way_is_resumed(self):
        self.assertEqual(self._get(self.path).status_code, 200)
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        resumed = self._get(self.path)
        self.assertEqual(resumed.status_code, 303)
        self.assertURLEqual(resumed.headers["Location"], "/customer/verify")

    def test_gateway_down_is_said(self):
        with self._sms_gateway(sim_error="jsonrpc_exception"):
            answer = self._submit(self._get("/customer/verify"), "send")
        page = self.url_open(answer.headers["Location"])
        self.assertIn("We could not send the SMS", page.text)
        self.assertIn('value="send"', page.text)

    def test_wrong_number_is_told(self):
        answer = self._submit(self._get("/customer/verify"), "wrong_number")
        page = self.url_open(answer.headers["Location"])
        self.assertIn("told the team", self._headline(page))
        self._submit(self._get(self.path))
        self.assertIn('value="send"', self._get("/customer/verify").text)

    def test_password_sign_in_keeps_where_it_leads(self):
        user = self.anna._customer_user(self.company)
        user.password = "oak table under rain"
        self._other_browser()
        asked = self._post(
            "/web/login", login=user.login, password="oak table under rain", redirect="/my/customer"
        )
        with self._sms_gateway():
            sent = self._submit(self._get(asked.headers["Location"]), "send")
        entered = self._submit(self._get(sent.headers["Location"]), code=CODE)
        self.assertURLEqual(entered.headers["Location"], "/my/customer")

    def test_no_challenge_says_what_to_do(self):
        self._other_browser()
        self.assertIn("timed out", self._headline(self._get("/customer/verify")))


class TestPrivatePages(PortalPageCase):
    def test_pages_are_private(self):
        workspace = self._open_by_link().url
        for path in (
            self._link(self.access),
            "/customer/link/unknown",
            "/customer/verify",
            "/customer/recover",
            "/customer/password",
            "/customer/left",
            "/customer/ask",
            "/my/customer",
            workspace,
            "/my/customer/0",
        ):
            page = self._get(path)
            for header, value in HEADERS.items():
                self.assertEqual(page.headers[header], value, path)
            policy = page.headers["Content-Security-Policy"]
            self.assertIn("frame-ancestors 'none'", policy, path)
            self.assertIn("default-src 'self' " if "/my/" in path else "default-src 'none'", policy)
            self.assertNotIn("http", policy, "nothing from elsewhere")

    def test_posts_need_csrf(self):
        self._open_by_link()
        for path in (
            self._link(self.guest),
            "/customer/verify",
            "/customer/recover",
            "/customer/password",
            "/customer/leave",
            "/customer/ask",
            f"{self._path(self.guest)}/message",
            f"{self._path(self.guest)}/confirm",
        ):
            with mute_logger("odoo.http"):
                page = self.url_open(path, data={"text": "x"})
            self.assertEqual(page.status_code, 400, path)

    def test_pages_load_nothing_from_elsewhere(self):
        for path in (self._link(self.guest), "/customer/recover"):
            tree = html.fromstring(self._get(path).content)
            for address in tree.xpath("//link/@href | //script/@src | //img/@src"):
                self.assertRegex(address, r"^(/[^/]|data:)")
