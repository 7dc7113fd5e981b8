from odoo import fields, models
from odoo.exceptions import UserError

from .customer_access_text import Letter

JOB_NOTICES = [
    ("own", "My own requests"),
    ("all", "All jobs"),
    ("none", "Nothing"),
]


class CustomerAccess(models.Model):
    """Mails about what goes on in a workspace, as far as the contact wants them."""

    _inherit = "customer.access"

    customer_job_notice = fields.Selection(
        JOB_NOTICES,
        string="Mails about jobs",
        required=True,
        default="own",
        help="Which jobs the contact gets a mail about when their stage changes. Contacts "
        "choose it themselves.",
    )

    def _notify(self, template_xmlid, section, words):
        """Queue a mail with a personal link that leads to a part of the workspace.

        It lets nobody in: whoever may not come in gets none.

        :param str template_xmlid: of the ``mail.template``
        :param str section: what ``_section_path`` knows
        :param words: gets the access in the contact's language, and returns what the
            template shows beside the usual placeholders
        :return: the accesses that get one
        """
        told = self.browse()
        for access in self.filtered(lambda access: not access._block()):
            sender = access.person_in_charge_id.filtered("active") or self.env.ref("base.user_root")
            # sudo: contacts and those who move a task may read no template
            sender_sudo = access.with_user(sender).sudo()
            in_words = words(sender_sudo.with_context(lang=access._invitation_lang()))
            template_sudo = sender_sudo.env.ref(template_xmlid).with_context(**in_words)
            try:
                mail_sudo = sender_sudo._queue(Letter(template_sudo, section=section))
            except UserError as error:  # a template that lacks its link stops nobody's work
                access._tell(
                    None,
                    self.env._(
                        "A mail to %(contact)s could not be made", contact=access.partner_id.name
                    ),
                    str(error),
                )
                continue
            mail_sudo.send_after_commit()
            self.env["customer.access.event"]._log("notified", access, section)
            told |= access
        return told

    # ------------------------------------------------------------
    # JOBS
    # ------------------------------------------------------------

    def _mail_job_changes(self, tasks):
        """Tell contacts that jobs have moved on: one mail for those moved at once.

        :param tasks: ``project.task`` records of one project that customers see
        """
        for access in self:
            wanted = access._wanted_jobs(tasks)
            if not wanted:
                continue
            section = f"task-{wanted.id}" if len(wanted) == 1 else "tasks"
            access._notify(
                "customer_portal_access.mail_template_job_changed",
                section,
                lambda access, wanted=wanted: access._job_words(wanted),
            )

    def _wanted_jobs(self, tasks):
        """Return of which of these tasks the contact wants to hear, and may."""
        # whoever was never invited gets no mail before
        if self.customer_job_notice == "none" or not (self.invited_at or self.last_seen_at):
            return tasks.browse()
        if self.customer_job_notice == "own":
            tasks = tasks.filtered(lambda task: task.customer_access_id == self)
        return tasks.filtered(lambda task: self._job_access(task)._job(task.id, "account"))

    def _job_access(self, task):
        """Return this access where a task is: on its project, or on the project's customer."""
        if not self.customer_id:
            return self
        return self._open_workspace("project", task.project_id.id, "account")

    def _job_words(self, tasks):
        """Return what a mail says of jobs, in the language of the environment.

        :return: ``customer_jobs`` (``title`` and ``stage`` of each) and ``customer_titles``
        :rtype: dict
        """
        tasks = tasks.with_context(lang=self.env.lang)
        return {
            "customer_jobs": [self._job_values(task) for task in tasks],
            "customer_titles": self._titles_text(tasks),
        }

    def _mail_request_received(self, task):
        """Confirm to the contact that a request has arrived."""
        self._notify(
            "customer_portal_access.mail_template_job_received",
            f"task-{task.id}",
            lambda access: access._job_words(task),
        )

    # ------------------------------------------------------------
    # THE CONTACT'S OWN PAGE
    # ------------------------------------------------------------

    def _may_choose_notices(self, assurance):
        """Say whether the visitor may choose which mails to get here."""
        return self._may_change_contact(assurance) and self._may_see_jobs(assurance)

    def _contact_page(self, assurance):
        values = super()._contact_page(assurance)
        if values is None:
            return None
        shown = self._may_see_contact(assurance) and self._may_see_jobs(assurance)
        return {**values, "job_notice": shown and self.sudo().customer_job_notice}

    def _choose_notices(self, assurance, choice):
        """Keep which mails the contact wants.

        :param str assurance: the level the visitor has reached
        :param choice: from the form
        :return: ``status``, a code for the page
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_choose_notices(assurance) or choice not in dict(JOB_NOTICES):
            return {"status": "refused"}
        self.sudo().customer_job_notice = choice  # contacts have no rights of their own
        return {"status": "notices"}
