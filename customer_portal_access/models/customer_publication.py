from odoo import api, fields, models
from odoo.exceptions import ValidationError
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


class CustomerPublication(models.Model):
    """Something that staff show to the contacts of an opportunity or project.

    This file holds the facts. Who sees it is decided by the gate
    (``customer_access_gate``).
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

    def _target(self):
        """Return the opportunity or project that this is published on."""
        return self.lead_id or self.project_id

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
