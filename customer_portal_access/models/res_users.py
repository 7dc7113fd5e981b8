from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request

from ..utils import own_transaction


class ResUsers(models.Model):
    _inherit = "res.users"

    customer_archived = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Archived together with the contact, and comes back with it.",
    )

    def _are_contacts(self):
        """Say whether one of these users is a customer contact.

        :rtype: bool
        """
        return any(user.has_group("customer_portal_access.group_customer_contact") for user in self)

    def _customer_is_known(self):
        """Say whether links and codes go to this user's contact, whoever made the user.

        :rtype: bool
        """
        # sudo: a portal user has no right on the own accesses
        return self.share and bool(self.sudo().partner_id.customer_access_ids)

    def _customer_code_accesses(self):
        """Return the open accesses of this user whose role asks for the code by SMS."""
        self.ensure_one()
        # sudo: asked before anybody is signed in
        user_sudo = self.sudo()
        Access = self.env["customer.access"].sudo()
        if not user_sudo.share:
            return Access
        # asked at every request: most contacts have none, closed or not
        asking = Access.search(
            Domain("partner_id", "=", user_sudo.partner_id.id)
            & Domain("role_id.requires_code", "=", True)
        )
        return asking.filtered(lambda access: not access._closed())

    def _mfa_type(self):
        """Ask for the code by SMS, unless the user has a second factor of its own.

        A code by mail is none: it proves the mailbox again, not the phone.
        """
        mfa_type = super()._mfa_type()
        if mfa_type in (None, "totp_mail") and self._customer_code_accesses():
            return "customer_sms"
        return mfa_type

    def _mfa_url(self):
        if self._mfa_type() == "customer_sms":
            return "/customer/verify"
        return super()._mfa_url()

    def authenticate(self, credential, user_agent_env):
        """Remember who has shown a second factor already, such as a passkey."""
        auth_info = super().authenticate(credential, user_agent_env)
        if request and auth_info.get("mfa") == "skip":
            request.session["customer_factor"] = auth_info["uid"]
        user_sudo = self.browse(auth_info["uid"]).sudo()  # not signed in yet
        user_sudo._come_to_renew()
        user_sudo._customer_come_in()
        return auth_info

    def _customer_come_in(self):
        """Note the access by which the policy opens all workspaces to whoever signs in.

        Whoever came before, or by an access of the own, gets what the policy adds now.
        """
        contact = self.partner_id
        if not self.share or not contact._customer_policy_adds(self.company_id):
            return
        with own_transaction(self.env) as env:
            env["res.partner"].browse(contact.id)._customer_policy_access(
                env["res.company"].browse(self.company_id.id)
            )

    def _rpc_api_keys_only(self):
        return self._mfa_type() == "customer_sms" or super()._rpc_api_keys_only()

    def _compute_session_token(self, sid):
        """Give no token to a session whose link, access or contact's policy has ended it.

        Whatever checks sessions, websockets too, then refuses it.
        """
        user_sudo = self.sudo()  # asked before it is known whether the session may go on
        if user_sudo.share and user_sudo.env["customer.access.session"]._has_ended(
            sid, user_sudo.partner_id
        ):
            return False
        if user_sudo.share and user_sudo.partner_id._customer_is_shut_out():
            return False
        return super()._compute_session_token(sid)

    def _notify_security_setting_update(self, *args, **kwargs):
        """Write to nobody who has no address, such as a user put away after a merge."""
        users = self.filtered("email")
        return super(ResUsers, users)._notify_security_setting_update(*args, **kwargs)

    def write(self, vals):
        # Over RPC a portal user may change own fields: these prove who they are.
        if (
            vals.keys() & {"email", "phone"}
            and not self.env.su
            and self.env.user._customer_is_known()
        ):
            raise AccessError(
                self.env._(
                    "Your e-mail address and phone number are how we know you. Open one of your "
                    "workspaces and choose “Your e-mail and number” to change them."
                )
            )
        return super().write(vals)
