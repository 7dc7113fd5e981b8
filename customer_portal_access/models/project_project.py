from odoo import fields, models


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "customer.workspace.mixin"]

    customer_access_ids = fields.One2many(
        "customer.access", "project_id", string="Customer accesses", copy=False
    )
    customer_publication_ids = fields.One2many(
        "customer.publication", "project_id", string="Customer publications", copy=False
    )
    customer_colleague_request_ids = fields.One2many(
        "customer.colleague.request",
        "project_id",
        string="Open colleague requests",
        domain=[("state", "=", "open")],
        copy=False,
    )
