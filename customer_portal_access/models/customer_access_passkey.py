from odoo import models
from odoo.http import request


class CustomerAccess(models.Model):
    """Whoever has just shown a code is offered to come in without one next time."""

    _inherit = "customer.access"

    def _workspace_page_values(self, assurance):
        values = super()._workspace_page_values(assurance)
        signed_in = request and request.session.uid and not self.env.context.get("customer_preview")
        users_sudo = self.env["res.users"].sudo()  # contacts have no rights of their own
        user_sudo = users_sudo.browse(request.session.uid) if signed_in else users_sudo
        values["offers_passkey"] = bool(user_sudo) and user_sudo._offers_passkey()
        return values
