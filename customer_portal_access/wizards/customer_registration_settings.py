from odoo import api, fields, models

from ..models.res_users_signup import PARAMETER

REGISTRATION_FIELDS = (
    "customer_registration",
    "customer_registration_by_email",
    "customer_registration_user_ids",
    "customer_registration_confirm_template_id",
    "customer_registration_approval_template_id",
    "customer_registration_rejection_mail",
    "customer_registration_background",
    "customer_registration_privacy_text",
    "customer_registration_privacy_url",
    "customer_registration_lead",
    "customer_registration_reapply",
    "customer_registration_reapply_days",
    "customer_registration_hourly_limit",
)


class CustomerPortalSettings(models.TransientModel):
    """The settings of self-registration, and the one of Odoo's own sign-up."""

    _inherit = "customer.portal.settings"

    customer_registration = fields.Boolean(string="Self-registration")
    customer_registration_by_email = fields.Boolean(string="By e-mail")
    customer_registration_user_ids = fields.Many2many(
        "res.users",
        "customer_portal_settings_registration_user_rel",
        string="Who is told",
        domain=[("share", "=", False)],
    )
    customer_registration_confirm_template_id = fields.Many2one(
        "mail.template",
        string="Mail that confirms the address",
        domain=[("model", "=", "customer.registration")],
    )
    customer_registration_approval_template_id = fields.Many2one(
        "mail.template",
        string="Mail after an approval",
        domain=[("model", "=", "customer.access")],
    )
    customer_registration_rejection_mail = fields.Boolean(string="Mail after a rejection")
    customer_registration_background = fields.Image(
        string="Background image", max_width=2560, max_height=2560
    )
    customer_registration_privacy_text = fields.Text(string="Privacy text")
    customer_registration_privacy_url = fields.Char(string="Link to the privacy policy")
    customer_registration_lead = fields.Boolean(string="Opportunity for each registration")
    customer_registration_reapply = fields.Selection(
        selection=lambda self: (
            self.env["res.company"]
            ._fields["customer_registration_reapply"]
            ._description_selection(self.env)
        ),
        string="Registering again after a rejection",
        required=True,
        default="later",
    )
    customer_registration_reapply_days = fields.Integer(string="Days to wait")
    customer_registration_hourly_limit = fields.Integer(string="Registrations an hour")
    customer_registration_url = fields.Char(
        string="Address of the page", compute="_compute_customer_registration_url"
    )
    open_signup = fields.Selection(
        [
            ("closed", "Closed: people register, and you approve"),
            ("open", "As in Odoo's own settings"),
        ],
        string="Odoo's own sign-up",
    )
    has_shop = fields.Boolean(compute="_compute_has_shop")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        # sudo: portal administrators may not read system parameters
        decided = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        values["open_signup"] = False if decided == "ask" else decided or "closed"
        return values

    @api.model
    def _company_fields(self):
        return (*super()._company_fields(), *REGISTRATION_FIELDS)

    @api.depends("company_id")
    def _compute_customer_registration_url(self):
        for settings in self:
            settings.customer_registration_url = (
                f"{settings.get_base_url()}/customer/register?company={settings.company_id.id}"
            )

    def _compute_has_shop(self):
        # sudo: portal administrators may not read the list of addons
        shops_sudo = self.env["ir.module.module"].sudo()
        self.has_shop = bool(
            shops_sudo.search_count([("name", "=", "website_sale"), ("state", "=", "installed")])
        )

    def action_confirm(self):
        """Write the page to the company, and what was decided about Odoo's own sign-up.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        self.ensure_one()
        self._check_admin()
        # sudo: as above
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        if self.open_signup and self.open_signup != parameters_sudo.get_param(PARAMETER):
            parameters_sudo.set_param(PARAMETER, self.open_signup)
        return super().action_confirm()

    def action_registration_templates(self):
        """Open the mails of registrations, to edit them.

        :rtype: dict
        """
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.mail_template_registration_action"
        )
