import json

from odoo import api, models
from odoo.exceptions import AccessDenied

from .customer_identity_sign_in import VerifiedIdentity


class ResUsers(models.Model):
    _inherit = "res.users"

    def _check_credentials(self, credential, env):
        """Check a sign-in by a provider; keep customers out of Odoo's own OAuth.

        ``/web/login`` hands in whatever type a form names, and texts only.
        """
        kind = credential.get("type")
        if kind == "customer_identity":
            verified = credential.get("customer_identity")
            if not isinstance(verified, VerifiedIdentity):
                raise AccessDenied()
            # sudo: nobody is signed in yet
            identity_sudo = self.env["customer.identity"].sudo().browse(verified.identity_id)
            if not identity_sudo._opens(self.env.user.sudo()):
                raise AccessDenied()
            return {"uid": self.env.uid, "auth_method": "customer_identity", "mfa": "default"}
        if kind == "oauth_token" and (
            not credential.get("token") or self.env.user._customer_keeps_out_oauth()
        ):
            raise AccessDenied()
        return super()._check_credentials(credential, env)

    def _customer_keeps_out_oauth(self):
        """Say whether a user is a customer's, whom Odoo's own OAuth does not sign in.

        :rtype: bool
        """
        return any(
            user.share and (user._customer_is_known() or user._are_contacts()) for user in self
        )

    @api.model
    def _auth_oauth_validate(self, provider, access_token):
        """Refuse Odoo's own flow for a provider of customers, before it is even asked.

        Anybody may write any provider's id into the state of that flow.
        """
        # sudo: as core, for visitors
        if self.env["auth.oauth.provider"].sudo().browse(provider).exists().customer_issuer:
            raise AccessDenied()
        return super()._auth_oauth_validate(provider, access_token)

    @api.model
    def _auth_oauth_signin(self, provider, validation, params):
        """Keep customers out: their accounts are linked by approval, not by a token.

        A token of an invitation or a reset links whatever account comes with it; that is
        for staff only.
        """
        found = self.search(
            [("oauth_uid", "=", validation["user_id"]), ("oauth_provider_id", "=", provider)]
        )
        invited = self._customer_invited(params)
        if found._customer_keeps_out_oauth() or (invited and all(invited.mapped("user_ids.share"))):
            raise AccessDenied()
        return super()._auth_oauth_signin(provider, validation, params)

    @api.model
    def _customer_invited(self, params):
        """Return the partner of the sign-up token in an answer, if there is one."""
        token = json.loads(params["state"]).get("t")
        Partner = self.env["res.partner"].sudo()  # as core, for visitors
        return token and Partner._get_partner_from_token(token) or Partner
