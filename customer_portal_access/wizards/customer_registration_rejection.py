from odoo import Command, api, fields, models


class CustomerRegistrationRejection(models.TransientModel):
    """Reject registrations, with a reason and a polite mail if wished."""

    _name = "customer.registration.rejection"
    _description = "Reject registrations"

    registration_ids = fields.Many2many("customer.registration", required=True)
    reason = fields.Text(help="Stands in the mail, if you send one.")
    send_mail = fields.Boolean(string="Send a polite mail")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        ids = self.env.context.get("active_ids") or []
        registrations = self.env["customer.registration"].browse(ids)
        values["registration_ids"] = [Command.set(registrations.ids)]
        # sudo: staff need not read companies
        companies_sudo = registrations.sudo().company_id
        values["send_mail"] = all(companies_sudo.mapped("customer_registration_rejection_mail"))
        return values

    def action_reject(self):
        """Turn them down.

        :rtype: dict
        """
        self.ensure_one()
        self.registration_ids.reject(self.reason or "", send_mail=self.send_mail)
        return {"type": "ir.actions.act_window_close"}
