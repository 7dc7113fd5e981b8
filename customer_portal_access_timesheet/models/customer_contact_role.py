from odoo import fields, models


class CustomerContactRole(models.Model):
    """The manual of those who approve hours."""

    _inherit = "customer.contact.role"

    manual = fields.Selection(
        selection_add=[("timesheet_approver", "Hours approver")],
        ondelete={"timesheet_approver": "set null"},
    )

    def _manual_addons(self):
        return {
            **super()._manual_addons(),
            "timesheet_approver": "customer_portal_access_timesheet",
        }
