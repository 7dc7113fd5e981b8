from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome


class CustomerSignup(AuthSignupHome):
    """Odoo's own open sign-up: closed while registration has the one door."""

    def get_auth_signup_config(self):
        """Say that nobody signs up uninvited, whatever a website's settings say."""
        config = super().get_auth_signup_config()
        if not request.env["res.users"]._customer_signup_open():
            config["signup_enabled"] = False
        return config
