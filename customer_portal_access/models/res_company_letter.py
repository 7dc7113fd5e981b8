from markupsafe import Markup

from odoo import models
from odoo.tools import formataddr


class ResCompany(models.Model):
    """What mails of the customer portal look like."""

    _inherit = "res.company"

    def _customer_sender(self, user=None):
        """Return the address that a mail of this company comes from.

        Without an address of its own, or of its mail domain, Odoo would send nothing where
        no default sender is configured: somebody's address with the company's name does.

        :param user: who is in charge of what the mail is about
        :rtype: str
        """
        company_sudo = self.sudo()  # whoever sends need not read the company
        if sender := company_sudo.email_formatted:
            return sender
        servers_sudo = self.env["ir.mail_server"].sudo().with_company(self)
        users_sudo = (user or self.env["res.users"]).sudo()
        users_sudo |= company_sudo.customer_registration_user_ids
        users_sudo |= self.env.ref("base.user_admin").sudo()
        users_sudo = users_sudo.filtered(lambda one: one.active and one.email_normalized)
        address = servers_sudo._get_default_from_address() or users_sudo[:1].email_normalized
        return formataddr((company_sudo.name, address)) if address else ""

    def _customer_button(self, url, label):
        """Return a button for a mail in the company's colours, and its address below.

        :param str url: where it leads
        :param str label: what it says
        :rtype: Markup
        """
        company_sudo = self.sudo()  # whoever sends need not read the company
        return Markup(
            '<a href="{url}" style="display:inline-block;padding:12px 24px;'
            "border-radius:6px;font-weight:bold;text-decoration:none;"
            'background-color:{background};color:{color}">{label}</a>'
            '<br/><small style="color:#666666;word-break:break-all">{url}</small>'
        ).format(
            url=url,
            background=company_sudo.email_secondary_color or "#714B67",
            color=company_sudo.email_primary_color or "#FFFFFF",
            label=label,
        )
