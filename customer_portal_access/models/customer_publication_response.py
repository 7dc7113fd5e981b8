from odoo import fields, models


class CustomerPublicationResponse(models.Model):
    """A contact's answer to an offer. It stays when the contact's access goes."""

    _name = "customer.publication.response"
    _description = "Answer to a publication"
    _order = "id desc"
    _rec_name = "publication_id"

    publication_id = fields.Many2one(
        "customer.publication", required=True, readonly=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one(
        "customer.publication.version",
        readonly=True,
        ondelete="restrict",
        help="What was answered.",
    )
    access_id = fields.Many2one(
        "customer.access", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_name = fields.Char(string="Name", readonly=True)
    partner_email = fields.Char(string="E-mail", readonly=True)
    decision = fields.Selection(
        [("accepted", "Accepted"), ("declined", "Declined")], required=True, readonly=True
    )
    comment = fields.Text(readonly=True)
    signed_by = fields.Char(readonly=True)
    signature = fields.Binary(attachment=True, readonly=True)
    is_current = fields.Boolean(
        readonly=True, default=True, help="False: staff have reopened the offer since."
    )
    company_id = fields.Many2one(related="publication_id.company_id", store=True, precompute=True)

    _once = models.UniqueIndex("(publication_id) WHERE is_current")

    def _facts(self):
        """Return what contacts read of an answer.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "decision": self.decision,
            "name": self.signed_by or self.partner_name or "",
            "date": self.create_date,
            "comment": self.comment,
        }
