from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

KINDS = [
    ("offer", "Offer"),
    ("list", "List"),
    ("file", "Files"),
    ("page", "Page"),
    ("link", "Link"),
]
STATES = [("draft", "Draft"), ("published", "Published"), ("closed", "Closed")]

# The permission that lets a role see publications of a kind.
VIEW_PERMISSIONS = {
    "offer": "view_offers",
    "list": "view_lists",
    "file": "view_files",
    "page": "view_pages",
    "link": "view_pages",
}

# Written by verbs only, whatever rights a user has on the record.
FACTS = {"state", "published_at", "version"}
# Odoo asks who may write before a write, not after it: a publication stays where it is.
PLACE = {"lead_id", "project_id", "company_id"}


class CustomerPublication(models.Model):
    """Something that staff show to the contacts of an opportunity or project.

    This file holds the facts. ``customer_publication_content`` guards what it says,
    ``customer_publication_state`` publishes, closes and reopens it,
    ``customer_publication_status`` says what customers did with it. Who sees it is
    decided by the gate (``customer_access_gate``).
    """

    _name = "customer.publication"
    _description = "Customer publication"
    _order = "sequence, id"

    name = fields.Char(string="Title", required=True)
    kind = fields.Selection(KINDS, required=True, default="offer")
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", ondelete="cascade", index="btree_not_null"
    )
    project_id = fields.Many2one("project.project", ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        compute="_compute_company_id",
        store=True,
        precompute=True,
    )
    res_name = fields.Char(string="Workspace", compute="_compute_res_name")
    sequence = fields.Integer(default=10)
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", copy=False)
    published_at = fields.Datetime(readonly=True, copy=False)
    role_ids = fields.Many2many(
        "customer.contact.role", string="For roles", help="Empty: for all roles."
    )
    date_until = fields.Date(
        string="Until", help="After this day contacts can read it, but not answer or change it."
    )
    body = fields.Html(string="Text", sanitize="email_outgoing")
    url = fields.Char(string="Address", help="http, https or mailto")
    attachment_ids = fields.Many2many("ir.attachment", string="Files", bypass_search_access=True)

    amount = fields.Monetary()
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True
    )
    allow_accept = fields.Boolean(string="May be accepted", default=True)
    allow_decline = fields.Boolean(string="May be declined", default=True)
    require_signature = fields.Boolean(string="Signature needed")
    version = fields.Integer(readonly=True, default=1, copy=False)
    version_ids = fields.One2many(
        "customer.publication.version", "publication_id", string="Versions", readonly=True
    )

    columns_definition = fields.PropertiesDefinition(string="Columns")
    allow_new_rows = fields.Boolean(string="Customers may add rows", default=True)

    response_ids = fields.One2many("customer.publication.response", "publication_id", readonly=True)
    entry_ids = fields.One2many("customer.publication.entry", "publication_id", string="Rows")
    recipient_ids = fields.One2many(
        "customer.publication.recipient", "publication_id", readonly=True
    )

    _one_target = models.Constraint(
        "CHECK (num_nonnulls(lead_id, project_id) = 1)",
        "A publication belongs to exactly one opportunity or project.",
    )

    @api.depends("lead_id.company_id", "project_id.company_id")
    def _compute_company_id(self):
        for publication in self:
            publication.company_id = (
                publication._target().company_id or publication.company_id or self.env.company
            )

    @api.depends("lead_id", "project_id")
    def _compute_res_name(self):
        for publication in self:
            # sudo: whoever may see a publication may know where it is
            publication.res_name = publication._known_target().sudo().display_name

    @api.depends("company_id")
    def _compute_currency_id(self):
        for publication in self:
            publication.currency_id = publication.currency_id or publication.company_id.currency_id

    @api.constrains("role_ids", "company_id")
    def _check_role_company(self):
        for publication in self:
            if publication.role_ids.company_id - publication.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(publication)s” is for a role of another company. Choose roles of "
                        "%(company)s.",
                        publication=publication.name,
                        company=publication.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_told({name for vals in vals_list for name in vals}, created=True)
        if not self.env.su:
            # whatever defaults the context carries
            fresh = {"state": "draft", "published_at": False, "version": 1}
            vals_list = [{**vals, **fresh} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        moved = {
            name
            for name in PLACE & vals.keys()
            if any(publication[name].id != (vals[name] or False) for publication in self)
        }
        self._check_told(vals.keys(), moved)
        if "kind" in vals:
            self._check_kind(vals["kind"])
        return super().write(vals)

    def _check_told(self, names, moved=(), created=False):
        """Refuse what only the addon itself writes.

        :param names: the fields somebody wants to write
        :param moved: fields of another opportunity, project or company
        :param bool created: it is new, so that its place is open but for the company
        :raises AccessError: unless the addon itself does it
        """
        facts = FACTS | {"company_id"} if created else FACTS
        if self.env.su or not (moved or facts & set(names)):
            return
        raise AccessError(
            self.env._(
                "A publication cannot be moved, and its state is changed with its buttons "
                "only. Copy it to where it belongs."
            )
        )

    def _check_kind(self, kind):
        """Refuse to make something else of what customers have seen.

        :param str kind: the kind somebody wants it to be
        :raises UserError: when it is published
        """
        for publication in self:
            if publication.kind != kind and publication.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(publication)s” is published: its kind stays. Add another one instead.",
                        publication=publication.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _refuse_when_answered(self):
        """Keep what a customer has answered or filled in: it says what was agreed on."""
        # sudo: an answer counts whoever may read it
        answered = self.filtered(lambda publication: publication.sudo()._was_worked_on())
        if answered:
            raise UserError(
                self.env._(
                    "Customers have answered “%(names)s”: what they answered is kept. Close it "
                    "instead of deleting it.",
                    names="”, “".join(answered.mapped("name")),
                )
            )

    def _target(self):
        """Return the opportunity or project that this is published on."""
        return self.lead_id or self.project_id

    def _known_target(self):
        """Return the opportunity or project, if the user may know of it.

        A client names any in a form that is not saved yet, and nobody has asked whether
        the user may.
        """
        target = self._target()._origin
        # sudo: of what is saved, the rules on publications have decided
        if target == self._origin.sudo()._target().sudo(self.env.su):
            return target
        return target._filtered_access("read")

    def _view_permission(self):
        """Return the code of the permission that it takes to see this.

        :rtype: str
        """
        return VIEW_PERMISSIONS[self.kind]

    @api.model
    def _shown_domain(self):
        """Return the domain of what is shown to customers at all."""
        return Domain("state", "in", ("published", "closed"))

    def _is_open(self):
        """Say whether contacts may still answer this or change it.

        :rtype: bool
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        return self.state == "published" and not (self.date_until and self.date_until < today)

    def action_open(self):
        """Open this in a dialog, above its opportunity or project.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"customer_workspace": True, "dialog_size": "extra-large"},
        }

    def action_open_target(self):
        """Open the opportunity or project.

        :rtype: dict
        """
        return self._target().get_formview_action()
