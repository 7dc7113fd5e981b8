from odoo import fields, models


class CustomerShiftKind(models.Model):
    """A kind of work that customers order shifts of; staff keep the list."""

    _name = "customer.shift.kind"
    _description = "Kind of shift"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: of all companies.",
    )
