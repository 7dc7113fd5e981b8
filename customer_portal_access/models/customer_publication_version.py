from odoo import fields, models


class CustomerPublicationVersion(models.Model):
    """What a publication said when it was published, or changed since."""

    _name = "customer.publication.version"
    _description = "Version of a publication"
    _order = "publication_id, number desc"
    _rec_name = "number"

    publication_id = fields.Many2one(
        "customer.publication", required=True, readonly=True, ondelete="cascade", index=True
    )
    number = fields.Integer(required=True, readonly=True)
    name = fields.Char(string="Title", readonly=True)
    body = fields.Html(string="Text", readonly=True, sanitize="email_outgoing")
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        readonly=True,
        bypass_search_access=True,
        ondelete="restrict",
        help="Kept, although the publication may have others by now.",
    )
    response_ids = fields.One2many(
        "customer.publication.response", "version_id", string="Answers", readonly=True
    )
    company_id = fields.Many2one(related="publication_id.company_id", store=True, precompute=True)

    _number_unique = models.UniqueIndex("(publication_id, number)")
