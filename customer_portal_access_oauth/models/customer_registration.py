from odoo import api, fields, models
from odoo.http import request


class CustomerRegistration(models.Model):
    """A registration with an account at a provider: approval lets that account sign in."""

    _inherit = "customer.registration"

    identity_ids = fields.One2many(
        "customer.identity",
        "registration_id",
        groups="customer_portal_access.group_customer_admin",
    )

    @api.model
    def _proof(self):
        """Return who a provider says this browser's visitor is, if for this company."""
        kept = request and self.env["ir.http"]._customer_kept("customer_proof")
        if kept and kept["company_id"] == self.env.company.id:
            return kept
        return super()._proof()

    @api.model
    def _drop_proof(self):
        request.session.pop("customer_proof", None)
        return super()._drop_proof()

    def _keep_proof(self, proof):
        self.env["customer.identity"]._await(self, proof)
        return super()._keep_proof(proof)

    def _approved_identity(self):
        self.identity_ids._link(self.partner_id)
        return super()._approved_identity()

    def _rejected_identity(self):
        self.identity_ids.filtered(lambda identity: not identity.partner_id).unlink()
        return super()._rejected_identity()

    def _button_identity(self):
        """Return the approved account whose provider is still offered, or none."""
        registration_sudo = self.sudo()  # who decides need not be an administrator
        offered = self.env["auth.oauth.provider"]._customer_offered(self.company_id)
        return registration_sudo.identity_ids.filtered(
            lambda identity: identity.partner_id and identity.provider_id in offered
        )[:1]

    def _send_credentials(self, access):
        """Mail the provider's button in place of a personal link."""
        identity = self._button_identity()
        if not identity:
            return super()._send_credentials(access)
        if reason := access._block():
            return access._block_text(reason)
        self.sudo()._send_letter("identity")  # as the other letters of a decision
        access._mark_invited("invited", identity.provider_name)
        return ""

    def _letter_template(self, purpose):
        if purpose == "identity":
            return self.env.ref("customer_portal_access_oauth.mail_template_registration_identity")
        return super()._letter_template(purpose)

    def _letter_link(self, purpose):
        if purpose != "identity":
            return super()._letter_link(purpose)
        provider = self._button_identity().provider_id
        return (
            self.env._("Continue with %(provider)s", provider=provider.name),
            f"{self.get_base_url()}/customer/provider/{provider.id}?company={self.company_id.id}",
        )
