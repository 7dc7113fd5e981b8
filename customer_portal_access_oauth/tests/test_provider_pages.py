from .common import ProviderCase


class TestProviderPages(ProviderCase):
    """Buttons and sentences, in the visitor's words; nothing leaks."""

    def test_button_on_the_sign_in_page(self):
        page = self.url_open("/web/login?redirect=/my/orders").text
        self.assertIn(f'action="{self._page()}"', page)
        self.assertIn("Kontoen", page)
        self.assertIn('name="redirect" value="/my/orders"', page)
        self.provider.enabled = False
        self.assertNotIn(self._page(), self.url_open("/web/login").text)

    def test_seeded_ones_are_off(self):
        for name in ("google", "microsoft"):
            provider = self.env.ref(f"customer_portal_access_oauth.provider_{name}")
            self.assertFalse(provider.enabled)
            self.assertEqual(self._get(f"/customer/provider/{provider.id}").status_code, 404)

    def test_odoos_own_have_no_page(self):
        core = self.env.ref("auth_oauth.provider_google")
        core.write({"enabled": True, "client_id": "x"})
        self.assertEqual(self._get(f"/customer/provider/{core.id}").status_code, 404)

    def test_offered_by_companies(self):
        self.provider.customer_company_ids = self.other_company
        self.assertEqual(self._get(self._page()).status_code, 404)
        there = self._get(f"{self._page()}?company={self.other_company.id}")
        self.assertEqual(there.status_code, 200)
        self.assertIn("Other Company", there.text)

    def test_company_that_is_none(self):
        for company in ("0", "x", "99999999", "-1"):
            answer = self._get(f"{self._page()}?company={company}")
            self.assertEqual(answer.status_code, 200)

    def test_unknown_status_is_no_sentence(self):
        page = self._get(f"{self._page()}?status=<script>").text
        self.assertNotIn("script>", page.replace("</script>", "").replace("<script type", ""))

    def test_sentences(self):
        for status in ("denied", "state", "provider", "limit", "unknown", "waiting", "closed"):
            with self.subTest(status):
                page = self._get(f"{self._page()}?status={status}").text
                self.assertRegex(page, r'role="(alert|status)"')
                self.assertIn('href="/web/login"', page)

    def test_pages_load_nothing_from_elsewhere(self):
        for answer in (self._get(self._page()), self._post(self._page())):
            self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
            self.assertNotIn("secret-of-tests", answer.text)

    def test_unknown_account_without_registration(self):
        self.openid.claims = {"email": "eva@new.example", "email_verified": True}
        answer = self._sign_in()
        self.assertEqual(self._status(answer), "unknown")
        self.assertFalse(self._session().uid)
        page = self.url_open(answer.headers["Location"]).text
        self.assertNotIn("eva@new.example", page)
