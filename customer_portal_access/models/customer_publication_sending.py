from odoo import api, models
from odoo.exceptions import UserError


class CustomerPublication(models.Model):
    """Publishing tells whom: the dialog, the mails, the links to copy."""

    _inherit = "customer.publication"

    def _addressees(self):
        """Return the accesses of the workspace that any of these is for.

        Who cannot be reached now is among them: the dialog says why.

        :return: ``customer.access`` records that the user may read
        """
        targets = self.lead_id.customer_access_ids | self.project_id.customer_access_ids
        accesses = targets._filtered_access("read")
        return accesses.filtered(lambda access: access._meant(self))

    def _check_one_workspace(self):
        """Refuse to send what belongs to several workspaces in one mail.

        :raises UserError: saying so
        """
        if len(self.lead_id) + len(self.project_id) != 1:
            raise UserError(
                self.env._("Choose publications of one opportunity or project, not of several.")
            )

    def action_publish(self):
        """Ask whom to tell, then publish these.

        :return: an action
        :rtype: dict
        :raises UserError: when one is incomplete, or they belong to several workspaces
        """
        hidden = self.filtered(lambda publication: publication.state != "published")
        for publication in hidden:
            if problem := publication._publish_problem():
                raise UserError(problem)
        if not hidden:
            return self.action_send_again()
        return hidden._sending_dialog("publish", self.env._("Publish"))

    def action_send_again(self):
        """Ask to whom to send these once more.

        :return: an action
        :rtype: dict
        :raises UserError: when one of them is not published yet
        """
        if any(publication.state == "draft" for publication in self):
            raise UserError(self.env._("This is a draft: publish it first."))
        return self._sending_dialog("again", self.env._("Send again"))

    def _sending_dialog(self, purpose, title):
        self.check_access("write")
        self._check_one_workspace()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "customer.invitation",
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_purpose": purpose,
                "default_publication_ids": self.ids,
                "default_access_ids": self._addressees().ids,
                "dialog_size": "extra-large",
            },
        }

    def action_copy_link(self):
        """Let staff choose a contact, and copy the link that leads this contact here.

        :return: an action
        :rtype: dict
        :raises UserError: when there is nobody to choose
        """
        self.ensure_one()
        accesses = self._addressees().filtered(lambda access: access._visible(self))
        if not accesses:
            raise UserError(
                self.env._(
                    "Nobody sees “%(publication)s” now. Publish it, and tick contacts on the "
                    "Customer Centre tab whose roles may see it.",
                    publication=self.name,
                )
            )
        accesses = accesses.with_context(customer_link_publication_id=self.id)
        if len(accesses) == 1:
            return accesses.action_copy_link()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy link to “%(publication)s”", publication=self.name),
            "res_model": "customer.access",
            "view_mode": "list",
            "views": [
                (
                    self.env.ref("customer_portal_access.customer_access_view_list_copy_link").id,
                    "list",
                )
            ],
            "target": "new",
            "domain": [("id", "in", accesses.ids)],
            "context": dict(accesses.env.context),
        }

    @api.ondelete(at_uninstall=False)
    def _cancel_mails(self):
        """Stop the mails about what is deleted, before its title leaves."""
        # sudo: staff may not write to the queue
        mails_sudo = self.env["mail.mail"].sudo()
        mails_sudo.search(
            [("customer_publication_ids", "in", self.ids), ("state", "=", "outgoing")]
        ).cancel()
