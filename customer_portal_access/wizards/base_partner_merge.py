from odoo import models
from odoo.exceptions import UserError

MERGED_AT_MOST = 3  # what Odoo allows at once


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let contacts merge who have a portal user each, which Odoo refuses.

        One user stays. The others are archived and moved to an archived contact of their
        own, each under a log-in that nobody types. Deleting them would empty who wrote
        what; leaving them on the merged contact would break what Odoo takes for granted
        there, one user a contact: its portal wizard opens any of them. The address they
        signed in with is free again.
        """
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if 1 < len(partners) <= MERGED_AT_MOST:
            stays = (
                dst_partner
                if dst_partner and dst_partner in partners
                else self._get_ordered_partner(partners.ids)[-1]
            )
            self._settle_portal_users(partners, stays)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _settle_portal_users(self, partners, stays):
        """Leave at most one user on these contacts.

        :param partners: the contacts to merge
        :param stays: the one of them that is kept
        :raises UserError: when one of several users works here
        """
        # sudo: who may merge contacts need not see users
        users_sudo = partners.sudo().with_context(active_test=False).user_ids
        if len(users_sudo) < 2:
            return
        if internal_sudo := users_sudo.filtered(lambda user: not user._is_portal()):
            raise UserError(
                self.env._(
                    "%(names)s signs in here as an internal or a system user, and the other "
                    "contact has a user, too: they cannot be merged.",
                    names=", ".join(internal_sudo.mapped("name")),
                )
            )
        keeps_sudo = users_sudo.sorted(
            lambda user: (
                user.active,
                user.partner_id == stays,
                user.login_date or user.create_date,
            )
        )[-1:]
        for user_sudo in users_sudo - keeps_sudo:
            self._put_away(user_sudo)
        partners.invalidate_recordset(["user_ids"])

    def _put_away(self, user_sudo):
        """Archive a user and take it off its contact; its open sessions end.

        :param user_sudo: a portal user
        """
        contact_sudo = user_sudo.partner_id
        contact_sudo.customer_access_ids.filtered("link_ids")._end_links("merged")
        if user_sudo.active:
            user_sudo.active = False
        place_sudo = contact_sudo.create(
            {
                "name": contact_sudo.name,
                "company_id": contact_sudo.company_id.id,
                "active": False,
                "comment": self.env._("Keeps the user of a contact that was merged."),
            }
        )
        user_sudo.write(
            {"login": f"merged#{user_sudo.id}#{user_sudo.login}", "partner_id": place_sudo.id}
        )

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Settle accesses first: core's SQL knows neither links nor clashes.

        Both contacts' links die: whoever holds one must not become somebody else.
        """
        # sudo: who may merge contacts moves all that hangs on them, as core does
        contacts_sudo = (src_partners | dst_partner).sudo()
        contacts_sudo.customer_access_ids.filtered("link_ids")._end_links("merged")
        src_partners.sudo().customer_access_ids._move("partner_id", dst_partner)
        self.env["customer.access"].sudo().search([("customer_id", "in", src_partners.ids)])._move(
            "customer_id", dst_partner
        )
        self.env["customer.portal.policy"].sudo()._merge(src_partners, dst_partner)
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
