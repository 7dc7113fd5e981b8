from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..utils import in_turn
from .customer_portal_policy import POLICIES


class CustomerAccess(models.Model):
    """What the policy does to accesses: it closes them, and some exist by it only."""

    _inherit = "customer.access"

    by_policy = fields.Boolean(
        readonly=True,
        copy=False,
        help="Nobody has made this access by hand: the contact came in by the portal policy.",
    )
    portal_policy = fields.Selection(
        POLICIES,
        compute="_compute_portal_policy",
        search="_search_portal_policy",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="What is set for the contact in this access's company.",
    )
    disabled = fields.Boolean(
        compute="_compute_disabled",
        search="_search_disabled",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="The policy lets the contact in no more. For record rules.",
    )

    @api.depends("partner_id.customer_policy_ids.policy", "company_id")
    def _compute_portal_policy(self):
        rows = self.env["customer.portal.policy"].search(
            [
                ("partner_id", "in", self.partner_id._origin.ids),
                ("company_id", "in", self.company_id._origin.ids),
            ]
        )
        policies = {(row.partner_id.id, row.company_id.id): row.policy for row in rows}
        for access in self:
            key = (access.partner_id._origin.id, access.company_id._origin.id)
            access.portal_policy = policies.get(key, False)

    @api.model
    def _search_portal_policy(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._policy_row_domain([policy for policy in value if policy])
        if False in value:
            found |= ~self._policy_row_domain([policy for policy, _label in POLICIES])
        return found

    @api.model
    def _policy_row_domain(self, policies):
        """Return the domain of accesses whose contact has such a row in their company."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                # the one row by its index: "EXISTS" would collect those of all contacts first
                "(SELECT held.policy FROM customer_portal_policy held "
                "WHERE held.partner_id = %s AND held.company_id = %s) = ANY(%s)",
                model._field_to_sql(alias, "partner_id", query),
                model._field_to_sql(alias, "company_id", query),
                list(policies),
            ),
            predicate=lambda access: access.sudo().portal_policy in policies,
        )

    @api.depends(
        "portal_policy",
        "by_policy",
        "customer_id",
        "commercial_partner_id",
        "company_id.customer_portal_default",
        "company_id.customer_portal_vendors",
        "partner_id.is_company",
        "partner_id.type",
        "partner_id.employee",
    )
    def _compute_disabled(self):
        for access in self:
            access.disabled = access._is_disabled()

    @api.model
    def _search_disabled(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._disabled_domain()
        return domain if True in value else ~domain

    @api.model
    def _disabled_domain(self):
        """Return the domain of accesses that the policy closes.

        Whoever is set ``disabled`` gets nowhere. An access that exists by the policy
        only ends as soon as the policy does not let the contact in to this customer.
        """
        Partner = self.env["res.partner"]
        moved = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IS DISTINCT FROM %s",
                model._field_to_sql(alias, "customer_id", query),
                model._field_to_sql(alias, "commercial_partner_id", query),
            )
        )
        vendor = Domain("partner_id", "any!", Partner._customer_vendor_domain())
        return in_turn(
            [
                (Domain("portal_policy", "=", "disabled"), True),
                (Domain("by_policy", "=", False), False),
                (moved, True),
                (Domain("portal_policy", "=", "enabled"), False),
                (Domain("company_id.customer_portal_default", "!=", "enabled"), True),
                (Domain("company_id.customer_portal_vendors", "=", False) & vendor, True),
                (Domain("partner_id", "any!", Partner._customer_scope_domain()), False),
            ],
            lambda access: access.sudo().disabled,  # a field for rules only
            otherwise=True,
        )

    def _is_disabled(self):
        """Say of one access what ``_disabled_domain`` says.

        :rtype: bool
        """
        if self.portal_policy == "disabled" or not self.by_policy:
            return self.portal_policy == "disabled"
        company, contact = self.company_id, self.partner_id
        if self.customer_id != self.commercial_partner_id:
            return True
        if self.portal_policy == "enabled":
            return False
        scope = contact._customer_scope_domain()
        if not company.customer_portal_vendors:
            scope &= ~contact._customer_vendor_domain()
        return company.customer_portal_default != "enabled" or not contact.filtered_domain(scope)

    @api.model
    def _closed_domains(self):
        domains = super()._closed_domains()
        revoked = domains.pop("revoked")
        return {"revoked": revoked, "disabled": self._disabled_domain(), **domains}

    @api.model
    def _closed_tests(self):
        tests = super()._closed_tests()
        revoked = tests.pop("revoked")
        return {"revoked": revoked, "disabled": lambda access: access.disabled, **tests}

    @api.depends("disabled")
    def _compute_closed_reason(self):
        return super()._compute_closed_reason()

    @api.depends("disabled")
    def _compute_state(self):
        return super()._compute_state()

    def _block_text(self, code):
        if code != "disabled":
            return super()._block_text(code)
        if self.sudo().portal_policy == "disabled":
            return self.env._("Portal access is disabled for this contact")
        return self.env._("The portal policy lets this contact in no more")

    def write(self, vals):
        # What somebody decides by hand follows the policy no longer.
        if "role_id" in vals and "by_policy" not in vals:
            followers = self.filtered("by_policy")
            if followers:
                followers.sudo().write({"by_policy": False})  # sudo: a fact, not staff's
        return super().write(vals)

    def _absorb(self, other):
        """Merge with another access; what was made by hand decides over the policy."""
        if self.by_policy != other.by_policy:
            by_hand, follower = (other, self) if self.by_policy else (self, other)
            follower.write(
                {
                    "by_policy": False,
                    **{
                        name: by_hand._fields[name].convert_to_write(by_hand[name], by_hand)
                        for name in ("role_id", "granted", "date_from", "date_until", "revoked_at")
                    },
                }
            )
        return super()._absorb(other)

    # ------------------------------------------------------------
    # WHAT THE CONTACT FINDS
    # ------------------------------------------------------------

    def _listed(self, assurance):
        """Return these accesses as a contact's list of workspaces shows them.

        An access that exists by the policy is no place to go to: in its stead stand the
        customer's workspaces, if its role opens them.

        :param str assurance: the level the visitor has reached
        :rtype: list
        """
        listed = list(self.filtered(lambda access: not access.by_policy))
        known = {access._target() for access in listed}
        for access in self.filtered("by_policy"):
            for opened in access._listed_accesses(assurance):
                if opened._target() not in known:
                    known.add(opened._target())
                    listed.append(opened)
        return listed

    def _whom_to_ask(self):
        """Return whom a contact asks who finds no workspace, and where to write to us.

        :return: ``name``, ``phone``, ``email`` and ``path``; nothing, if nobody is known
        :rtype: dict
        """
        access = self.filtered("by_policy")[:1]
        if not access:
            return {}
        values = access._workspace_values("account")
        path = access._path() if values["can_read_thread"] else None
        return {**values["in_charge"], "path": path}
