from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..utils import strip_invisible

STATES = [
    ("new", "New"),
    ("invited", "Invited"),
    ("active", "Active"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
    ("blocked", "Blocked"),
]

# Written by verbs only, whatever rights a user has on the record.
FACTS = {
    "revoked_at",
    "invited_at",
    "invited_by_id",
    "reminded_at",
    "link_expires_at",
    "first_seen_at",
    "last_seen_at",
    "visit_untold",
    "mail_failure",
    "mail_failure_text",
    "code_number",
    "code_country_id",
    "by_policy",
}
# Odoo asks who may write before a write, not after it: an access stays where it is.
PLACE = {"customer_id", "lead_id", "project_id", "company_id"}


class CustomerAccess(models.Model):
    """One contact's place on one customer, opportunity or project, in one role.

    This file holds the facts; ``customer_access_gate`` decides what they allow,
    ``customer_access_invitation`` sends links, ``customer_access_workspace`` is what
    the contact sees.
    """

    _name = "customer.access"
    _inherit = ["customer.state.mixin"]
    _description = "Customer access"
    _order = "sequence, id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("is_company", "=", False)],
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer company",
        store=True,
        precompute=True,
        index=True,
    )
    customer_id = fields.Many2one("res.partner", ondelete="restrict", index="btree_not_null")
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", ondelete="restrict", index="btree_not_null"
    )
    project_id = fields.Many2one("project.project", ondelete="restrict", index="btree_not_null")
    role_id = fields.Many2one(
        "customer.contact.role",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_role(),
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    sequence = fields.Integer(default=10)
    granted = fields.Boolean(
        string="Gets access",
        compute="_compute_granted",
        store=True,
        readonly=False,
        precompute=True,
        help="Ticked: may be invited. Unticking ends the access.",
    )
    date_from = fields.Date()
    date_until = fields.Date()

    link_ids = fields.One2many("customer.access.link", "access_id", readonly=True)
    session_ids = fields.One2many("customer.access.session", "access_id", readonly=True)
    event_ids = fields.One2many("customer.access.event", "access_id", readonly=True)
    revoked_at = fields.Datetime(readonly=True, copy=False)
    invited_at = fields.Datetime(readonly=True, copy=False)
    invited_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    reminded_at = fields.Datetime(readonly=True, copy=False)
    link_expires_at = fields.Datetime(
        readonly=True, copy=False, help="When the newest link ends; empty: never."
    )
    first_seen_at = fields.Datetime(readonly=True, copy=False)
    last_seen_at = fields.Datetime(readonly=True, copy=False)
    mail_failure = fields.Selection(
        [("failed", "Mail failed"), ("bounced", "Mail bounced")],
        readonly=True,
        copy=False,
    )
    mail_failure_text = fields.Char(readonly=True, copy=False)

    workspace_model = fields.Char(compute="_compute_workspace")
    res_name = fields.Char(string="Workspace", compute="_compute_workspace")
    person_in_charge_id = fields.Many2one("res.users", compute="_compute_workspace")
    email = fields.Char(related="partner_id.email", readonly=False)
    code_number = fields.Char(
        string="Number for codes",
        compute="_compute_code_number",
        store=True,
        precompute=True,
        help="The number that gets the codes, in international form.",
    )
    code_country_id = fields.Many2one(
        "res.country", compute="_compute_code_number", store=True, precompute=True
    )
    code_number_input = fields.Char(
        string="Mobile for codes",
        compute="_compute_code_number_input",
        inverse="_inverse_code_number_input",
    )

    _one_target = models.Constraint(
        "CHECK (num_nonnulls(customer_id, lead_id, project_id) = 1)",
        "An access belongs to exactly one customer, opportunity or project.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_from <= date_until)", "The access ends before it begins."
    )
    _customer_unique = models.UniqueIndex(
        "(partner_id, customer_id, company_id) WHERE customer_id IS NOT NULL",
        "This contact is on the customer already.",
    )
    _lead_unique = models.UniqueIndex(
        "(partner_id, lead_id, company_id) WHERE lead_id IS NOT NULL",
        "This contact is on the opportunity already.",
    )
    _project_unique = models.UniqueIndex(
        "(partner_id, project_id, company_id) WHERE project_id IS NOT NULL",
        "This contact is on the project already.",
    )

    @api.model
    def _default_role(self):
        return self.env.ref("customer_portal_access.role_contact_person", raise_if_not_found=False)

    @api.depends("customer_id.company_id", "lead_id.company_id", "project_id.company_id")
    def _compute_company_id(self):
        for access in self:
            access.company_id = access._target().company_id or access.company_id or self.env.company

    @api.depends("role_id.can_be_invited")
    def _compute_granted(self):
        for access in self:
            # a new role does not tick again what staff unticked
            kept = access._origin.granted if access._origin else True
            access.granted = kept and access.role_id.can_be_invited

    @api.depends("customer_id", "lead_id", "project_id", "invited_by_id")
    def _compute_workspace(self):
        for access in self:
            # sudo: whoever may see an access may know of what, and who is in charge
            target_sudo = access._known_target().sudo()
            access.workspace_model = target_sudo._name
            access.res_name = target_sudo.display_name
            in_charge = target_sudo.user_id if target_sudo else self.env["res.users"]
            access.person_in_charge_id = in_charge or access.sudo().invited_by_id

    @api.depends(
        "partner_id.customer_mobile",
        "partner_id.phone",
        "partner_id.country_id",
        "company_id.country_id",
    )
    def _compute_code_number(self):
        for access in self:
            number, country = access.partner_id._customer_code_number(access.company_id)
            access.code_number = number
            access.code_country_id = country

    @api.depends("partner_id.customer_mobile", "partner_id.phone")
    def _compute_code_number_input(self):
        for access in self:
            access.code_number_input = access.partner_id.customer_mobile or access.partner_id.phone

    def _inverse_code_number_input(self):
        for access in self:
            partner = access.partner_id
            if access.code_number_input != (partner.customer_mobile or partner.phone):
                partner.customer_mobile = partner._customer_check_mobile(
                    access.code_number_input, access.company_id
                )

    @api.depends("partner_id", "role_id", "customer_id", "lead_id", "project_id")
    def _compute_display_name(self):
        for access in self:
            access.display_name = " · ".join(
                filter(None, [access.partner_id.name, access.role_id.name, access.res_name])
            )

    @api.constrains("role_id", "company_id")
    def _check_role_company(self):
        for access in self:
            if access.role_id.company_id not in (access.company_id, self.env["res.company"]):
                raise ValidationError(
                    self.env._(
                        "The role %(role)s belongs to another company. Choose a role of "
                        "%(company)s.",
                        role=access.role_id.name,
                        company=access.company_id.name,
                    )
                )

    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        for access in self:
            if access._target().company_id not in (access.company_id, self.env["res.company"]):
                raise ValidationError(
                    self.env._(
                        "%(workspace)s belongs to %(company)s: the access does, too.",
                        workspace=access.res_name,
                        company=access._target().company_id.name,
                    )
                )
            if access.partner_id.company_id not in (
                access.company_id,
                self.env["res.company"],
            ):
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to another company than %(workspace)s.",
                        contact=access.partner_id.name,
                        workspace=access.res_name,
                    )
                )

    @api.model
    def _own_sql_error(self, exc):
        """Return what the database's refusal means, if it refused an access.

        Contacts, opportunities and projects are imported with their accesses, and know
        their own constraints only.

        :param exc: a ``psycopg2.Error``
        :rtype: str | None
        """
        if exc.diag.table_name != self._table:
            return None
        return self._sql_error_to_message(exc)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_told({name for vals in vals_list for name in vals})
        accesses = super().create(vals_list)
        self.env["customer.access.event"]._log("created", accesses)
        return accesses

    def write(self, vals):
        moved = {
            name
            for name in PLACE & vals.keys()
            if any(access[name].id != (vals[name] or False) for access in self)
        }
        self._check_told(vals.keys(), moved)
        # Unticking whoever was invited revokes, ticking again lets in again.
        if "granted" in vals and not vals["granted"]:
            self.filtered(lambda access: access.granted and access.invited_at)._end("not_granted")
        elif vals.get("granted"):
            self._reinstate()
        if "partner_id" in vals:
            # Whoever holds a link must not become somebody else.
            self.filtered(lambda access: access.partner_id.id != vals["partner_id"])._forget()
        return super().write(vals)

    def _check_told(self, names, moved=()):
        """Refuse what only the addon itself writes.

        :param names: the fields somebody wants to write
        :param moved: fields of another customer, opportunity, project or company
        :raises AccessError: unless the addon itself does it
        """
        if self.env.su or not (moved or FACTS & set(names)):
            return
        raise AccessError(
            self.env._(
                "An access cannot be moved, nor can its history be written. Remove it and "
                "add the contact where it belongs."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _log_removal(self):
        self.sudo().session_ids._close()  # sudo: sessions are closed by verbs only
        for access in self:
            self.env["customer.access.event"]._log(
                "removed",
                reason=access.display_name,
                partner=access.partner_id,
                company_id=access.company_id.id,
                facts=access._facts(),
            )

    def _target(self):
        """Return the customer, opportunity or project of this access."""
        return self.lead_id or self.project_id or self.customer_id

    def _known_target(self):
        """Return the customer, opportunity or project, if the user may know of it.

        A client names any in a form that is not saved yet, and nobody has asked whether
        the user may.
        """
        target = self._target()
        saved = target._origin
        # sudo: of what is saved, the rules on accesses have decided
        if not saved or saved == self._origin.sudo()._target() or saved.has_access("read"):
            return target
        return target.browse()

    def _contact_name(self):
        """Return the contact's name, fit for a mail header.

        :rtype: str
        """
        return strip_invisible(self.partner_id.name or "")
