import phonenumbers

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, ormcache

from odoo.addons.phone_validation.tools.phone_validation import phone_parse

from ..utils import strip_invisible

SMS_TYPES = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_mobile = fields.Char(
        string="Mobile for codes",
        help="Gets the codes by SMS; empty: the phone number, when it can receive SMS.",
    )
    customer_access_ids = fields.One2many(
        "customer.access", "partner_id", string="Customer accesses", copy=False
    )
    customer_colleague_request_ids = fields.One2many(
        "customer.colleague.request",
        "customer_id",
        string="Open colleague requests",
        domain=[("state", "=", "open")],
        copy=False,
        groups="sales_team.group_sale_salesman,project.group_project_user,"
        "customer_portal_access.group_customer_admin",
    )
    customer_login_taken = fields.Boolean(
        compute="_compute_customer_login_taken",
        search="_search_customer_login_taken",
        help="The e-mail address is the user name of somebody else.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._customer_clean(vals) for vals in vals_list])

    def write(self, vals):
        res = super().write(self._customer_clean(vals))
        if vals.keys() & {"email", "name"}:
            self._customer_unlock_mail()
        return res

    @api.model
    def _customer_clean(self, vals):
        """Strip what forges a mail header from name and e-mail address."""
        return {
            field: strip_invisible(value) if field in ("name", "email") else value
            for field, value in vals.items()
        }

    @api.model
    def _sql_error_to_message(self, exc):
        return self.env["customer.access"]._own_sql_error(exc) or super()._sql_error_to_message(exc)

    def _customer_unlock_mail(self):
        """Forget that mails failed: the address is another one now."""
        # sudo: whoever may change a contact mends the lines it is on
        failed_sudo = self.sudo().customer_access_ids.filtered("mail_failure")
        failed_sudo.write({"mail_failure": False, "mail_failure_text": False})

    def _compute_customer_login_taken(self):
        for partner in self:
            partner.customer_login_taken = bool(partner._customer_login_owner())

    def _search_customer_login_taken(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "EXISTS (SELECT FROM res_users other WHERE %s = %s AND other.partner_id != %s)",
                SQL.identifier("other", "login", to_flush=model.env["res.users"]._fields["login"]),
                model._field_to_sql(alias, "email_normalized", query),
                SQL.identifier(alias, "id"),
            ),
            predicate=lambda contact: contact.customer_login_taken,
        )
        return domain if True in value else ~domain

    def _customer_login_owner(self):
        """Return the user who signs in with this contact's e-mail address, if another's."""
        if not self.email_normalized:
            return self.env["res.users"]
        owner_sudo = (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search([("login", "=", self.email_normalized)], limit=1)
        )
        return owner_sudo.filtered(lambda user: user.partner_id != self._origin)

    # ------------------------------------------------------------
    # NUMBER FOR CODES
    # ------------------------------------------------------------

    def _customer_code_number(self, company):
        """Return the number that gets the codes, and its country.

        :param company: whose country serves when the contact has none
        :return: the number in E.164 and a ``res.country``; ``False`` and none, if no
            number of the contact can receive SMS
        :rtype: tuple
        """
        number = self.customer_mobile or self.phone
        country = self.country_id or company.country_id
        parsed = self._customer_parse(number, country) if number else None
        if not self._customer_gets_sms(parsed):
            return False, self.env["res.country"]
        region = phonenumbers.region_code_for_number(parsed)
        return (
            phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
            self.env["res.country"].browse(self._customer_country_id(region)),
        )

    @api.model
    @ormcache("region")
    def _customer_country_id(self, region):
        """Return the id of a country by its code, asked for each number of a list."""
        return self.env["res.country"].sudo().search([("code", "=", region)], limit=1).id

    def _customer_number_depends_on(self, country_id):
        """Say whether another country would make the number for codes another one.

        :param int country_id: the country to be set
        :rtype: bool
        """
        companies = self.customer_access_ids.company_id or self.env.company
        moved = self.new({"country_id": country_id}, origin=self)
        return any(
            moved._customer_code_number(company) != self._customer_code_number(company)
            for company in companies
        )

    @api.model
    def _customer_gets_sms(self, parsed):
        """Say whether codes could go to a number.

        :param parsed: a number of ``phonenumbers``, or a false value
        :rtype: bool
        """
        return bool(parsed) and phonenumbers.number_type(parsed) in SMS_TYPES

    def _customer_parse(self, number, country):
        try:
            return phone_parse(number, country.code)
        except UserError:
            return None

    def _customer_check_mobile(self, number, company):
        """Return a number as Odoo stores it, or say why it cannot get codes.

        :param str number: what was typed; a false value empties the field
        :param company: whose country serves when the contact has none
        :return: the number in international form
        :rtype: str | bool
        :raises UserError: with the reason and an example for the country
        """
        if not number:
            return False
        country = self.country_id or company.country_id
        try:
            parsed = phone_parse(number, country.code)
            reason = self.env._("it is no mobile number")
        except UserError as error:
            parsed, reason = None, error.args[0]
        if not self._customer_gets_sms(parsed):
            example = phonenumbers.example_number_for_type(
                country.code or "US", phonenumbers.PhoneNumberType.MOBILE
            )
            raise UserError(
                self.env._(
                    "%(number)s cannot receive codes by SMS: %(reason)s. A mobile number "
                    "looks like %(example)s.",
                    number=number,
                    reason=str(reason).rstrip("."),
                    example=phonenumbers.format_number(
                        example, phonenumbers.PhoneNumberFormat.INTERNATIONAL
                    ),
                )
            )
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    # ------------------------------------------------------------
    # PORTAL USER
    # ------------------------------------------------------------

    def _customer_user(self, company):
        """Return the contact's portal user, made now if there is none.

        Call it in a transaction of its own: two first entries at once wait here for
        each other, and the second finds the user of the first.

        :param company: where the user works with us, unless the contact has a company
        :rtype: res.users
        """
        self.ensure_one()
        self.env.cr.execute("SELECT id FROM res_partner WHERE id = %s FOR NO KEY UPDATE", [self.id])
        user = self.with_context(active_test=True).user_ids[:1]
        if user:
            return user
        company = self.company_id or company
        login = self.email_normalized
        if self._customer_login_owner():
            # signing in with a password belongs to the other one
            login = f"{login}#{self.id}"
        return (
            self.env["res.users"]
            # our log says who came in: no second note, in whatever language the visitor reads
            .with_context(no_reset_password=True, mail_notrack=True)
            ._create_user_from_template(
                {
                    "login": login or f"contact#{self.id}",
                    "partner_id": self.id,
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [
                        Command.set(
                            [
                                self.env.ref("base.group_portal").id,
                                self.env.ref("customer_portal_access.group_customer_contact").id,
                            ]
                        )
                    ],
                }
            )
        )

    def _customer_has_password(self):
        """Say whether the contact has a password, which no invitation may replace.

        :rtype: bool
        """
        self.env.cr.execute(
            "SELECT 1 FROM res_users WHERE partner_id = %s AND active AND password IS NOT NULL",
            [self.id],
        )
        return bool(self.env.cr.fetchone())

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    def _message_receive_bounce(self, email, partner):
        """Show a bounce on the lines that wait for this contact to come in."""
        res = super()._message_receive_bounce(email, partner)
        waiting = self.sudo().customer_access_ids.filtered(
            lambda access: access.invited_at and not access.first_seen_at
        )
        waiting._mail_failed("bounced", email)
        return res
