from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.auth_signup.models.res_partner import SignupError

from ..models.res_users_signup import PARAMETER
from .http_common import CustomerHttpCase


@tagged("post_install", "-at_install")
class TestSignupClosed(CustomerHttpCase):
    """Odoo's own open sign-up: one door, and it has approval."""

    def setUp(self):
        super().setUp()
        self.parameters = self.env["ir.config_parameter"]
        self.parameters.set_param("auth_signup.invitation_scope", "b2c")
        self.typed = {
            "login": "stranger@evil.example",
            "name": "Stranger",
            "password": "a-good-pass-phrase",
            "confirm_password": "a-good-pass-phrase",
        }

    def _decide(self, value):
        self.parameters.set_param(PARAMETER, value)

    def _sign_up(self):
        data = {"csrf_token": self._csrf("/web/login"), **self.typed}
        answer = self.url_open("/web/signup", data=data)
        self.env.invalidate_all()
        users = self.env["res.users"].search([("login", "=", self.typed["login"])])
        return answer.status_code, bool(users)

    def test_closed(self):
        self.assertEqual(self._get("/web/signup").status_code, 404)
        self.assertNotIn("/web/signup", self.url_open("/web/login").text)
        self.assertEqual(self._sign_up(), (404, False))
        with self.assertRaises(SignupError):
            self.env["res.users"].signup(dict(self.typed, password=self.typed["password"]))

    def test_open_when_an_administrator_says_so(self):
        self._decide("open")
        self.assertEqual(self._get("/web/signup").status_code, 200)
        self.assertIn("/web/signup", self.url_open("/web/login").text)
        with self.mock_mail_gateway():
            self.assertEqual(self._sign_up()[1], True)

    def test_open_while_the_administrator_of_a_shop_has_not_decided(self):
        self._decide("ask")
        self.assertEqual(self._get("/web/signup").status_code, 200)

    def test_odoos_own_settings_are_left_alone(self):
        self.assertEqual(self.parameters.get_param("auth_signup.invitation_scope"), "b2c")
        self._decide("open")
        self.parameters.set_param("auth_signup.invitation_scope", "b2b")
        self.assertEqual(self._get("/web/signup").status_code, 404)

    def test_a_websites_own_setting_opens_nothing(self):
        scope = "odoo.addons.auth_signup.models.res_users.ResUsers._get_signup_invitation_scope"
        own = type(self.env["res.users"])
        with (
            patch(scope, lambda users: "b2c"),
            patch.object(own, "_get_signup_invitation_scope", lambda users: "b2c"),
        ):
            self.assertEqual(self._get("/web/signup").status_code, 404)
            with self.assertRaises(SignupError):
                self.env["res.users"].signup(dict(self.typed))

    def test_invited_ones_still_choose_their_password(self):
        self.anna.signup_prepare()
        url = self.anna._get_signup_url_for_action()[self.anna.id]
        self.assertEqual(self._get(url.partition(self.base_url())[2] or url).status_code, 200)

    def test_setting(self):
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        page = settings.create({})
        self.assertEqual(page.open_signup, "closed")
        page.open_signup = "open"
        page.action_confirm()
        self.assertEqual(self.parameters.get_param(PARAMETER), "open")
        self._decide("ask")
        self.assertFalse(settings.create({}).open_signup)
        settings.create({}).action_confirm()
        self.assertEqual(self.parameters.get_param(PARAMETER), "ask")
