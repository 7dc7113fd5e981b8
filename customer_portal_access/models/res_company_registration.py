import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


class ResCompany(models.Model):
    """Self-registration: what each company decides."""

    _inherit = "res.company"

    customer_registration = fields.Boolean(
        string="Self-registration",
        help="People register themselves; nobody gets in before staff approve.",
    )
    customer_registration_by_email = fields.Boolean(
        string="Register by e-mail",
        default=True,
        help="A mail proves the address before the registration counts.",
    )
    customer_registration_user_ids = fields.Many2many(
        "res.users",
        "res_company_customer_registration_user_rel",
        string="Told of registrations",
        domain=[("share", "=", False)],
        help="The first one is in charge when the customer has no salesperson; the others "
        "get a notification.",
    )
    customer_registration_confirm_template_id = fields.Many2one(
        "mail.template",
        string="Confirmation mail",
        domain=[("model", "=", "customer.registration")],
        ondelete="set null",
    )
    customer_registration_approval_template_id = fields.Many2one(
        "mail.template",
        string="Approval mail",
        domain=[("model", "=", "customer.access")],
        ondelete="set null",
    )
    customer_registration_rejection_mail = fields.Boolean(
        string="Mail to whoever is rejected",
        default=True,
        help="What is proposed when a registration is rejected.",
    )
    customer_registration_background = fields.Image(
        string="Background image", max_width=2560, max_height=2560
    )
    customer_registration_privacy_text = fields.Text(
        string="Privacy text", help="Stands below the form of the registration page."
    )
    customer_registration_privacy_url = fields.Char(string="Link to the privacy policy")
    customer_registration_lead = fields.Boolean(
        string="Opportunity for each registration",
        help="Once the address is confirmed, with the source Self-registration.",
    )
    customer_registration_reapply = fields.Selection(
        [
            ("always", "At any time"),
            ("later", "After some days"),
            ("never", "Never"),
        ],
        string="Registering again after a rejection",
        required=True,
        default="later",
    )
    customer_registration_reapply_days = fields.Integer(string="Days to wait", default=30)
    customer_registration_hourly_limit = fields.Integer(
        default=100, help="How many registrations the company takes an hour, at most."
    )

    _customer_registration_limits_positive = models.Constraint(
        "CHECK (customer_registration_reapply_days >= 0 AND customer_registration_hourly_limit >= 0)",
        "Days to wait and registrations an hour cannot be negative.",
    )

    @api.constrains("customer_registration_privacy_url")
    def _check_customer_registration_privacy_url(self):
        for company in self:
            url = company.customer_registration_privacy_url
            if url and not _WEB_ADDRESS.fullmatch(url):
                raise ValidationError(
                    self.env._("The link to the privacy policy begins with https:// or http://.")
                )

    @api.model
    def _customer_registering(self, company_id=None):
        """Return the company whose registration page is asked for, none while it is off.

        :param company_id: from the URL, as text or number; empty: the website's company,
            else the main company
        """
        # sudo: visitors may not read companies
        companies_sudo = self.env["res.company"].sudo()
        if company_id:
            number = str(company_id)
            found_sudo = companies_sudo.browse(
                int(number) if number.isdecimal() and len(number) < 10 else 0
            ).exists()
        elif "website" in self.env:
            found_sudo = self.env["website"].sudo().get_current_website().company_id
        else:
            found_sudo = self.env.ref("base.main_company").sudo()
        return found_sudo.filtered("customer_registration")
