from odoo import fields, models


class CustomerRegistration(models.Model):
    """While a registration waits its contact is disabled, whatever the default is.

    A contact we knew before gets back what was set for it unless it is approved; one that
    was made for the registration stays disabled.
    """

    _inherit = "customer.registration"

    policy_before = fields.Selection(
        [("default", "Default"), ("enabled", "Enabled")],
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Of a known contact, while it waits. Empty: there is nothing to put back.",
    )

    def _hold_contact(self):
        """Keep the contact out until somebody approves; call it as superuser."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        if not self.partner_is_new:
            if not partner or partner._customer_may_come_in(self.company_id):
                return  # whoever has come in meanwhile does not wait
            before = partner.customer_portal_policy
            self.policy_before = before if before != "disabled" else False
        partner.set_customer_portal_policy("disabled", overwrite=True)

    def _release_contact(self, partner=None):
        """Put back what was set for a known contact, unless staff have changed it since.

        :param partner: the contact that waited; default: the registration's
        """
        self.ensure_one()
        before = self.policy_before
        if not before:
            return
        self.policy_before = False
        partner = (partner or self.partner_id).with_company(self.company_id)
        if partner.customer_portal_policy == "disabled":
            partner.set_customer_portal_policy(before, overwrite=True)

    def _check_chosen(self, partner, customer):
        res = super()._check_chosen(partner, customer)
        if self.partner_id != partner and self.state == "pending":
            self._release_contact(partner)
            self._hold_contact()
        return res

    def unlink(self):
        self.check_access("unlink")
        for registration_sudo in self.sudo():  # nobody has rights on what was set before
            registration_sudo._release_contact()
        return super().unlink()
