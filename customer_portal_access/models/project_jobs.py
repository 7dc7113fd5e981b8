from odoo import fields, models


class ProjectProject(models.Model):
    """What of a project its customers see beside what is published."""

    _inherit = "project.project"

    customer_show_tasks = fields.Boolean(
        string="Show new tasks to customers",
        help="New tasks of this project are ticked “Shown to customers”. Tasks that are here "
        "already stay as they are.",
    )
    customer_show_milestones = fields.Boolean(string="Show milestones to customers")
    customer_show_update = fields.Boolean(
        string="Show the latest update to customers",
        help="Customers read the latest project update: its title, status, progress and text.",
    )

    def action_customer_show_tasks(self):
        """Show all open tasks of the project to customers.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        hidden = self.env["project.task"].search(
            [("project_id", "=", self.id), ("customer_visible", "=", False)]
        )
        hidden.action_customer_show()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s more tasks are shown now.", count=len(hidden)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
