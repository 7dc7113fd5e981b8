from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Take away what contacts signed in with that become somebody else."""
        # sudo: who may merge contacts need not be an administrator of the portal
        Identity = self.env["customer.identity"].sudo()
        Identity.search([("partner_id", "in", src_partners.ids)])._remove("merged")
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
