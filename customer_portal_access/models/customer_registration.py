from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

STATES = [
    ("unverified", "Not confirmed"),
    ("pending", "Pending"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
]
OPEN_STATES = ("unverified", "pending")
MATCHES = [
    ("contact", "Known contact"),
    ("vat", "Company number"),
    ("domain", "Domain of the address"),
    ("likely", "Likely, by name or several hits"),
    ("none", "New customer"),
]
# What the person typed or the verbs decided; staff read it.
FACTS = {
    "name",
    "email",
    "phone",
    "company_name",
    "vat",
    "country_id",
    "lang",
    "message",
    "state",
    "provider",
    "company_id",
    "lead_id",
    "match",
    "partner_is_new",
    "customer_is_new",
    "confirmed_at",
    "decided_at",
    "decided_by_id",
    "reason",
}


class CustomerRegistration(models.Model):
    """A person who is no contact yet asks to become one; staff decide.

    This file holds the facts. ``customer_registration_form`` takes what was typed,
    ``customer_registration_confirmation`` proves the address, ``customer_registration_crm``
    brings it into the CRM, ``customer_registration_decision`` is what staff do with it.
    """

    _name = "customer.registration"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Registration"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    email = fields.Char(string="E-mail", required=True, readonly=True, help="Normalised.")
    phone = fields.Char(readonly=True)
    company_name = fields.Char(string="Company name", readonly=True)
    vat = fields.Char(string="Company number (VAT)", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    message = fields.Text(readonly=True)
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="unverified",
        index=True,
        tracking=True,
        group_expand="_order_of_states",
    )
    provider = fields.Char(
        string="Registered with", readonly=True, help="Empty: by e-mail, proven by a mail."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'in', known_partner_ids)]",
    )
    customer_id = fields.Many2one(
        "res.partner",
        ondelete="set null",
        index="btree_not_null",
        domain="[('is_company', '=', True), ('company_id', 'in', [company_id, False])]",
        help="Empty: a new customer is made, if a company was named.",
    )
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", readonly=True, ondelete="set null", index="btree_not_null"
    )
    role_id = fields.Many2one(
        "customer.contact.role",
        ondelete="set null",
        index="btree_not_null",
        domain="[('can_be_invited', '=', True), ('company_id', 'in', [company_id, False])]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="In charge",
        ondelete="set null",
        domain=[("share", "=", False)],
        tracking=True,
    )
    match = fields.Selection(MATCHES, string="Customer found by", readonly=True)
    partner_is_new = fields.Boolean(readonly=True, help="The contact was made for this.")
    customer_is_new = fields.Boolean(readonly=True, help="The customer was made for this.")
    known_partner_ids = fields.Many2many(
        "res.partner", string="Contacts with this address", compute="_compute_known_partner_ids"
    )
    proposed_customer_ids = fields.Many2many(
        "res.partner", string="Possible customers", compute="_compute_proposed_customer_ids"
    )
    hint = fields.Char(string="On approval", compute="_compute_hint")
    role_permissions = fields.Char(
        string="What the role allows", compute="_compute_role_permissions"
    )
    partner_email = fields.Char(related="partner_id.email", string="E-mail on record")
    partner_phone = fields.Char(related="partner_id.phone", string="Phone on record")
    partner_customer_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Contact of"
    )
    customer_vat = fields.Char(related="customer_id.vat", string="Number on record")
    customer_country_id = fields.Many2one(
        related="customer_id.country_id", string="Country on record"
    )
    open_lead_ids = fields.Many2many(
        "crm.lead",
        "customer_registration_open_lead_rel",
        string="Opportunities to open",
        groups="sales_team.group_sale_salesman",
        domain="[('company_id', 'in', [company_id, False])]",
    )
    open_project_ids = fields.Many2many(
        "project.project",
        "customer_registration_open_project_rel",
        string="Projects to open",
        groups="project.group_project_user",
        domain="[('company_id', 'in', [company_id, False])]",
    )
    confirmed_at = fields.Datetime(readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    reason = fields.Text(readonly=True)
    confirmation_ids = fields.One2many("customer.registration.confirmation", "registration_id")

    _open_unique = models.UniqueIndex(
        "(email, company_id) WHERE state IN ('unverified', 'pending')",
        "There is an open registration of this address already.",
    )

    @api.model
    def _order_of_states(self, states, _domain):
        """Let columns stand in the order of the states, not of the alphabet; empty ones do not."""
        return [state for state, _label in STATES if state in states]

    @api.depends("email", "company_id")
    def _compute_known_partner_ids(self):
        for registration in self:
            registration.known_partner_ids = registration._known()

    @api.depends("customer_id", "email", "vat", "company_name", "country_id")
    def _compute_proposed_customer_ids(self):
        for registration in self:
            # sudo: a customer whom staff may not see is found all the same
            found_sudo = registration.sudo()._proposed_customers()
            registration.proposed_customer_ids = found_sudo._filtered_access("read")

    @api.depends("role_id")
    def _compute_role_permissions(self):
        for registration in self:
            role = registration.role_id
            names = role.permission_ids.mapped("name")
            if role.requires_code:
                names.append(self.env._("asks for a code by SMS"))
            registration.role_permissions = ", ".join(names)

    @api.depends("state", "partner_id", "customer_id", "known_partner_ids", "proposed_customer_ids")
    def _compute_hint(self):
        for registration in self:
            registration.hint = registration.state == "pending" and registration.sudo()._hint_text()

    def _hint_text(self):
        """Say in words what an approval would do."""
        partner, customer = self.partner_id, self.customer_id
        if not partner and len(self.known_partner_ids) > 1:
            return self.env._("Several contacts have this address: choose one.")
        theirs = partner.commercial_partner_id.filtered("is_company")
        if theirs and theirs != customer and not self.partner_is_new:
            return self.env._(
                "%(contact)s is a contact of %(customer)s and stays it.",
                contact=partner.name,
                customer=theirs.name,
            )
        if not customer and self.company_name and self.proposed_customer_ids:
            return self.env._(
                "No customer is chosen, though one may be meant: look at the possible ones, or "
                "%(company)s is made as a new one.",
                company=self.company_name,
            )
        if not customer and self.company_name:
            return self.env._(
                "No customer is chosen: %(company)s is made as a new one.",
                company=self.company_name,
            )
        if not customer:
            return self.env._("%(name)s comes in as a private person.", name=self.name)
        how = {
            "vat": lambda: self.env._("found by the number that was typed"),
            "domain": lambda: self.env._("found by the domain of the proven address"),
            "contact": lambda: self.env._("whose contact it is already"),
            "none": lambda: self.env._("made as it was typed"),
        }.get(self.match, lambda: self.env._("as chosen"))()
        return self.env._(
            "%(name)s comes in as a contact of %(customer)s, %(how)s.",
            name=self.name,
            customer=customer.name,
            how=how,
        )

    def _known(self):
        """Return the persons with this address, archived ones, too."""
        # sudo: whom staff may not see must not become a second contact
        partners_sudo = self.env["res.partner"].sudo()
        return partners_sudo._customer_by_email(self.email, self.company_id.id)

    @api.model
    def _open_domain(self, email, company):
        """Return the domain of the one registration of an address that is not decided."""
        return (
            Domain("email", "=", email)
            & Domain("company_id", "=", company.id)
            & Domain("state", "in", OPEN_STATES)
        )

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if FACTS & vals.keys():
            raise AccessError(self.env._("What was registered cannot be changed, only decided."))
        before = [(one, one.partner_id, one.customer_id) for one in self.sudo()]
        res = super().write(vals)
        for registration_sudo, partner, customer in before:
            registration_sudo._check_chosen(partner, customer)
        return res

    def _check_chosen(self, partner, customer):
        """Refuse what staff cannot choose; what they have chosen was not made for this.

        :param partner: the contact before
        :param customer: the customer before
        :raises UserError: for a contact without this address, or another company's customer
        """
        if self.partner_id != partner:
            if self.partner_id - self._known():
                raise UserError(
                    self.env._("Choose a contact with the address %(email)s.", email=self.email)
                )
            self.partner_is_new = False
        if self.customer_id != customer:
            self._check_customer(self.customer_id)
            self.customer_is_new = False

    def _check_customer(self, customer):
        """Refuse the customer of another company.

        :raises UserError: saying so
        """
        if customer.company_id - self.company_id:
            raise UserError(
                self.env._("Choose a customer of %(company)s.", company=self.company_id.name)
            )
