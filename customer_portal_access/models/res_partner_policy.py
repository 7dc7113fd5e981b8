import json

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_portal_policy import POLICIES

# Up to here contacts are counted; counting more takes longer than changing them.
COUNTED_AT_MOST = 50_000


class ResPartner(models.Model):
    """The portal policy: who may come in without having been invited, and in which role."""

    _inherit = "res.partner"

    customer_policy_ids = fields.One2many(
        "customer.portal.policy", "partner_id", copy=False, groups="base.group_user"
    )
    customer_portal_policy = fields.Selection(
        [("default", "Default"), *POLICIES],
        string="Portal access",
        compute="_compute_customer_portal_policy",
        inverse="_inverse_customer_portal_policy",
        search="_search_customer_portal_policy",
        groups="base.group_user",
        help="In the current company. Disabled: no access at all, whatever else is granted.",
    )
    customer_portal_role_id = fields.Many2one(
        "customer.contact.role",
        string="Portal role",
        compute="_compute_customer_portal_policy",
        inverse="_inverse_customer_portal_policy",
        search="_search_customer_portal_role_id",
        groups="base.group_user",
        help="Counts where no access names a role. Empty: the company's default role.",
    )

    customer_may_decide = fields.Boolean(
        compute="_compute_customer_may_decide", groups="base.group_user"
    )

    # ------------------------------------------------------------
    # WHO IS LET IN
    # ------------------------------------------------------------

    @api.model
    def _customer_scope_domain(self, company=None):
        """Return the domain of the persons for whom a company's default counts.

        No internal users, employees, invoice and delivery addresses; vendors where the
        company has ticked them.

        :param company: none: without what depends on the company
        """
        domain = (
            Domain("is_company", "=", False)
            & Domain("type", "not in", ("invoice", "delivery"))
            & Domain("employee", "=", False)
            & ~self._customer_internal_domain()
        )
        if not company:
            return domain
        domain &= Domain("active", "=", True) & Domain("company_id", "in", (company.id, False))
        return (
            domain if company.customer_portal_vendors else domain & ~self._customer_vendor_domain()
        )

    @api.model
    def _customer_internal_domain(self):
        """Return the domain of contacts who work or have worked here as users."""
        return Domain.OR(  # both said, else Odoo leaves archived users out
            Domain("user_ids", "any!", Domain("share", "=", False) & Domain("active", "=", active))
            for active in (True, False)
        )

    @api.model
    def _customer_vendor_domain(self):
        """Return the domain of persons at companies that only sell to us."""
        if "supplier_rank" not in self._fields:  # comes with Odoo's invoicing
            return Domain.FALSE
        ranks = [self._fields[name] for name in ("supplier_rank", "customer_rank")]

        def only_sells(alias):
            columns = (SQL.identifier(alias, rank.name, to_flush=rank) for rank in ranks)
            return SQL("%s > 0 AND COALESCE(%s, 0) = 0", *columns)

        # a value for each contact, not a set: the database would collect it of a million;
        # whoever is no company's is asked himself, without looking up anybody
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "CASE WHEN %(employer)s = %(id)s THEN %(own)s ELSE "
                "(SELECT %(of_employer)s FROM res_partner employer WHERE employer.id = %(employer)s) "
                "END",
                employer=model._field_to_sql(alias, "commercial_partner_id", query),
                id=SQL.identifier(alias, "id"),
                own=only_sells(alias),
                of_employer=only_sells("employer"),
            ),
            predicate=lambda contact: (
                contact.commercial_partner_id.supplier_rank > 0
                and not contact.commercial_partner_id.customer_rank
            ),
        )

    @api.model
    def _customer_policy_domain(self, company, *policies):
        """Return the domain of contacts with one of these policies set in a company."""
        held = Domain("company_id", "=", company.id) & Domain("policy", "in", policies)
        return Domain("customer_policy_ids", "any!", held)

    @api.model
    def _customer_enabled_domain(self, company):
        """Return the domain of the persons whom the policy of a company lets in."""
        enabled = self._customer_set_enabled_domain(company)
        if company.sudo().customer_portal_default != "enabled":
            return enabled
        return enabled | (
            self._customer_scope_domain(company.sudo())
            & ~self._customer_policy_domain(company, "enabled", "disabled")
        )

    @api.model
    def _customer_set_enabled_domain(self, company):
        """Return the domain of the persons who are let in whatever the default."""
        return (
            self._customer_policy_domain(company, "enabled")
            & Domain("is_company", "=", False)
            & Domain("active", "=", True)
            & Domain("company_id", "in", (company.id, False))
            & ~self._customer_internal_domain()
        )

    def _customer_policy_role(self, company):
        """Return the role of a contact where no access names one; may be none."""
        self.ensure_one()
        row_sudo = self.sudo().customer_policy_ids.filtered(lambda row: row.company_id == company)
        return row_sudo.role_id or company.sudo().customer_default_role_id

    # ------------------------------------------------------------
    # THE CONTACT'S FIELDS
    # ------------------------------------------------------------

    @api.depends("customer_policy_ids.policy", "customer_policy_ids.role_id")
    @api.depends_context("company")
    def _compute_customer_portal_policy(self):
        # sudo: the policy of whoever may be read may be read
        rows_sudo = (
            self.env["customer.portal.policy"]
            .sudo()
            .search([("partner_id", "in", self.ids), ("company_id", "=", self.env.company.id)])
        )
        by_partner = rows_sudo.grouped("partner_id")
        for partner in self:
            row_sudo = by_partner.get(partner._origin.sudo(), rows_sudo.browse())
            partner.customer_portal_policy = row_sudo.policy or "default"
            partner.customer_portal_role_id = row_sudo.role_id.id

    @api.depends_context("uid")
    def _compute_customer_may_decide(self):
        self.customer_may_decide = self.env.user.has_group(
            "customer_portal_access.group_customer_admin"
        )

    def _inverse_customer_portal_policy(self):
        wanted = {
            partner.id: (
                partner.customer_portal_policy or "default",
                partner.customer_portal_role_id,
            )
            for partner in self
        }
        self.invalidate_recordset(
            ["customer_portal_policy", "customer_portal_role_id"], flush=False
        )
        groups = {}
        for partner in self:
            policy, role = wanted[partner.id]
            if (partner.customer_portal_policy, partner.customer_portal_role_id) != (policy, role):
                groups.setdefault((policy, role), []).append(partner.id)
        for (policy, role), ids in groups.items():
            self.browse(ids)._customer_set_policy(False if policy == "default" else policy, role.id)

    @api.model
    def _search_customer_portal_policy(self, operator, value):
        if operator != "in":
            return NotImplemented
        company = self.env.company
        found = self._customer_policy_domain(company, *(set(value) - {"default", False}))
        if "default" in value:
            found |= ~self._customer_policy_domain(company, "enabled", "disabled")
        return found

    @api.model
    def _search_customer_portal_role_id(self, operator, value):
        here = Domain("company_id", "=", self.env.company.id)
        if operator == "in" and False in value:
            return ~Domain("customer_policy_ids", "any!", here & Domain("role_id", "!=", False)) | (
                Domain("customer_policy_ids", "any!", here & Domain("role_id", "in", value))
            )
        if operator not in ("in", "any"):
            return NotImplemented
        return Domain("customer_policy_ids", "any!", here & Domain("role_id", operator, value))

    # ------------------------------------------------------------
    # SETTING IT
    # ------------------------------------------------------------

    def set_customer_portal_policy(self, policy, role_id=None, overwrite=False, scope=None):
        """Set the portal policy, and the role, of these contacts in the current company.

        :param policy: ``enabled``, ``disabled``, ``default``; false: only the role
        :param int role_id: id of a ``customer.contact.role``; false: leaves the role
        :param bool overwrite: also where something is set already
        :param str scope: ``all``, with no contacts: every contact of the company, by its
            default, which costs the same for any number of them
        :return: for how many contacts something changed; beyond 50,000 by the default the
            database's estimate
        :rtype: int
        :raises AccessError: for anybody but a portal administrator
        :raises UserError: when an argument makes no sense
        """
        policies = ("enabled", "disabled", "default")
        if (policy and policy not in policies) or scope not in (None, False, "all"):
            raise UserError(
                self.env._("The policy is enabled, disabled or default; the scope is all, or none.")
            )
        if scope and self:
            raise UserError(
                self.env._("Every contact, or these contacts: with contacts the scope stays empty.")
            )
        self.env.company._customer_check_admin()
        if not self and not scope:
            return 0
        self.check_access("read")
        if len(self) == 1:  # as by hand: nobody looks for one contact in a list of changes
            return self._customer_set_policy(
                {"default": False, False: None}.get(policy or False, policy),
                role_id or None,
                overwrite,
            )
        change = self.env["customer.policy.change"]._begin(
            policy=policy or False, role_id=role_id, overwrite=overwrite, for_all=bool(scope)
        )
        return change._run(self._customer_persons_query())

    def _customer_persons_query(self):
        """Return a query of those of these contacts for whom a policy may be set here."""
        self.flush_recordset(["is_company", "company_id"])
        return SQL(
            "SELECT id FROM res_partner WHERE id = ANY(%s) AND NOT COALESCE(is_company, FALSE) "
            "AND (company_id IS NULL OR company_id = %s)",
            list(self.ids),
            self.env.company.id,
        )

    def _customer_set_policy(self, policy, role_id, overwrite=True):
        """Set the policy of these contacts by hand; see ``customer.portal.policy._put``.

        :return: for how many something changed
        """
        company = self.env.company
        company._customer_check_admin()
        self._customer_check_role(role_id)
        # sudo: nobody writes policies but by the verbs, after they have asked
        Policy_sudo = self.env["customer.portal.policy"].sudo()
        return Policy_sudo._put(self._customer_persons_query(), company, policy, role_id, overwrite)

    @api.model
    def _customer_check_role(self, role_id):
        """Refuse a role that is none, or another company's.

        :raises UserError: unless the current company may use the role
        """
        if not role_id:
            return
        role_sudo = self.env["customer.contact.role"].sudo().browse(role_id).exists()
        if not role_sudo or role_sudo.company_id not in (
            self.env.company,
            self.env["res.company"],
        ):
            raise UserError(self.env._("This role does not exist, or belongs to another company."))

    @api.model
    def _customer_count(self, domain):
        """Count contacts; where there are very many, as the database estimates."""
        # sudo: whoever decides for all contacts need not see each
        query = self.sudo()._search(domain).select()
        self.env.cr.execute(SQL("EXPLAIN (FORMAT JSON) %s", query))
        [plan] = self.env.cr.fetchone()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        estimate = plan[0]["Plan"]["Plan Rows"]
        if estimate > COUNTED_AT_MOST:
            return estimate
        return self.sudo().search_count(domain)

    # ------------------------------------------------------------
    # COMING IN
    # ------------------------------------------------------------

    def _customer_policy_access(self, company):
        """Return the access by which the policy lets a contact in, made now if needed.

        Call it in the background, or once it is known who is there: it writes.

        :return: a ``customer.access``; none when the policy does not let the contact in
        """
        self.ensure_one()
        partner_sudo = self.sudo()  # nobody who comes in has rights of the own
        Access_sudo = self.env["customer.access"].sudo().with_company(company)
        customer_sudo = partner_sudo.commercial_partner_id
        place = Domain("customer_id", "=", customer_sudo.id)
        place &= Domain("partner_id", "=", self.id) & Domain("company_id", "=", company.id)
        let_in = Domain("id", "=", self.id) & self._customer_enabled_domain(company)
        role_sudo = partner_sudo._customer_policy_role(company).sudo()
        if not partner_sudo.search_count(let_in) or not role_sudo.can_be_invited:
            return Access_sudo
        if not Access_sudo.search_count(place):
            self.env.cr.execute(
                "SELECT id FROM res_partner WHERE id = %s FOR NO KEY UPDATE", [self.id]
            )
            self.env.cr.execute(
                "SELECT 1 FROM customer_access "
                "WHERE partner_id = %s AND customer_id = %s AND company_id = %s",
                [self.id, customer_sudo.id, company.id],
            )
            if not self.env.cr.fetchone():
                return self._customer_make_policy_access(company, role_sudo)
        access_sudo = Access_sudo.search(place)
        return access_sudo.filtered(lambda access: not access._closed())

    def _customer_make_policy_access(self, company, role):
        partner_sudo = self.sudo()  # as in _customer_policy_access
        Access_sudo = self.env["customer.access"].sudo()
        try:
            with self.env.cr.savepoint():
                return Access_sudo.create(
                    {
                        "partner_id": self.id,
                        "customer_id": partner_sudo.commercial_partner_id.id,
                        "company_id": company.id,
                        "role_id": role.id,
                        "by_policy": True,
                    }
                )
        except UniqueViolation as error:
            # another transaction was first, and this one cannot see it: begin again
            raise ConcurrencyError(self.env._("Somebody else was first. Try again.")) from error

    def _customer_policy_adds(self, company):
        """Say whether the policy opens to a contact what no access of it opens yet.

        :rtype: bool
        """
        self.ensure_one()
        if not self._customer_policy_role(company)._holds("all_workspaces"):
            return False
        partner_sudo = self.sudo()  # asked at the door
        customer_sudo = partner_sudo.commercial_partner_id
        known = partner_sudo.customer_access_ids.filtered(
            lambda access: access.customer_id == customer_sudo and access.company_id == company
        )
        return not known and bool(
            partner_sudo.filtered_domain(self._customer_enabled_domain(company))
        )

    def _customer_ways_in(self, company):
        """Return the accesses by which a contact may come in to a company now.

        :return: the open ones, else that of the policy, made now
        """
        self.ensure_one()
        Access_sudo = self.env["customer.access"].sudo()  # asked for whoever is at the door
        here = Domain("partner_id", "=", self.id) & Domain("company_id", "=", company.id)
        return Access_sudo.search(
            here & ~Access_sudo._closed_domain()
        ) or self._customer_policy_access(company)

    def _customer_is_shut_out(self):
        """Say whether the policy has ended this contact's log-in.

        Asked at every request: most contacts have neither a row nor an access by policy.

        :rtype: bool
        """
        self.ensure_one()
        self.env.cr.execute(
            "SELECT 1 FROM customer_portal_policy WHERE partner_id = %(id)s AND policy = 'disabled' "
            "UNION ALL "
            "SELECT 1 FROM customer_access WHERE partner_id = %(id)s AND by_policy LIMIT 1",
            {"id": self.id},
        )
        if not self.env.cr.fetchone():
            return False
        Access_sudo = self.env["customer.access"].sudo()  # contacts have no rights of their own
        own_sudo = Access_sudo.search([("partner_id", "=", self.id)])
        if own_sudo.filtered(lambda access: not access._closed()):
            return False
        companies_sudo = self.sudo().user_ids.company_ids
        disabled_sudo = self.sudo().customer_policy_ids.filtered(
            lambda row: row.policy == "disabled"
        )
        return any(
            access._closed() == "disabled" and access.by_policy for access in own_sudo
        ) or not (companies_sudo - disabled_sudo.company_id)
