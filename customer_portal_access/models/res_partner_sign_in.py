from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..utils import has_one


class ResPartner(models.Model):
    """Who can sign in: whom the policy lets in, or an access."""

    _inherit = "res.partner"

    customer_can_sign_in = fields.Boolean(
        string="Can sign in",
        compute="_compute_customer_can_sign_in",
        search="_search_customer_can_sign_in",
        groups="base.group_user",
        help="Into the customer portal of the current company.",
    )
    customer_sign_in_note = fields.Char(
        string="Why",
        compute="_compute_customer_can_sign_in",
        groups="base.group_user",
    )

    @api.model
    def _customer_default_domain(self, company):
        """Return the domain of the contacts for whom a company's default counts."""
        return self._customer_scope_domain(company.sudo()) & ~self._customer_policy_domain(
            company, "enabled", "disabled"
        )

    @api.model
    def _customer_sign_in_domain(self, company):
        """Return the domain of contacts who can sign in to a company."""
        Access_sudo = self.env["customer.access"].sudo()  # as in _customer_access_any
        here = Domain("company_id", "=", company.id) & ~Access_sudo._closed_domain()
        if company.sudo().customer_portal_default == "enabled":
            # nearly everybody: one after the other is asked until the page is full
            disabled = Domain("company_id", "=", company.id) & Domain("policy", "=", "disabled")
            by_default = self._customer_scope_domain(company.sudo())
            return (
                by_default & ~has_one("customer_policy_ids", disabled)
                | has_one("customer_access_ids", here)
                | self._customer_set_enabled_domain(company)
            )
        # a few of very many: they are collected, in one query
        accesses = Access_sudo._search(here)
        enabled = self.sudo()._search(self._customer_set_enabled_domain(company))
        partners = accesses.select(Access_sudo._field_to_sql(accesses.table, "partner_id"))
        return Domain("id", "in", SQL("(%s UNION %s)", partners, enabled.select()))

    @api.depends(
        "customer_portal_policy",
        "customer_access_ids.state",
        "is_company",
        "type",
        "employee",
        "active",
        "company_id",
    )
    @api.depends_context("company", "lang")
    def _compute_customer_can_sign_in(self):
        company = self.env.company
        partners_sudo = self.sudo().with_context(active_test=False)
        self.fetch(["email_normalized", "is_company", "type", "employee", "active", "company_id"])
        enabled = set(partners_sudo.filtered_domain(self._customer_enabled_domain(company))._ids)
        Access_sudo = self.env["customer.access"].sudo()
        accesses_sudo = Access_sudo.search(
            [("partner_id", "in", self._origin.ids), ("company_id", "=", company.id)]
        )
        invited = set(accesses_sudo.filtered(lambda access: not access._closed()).partner_id.ids)
        for partner in self:
            by_access = partner._origin.id in invited
            by_policy = partner._ids[0] in enabled
            partner.customer_can_sign_in = by_access or by_policy
            partner.customer_sign_in_note = partner._customer_sign_in_words(by_access, by_policy)

    def _customer_sign_in_words(self, by_access, by_policy):
        """Say why this contact can sign in, or cannot."""
        company_sudo = self.env.company.sudo()
        role = self._customer_policy_role(company_sudo) if by_policy else None
        if by_access:
            return self.env._("Yes: has access")
        if by_policy and not self.email_normalized:
            return self.env._("As soon as there is a valid e-mail address")
        if by_policy and not role.can_be_invited:
            return self.env._("As soon as there is a role that may be invited")
        if by_policy and self.customer_portal_policy == "enabled":
            return self.env._("Yes: enabled for this contact")
        if by_policy:
            return self.env._("Yes: enabled by default")
        if self.customer_portal_policy == "disabled":
            return self.env._("No: disabled for this contact")
        if company_sudo.customer_portal_default == "enabled":
            return self.env._("No: the default does not count for such a contact")
        return self.env._("No: disabled by default")

    @api.model
    def _search_customer_can_sign_in(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._customer_sign_in_domain(self.env.company)
        return domain if True in value else ~domain
