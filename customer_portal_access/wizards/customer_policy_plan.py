from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.customer_policy_change import WAYS

LISTED_AT_MOST = 20_000  # what Odoo's lists hand over at once


class CustomerPolicyPlan(models.TransientModel):
    """In one go: the portal policy of the selected contacts, or of all.

    First what would change, who stays disabled, and who cannot come in and why; nothing
    is written before "Run".
    """

    _name = "customer.policy.plan"
    _description = "Portal access in one go"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    contact_ids = fields.Json(default=lambda self: self._default_contact_ids(), readonly=True)
    selected = fields.Integer(compute="_compute_selected", string="Contacts selected")
    whom = fields.Selection(
        [("selected", "The selected contacts"), ("all", "All contacts, new ones too")],
        required=True,
        default=lambda self: "selected" if self._default_contact_ids() else "all",
    )
    policy = fields.Selection(
        [*WAYS, ("keep", "Leave as it is")],
        string="Portal access",
        required=True,
        default="enabled",
    )
    role_id = fields.Many2one(
        "customer.contact.role",
        domain="[('can_be_invited', '=', True), ('company_id', 'in', (company_id, False))]",
        help="Empty: roles stay as they are.",
    )
    overwrite = fields.Boolean(string="Overwrite what was set by hand")
    access_roles = fields.Boolean(string="Change the role of accesses, too")
    changes = fields.Text(compute="_compute_plan", string="What changes")
    change_count = fields.Integer(compute="_compute_plan")
    stays_disabled = fields.Integer(compute="_compute_plan")
    stays_set = fields.Integer(compute="_compute_plan")
    no_email = fields.Integer(compute="_compute_hindered")
    login_taken = fields.Integer(compute="_compute_hindered")
    no_number = fields.Integer(compute="_compute_hindered")
    archived = fields.Integer(compute="_compute_hindered")
    internal = fields.Integer(compute="_compute_hindered")
    no_person = fields.Integer(compute="_compute_hindered")
    no_role = fields.Boolean(compute="_compute_hindered")
    hindered = fields.Boolean(compute="_compute_hindered")
    change_id = fields.Many2one("customer.policy.change", readonly=True, ondelete="set null")

    @api.model
    def _default_contact_ids(self):
        """Return the ids that a list of contacts hands over, or all that its filter finds."""
        context = self.env.context
        if context.get("active_model") != "res.partner":
            return []
        ids = context.get("active_ids") or []
        if len(ids) >= LISTED_AT_MOST and context.get("active_domain"):
            ids = self.env["res.partner"].search(context["active_domain"]).ids
        return ids

    @api.depends("contact_ids")
    def _compute_selected(self):
        for plan in self:
            plan.selected = len(plan.contact_ids or [])

    def _check_own(self):
        """Refuse a company or contacts that the user may not see: counts would tell of them.

        Whoever calls it from outside chooses both.

        :raises AccessError: when one is somebody else's
        """
        if self.company_id - self.env.companies:
            raise AccessError(self.env._("This is another company's."))
        self.env["res.partner"].browse(self.contact_ids or []).exists().check_access("read")

    # ------------------------------------------------------------
    # WHAT WOULD CHANGE
    # ------------------------------------------------------------

    def _wanted_query(self):
        """Return a query of the contacts it is about."""
        Partner_sudo = self.env["res.partner"].sudo()  # counted only
        if self.whom == "all":
            scope = Partner_sudo._customer_scope_domain(self.company_id.sudo())
            return Partner_sudo._search(scope).select()
        return Partner_sudo.browse(self.contact_ids or [])._customer_persons_query()

    def _held_groups(self):
        """Return what is set now, and for how many of the contacts.

        :return: policy, id of the role, number
        :rtype: list[tuple]
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT held.policy, held.role_id, count(*) FROM (%s) AS wanted(id) "
                "LEFT JOIN customer_portal_policy held "
                "ON held.partner_id = wanted.id AND held.company_id = %s GROUP BY 1, 2 ORDER BY 3 DESC",
                self._wanted_query(),
                self.company_id.id,
            )
        )
        return self.env.cr.fetchall()

    @api.depends("whom", "policy", "role_id", "overwrite", "access_roles")
    @api.depends_context("lang")
    def _compute_plan(self):
        for plan in self:
            plan._check_own()
            lines, changed, disabled, kept = [], 0, 0, 0
            for policy, role_id, count in plan._held_groups():
                before = plan._effective(policy, role_id)
                after = plan._effective(*plan._after(policy, role_id), after=True)
                if before != after:
                    changed += count
                    lines.append(f"{count}: {before} → {after}")
                elif policy or role_id:
                    kept += count
                if policy == "disabled" and plan.policy != "disabled" and not plan.overwrite:
                    disabled += count
            accesses = plan._access_count()
            if accesses:
                lines.append(
                    self.env._(
                        "%(count)s accesses get the role %(role)s",
                        count=accesses,
                        role=plan.role_id.name,
                    )
                )
            plan.changes = "\n".join(lines)
            plan.change_count = changed + accesses
            plan.stays_disabled = disabled
            plan.stays_set = max(0, kept - disabled)

    def _after(self, policy, role_id):
        """Return what would be set where this is set now."""
        if self.whom == "all" and not self.overwrite:
            return policy, role_id
        if self.whom == "all" and not (policy or role_id):
            return policy, role_id  # by the default, not by rows
        new_policy = {"keep": policy, "default": None}.get(self.policy, self.policy)
        new_role = self.role_id.id or role_id
        if self.overwrite:
            return new_policy, new_role
        return policy or new_policy, role_id or new_role

    def _effective(self, policy, role_id, after=False):
        """Say what a policy and a role come to, by the company's default now or after it."""
        company_sudo = self.company_id.sudo()
        default, role = company_sudo.customer_portal_default, company_sudo.customer_default_role_id
        if after and self.whom == "all":
            default = self.policy if self.policy in ("enabled", "disabled") else default
            role = self.role_id or role
        words = {
            "enabled": self.env._("enabled for the contact"),
            "disabled": self.env._("disabled for the contact"),
            None: self.env._("enabled by default")
            if default == "enabled"
            else self.env._("disabled by default"),
        }[policy]
        if role_id:
            role = self.env["customer.contact.role"].sudo().browse(role_id)
        return f"{words} · {role.name}" if role else words

    def _access_count(self):
        """Count the accesses whose role would change, too."""
        if not (self.access_roles and self.role_id):
            return 0
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FROM customer_access WHERE company_id = %s AND role_id != %s "
                "AND by_policy IS NOT TRUE AND partner_id IN (%s)",
                self.company_id.id,
                self.role_id.id,
                self._wanted_query(),
            )
        )
        return self.env.cr.fetchone()[0]

    # ------------------------------------------------------------
    # WHO CANNOT COME IN
    # ------------------------------------------------------------

    def _hindered_domains(self):
        """Return a domain of contacts for each reason why they cannot come in all the same."""
        Partner = self.env["res.partner"]
        company_sudo = self.company_id.sudo()
        archived = Domain("active", "=", False)
        internal = Partner._customer_internal_domain()
        if self.whom == "all":
            wanted = Partner._customer_scope_domain(company_sudo)
            outside = {}
        else:
            wanted = Domain("id", "in", self.contact_ids or [])
            outside = {
                "no_person": wanted & Domain("is_company", "=", True),
                "archived": wanted & Domain("is_company", "=", False) & archived,
                "internal": wanted & Domain("is_company", "=", False) & internal,
            }
            wanted &= Domain("is_company", "=", False) & ~archived & ~internal
        if not self.overwrite:
            wanted &= ~Partner._customer_policy_domain(company_sudo, "disabled")
        return {
            **outside,
            "no_email": wanted & Domain("email_normalized", "=", False),
            "login_taken": wanted & Domain("customer_login_taken", "=", True),
            "no_number": wanted & self._no_number_domain(),
        }

    def _no_number_domain(self):
        """Return the domain of contacts who would need a number for codes and have none."""
        role = self.role_id or self.company_id.sudo().customer_default_role_id
        if not role.requires_code:
            return Domain.FALSE
        return Domain("phone", "in", (False, "")) & Domain("customer_mobile", "in", (False, ""))

    @api.depends("whom", "policy", "role_id", "overwrite")
    def _compute_hindered(self):
        names = ("no_email", "login_taken", "no_number", "archived", "internal", "no_person")
        Partner_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        self.env.flush_all()  # log-ins are looked up by SQL
        for plan in self:
            plan._check_own()
            # counted only where somebody would be let in
            domains = plan._hindered_domains() if plan.policy == "enabled" else {}
            for name in names:
                plan[name] = Partner_sudo.search_count(domains[name]) if name in domains else 0
            role = plan.role_id or plan.company_id.sudo().customer_default_role_id
            plan.no_role = plan.policy == "enabled" and not role.can_be_invited
            plan.hindered = plan.no_role or any(plan[name] for name in names)

    def action_show_hindered(self):
        """Open the contacts who cannot come in for the reason in the context.

        :rtype: dict
        """
        self.ensure_one()
        self._check_own()
        domain = self._hindered_domains().get(self.env.context.get("reason"))
        if domain is None:
            raise UserError(self.env._("There is no such reason."))
        # ids: log-ins of others are not everybody's to search
        found_sudo = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search(domain, limit=LISTED_AT_MOST)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cannot come in"),
            "res_model": "res.partner",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", found_sudo.ids)],
            "context": {"active_test": False},
        }

    # ------------------------------------------------------------
    # RUN
    # ------------------------------------------------------------

    def action_run(self):
        """Do what the plan says, once, and show what changed.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        :raises UserError: when there is nothing to do
        """
        self.ensure_one()
        company = self.company_id
        plan = self.with_context(allowed_company_ids=company.ids)
        if company not in self.env.companies:
            company = company.browse()
        company.ensure_one()
        company._customer_check_admin()
        # whoever clicks twice waits here, and is shown what the first click did
        self.env.cr.execute(
            "SELECT change_id FROM customer_policy_plan WHERE id = %s FOR UPDATE", [self.id]
        )
        self.invalidate_recordset(["change_id"])
        if not self.change_id:
            if self.policy == "keep" and not self.role_id:
                raise UserError(self.env._("Choose a role, or whether access is on."))
            if self.whom == "selected" and not self.contact_ids:
                raise UserError(self.env._("No contacts are selected."))
            contacts = plan.env["res.partner"].browse(self.contact_ids or []).exists()
            contacts.check_access("read")
            change_sudo = plan.env["customer.policy.change"]._begin(
                policy=False if self.policy == "keep" else self.policy,
                role_id=self.role_id.id,
                overwrite=self.overwrite,
                for_all=self.whom == "all",
                access_roles=self.access_roles,
            )
            change_sudo._run(contacts._customer_persons_query())
            self.change_id = change_sudo.id
        return self.change_id._action()
