from odoo import fields, models


class CustomerPublicationEntry(models.Model):
    """One row of a published list."""

    _name = "customer.publication.entry"
    _description = "Row of a list"
    _order = "sequence, id"
    _rec_name = "publication_id"

    publication_id = fields.Many2one(
        "customer.publication", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    values = fields.Properties(definition="publication_id.columns_definition")
    revision = fields.Integer(
        readonly=True, default=1, help="Counts the changes, so that two people lose nothing."
    )
    access_id = fields.Many2one(
        "customer.access",
        string="Last changed by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Empty: staff.",
    )
    company_id = fields.Many2one(related="publication_id.company_id", store=True, precompute=True)
