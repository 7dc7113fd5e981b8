from odoo import fields, models


class ResCompany(models.Model):
    """Shifts: what each company decides."""

    _inherit = "res.company"

    customer_shift_deadline = fields.Integer(
        string="Hours before a shift",
        default=24,
        help="Until so many hours before it begins customers change and cancel a shift themselves.",
    )

    _customer_shift_deadline_positive = models.Constraint(
        "CHECK (customer_shift_deadline >= 0)", "The hours before a shift cannot be negative."
    )
