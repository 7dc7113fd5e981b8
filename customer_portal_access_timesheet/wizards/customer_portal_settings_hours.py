from odoo import api, fields, models


class CustomerPortalSettings(models.TransientModel):
    """The day on which contacts are reminded of hours that wait."""

    _inherit = "customer.portal.settings"

    customer_hours_reminder = fields.Selection(
        selection=lambda self: (
            self.env["res.company"]
            ._fields["customer_hours_reminder"]
            ._description_selection(self.env)
        ),
        string="Remind of hours on",
    )

    @api.model
    def _company_fields(self):
        return (*super()._company_fields(), "customer_hours_reminder")
