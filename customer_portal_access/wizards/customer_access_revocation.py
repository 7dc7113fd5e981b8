from odoo import api, fields, models


class CustomerAccessRevocation(models.TransientModel):
    """Revoke several at once: what stops working is said before, and what did after."""

    _name = "customer.access.revocation"
    _description = "Revoke accesses"

    access_ids = fields.Many2many("customer.access", string="Accesses", required=True)
    reason = fields.Char(string="Note for the log")
    access_count = fields.Integer(compute="_compute_counts")
    names = fields.Char(compute="_compute_counts")
    link_count = fields.Integer(compute="_compute_counts")
    session_count = fields.Integer(compute="_compute_counts")

    @api.model_create_multi
    def create(self, vals_list):
        revocations = super().create(vals_list)
        # What the dialog says of accesses must be the user's to know.
        revocations.sudo(False).access_ids.check_access("read")
        return revocations

    @api.depends("access_ids")
    def _compute_counts(self):
        for revocation in self:
            accesses = revocation.access_ids._origin
            revocation.access_count = len(accesses)
            revocation.names = ", ".join(accesses.partner_id.mapped("name"))
            # sudo: sessions are the verbs', only their number is told
            ending = accesses.sudo()._ending()
            revocation.link_count = ending["links"]
            revocation.session_count = ending["sessions"]

    def action_revoke(self):
        """End the accesses and say what stopped working.

        :rtype: dict
        :raises AccessError: when the user may not change one of them; none ends then
        """
        self.ensure_one()
        accesses = self.access_ids
        receipt = accesses._receipt(accesses.revoke(self.reason))
        again = self.env._("To let somebody in again, send a new invitation.")
        action = accesses._notification("success", f"{receipt} {again}")
        action["params"]["sticky"] = True
        return action
