from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

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
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
