from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_portal_policy import POLICIES

WAYS = [*POLICIES, ("default", "Default")]
UNDO = timedelta(days=1)
KEEP_DAYS = 90


class CustomerPolicyChange(models.Model):
    """The portal policy changed for many contacts at once: what was there, and the way back.

    Kept in a table, for what is transient is gone after an hour.
    """

    _name = "customer.policy.change"
    _description = "Portal policy of many contacts"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    policy = fields.Selection(WAYS, readonly=True, help="Empty: only the role.")
    role_id = fields.Many2one(
        "customer.contact.role", readonly=True, ondelete="set null", help="Empty: only the policy."
    )
    overwrite = fields.Boolean(
        string="What was set by hand, too",
        readonly=True,
    )
    for_all = fields.Boolean(string="For all contacts", readonly=True)
    access_roles = fields.Boolean(string="Roles of accesses, too", readonly=True)
    line_ids = fields.One2many("customer.policy.change.line", "change_id", readonly=True)
    count = fields.Integer(string="Changed", readonly=True)
    undo_until = fields.Datetime(compute="_compute_undo")
    can_undo = fields.Boolean(compute="_compute_undo")
    undone_at = fields.Datetime(string="Undone on", readonly=True)
    undone_by_id = fields.Many2one(
        "res.users", string="Undone by", readonly=True, ondelete="set null"
    )
    restored = fields.Integer(readonly=True)
    kept = fields.Integer(
        readonly=True, help="Changed again since: these stayed as they were found."
    )

    @api.depends("undone_at")
    def _compute_undo(self):
        now = fields.Datetime.now()
        for change in self:
            change.undo_until = change.create_date and change.create_date + UNDO
            change.can_undo = bool(
                change.undo_until and now < change.undo_until and not change.undone_at
            )

    @api.depends("policy", "role_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["policy"]._description_selection(self.env))
        for change in self:
            what = filter(None, [labels.get(change.policy), change.role_id.sudo().name])
            change.display_name = " · ".join(what)

    @api.model
    def _begin(self, policy=False, role_id=False, overwrite=False, for_all=False, **values):
        """Note what is to change in the current company, before anything does.

        :param policy: ``enabled``, ``disabled``, ``default``; false: only the role
        :param int role_id: id of a role; false: only the policy
        :raises AccessError: for anybody but a portal administrator
        """
        self.env.company._customer_check_admin()
        self.env["res.partner"]._customer_check_role(role_id)
        # sudo: the verbs write it, after they have asked
        return self.sudo().create(
            {
                "company_id": self.env.company.id,
                "policy": policy,
                "role_id": role_id,
                "overwrite": overwrite,
                "for_all": for_all,
                **values,
            }
        )

    def _run(self, partners):
        """Change what is set, and keep what was there.

        :param SQL partners: a query of contacts' ids; of no account for all
        :return: for how many contacts something changed
        :rtype: int
        """
        policy = {"default": False, False: None}.get(self.policy, self.policy)
        role = self.role_id.id or None
        if self.for_all:
            self._run_default()
            partners = self._scope_query()
        if not self.for_all or self.overwrite:
            rows = SQL("%s", partners)
            if self.for_all:
                rows = SQL(
                    "SELECT there.partner_id FROM customer_portal_policy there "
                    "WHERE there.company_id = %s AND there.partner_id IN (%s)",
                    self.company_id.id,
                    partners,
                )
            self.env["customer.portal.policy"]._put(
                rows, self.company_id, policy, role, self.overwrite, self
            )
        if self.access_roles and role:
            self._run_accesses(partners)
        self.count = sum(self.line_ids.filtered(lambda line: line.kind != "access").mapped("count"))
        return self.count

    def _scope_query(self):
        Partner = self.env["res.partner"]
        return Partner._search(Partner._customer_scope_domain(self.company_id)).select()

    def _run_default(self):
        """Change the company's default: one row, however many contacts have it."""
        company, Partner = self.company_id, self.env["res.partner"]
        changes = {}
        before = (company.customer_portal_default, company.customer_default_role_id.id)
        if self.policy in dict(POLICIES) and self.policy != before[0]:
            changes["customer_portal_default"] = self.policy
        if self.role_id and self.role_id.id != before[1]:
            changes["customer_default_role_id"] = self.role_id.id
        if not changes:
            return
        here = Domain("company_id", "=", company.id)
        unset = Domain.FALSE
        if "customer_portal_default" in changes:
            unset |= ~Partner._customer_policy_domain(company, "enabled", "disabled")
        if "customer_default_role_id" in changes:
            unset |= ~Domain("customer_policy_ids", "any!", here & Domain("role_id", "!=", False))
        count = Partner._customer_count(Partner._customer_scope_domain(company) & unset)
        company.write(changes)
        self.env["customer.policy.change.line"].create(
            {
                "change_id": self.id,
                "kind": "default",
                "policy_before": before[0],
                "role_before_id": before[1],
                "policy_after": company.customer_portal_default,
                "role_after_id": company.customer_default_role_id.id,
                "count": count,
            }
        )

    def _run_accesses(self, partners):
        """Give the accesses that name a role the new one, too."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH changed AS MATERIALIZED (
                    SELECT id, role_id FROM customer_access
                     WHERE company_id = %(company)s AND role_id != %(role)s AND by_policy IS NOT TRUE
                       AND partner_id IN (%(partners)s)
                ),
                put AS (
                    UPDATE customer_access access SET role_id = %(role)s
                      FROM changed WHERE changed.id = access.id
                )
                INSERT INTO customer_policy_change_line (
                    change_id, kind, role_before_id, role_after_id, count, record_ids
                )
                SELECT %(change)s, 'access', role_id, %(role)s, count(*), jsonb_agg(id)
                  FROM changed GROUP BY role_id
                """,
                company=self.company_id.id,
                role=self.role_id.id,
                partners=partners,
                change=self.id,
            )
        )
        self.env.invalidate_all(flush=False)

    def _action(self):
        """Return the action that shows what changed."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What changed"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    @api.autovacuum
    def _gc_changes(self):
        """Forget changes that nobody can undo any more, after some time to look at them."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("create_date", "<", limit)]).unlink()


