from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerPublicationCopy(models.TransientModel):
    """Copies publications of one workspace as drafts to another.

    Any opportunity, project or project template serves as a template.
    """

    _name = "customer.publication.copy"
    _description = "Copy publications"

    lead_id = fields.Many2one("crm.lead", string="To opportunity", readonly=True)
    project_id = fields.Many2one("project.project", string="To project", readonly=True)
    source = fields.Selection(
        [("project", "Project or template"), ("lead", "Opportunity")],
        string="From",
        required=True,
        default="project",
    )
    source_lead_id = fields.Many2one("crm.lead", string="Opportunity")
    source_project_id = fields.Many2one("project.project", string="Project")
    available_ids = fields.Many2many(
        "customer.publication", compute="_compute_available_ids", string="What is there"
    )
    publication_ids = fields.Many2many(
        "customer.publication",
        string="Copy",
        compute="_compute_publication_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', available_ids)]",
    )
    with_rows = fields.Boolean(
        string="With the rows that we filled in",
        help="Rows of lists that a customer has filled in or changed are never copied.",
    )
    has_lists = fields.Boolean(compute="_compute_has_lists")

    @api.depends("source", "source_lead_id", "source_project_id")
    def _compute_available_ids(self):
        for wizard in self:
            # by a search: what the user may not read is not there
            wizard.available_ids = self.env["customer.publication"].search(wizard._source_domain())

    def _source_domain(self):
        """Return the domain of what can be copied."""
        if self.source == "lead":
            workspace, field = self.source_lead_id, "lead_id"
        else:
            workspace, field = self.source_project_id, "project_id"
        return Domain(field, "=", workspace.id) if workspace else Domain.FALSE

    @api.depends("available_ids")
    def _compute_publication_ids(self):
        for wizard in self:
            wizard.publication_ids = wizard.available_ids

    @api.depends("publication_ids")
    def _compute_has_lists(self):
        for wizard in self:
            wizard.has_lists = "list" in wizard.publication_ids.mapped("kind")

    def action_copy(self):
        """Copy what is ticked.

        :return: an action that says how many drafts were made
        :rtype: dict
        :raises UserError: when nothing is ticked
        """
        self.ensure_one()
        # what was ticked may have become unreadable, or another source been chosen
        chosen = self.available_ids & self.publication_ids
        if not chosen:
            raise UserError(self.env._("Choose where to copy from, and tick what to copy."))
        drafts = chosen._copy_to(self.lead_id or self.project_id, self.with_rows)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Copied as drafts: %(count)s", count=len(drafts)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
