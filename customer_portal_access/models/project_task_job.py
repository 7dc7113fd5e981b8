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
        for tasks in self.grouped("project_id").values():
            tasks._customer_accesses()._mail_job_changes(tasks)

    def _customer_accesses(self):
        """Return the accesses of those who may be written to about these tasks.

        Some of them may see none of it, see ``_customer_job_paths``.
        """
        return self.project_id.customer_access_ids | self.customer_access_id

    def _customer_job_paths(self, accesses):
        """Return by access where its contact reads this task; who may not is left out.

        :param accesses: ``customer.access`` records
        :rtype: dict
        """
        self.ensure_one()
        paths = {}
        for access in accesses:
            here = access._job_access(self)
            if here and (task := here._job(self.id, "account")):
                paths[access] = here._job_values(task)["path"]
        return paths

    # ------------------------------------------------------------
    # MESSAGES TO THE CUSTOMER
    # ------------------------------------------------------------

    def action_customer_message(self):
        """Open the composer for a message that the contacts read on the page of the job.

        The contacts who are in and see the job get it by mail, too.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        # whoever is never invited gets no mail before
        known = self._customer_accesses().filtered(
            lambda access: access.invited_at or access.last_seen_at
        )
        readers = known.browse(access.id for access in self._customer_job_paths(known))
        return readers._message_composer(self)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Lead contacts to their own page of the job, in mails about a task.

        Odoo's link for the task's customer carries a token that opens the task whole, shown
        or not, to whoever the mail is passed on to.
        """
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals)
        if not self.project_id:
            return groups
        # sudo: who may write on a task need not see who has access
        task_sudo = self.sudo()
        accesses_sudo = task_sudo._customer_accesses() | task_sudo._customer_partner_accesses()
        paths = task_sudo._customer_job_paths(accesses_sudo)
        buttons = {}
        for access_sudo in accesses_sudo:
            if path := paths.get(access_sudo):
                buttons.setdefault(access_sudo.partner_id.id, access_sudo.get_base_url() + path)
        ours = [
            (
                f"customer_access_{partner.id}",
                lambda data, partner_id=partner.id: data["id"] == partner_id,
                {
                    "active": True,
                    "has_button_access": partner.id in buttons,
                    "button_access": {"url": buttons.get(partner.id, "")},
                },
            )
            for partner in accesses_sudo.partner_id
        ]
        return ours + groups

    def _customer_partner_accesses(self):
        """Return what access the task's own customer has, here or elsewhere."""
        return self.env["customer.access"].search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        )
