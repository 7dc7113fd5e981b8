from odoo import api, fields, models


class CustomerContactPick(models.AbstractModel):
    """What the dialogs that create a project share: the customer's contacts to tick."""

    _name = "customer.contact.pick"
    _description = "Contact persons to tick"

    # each model has its own partner_id
    customer_commercial_id = fields.Many2one(
        "res.partner", string="Customer company", compute="_compute_customer_commercial_id"
    )
    customer_may_pick = fields.Boolean(compute="_compute_customer_may_pick")

    @api.depends("partner_id")
    def _compute_customer_commercial_id(self):
        for record in self:
            record.customer_commercial_id = record.partner_id.commercial_partner_id

    @api.depends("customer_commercial_id")
    def _compute_customer_may_pick(self):
        for record in self:
            customer = record.customer_commercial_id
            record.customer_may_pick = bool(customer) and bool(
                self.env["customer.access"].search_count(
                    [("customer_id", "=", customer.id), ("revoked_at", "=", False)], limit=1
                )
            )
