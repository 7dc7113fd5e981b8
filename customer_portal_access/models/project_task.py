from odoo import models


class ProjectTask(models.Model):
    _inherit = "project.task"

    def action_customer_centre(self):
        """Open the project's contacts: clicking a project opens its tasks.

        :rtype: dict
        """
        # above a project's tasks no task is chosen, the context knows the project
        project = self.project_id or self.project_id.browse(
            self.env.context.get("default_project_id")
        )
        return project.action_customer_accesses()
