from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ProviderCase


class TestProviderSettings(ProviderCase):
    """What administrators fill in, and what is refused."""

    def test_issuer_is_https(self):
        for issuer in (
            "http://accounts.example.com",
            "accounts.example.com",
            "ftp://accounts.example.com",
            "https://",
            "https://accounts.example.com?x=1",
            "https://accounts.example.com#x",
            " https://accounts.example.com",
            "https://[",
        ):
            with self.subTest(issuer), self.assertRaises(ValidationError):
                self.provider.customer_issuer = issuer

    def test_scope_has_openid(self):
        with self.assertRaises(ValidationError):
            self.provider.scope = "profile email"

    def test_client_id_before_it_is_allowed(self):
        google = self.env.ref("customer_portal_access_oauth.provider_google")
        with self.assertRaises(ValidationError):
            google.enabled = True
        google.write({"client_id": "x", "enabled": True})

    def test_odoos_fields_are_filled_in(self):
        self.assertEqual(self.provider.auth_endpoint, self.openid.issuer)
        core = self.env.ref("auth_oauth.provider_google")
        self.assertIn("/oauth2/auth", core.auth_endpoint)

    def test_redirect_uri(self):
        uri = f"{self.provider.get_base_url()}/customer/provider/{self.provider.id}/callback"
        self.assertEqual(self.provider.customer_redirect_uri, uri)

    def test_secret_is_for_administrators(self):
        with self.assertRaises(AccessError):
            self.provider.with_user(self.paul).read(["customer_client_secret"])
        self.assertFalse(self.provider.copy().customer_client_secret)

    def test_check(self):
        action = self.provider.action_customer_check()
        self.assertEqual(action["params"]["type"], "success")
        down = self._create_provider(f"{self.openid.base}/elsewhere")
        with self.assertRaises(UserError):
            down.action_customer_check()

    def test_check_is_for_administrators(self):
        with self.assertRaises(AccessError):
            self.provider.with_user(self.paul).action_customer_check()
