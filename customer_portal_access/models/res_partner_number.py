from odoo import models


class ResPartner(models.Model):
    """A new number for codes: the contact is told, and codes on their way die."""

    _inherit = "res.partner"

    def write(self, vals):
        if not vals.keys() & {"customer_mobile", "phone", "country_id"}:
            return super().write(vals)
        # sudo: accesses of all companies, whoever changes the contact
        accesses_sudo = self.sudo().customer_access_ids
        before = {access: access.code_number for access in accesses_sudo}
        res = super().write(vals)
        moved_sudo = accesses_sudo.filtered(lambda access: access.code_number != before[access])
        moved_sudo._number_changed()
        return res
