from odoo import models

from ..utils import hash_secret


class ResPartner(models.Model):
    """What others know of a person, and Odoo's links to a password."""

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

    def _get_login_date(self):
        """Let Odoo's links to a password end with the password that they replace.

        Odoo keeps none of them: once used, one came to life again with the next request.

        :return: what such a link holds, and is compared with
        :rtype: str
        """
        self.env.cr.execute(
            "SELECT string_agg(password, ' ' ORDER BY id) FROM res_users WHERE partner_id = %s",
            [self.id],
        )
        [known] = self.env.cr.fetchone()
        return f"{super()._get_login_date()} {hash_secret(self.env, 'signup', known or '')[:16]}"
