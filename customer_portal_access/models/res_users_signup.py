from odoo import api, models

from odoo.addons.auth_signup.models.res_partner import SignupError

PARAMETER = "customer_portal_access.open_signup"


class ResUsers(models.Model):
    """Odoo ships with a sign-up for everybody, beside our registration with approval.

    It is closed here and not in Odoo's own settings, which stay as they are: whoever
    uninstalls the addon finds them so.
    """

    _inherit = "res.users"

    @api.model
    def _customer_signup_open(self):
        """Say whether Odoo's own sign-up stays open: an administrator said so, or was not asked.

        :rtype: bool
        """
        # sudo: asked for whoever looks at the sign-in page
        return self.env["ir.config_parameter"].sudo().get_param(PARAMETER) in ("open", "ask")

    @api.model
    def _get_signup_invitation_scope(self):
        if not self._customer_signup_open():
            return "b2b"
        return super()._get_signup_invitation_scope()

    @api.model
    def _signup_create_user(self, values):
        # a website's own setting would open what is closed here
        if "partner_id" not in values and not self._customer_signup_open():
            raise SignupError(self.env._("Signup is not allowed for uninvited users"))
        return super()._signup_create_user(values)
