from odoo import api, models


class CustomerLinkRequest(models.Model):
    """Whoever has registered and tries to sign in is told by mail that it takes an approval."""

    _inherit = "customer.link.request"

    @api.model
    def _answer_unknown(self, email):
        waits = self.env["customer.registration"]._tell_waiting(email)
        return waits or super()._answer_unknown(email)
