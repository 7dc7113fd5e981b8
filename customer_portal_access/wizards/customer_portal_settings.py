from odoo import api, fields, models
from odoo.exceptions import AccessError

COMPANY_FIELDS = (
    "customer_login_free",
    "customer_link_days",
    "customer_invitation_days",
    "customer_invitation_reminder",
    "customer_require_sms_code",
    "customer_require_code_to_respond",
    "customer_sms_country_ids",
    "customer_sms_hourly_limit",
    "customer_default_role_id",
    "customer_portal_vendors",
)


class CustomerPortalSettings(models.TransientModel):
    """The settings page of the customer portal, for the current company.

    A portal administrator need not be a system administrator, so this is no
    ``res.config.settings``, only shown like it. ``customer_portal_switch`` throws the
    switch of login-free links, ``customer_portal_setup`` adds the checks of what an
    invitation needs.
    """

    _name = "customer.portal.settings"
    _description = "Customer portal settings"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    customer_login_free = fields.Boolean(string="Login-free links")
    customer_link_days = fields.Integer(string="Days a login-free link works")
    customer_invitation_days = fields.Integer(string="Days an invitation works")
    customer_invitation_reminder = fields.Boolean(string="Reminder")
    customer_require_sms_code = fields.Boolean(string="SMS code for everybody")
    customer_require_code_to_respond = fields.Boolean(string="SMS code before answering an offer")
    customer_sms_country_ids = fields.Many2many("res.country", string="Countries that get SMS")
    customer_sms_hourly_limit = fields.Integer(string="SMS an hour")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        company = self.env.company
        for name in set(self._company_fields()).intersection(fields):
            values[name] = company._fields[name].convert_to_write(company[name], company)
        return values

    @api.model
    def _company_fields(self):
        """Return the names of the settings, which are those of the company's fields.

        :rtype: tuple[str]
        """
        return COMPANY_FIELDS

    def _check_admin(self):
        if (
            not self.env.user.has_group("customer_portal_access.group_customer_admin")
            or self.company_id - self.env.companies
        ):
            raise AccessError(
                self.env._("Only an administrator of the customer portal may do this.")
            )

    def execute(self):
        """Save the page; switching login-free links asks first.

        :return: the question, or the page afresh
        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        self.ensure_one()
        self._check_admin()
        if self.customer_login_free != self.company_id.customer_login_free:
            view = self.env.ref(
                "customer_portal_access.customer_portal_settings_view_form_login_free"
            )
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Switch login-free links"),
                "res_model": self._name,
                "res_id": self.id,
                "views": [[view.id, "form"]],
                "target": "new",
            }
        return self.action_confirm()

    def action_confirm(self):
        """Write the page to the company.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        self.ensure_one()
        self._check_admin()
        company_sudo = self.company_id.sudo()  # portal administrators may not write companies
        changes = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._company_fields()
            if self[name] != company_sudo[name]
        }
        company_sudo.write(changes)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_credentials(self):
        """Begin to renew the credentials of everybody who may come in.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        self._check_admin()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.customer_invitation_job_action_credentials"
        )
        return {**action, "views": [[False, "form"]]}

    def cancel(self):
        """Drop what was changed on the page.

        :rtype: dict
        """
        return {"type": "ir.actions.client", "tag": "soft_reload"}
