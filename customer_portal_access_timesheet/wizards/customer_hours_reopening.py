from odoo import fields, models


class CustomerHoursReopening(models.TransientModel):
    """The question why approved hours are reopened."""

    _name = "customer.hours.reopening"
    _description = "Reopen approved hours"

    line_ids = fields.Many2many("account.analytic.line", string="Hours", readonly=True)
    reason = fields.Text(required=True)

    def action_reopen(self):
        """Reopen the hours.

        :rtype: dict
        """
        self.ensure_one()
        self.line_ids.action_customer_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
