from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What contacts hold beside a password, ended for many of them at once."""

    _inherit = "res.partner"

    def _customer_end_visits(self, company):
        """End the visits by link of these contacts, and remember their browsers no more.

        :param company: whose workspaces they are in
        """
        here = self._customer_held_domain(company)
        # sudo: sessions and browsers are written by verbs only
        sessions_sudo = self.env["customer.access.session"].sudo()
        sessions_sudo.search(
            Domain("access_id", "any", here) & Domain("ended_at", "=", False)
        )._close()
        browsers_sudo = self.env["customer.access.browser"].sudo()
        browsers_sudo.search(Domain("link_id.access_id", "any", here)).unlink()

    def _customer_revoke_links(self, company):
        """Make all links of these contacts stop working, those to a password, too.

        :param company: whose links they are
        """
        # sudo: links are written by verbs only
        links_sudo = self.env["customer.access.link"].sudo()
        links_sudo.search(
            Domain("access_id", "any", self._customer_held_domain(company))
            & Domain("revoked_at", "=", False)
        )._revoke()
        ways_sudo = self.env["customer.password.link"].sudo()
        ways_sudo.search(
            self._customer_held_domain(company) & Domain("used_at", "=", False)
        ).used_at = fields.Datetime.now()

    def _customer_held_domain(self, company):
        """Return the domain of what is these contacts' at a company."""
        return Domain("partner_id", "in", self.ids) & Domain("company_id", "=", company.id)