class CustomerPolicyChangeLine(models.Model):
    """Contacts for whom the same was set before, and the same after."""

    _name = "customer.policy.change.line"
    _description = "Portal policy before and after"
    _order = "count desc, id"
    _log_access = False

    change_id = fields.Many2one(
        "customer.policy.change", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="change_id.company_id")
    kind = fields.Selection(
        [("default", "By default"), ("policy", "Set"), ("access", "Role of accesses")],
        string="What",
        required=True,
        readonly=True,
    )
    policy_before = fields.Selection(POLICIES, readonly=True)
    role_before_id = fields.Many2one("customer.contact.role", readonly=True, ondelete="set null")
    policy_after = fields.Selection(POLICIES, readonly=True)
    role_after_id = fields.Many2one("customer.contact.role", readonly=True, ondelete="set null")
    count = fields.Integer(readonly=True)
    record_ids = fields.Json(
        readonly=True,
        prefetch=False,
        groups=fields.NO_ACCESS,
        help="Ids of the contacts or accesses: one row for thousands of them.",
    )
    before = fields.Char(compute="_compute_words")
    after = fields.Char(compute="_compute_words")

    @api.depends("policy_before", "role_before_id", "policy_after", "role_after_id", "kind")
    @api.depends_context("lang")
    def _compute_words(self):
        for line in self:
            line.before = line._words(line.policy_before, line.role_before_id)
            line.after = line._words(line.policy_after, line.role_after_id)

    def _words(self, policy, role):
        """Return a policy and a role in words."""
        if self.kind == "access":
            return role.name
        labels = dict(self._fields["policy_before"]._description_selection(self.env))
        return " · ".join(
            filter(None, [labels.get(policy, self.env._("Default")), role.sudo().name])
        )

    def action_open(self):
        """Open the contacts, or the accesses, that changed so.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        record_ids = self.sudo().record_ids or []  # sudo: ids only, the list asks for rights
        if self.kind == "access":
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "customer_portal_access.customer_access_action"
            )
            return dict(action, domain=[("id", "in", record_ids)], context={})
        domain = [("id", "in", record_ids)]
        if self.kind == "default":
            domain = list(self.env["res.partner"]._customer_default_domain(self.company_id))
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.before} → {self.after}",
            "res_model": "res.partner",
            "views": [
                [self.env.ref("customer_portal_access.res_partner_view_list_sign_in").id, "list"],
                [False, "form"],
            ],
            "domain": domain,
            "context": {"active_test": False},
        }
