from odoo import models
from odoo.exceptions import UserError


class CustomerAccess(models.Model):
    """What staff click on a line: each button calls a verb and says what it did."""

    _inherit = "customer.access"

    def action_send_invitation(self):
        """Open the invitation of these contacts.

        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Invitation"),
            "res_model": "customer.invitation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_access_ids": self.ids, "dialog_size": "extra-large"},
        }

    def action_copy_link(self):
        """Make a link and hand it to the browser's clipboard.

        From a publication it leads there.

        :rtype: dict
        """
        url = self.create_link(publication_id=self.env.context.get("customer_link_publication_id"))
        return {
            "type": "ir.actions.client",
            "tag": "customer_portal_access.copy_link",
            "params": {
                "url": url,
                "name": self.partner_id.name,
                "expires": self.link_expires_at and self._day(self.link_expires_at),
                "requires_code": self.requires_code,
            },
        }

    def action_revoke(self):
        """End the access and say what stopped working.

        :rtype: dict
        """
        return self._notification("success", self._receipt(self.revoke()))

    def action_revoke_several(self):
        """Say what would stop working, and ask before ending these accesses.

        :rtype: dict
        :raises UserError: when none of them has been let in
        """
        open_accesses = self.filtered(lambda access: access.invited_at and not access.revoked_at)
        if not open_accesses:
            raise UserError(self.env._("Nobody here has been invited: there is nothing to revoke."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revoke"),
            "res_model": "customer.access.revocation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_access_ids": open_accesses.ids, "dialog_size": "medium"},
        }

    def action_resend_code(self):
        """Send a fresh code to the contact who waits for one, while on the phone.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        challenge_sudo = self.sudo()._open_challenge()
        status = challenge_sudo._send()["status"] if challenge_sudo else "none"
        return self._notification(
            "success" if status == "sent" else "warning",
            {
                "sent": self.env._(
                    "A fresh code is on its way to %(number)s.", number=self.code_number
                ),
                "wait": self.env._("A code was sent less than a minute ago."),
                "limit": self.env._("The limit of codes is reached. Try again in an hour."),
                "gateway": self.env._(
                    "The SMS gateway did not take the code. Try again in a moment."
                ),
                "number": self.env._(
                    "The number has changed meanwhile: ask to open the link again."
                ),
                "none": self.env._("Nobody is waiting for a code: ask to open the link first."),
            }[status],
        )

    def action_open_contact(self):
        """Open the contact.

        :rtype: dict
        """
        return self.partner_id.get_formview_action()

    def action_open_target(self):
        """Open the opportunity, project or customer.

        :rtype: dict
        """
        return self._target().get_formview_action()

    def _receipt(self, ended):
        """Say what a revocation ended.

        :param dict ended: what ``revoke`` returned
        :rtype: str
        """
        return self.env._("Stopped working: %(links)s links, %(sessions)s open sessions.", **ended)

    def _notification(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
