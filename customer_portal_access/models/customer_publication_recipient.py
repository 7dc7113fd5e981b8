from odoo import fields, models


class CustomerPublicationRecipient(models.Model):
    """What became of a publication with one contact: when it was sent, when opened."""

    _name = "customer.publication.recipient"
    _description = "Recipient of a publication"
    _order = "id"
    _rec_name = "partner_id"

    publication_id = fields.Many2one(
        "customer.publication", required=True, readonly=True, ondelete="cascade", index=True
    )
    access_id = fields.Many2one(
        "customer.access", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="access_id.partner_id", store=True, index=True)
    sent_at = fields.Datetime(readonly=True, help="When it was last sent.")
    sent_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    sent_subject = fields.Char(readonly=True)
    opened_at = fields.Datetime(string="First opened", readonly=True)
    last_opened_at = fields.Datetime(string="Last opened", readonly=True)
    opened_version = fields.Integer(
        readonly=True, help="The newest version that the contact has opened."
    )
    company_id = fields.Many2one(related="publication_id.company_id", store=True, precompute=True)

    _access_unique = models.UniqueIndex("(publication_id, access_id)")
