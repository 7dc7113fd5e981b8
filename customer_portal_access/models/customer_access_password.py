from odoo import models


class CustomerAccess(models.Model):
    """A contact who has lost the password."""

    _inherit = "customer.access"

    def _send_password_reset(self):
        """Mail the way to a new password to a contact who has one, and may sign in by it.

        Whoever has none, or must show a code, needs an invitation instead.

        :return: whether the mail is on its way, for this access or another of the contact's
        :rtype: bool
        """
        self.ensure_one()
        partner_sudo = self.sudo().partner_id  # contacts ask, who have no rights of their own
        if self.role_id.requires_code or not partner_sudo._customer_has_password():
            return False
        if not self.env["customer.quota"]._take("password_reset", partner_sudo.id):
            partner_sudo._customer_send_password_link(self)
        return True
