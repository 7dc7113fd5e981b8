import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

STATES = [
    ("to_approve", "To approve"),
    ("approved", "Approved"),
    ("rejected", "Sent back"),
]
# What the customer reads of a line, and approves: once approved, none of it changes.
FACTS = (
    "date",
    "employee_id",
    "unit_amount",
    "product_uom_id",
    "name",
    "project_id",
    "task_id",
    "company_id",
)
# What verbs alone write.
DECISION = (
    "customer_state",
    "customer_state_by",
    "customer_state_partner_id",
    "customer_state_access_id",
    "customer_state_at",
    "customer_comment",
    "customer_stamp",
)


class Verb:
    """The mark of a verb in a context; a class of its own, for contexts from outside are JSON."""


BY_VERB = Verb()


class AccountAnalyticLine(models.Model):
    """Hours that the customer approves: their state, and what it holds fast.

    A line is up for approval from the day on that its project names. Decisions are
    written by ``account_analytic_line_decision``.
    """

    _inherit = "account.analytic.line"

    customer_state = fields.Selection(
        STATES,
        string="Customer's approval",
        compute="_compute_customer_state",
        store=True,
        index="btree_not_null",
        copy=False,
        help="What the customer says of these hours. Empty: the customer is not asked. What "
        "was sent back and is corrected is to be approved again.",
    )
    customer_state_by = fields.Char(
        string="Decided by",
        readonly=True,
        copy=False,
        help="The contact who approved the hours or sent them back. Kept when the access is "
        "removed.",
    )
    customer_state_partner_id = fields.Many2one(
        "res.partner",
        string="Deciding contact",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    customer_state_access_id = fields.Many2one(
        "customer.access",
        string="Deciding access",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    customer_state_at = fields.Datetime(string="Decided on", readonly=True, copy=False)
    customer_comment = fields.Text(
        string="Customer's comment",
        readonly=True,
        copy=False,
        help="Of the last decision; what it was sent back for stays until the next one.",
    )
    customer_stamp = fields.Char(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Stands for the line as it was when it was decided on.",
    )

    def _auto_init(self):
        # no project asks for approval yet: there is nothing to compute for millions of lines
        if not column_exists(self.env.cr, self._table, "customer_state"):
            create_column(self.env.cr, self._table, "customer_state", "varchar")
        return super()._auto_init()

    # ------------------------------------------------------------
    # WHAT IS UP FOR APPROVAL
    # ------------------------------------------------------------

    @api.depends("project_id.customer_hours_from", *FACTS)
    def _compute_customer_state(self):
        for line in self:
            state = line.customer_state
            if state == "approved":
                line.customer_state = state
            elif not line._customer_is_asked():
                line.customer_state = False
            elif state == "rejected" and line.customer_stamp == line._customer_stamp():
                line.customer_state = state
            else:
                line.customer_state = "to_approve"

    def _customer_is_asked(self):
        """Say whether the project has its customer approve this line.

        :rtype: bool
        """
        start = self.project_id.customer_hours_from
        return bool(start and self.employee_id and self.date and self.date >= start)

    def _customer_stamp(self):
        """Return what stands for the line as a contact reads it now.

        :rtype: str
        """
        self.ensure_one()
        facts = [
            str(self.date),
            self.employee_id.id,
            f"{self.unit_amount:.4f}",
            self.product_uom_id.id,
            self.name,
            self.project_id.id,
            self.task_id.id,
            self.company_id.id,
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]

    # ------------------------------------------------------------
    # WHAT IS APPROVED STAYS AS IT IS
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse decisions that nobody has made."""
        self._check_customer_values(key for vals in vals_list for key in vals)
        return super().create(vals_list)

    @api.model
    def default_get(self, fields):
        """Leave out decisions: a context may bring defaults of any field."""
        values = super().default_get(fields)
        return {name: value for name, value in values.items() if name not in DECISION}

    def write(self, vals):
        """Refuse decisions that nobody has made, and changes of what is approved."""
        if isinstance(self.env.context.get("customer_hours_verb"), Verb):
            return super().write(vals)
        self._check_customer_values(vals)
        if vals.keys().isdisjoint(FACTS):
            return super().write(vals)
        # sudo: whoever may write a line need not read what is decided of it
        approved_sudo = self.sudo().filtered(lambda line: line.customer_state == "approved")
        result = super().write(vals)
        if any(line._customer_stamp() != line.customer_stamp for line in approved_sudo):
            self._refuse_approved()
        return result

    def _check_customer_values(self, names):
        if not set(DECISION).isdisjoint(names):
            raise UserError(
                self.env._("Only the customer approves hours: this cannot be filled in by hand.")
            )

    def _refuse_approved(self):
        raise UserError(
            self.env._(
                "The customer has approved these hours: they cannot be changed or deleted. A "
                "project manager can reopen them first."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_customer_approved(self):
        if any(line.customer_state == "approved" for line in self.sudo()):
            self._refuse_approved()

    def _compute_project_id(self):
        """Refuse that a task takes approved hours along to another project."""
        # sudo: as in write
        approved_sudo = self.sudo().filtered(lambda line: line.customer_state == "approved")
        before = {line: line.project_id for line in approved_sudo}
        result = super()._compute_project_id()
        if any(line.project_id != project for line, project in before.items()):
            self._refuse_approved()
        return result

    def _is_readonly(self):
        return super()._is_readonly() or self.sudo().customer_state == "approved"
