from markupsafe import Markup

from odoo import models


class ResCompany(models.Model):
    """What mails of the customer portal look like."""

    _inherit = "res.company"

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
