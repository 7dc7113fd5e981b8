from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .customer_portal_policy import POLICIES

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
    customer_portal_default = fields.Selection(
        POLICIES,
        string="Portal access by default",
        required=True,
        default="disabled",
        help="Counts for every contact for whom nothing else is set.",
    )
    customer_default_role_id = fields.Many2one(
        "customer.contact.role",
        string="Default role",
        default=lambda self: self.env["customer.access"]._default_role(),
        ondelete="restrict",
        help="Of contacts who come in without an access that names a role.",
    )
    customer_portal_vendors = fields.Boolean(
        string="Vendors, too", help="The default counts for contacts at vendors, too."
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
        res = super().write(vals)
        if "customer_default_role_id" in vals:
            # sudo: accesses made by the policy follow it, whoever may see them
            self.env["customer.portal.policy"].sudo()._follow(self)
        return res

    @api.constrains("customer_default_role_id")
    def _check_customer_default_role(self):
        for company in self:
            if company.customer_default_role_id.company_id not in (company, self.browse()):
                raise ValidationError(
                    self.env._("This role does not exist, or belongs to another company.")
                )

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
