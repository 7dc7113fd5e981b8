from odoo import api, fields, models


class ProjectTask(models.Model):
    """A task as a job that customers see, when staff tick it."""

    _inherit = "project.task"

    customer_visible = fields.Boolean(
        string="Shown to customers",
        compute="_compute_customer_visible",
        store=True,
        readonly=False,
        tracking=True,
        help="Contacts whose role holds “View tasks” see its title, stage, deadline, who works "
        "on it, and the messages to and from the customer. Nothing else.",
    )
    customer_access_id = fields.Many2one(
        "customer.access",
        string="Requested by access",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    customer_requested_by = fields.Char(
        string="Requested by",
        readonly=True,
        copy=False,
        help="The contact who sent it as a request. Kept when the access is removed.",
    )

    @api.depends("project_id")
    def _compute_customer_visible(self):
        user = self.env.user
        for task in self:
            # whoever writes a task on Odoo's own portal may see it; moved, it begins anew
            by_customer = self.env.context.get("customer_new_task") and user._is_portal()
            project_sudo = task.project_id.sudo()  # whoever makes a task may not read the project
            task.customer_visible = by_customer or project_sudo.customer_show_tasks

    def action_customer_show(self):
        """Show these tasks to customers.

        :rtype: bool
        """
        self.customer_visible = True
        return True

    def action_customer_hide(self):
        """Show these tasks to customers no more.

        :rtype: bool
        """
        self.customer_visible = False
        return True

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super(ProjectTask, self.with_context(customer_new_task=True)).create(vals_list)
        return tasks.with_env(self.env)

    def write(self, vals):
        if not vals.keys() & {"stage_id", "state"}:
            return super().write(vals)
        before = {task: task._customer_status() for task in self.sudo()}
        result = super().write(vals)
        changed = self.sudo().filtered(
            lambda task: task.customer_visible and before[task] != task._customer_status()
        )
        changed._tell_customers()
        return result

    def _customer_status(self):
        """Return what customers are told of when it changes: the stage, and being closed."""
        return self.stage_id, self._customer_closed()

    def _customer_closed(self):
        """Return ``done`` or ``cancelled``, ``""`` while the task is open.

        :rtype: str
        """
        return {"1_done": "done", "1_canceled": "cancelled"}.get(self.state, "")

    def _tell_customers(self):
        """Mail the contacts who want to know that these tasks have moved on."""
        for project, tasks in self.grouped("project_id").items():
            accesses = project.customer_access_ids | tasks.customer_access_id
            accesses._mail_job_changes(tasks)
