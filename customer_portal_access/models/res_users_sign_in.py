from odoo import models
from odoo.exceptions import AccessDenied

from ..utils import PASSWORD_LENGTH

# Longer ones make the hash raise, which only happens for a name that there is.
HASHED_AT_MOST = 4096


class ResUsers(models.Model):
    """Odoo's sign-in and its forgotten passwords tell nobody who has an account."""

    _inherit = "res.users"

    def _login(self, credential, user_agent_env):
        """Take as long to refuse a name that nobody has as to refuse a wrong password."""
        try:
            return super()._login(credential, user_agent_env)
        except AccessDenied as denied:
            # any other text: too many tries, which is told before anything is looked up
            if denied.args == AccessDenied().args and credential.get("password"):
                self._spend_a_hash(credential)
            raise

    def _spend_a_hash(self, credential):
        """Hash what was typed, if no hash was compared with it."""
        user_sudo = self.sudo().search(  # as in super
            self._get_login_domain(credential["login"]), order=self._get_login_order(), limit=1
        )
        self.env.cr.execute(
            "SELECT 1 FROM res_users WHERE id = %s AND password LIKE '$%%'", [user_sudo.id or 0]
        )
        if not self.env.cr.fetchone():
            self._crypt_context().hash(str(credential["password"])[:PASSWORD_LENGTH])

    def _check_credentials(self, credential, env):
        password = credential.get("password")
        if isinstance(password, str) and len(password.encode(errors="replace")) > HASHED_AT_MOST:
            raise AccessDenied()
        return super()._check_credentials(credential, env)

    def reset_password(self, login):
        """Take what was typed; the answer goes by mail, and is the same here for everybody."""
        self.env["customer.link.request"].sudo()._ask_way_in(login)
        return True
