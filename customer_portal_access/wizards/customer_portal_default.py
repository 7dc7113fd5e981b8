from odoo import api, fields, models


class CustomerPortalSettings(models.TransientModel):
    """The default of the portal policy: a plan says what it changes before it does."""

    _inherit = "customer.portal.settings"

    customer_portal_default = fields.Selection(
        [("disabled", "Only who was invited or enabled"), ("enabled", "Every contact")],
        string="Who can sign in",
    )
    customer_default_role_id = fields.Many2one(
        "customer.contact.role",
        string="Default role",
        domain="[('can_be_invited', '=', True), ('company_id', 'in', (company_id, False))]",
    )
    customer_portal_vendors = fields.Boolean(string="Vendors, too")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "customer_portal_default" in fields:
            values["customer_portal_default"] = self.env.company.customer_portal_default
        return values

    def action_confirm(self):
        """Write the page to the company; another default asks first.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        after = super().action_confirm()
        if self.customer_portal_default in (False, self.company_id.customer_portal_default):
            return after
        plan = self.action_plan()
        plan["context"] = {"default_policy": self.customer_portal_default}
        if after.get("tag") != "display_notification":
            return plan
        after["params"]["next"] = plan
        return after

    def action_plan(self):
        """Open "in one go" for all contacts.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        self._check_admin()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Portal access in one go"),
            "res_model": "customer.policy.plan",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_policy": self.company_id.customer_portal_default},
        }
