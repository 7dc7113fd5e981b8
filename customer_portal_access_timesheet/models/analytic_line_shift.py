from odoo import fields, models


class AccountAnalyticLine(models.Model):
    """A timesheet line that was made of a shift."""

    _inherit = "account.analytic.line"

    customer_shift_id = fields.Many2one(
        "customer.shift.order",
        string="Shift",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups=fields.NO_ACCESS,
        help="Read and written by the shift alone, which makes hours once.",
    )

    _customer_shift_once = models.UniqueIndex(
        "(customer_shift_id, employee_id) WHERE customer_shift_id IS NOT NULL",
        "This person has hours of this shift already.",
    )
