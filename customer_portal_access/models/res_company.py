from odoo import fields, models
from odoo.exceptions import AccessError

CUSTOMER_SETTINGS = "customer_"


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_login_free = fields.Boolean(
        string="Login-free access",
        help="Roles that do not ask for the SMS code come in by their link alone.",
    )
    customer_login_free_epoch = fields.Integer(
        readonly=True, help="Counts how often login-free access was switched off."
    )
    customer_link_days = fields.Integer(
        string="Days of a login-free link", help="0: until it is revoked."
    )
    customer_invitation_days = fields.Integer(string="Days of an invitation", default=7)
    customer_invitation_reminder = fields.Boolean(
        help="Two days before an invitation ends, remind those who never came in."
    )
    customer_require_sms_code = fields.Boolean(
        string="Code by SMS for every invitation",
        default=True,
        help="Also for roles that do not ask for it, while login-free access is off.",
    )
    customer_require_code_to_respond = fields.Boolean(
        help="Ask for the SMS code before an offer is accepted or declined."
    )
    customer_sms_country_ids = fields.Many2many(
        "res.country",
        "res_company_customer_sms_country_rel",
        help="Codes go to numbers of these countries only; empty: to all.",
    )
    customer_sms_hourly_limit = fields.Integer(
        default=200, help="How many codes by SMS the company sends an hour, at most."
    )

    _customer_days_positive = models.Constraint(
        "CHECK (customer_invitation_days > 0 AND customer_link_days >= 0 "
        "AND customer_sms_hourly_limit >= 0)",
        "An invitation lasts at least one day; the other limits cannot be negative.",
    )

    def write(self, vals):
        if any(name.startswith(CUSTOMER_SETTINGS) for name in vals):
            self._customer_check_admin()
        if "customer_login_free_epoch" in vals and not self.env.su:
            # Counting back would bring links to life again that were switched off for good.
            raise AccessError(self.env._("How often links were switched off is only counted."))
        if "customer_login_free" in vals and not vals["customer_login_free"]:
            self.filtered("customer_login_free")._customer_end_login_free()
        return super().write(vals)

    def _customer_check_admin(self):
        """Refuse whoever is no administrator of the customer portal.

        :raises AccessError: for everybody else
        """
        if not self.env.su and not self.env.user.has_group(
            "customer_portal_access.group_customer_admin"
        ):
            raise AccessError(
                self.env._(
                    "Only a customer portal administrator changes these settings. Ask one of them."
                )
            )

    def _customer_end_login_free(self):
        """Kill every login-free link there is, for good, whatever their number."""
        for company in self.sudo():  # the count is nobody's to write
            company.customer_login_free_epoch += 1
