from odoo import fields, models


class CustomerShiftRefusal(models.TransientModel):
    """Decline shifts, with a reason that the customer reads."""

    _name = "customer.shift.refusal"
    _description = "Decline shifts"

    order_ids = fields.Many2many("customer.shift.order", required=True)
    reason = fields.Text(required=True)

    def action_decline(self):
        """Decline them.

        :return: what became of them
        :rtype: dict
        """
        self.ensure_one()
        return self.order_ids._decline(self.reason)
