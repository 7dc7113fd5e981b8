from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# What staff may set themselves; everything else changes by the verbs.
STAFF_FIELDS = {"role_id", "partner_id"}
# The line of the log that each kind of request leaves.
EVENTS = {"propose": "colleague_proposed", "own": "access_asked", "remove": "removal_asked"}


class CustomerColleagueRequest(models.Model):
    """A contact asks to let a colleague in, or to end a colleague's access; staff decide.

    A visitor who came by a contact's link may ask for access, too (kind ``own``).

    This file holds what is asked; ``customer_colleague_decision`` is what staff do with it.
    """

    _name = "customer.colleague.request"
    _description = "Colleague request"
    _order = "id desc"
    _rec_name = "name"

    access_id = fields.Many2one(
        "customer.access",
        string="Access of who asks",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    asked_by_id = fields.Many2one(related="access_id.partner_id", string="Asked by")
    kind = fields.Selection(
        [("propose", "Let in"), ("own", "Own access"), ("remove", "Remove")],
        required=True,
        readonly=True,
    )
    name = fields.Char(string="Colleague", required=True, readonly=True)
    email = fields.Char(string="E-mail", readonly=True, index="btree_not_null")
    phone = fields.Char(readonly=True)
    message = fields.Text(readonly=True)
    colleague_access_id = fields.Many2one(
        "customer.access",
        string="Access",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The access to end, or the one that was made.",
    )
    state = fields.Selection(
        [("open", "Pending"), ("approved", "Approved"), ("rejected", "Rejected")],
        required=True,
        readonly=True,
        default="open",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_at = fields.Datetime(readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    customer_id = fields.Many2one(
        "res.partner",
        compute="_compute_workspace_ids",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="cascade",
        index="btree_not_null",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        compute="_compute_workspace_ids",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="cascade",
        index="btree_not_null",
    )
    project_id = fields.Many2one(
        "project.project",
        compute="_compute_workspace_ids",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="cascade",
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        related="access_id.company_id", store=True, precompute=True, index=True
    )
    res_name = fields.Char(string="Workspace", compute="_compute_res_name")

    role_id = fields.Many2one("customer.contact.role", ondelete="restrict", index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'in', known_partner_ids)]",
        help="Who it is, when several contacts have this address.",
    )
    known_partner_ids = fields.Many2many("res.partner", compute="_compute_known_partner_ids")
    hint = fields.Char(string="On approval", compute="_compute_hint")

    _open_proposal_unique = models.UniqueIndex(
        "(access_id, COALESCE(lead_id, 0), COALESCE(project_id, 0), email) "
        "WHERE state = 'open' AND kind = 'propose'",
        "This colleague is proposed already.",
    )
    _open_own_unique = models.UniqueIndex(
        "(access_id, COALESCE(lead_id, 0), COALESCE(project_id, 0), email) "
        "WHERE state = 'open' AND kind = 'own'",
        "This person asks for access already.",
    )
    _open_removal_unique = models.UniqueIndex(
        "(colleague_access_id) WHERE state = 'open' AND kind = 'remove'",
        "The removal of this colleague is asked for already.",
    )

    # ------------------------------------------------------------
    # FACTS
    # ------------------------------------------------------------

    @api.depends("access_id.customer_id", "access_id.lead_id", "access_id.project_id")
    def _compute_workspace_ids(self):
        """Follow the access, unless it is one on a customer that opened a workspace."""
        for request in self:
            access = request.access_id
            opened = access.customer_id and (request.lead_id or request.project_id)
            request.customer_id = False if opened else access.customer_id
            request.lead_id = request.lead_id if opened else access.lead_id
            request.project_id = request.project_id if opened else access.project_id

    @api.depends("customer_id", "lead_id", "project_id")
    def _compute_res_name(self):
        for request in self:
            request.res_name = request.sudo()._target().display_name

    @api.depends("email", "company_id")
    def _compute_known_partner_ids(self):
        for request in self:
            request.known_partner_ids = request._known()

    @api.depends("kind", "state", "partner_id", "known_partner_ids", "res_name")
    def _compute_hint(self):
        for request in self:
            request.hint = request.state == "open" and request.sudo()._hint_text()

    def _hint_text(self):
        """Say in words what an approval would do."""
        if self.kind == "remove":
            return self.env._("%(name)s loses access to %(workspace)s", **self._names())
        return self._person_text() if self.kind == "propose" else self._own_text()

    def _person_text(self):
        """Say in words who gets access."""
        partner = self.partner_id or self._known()
        if len(partner) > 1:
            return self.env._("Several contacts have this address: choose one")
        if partner:
            return self.env._("Known contact: %(contact)s", contact=partner.display_name)
        customer = self._customer()
        if customer:
            return self.env._("New contact at %(customer)s", customer=customer.name)
        return self.env._("New contact")

    def _own_text(self):
        """Say what an approval would do for somebody whom nobody has vouched for."""
        return self.env._(
            "%(person)s, invited at once. Came by the link of %(contact)s; name and address "
            "are not proven.",
            person=self._person_text(),
            contact=self.sudo().asked_by_id.name,
        )

    def _names(self):
        return {"name": self.name, "workspace": self.sudo().res_name}

    def _target(self):
        """Return the customer, opportunity or project that it is about."""
        return self.lead_id or self.project_id or self.customer_id

    def _customer(self):
        """Return the company that a new contact belongs to, or none."""
        target = self._target()
        partner = target if target._name == "res.partner" else target.partner_id
        customer = (partner or self.access_id.partner_id).commercial_partner_id
        return customer.filtered("is_company")

    def _known(self):
        """Return the persons with the proposed address, archived ones, too."""
        # sudo: whom staff may not see must not become a second contact
        return self.env["res.partner"].sudo()._customer_by_email(self.email, self.company_id.id)

    # ------------------------------------------------------------
    # ASKED
    # ------------------------------------------------------------

    @api.model
    def _make(self, access, values):
        """Make a request and tell who is in charge of the workspace.

        :param access: the access of the contact who asks
        :param dict values: what is asked for
        """
        role = self._plain_role(access.company_id) if values["kind"] != "remove" else None
        target = access._target()
        request = self.create(
            {
                **values,
                "access_id": access.id,
                "lead_id": target.id if target._name == "crm.lead" else False,
                "project_id": target.id if target._name == "project.project" else False,
                "role_id": role and role.id,
            }
        )
        self.env["customer.access.event"]._log(EVENTS[request.kind], access, request.name)
        request.activity_id = request._tell_staff(access)

    @api.model
    def _plain_role(self, company):
        """Return the company's own role "Contact Person", else the one of all companies."""
        return self.env["customer.contact.role"].search(
            Domain("code", "=", "contact_person") & Domain("company_id", "in", [company.id, False]),
            order="company_id",  # NULLs last
            limit=1,
        )

    def _tell_staff(self, access):
        """Give who is in charge an activity, in their language.

        :param access: the access of the contact who asks
        """
        lang = access.person_in_charge_id.lang or access.company_id.partner_id.lang
        names = {"contact": access.partner_id.name, "colleague": self.name}
        lang_env = self.with_context(lang=lang).env
        summary = {
            "propose": lambda: lang_env._(
                "%(contact)s proposes a colleague: %(colleague)s", **names
            ),
            "own": lambda: lang_env._(
                "%(colleague)s, who had the link of %(contact)s, asks for access", **names
            ),
            "remove": lambda: lang_env._("%(contact)s asks to remove %(colleague)s", **names),
        }[self.kind]()
        return access._tell(None, summary, self.message or "")

    @api.model
    def _follow(self, old, new):
        """Let the requests of one access follow when it becomes one with another.

        :param old: the access that goes
        :param new: the access that stays
        """
        for field in ("access_id", "colleague_access_id"):
            self.search([(field, "=", old.id)])._move(field, new)

    def _move(self, field, record):
        """Point these requests at another record; two open ones for the same become one.

        :param str field: ``access_id``, ``colleague_access_id`` or ``lead_id``
        :param record: the record that stays
        """
        for request in self:
            twins = self.search_count(request._same_domain({field: record.id}), limit=1)
            if request.state == "open" and twins:
                request.unlink()
            else:
                request[field] = record
        self.flush_model()  # before the record they hung on is deleted

    def _same_domain(self, changes):
        """Return the domain of the open requests that ask for the same."""
        keys = (
            ("access_id", "lead_id", "project_id")
            if self.kind != "remove"
            else ("colleague_access_id",)
        )
        return (
            Domain("state", "=", "open")
            & Domain("kind", "=", self.kind)
            & Domain("email", "=", self.email)
            & Domain("id", "!=", self.id)
            & Domain.AND(Domain(key, "=", changes.get(key, self[key].id)) for key in keys)
        )

    def write(self, vals):
        if not self.env.su and vals.keys() - STAFF_FIELDS:
            raise AccessError(self.env._("What the customer asked for cannot be changed."))
        return super().write(vals)
