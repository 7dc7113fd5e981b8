from odoo import models


class ProjectProject(models.Model):
    """A project made from a template takes along its publications; so does a template."""

    _inherit = "project.project"

    def copy(self, default=None):
        projects = super().copy(default)
        for source, project in zip(self, projects, strict=True):
            if source.is_template or project.is_template:
                source.customer_publication_ids._copy_to(project, with_rows=True)
        return projects
