from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerRegistrationApproval(models.TransientModel):
    """Approve several registrations: one that cannot be approved stops no other."""

    _name = "customer.registration.approval"
    _description = "Approve registrations"

    line_ids = fields.One2many("customer.registration.approval.line", "approval_id")
    role_id = fields.Many2one(
        "customer.contact.role",
        string="Role for those without one",
        domain=[("can_be_invited", "=", True)],
    )
    done = fields.Boolean(readonly=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        registrations = self.env["customer.registration"].browse(
            self.env.context.get("active_ids") or []
        )
        values["line_ids"] = [
            (0, 0, {"registration_id": registration.id, "role_id": registration.role_id.id})
            for registration in registrations
        ]
        return values

    @api.onchange("role_id")
    def _onchange_role_id(self):
        for line in self.line_ids.filtered(lambda line: not line.registration_id.role_id):
            line.role_id = self.role_id

    def action_approve(self):
        """Approve them one by one, and show what became of each.

        :rtype: dict
        """
        self.ensure_one()
        for line in self.line_ids.filtered(lambda line: line.status != "approved"):
            line._approve()
        self.done = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve registrations"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CustomerRegistrationApprovalLine(models.TransientModel):
    _name = "customer.registration.approval.line"
    _description = "Registration to approve"

    approval_id = fields.Many2one(
        "customer.registration.approval", required=True, ondelete="cascade"
    )
    registration_id = fields.Many2one(
        "customer.registration", required=True, readonly=True, ondelete="cascade"
    )
    # with the user's own rights: which registration it is comes from outside
    email = fields.Char(related="registration_id.email", related_sudo=False)
    customer_id = fields.Many2one(related="registration_id.customer_id", related_sudo=False)
    company_id = fields.Many2one(related="registration_id.company_id", related_sudo=False)
    hint = fields.Char(related="registration_id.hint", related_sudo=False)
    role_id = fields.Many2one(
        "customer.contact.role",
        domain="[('can_be_invited', '=', True), ('company_id', 'in', [company_id, False])]",
    )
    status = fields.Selection([("approved", "Approved"), ("failed", "Not approved")], readonly=True)
    result = fields.Char(readonly=True)

    def _approve(self):
        """Approve the registration of this line, or note why not."""
        try:
            with self.env.cr.savepoint():
                self.registration_id.approve(self.role_id.id)
        except UserError as error:
            self.write({"status": "failed", "result": error.args[0]})
        else:
            self.write({"status": "approved", "result": self.env._("The mail is on its way.")})
