import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..utils import OpenIDClient, ProviderError, is_secure

_logger = logging.getLogger(__name__)

# All of Microsoft's private accounts; it has verified their addresses.
MICROSOFT_PRIVATE = "9188040d-6c67-4c5b-b112-36a304b66dad"
TRUE = (True, 1, "1", "true", "True")


class AuthOauthProvider(models.Model):
    """A provider with an issuer is for customers: code flow, and none of Odoo's own doors.

    Odoo's flow believes any token that the provider knows, whoever it was made for.
    """

    _inherit = "auth.oauth.provider"

    customer_issuer = fields.Char(
        string="Issuer",
        help="The provider's address, to the letter, below which it publishes "
        "/.well-known/openid-configuration. With it the provider is for customers, by the "
        "authorization code flow; empty: for Odoo's own sign-in.",
    )
    customer_client_secret = fields.Char(
        string="Client secret", copy=False, groups="base.group_system"
    )
    customer_identity_kind = fields.Selection(
        [("openid", "OpenID: subject"), ("microsoft", "Microsoft: tenant and object")],
        string="People are known by",
        required=True,
        default="openid",
        help="Microsoft Entra ID: each tenant is an issuer of its own, and the subject is "
        "another one for each application.",
    )
    customer_company_ids = fields.Many2many(
        "res.company",
        "customer_provider_company_rel",
        string="Offered by",
        help="Companies on whose pages it is offered; empty: all.",
    )
    customer_redirect_uri = fields.Char(
        string="Redirect URI",
        compute="_compute_customer_redirect_uri",
        help="Register exactly this address at the provider.",
    )
    # Odoo's form asks for both; ours come from the provider's own document.
    auth_endpoint = fields.Char(
        compute="_compute_customer_endpoints", store=True, readonly=False, precompute=True
    )
    validation_endpoint = fields.Char(
        compute="_compute_customer_endpoints", store=True, readonly=False, precompute=True
    )

    @api.depends("customer_issuer")
    def _compute_customer_endpoints(self):
        for provider in self:
            provider.auth_endpoint = provider.auth_endpoint or provider.customer_issuer
            provider.validation_endpoint = provider.validation_endpoint or provider.customer_issuer

    def _compute_customer_redirect_uri(self):
        for provider in self:
            path = f"/customer/provider/{provider._origin.id}/callback"
            provider.customer_redirect_uri = provider._origin and provider.get_base_url() + path

    @api.constrains("customer_issuer", "enabled", "client_id", "scope")
    def _check_customer_issuer(self):
        for provider in self.filtered("customer_issuer"):
            issuer = provider.customer_issuer
            if not is_secure(issuer) or issuer != issuer.strip() or set(issuer) & set("?#"):
                raise ValidationError(
                    self.env._(
                        "%(issuer)s is no issuer: it is an address that begins with https://, "
                        "without ? and #.",
                        issuer=issuer,
                    )
                )
            if "openid" not in (provider.scope or "").split():
                raise ValidationError(self.env._("The scope must contain “openid”."))
            if provider.enabled and not provider.client_id:
                raise ValidationError(
                    self.env._(
                        "Fill in the client ID before %(provider)s is allowed.",
                        provider=provider.name,
                    )
                )

    # ------------------------------------------------------------
    # WHOM IT IS OFFERED TO
    # ------------------------------------------------------------

    @api.model
    def _customer_offered(self, company):
        """Return the providers that customers of a company may come in with.

        :param company: the visited company
        """
        # sudo: visitors ask; only names and ids go out
        return self.sudo().search(
            Domain("customer_issuer", "!=", False)
            & Domain("enabled", "=", True)
            & (
                Domain("customer_company_ids", "=", False)
                | Domain("customer_company_ids", "in", company.ids)
            )
        )

    @api.model
    def _customer_buttons(self, company):
        """Return what pages show of the providers a company offers.

        :rtype: list[dict]
        """
        return [
            {"id": provider.id, "name": provider.name, "css_class": provider.css_class}
            for provider in self._customer_offered(company)
        ]

    def action_customer_check(self):
        """Ask the provider for its documents, and say that they are there.

        :raises UserError: with what is wrong
        """
        self.ensure_one()
        self.check_access("write")
        try:
            self._customer_client().check()
        except ProviderError as error:
            raise UserError(
                self.env._("The provider does not answer as it should: %(error)s", error=error)
            ) from None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(provider)s answers. Whether it knows the client ID shows at the first "
                    "sign-in.",
                    provider=self.name,
                ),
            },
        }

    # ------------------------------------------------------------
    # WHAT IT SAYS OF A PERSON
    # ------------------------------------------------------------

    def _customer_client(self):
        """Return the client that talks to this provider."""
        self.ensure_one()
        provider_sudo = self.sudo()  # visitors sign in; the secret stays in the client
        return OpenIDClient(
            provider_sudo.customer_issuer,
            provider_sudo.client_id,
            provider_sudo.customer_client_secret,
            provider_sudo.customer_redirect_uri,
            provider_sudo.scope,
            microsoft=provider_sudo.customer_identity_kind == "microsoft",
        )

    def _customer_failed(self, reason):
        """Note for administrators why a sign-in failed; visitors hear only that it did.

        :param reason: holds nothing that the provider sent but names of claims
        :rtype: dict
        """
        _logger.warning("Sign-in with %s failed: %s", self.name, reason)
        return {"status": "provider"}

    def _customer_subject(self, claims):
        """Return issuer and subject by which a person is known for good.

        :param dict claims: of a verified ID token
        :rtype: tuple[str, str]
        :raises ProviderError: when Microsoft does not say who it is
        """
        if self.customer_identity_kind == "openid":
            return claims["iss"], claims["sub"]
        # the issuer holds the tenant, and was checked against it
        subject = claims.get("oid")
        if not isinstance(subject, str) or not subject:
            raise ProviderError("ID token: no object id")
        return claims["iss"], subject

    def _customer_proves_email(self, claims):
        """Say whether the provider itself has verified the e-mail address.

        In Microsoft's tenants administrators type any address they like; what counts is
        that the domain's owner was verified (``xms_edov``), or a private account.

        :param dict claims: of a verified ID token
        :rtype: bool
        """
        if self.customer_identity_kind == "openid":
            return claims.get("email_verified") in (True, "true")
        return claims.get("tid") == MICROSOFT_PRIVATE or claims.get("xms_edov") in TRUE
