from odoo import models


class ResPartner(models.Model):
    """What others know of a person, so that no password may be made of it."""

    _inherit = "res.partner"

    def _own_words(self):
        """Return names and addresses of this person and its company.

        :return: texts, some of them false
        :rtype: list
        """
        partner_sudo = self.sudo()  # asked before anybody is signed in
        users_sudo = partner_sudo.user_ids
        return [
            partner_sudo.name,
            partner_sudo.email,
            partner_sudo.company_name,
            partner_sudo.parent_id.name,
            partner_sudo.commercial_partner_id.name,
            *users_sudo.mapped("login"),
            *(partner_sudo.company_id | users_sudo.company_id).mapped("name"),
            self.env.company.name,
        ]
