from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Archiving and deleting contacts: access ends first, and nothing dangles."""

    _inherit = "res.partner"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self.filtered("active")._customer_archive()
        res = super().write(vals)
        if vals.get("active"):
            self._customer_unarchive_users()
        return res

    def _customer_archive(self):
        """End the access of contacts who are being archived, their portal users first.

        Odoo refuses to archive a contact whose user is active, and goes on refusing for
        internal users and for contacts without access.
        """
        self.check_access("write")
        # sudo: who may archive a contact ends its access everywhere, in other companies, too
        contacts_sudo = self.sudo().filtered(
            lambda contact: contact.customer_access_ids or contact.user_ids._are_contacts()
        )
        users_sudo = contacts_sudo.user_ids.filtered("share")
        if users_sudo:
            users_sudo.write({"active": False, "customer_archived": True})
        accesses_sudo = contacts_sudo.customer_access_ids
        accesses_sudo.filtered(lambda access: access.invited_at and not access.revoked_at)._end(
            "archived"
        )

    def _customer_unarchive_users(self):
        """Bring back the portal users that were archived with these contacts.

        Their links stay dead and their accesses ended, until somebody invites again.
        """
        # sudo: as when archiving
        users_sudo = self.sudo().with_context(active_test=False).user_ids
        archived_sudo = users_sudo.filtered(lambda user: user.customer_archived and not user.active)
        if archived_sudo:
            archived_sudo.write({"active": True, "customer_archived": False})

    @api.ondelete(at_uninstall=False)
    def _refuse_while_access(self):
        """Keep contacts who have access, and customers whose contact persons have."""
        # sudo: accesses of other companies and teams stand against it, too
        Access = self.env["customer.access"].sudo()
        for partner in self:
            Access.search([("partner_id", "=", partner.id)])._let_go(
                lambda names, partner=partner: UserError(
                    self.env._(
                        "%(contact)s cannot be deleted while there is access to:\n%(names)s\n"
                        "Revoke or remove the access there first. Archiving the contact "
                        "ends it everywhere at once.",
                        contact=partner.display_name,
                        names=names,
                    )
                ),
                "res_name",
                self.env,
            )
            Access.search([("customer_id", "=", partner.id)])._let_go(
                lambda names, partner=partner: UserError(
                    self.env._(
                        "%(customer)s cannot be deleted while it has contact persons:\n"
                        "%(names)s\n"
                        "Remove them from the customer first, or archive the customer.",
                        customer=partner.display_name,
                        names=names,
                    )
                ),
                "partner_id.display_name",
                self.env,
            )
