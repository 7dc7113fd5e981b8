import json
from urllib.parse import urlencode

from odoo.exceptions import AccessDenied
from odoo.tests import mute_logger, new_test_user

from .common import ProviderCase


class TestImplicitFlow(ProviderCase):
    """Odoo's own OAuth checks no audience: it must not be a second door for customers."""

    def setUp(self):
        super().setUp()
        self._create_access(self.anna, self.contact_person)
        self.user = self.anna._customer_user(self.company)
        self.core = self.env["auth.oauth.provider"].create(
            {
                "name": "Staff's",
                "body": "Log in with Staff's",
                "client_id": "staff",
                "auth_endpoint": f"{self.openid.base}/authorize",
                "validation_endpoint": f"{self.openid.base}/userinfo",
                "enabled": True,
            }
        )
        self.openid.user_info = {"sub": "subject-1", "email": "anna@berg.example", "name": "A"}

    def _implicit(self, provider, **state):
        """Come with a token as from Odoo's flow; return whether that signs anybody in."""
        self.env.flush_all()
        state = json.dumps({"d": self.env.cr.dbname, "p": provider.id, "r": "/my", **state})
        query = urlencode({"access_token": "token-of-any-app", "state": state})
        self._get(f"/auth_oauth/signin?{query}")
        self.env.invalidate_all()
        return bool(self._session().uid)

    def test_ours_are_not_listed(self):
        page = self.url_open("/web/login").text
        self.assertIn("Log in with Staff", page)
        self.assertNotIn("client-of-tests", page)
        self.assertNotIn("secret-of-tests", page)

    @mute_logger("odoo.addons.auth_oauth.controllers.main")
    def test_ours_refuse_the_flow(self):
        self.user.write({"oauth_provider_id": self.provider.id, "oauth_uid": "subject-1"})
        self.provider.validation_endpoint = f"{self.openid.base}/userinfo"
        self.openid.requests.clear()
        self.assertFalse(self._implicit(self.provider))
        self.assertFalse(self.openid.requests)

    @mute_logger("odoo.addons.auth_oauth.controllers.main")
    def test_ours_create_nobody(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        before = self.env["res.users"].search_count([])
        self.assertFalse(self._implicit(self.provider))
        self.assertEqual(self.env["res.users"].search_count([]), before)

    @mute_logger("odoo.addons.auth_oauth.controllers.main")
    def test_token_of_a_reset_links_no_contact(self):
        self.anna.signup_prepare(signup_type="reset")
        self.assertFalse(self._implicit(self.core, t=self.anna._generate_signup_token()))
        self.assertFalse(self.user.oauth_uid)

    @mute_logger("odoo.addons.auth_oauth.controllers.main")
    def test_token_of_an_invitation_makes_no_user(self):
        self.bo.signup_prepare(signup_type="signup")
        self.assertFalse(self._implicit(self.core, t=self.bo._generate_signup_token()))
        self.assertFalse(self.bo.user_ids)

    @mute_logger("odoo.addons.auth_oauth.controllers.main")
    def test_linked_contact_is_refused(self):
        self.user.write({"oauth_provider_id": self.core.id, "oauth_uid": "subject-1"})
        self.assertFalse(self._implicit(self.core))

    def test_staff_still_come_in(self):
        self.sara.write({"oauth_provider_id": self.core.id, "oauth_uid": "subject-1"})
        self.assertTrue(self._implicit(self.core))
        self.assertEqual(self._session().uid, self.sara.id)

    def test_token_of_staff_still_links(self):
        olga = new_test_user(self.env, "olga", email="olga@seller.example")
        olga.partner_id.signup_prepare(signup_type="signup")
        self.assertTrue(self._implicit(self.core, t=olga.partner_id._generate_signup_token()))
        self.assertEqual(olga.oauth_uid, "subject-1")

    @mute_logger("odoo.addons.base.models.res_users")
    def test_sign_in_form_names_the_type(self):
        """Odoo takes any type from the form, and fails on a token that is not there."""
        answer = self._post("/web/login", login=self.user.login, type="oauth_token", password="x")
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._session().uid)

    def test_token_signs_in_no_contact(self):
        self.user.sudo().oauth_access_token = "token"
        credential = {"type": "oauth_token", "token": "token", "login": self.user.login}
        with self.assertRaises(AccessDenied):
            self.user.with_user(self.user)._check_credentials(credential, {"interactive": True})
