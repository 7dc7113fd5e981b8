from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

from ..utils import hash_secret


class ResUsers(models.Model):
    """Credentials renewed for many users at once: by one statement, however many they are."""

    _inherit = "res.users"

    customer_renew_password = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="At the next sign-in another password is chosen before any other page.",
    )
    customer_session_epoch = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Counts how often all sessions were ended; a session is of one count.",
    )

    def _ask_new_password(self):
        """Have these users choose another password when they sign in the next time.

        Who is in goes on: whoever sits at an open session need not know the password, and
        must not replace it.
        """
        self.flush_recordset(["customer_renew_password"])
        self.env.cr.execute(
            SQL("UPDATE res_users SET customer_renew_password = TRUE WHERE id = ANY(%s)", self.ids)
        )
        self.invalidate_recordset(["customer_renew_password"])

    def _end_sessions(self):
        """End the log-ins of these users, wherever they are: at the next request of each."""
        self.flush_recordset(["customer_session_epoch"])
        self.env["res.device.log"].flush_model(["revoked"])
        self.env.cr.execute(
            SQL(
                """
                WITH ended AS (
                    UPDATE res_device_log SET revoked = TRUE
                     WHERE user_id = ANY(%(ids)s) AND revoked IS NOT TRUE
                )
                UPDATE res_users SET customer_session_epoch = COALESCE(customer_session_epoch, 0) + 1
                 WHERE id = ANY(%(ids)s)
                """,
                ids=self.ids,
            )
        )
        self.invalidate_recordset(["customer_session_epoch"])
        self.env["res.device.log"].invalidate_model(["revoked"])

    def _compute_session_token(self, sid):
        """Let a session be of the count at which it began.

        A field of Odoo's token would have every cache cleared when it is written.
        """
        token = super()._compute_session_token(sid)
        epoch = self.sudo().customer_session_epoch  # asked at every request, of oneself
        return hash_secret(self.env, "session", f"{token} {epoch}") if token and epoch else token

    # ------------------------------------------------------------
    # AT THE NEXT SIGN-IN
    # ------------------------------------------------------------

    def _come_to_renew(self):
        """Note in the browser at hand, where somebody signs in, that a password is due."""
        if request and self.customer_renew_password:
            request.session["customer_renew"] = self.id

    @api.model
    def _has_come_to_renew(self, uid):
        """Say whether the session at hand began when another password was asked for.

        :rtype: bool
        """
        return bool(request) and request.session.get("customer_renew") == uid

    def _rpc_api_keys_only(self):
        user_sudo = self.sudo()  # asked before anybody is signed in
        due = user_sudo.customer_must_change_password or user_sudo.customer_renew_password
        return (user_sudo.share and due) or super()._rpc_api_keys_only()
