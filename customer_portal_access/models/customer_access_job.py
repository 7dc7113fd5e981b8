from odoo import models
from odoo.fields import Domain

from ..utils import find_page
from ..utils.html import Page, hold_external

# All that a page for customers reads of a task. Nothing may be added without a thought.
JOB_FIELDS = (
    "name",
    "stage_id",
    "state",
    "date_deadline",
    "user_ids",
    "customer_requested_by",
    "customer_access_id",
)
JOBS_ON_WORKSPACE = 5
JOBS_A_PAGE = 20
CLOSED_STATES = ("1_done", "1_canceled")
# what the list is narrowed to, by the word in the address
JOB_FILTERS = {
    "open": Domain("state", "not in", CLOSED_STATES),
    "done": Domain("state", "in", CLOSED_STATES),
    "all": Domain.TRUE,
}


class CustomerAccess(models.Model):
    """The jobs of a project: its tasks, as far as staff show them."""

    _inherit = "customer.access"

    def _is_project(self):
        return self.sudo()._target()._name == "project.project"

    def _may_see_jobs(self, assurance):
        """Say whether the visitor sees the jobs of this workspace.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return self._is_project() and self._check("view_tasks", assurance)

    def _job_domain(self):
        """Return the domain of what staff show of the project's tasks."""
        project = self._target()
        domain = Domain("project_id", "=", project.id) & Domain("customer_visible", "=", True)
        domain &= Domain("has_template_ancestor", "=", False)
        # with a project all its tasks are archived, and stay readable
        return domain & Domain("active", "in", [True] if project.active else [True, False])

    def _job_filter(self, show):
        """Return the domain for a word in the address of the list."""
        if show == "mine":
            return Domain("customer_access_id", "=", self.id)
        return JOB_FILTERS.get(show, JOB_FILTERS["open"])

    def _jobs(self, assurance, domain=Domain.TRUE, limit=None, offset=0):
        """Return the tasks that the visitor sees.

        :param str assurance: the level the visitor has reached
        :param domain: what of them
        :return: ``project.task`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # contacts have no rights on what is shown here
        Task = access_sudo.env["project.task"]
        if not access_sudo._may_see_jobs(assurance):
            return Task
        return Task.search_fetch(
            access_sudo._job_domain() & domain, JOB_FIELDS, offset=offset, limit=limit
        )

    def _job(self, task_id, assurance):
        """Return one task, or none when the visitor may not see it.

        :param int task_id: from the URL
        :param str assurance: the level the visitor has reached
        """
        return self._jobs(assurance, Domain("id", "=", task_id))

    def _job_values(self, task):
        """Return what a page shows of a task.

        :return: plain values, made of ``JOB_FIELDS`` only
        :rtype: dict
        """
        facts = {name: task[name] for name in JOB_FIELDS}
        return {
            "id": task.id,
            "path": f"{self._path()}/task/{task.id}",
            "title": facts["name"],
            "stage": facts["stage_id"].name or "",
            "closed": task._customer_closed(),
            "deadline": facts["date_deadline"],
            "people": ", ".join(facts["user_ids"].mapped("name")),
            "mine": facts["customer_access_id"] == self,
            "requested_by": facts["customer_requested_by"] or "",
        }

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def _workspace_page_values(self, assurance):
        values = {"jobs": None, **super()._workspace_page_values(assurance)}
        if not self._may_see_jobs(assurance):
            return {**values, "jobs_may_request": self._may_request(assurance)}
        count = self._count_jobs(Domain.TRUE)
        open_jobs = count and self._jobs(assurance, JOB_FILTERS["open"], JOBS_ON_WORKSPACE)
        return {
            **values,
            "jobs": [self._job_values(task) for task in open_jobs or ()],
            "jobs_count": count,
            "jobs_may_request": self._may_request(assurance),
            "milestones": self._milestones(),
            "project_update": self._latest_update(),
        }

    def _target_fields(self):
        return super()._target_fields() | {
            "allow_milestones",
            "customer_show_milestones",
            "customer_show_update",
            "last_update_id",
        }

    def _count_jobs(self, domain):
        access_sudo = self.sudo()  # as in _jobs
        return access_sudo.env["project.task"].search_count(access_sudo._job_domain() & domain)

    def _job_page(self, assurance, show=None, search=None, page=None):
        """Return what the list of jobs shows.

        :param str assurance: the level the visitor has reached
        :param show: ``open``, ``done``, ``all`` or ``mine``
        :param search: words of the title
        :param page: from 1
        :return: plain values, or ``None`` when it is not for this visitor
        :rtype: dict | None
        """
        self.ensure_one()
        if not self._may_see_jobs(assurance):
            return None
        show = show if show in (*JOB_FILTERS, "mine") else "open"
        search = " ".join((search or "").replace("\0", "").split())[:100]
        domain = self._job_filter(show)
        for word in search.split():
            domain &= Domain("name", "ilike", word)
        count = self._count_jobs(domain)
        number, pages = find_page(page, count, JOBS_A_PAGE)
        tasks = self._jobs(assurance, domain, JOBS_A_PAGE, (number - 1) * JOBS_A_PAGE)
        return {
            "jobs": [self._job_values(task) for task in tasks],
            "jobs_count": count,
            "jobs_may_request": self._may_request(assurance),
            "show": show,
            "search": search,
            "page_number": number,
            "pages": pages,
        }

    def _milestones(self):
        """Return the milestones of the project, when staff show them.

        :rtype: list[dict]
        """
        project_sudo = self.sudo()._target()  # as in _jobs
        if not project_sudo.customer_show_milestones or not project_sudo.allow_milestones:
            return []
        return [
            {
                "title": milestone.name,
                "deadline": milestone.deadline,
                "reached": milestone.is_reached,
            }
            for milestone in project_sudo.milestone_ids
        ]

    def _latest_update(self):
        """Return the latest update of the project, when staff show it.

        :return: plain values, or ``None``
        :rtype: dict | None
        """
        project_sudo = self.sudo()._target()  # as in _jobs
        update = project_sudo.last_update_id
        if not project_sudo.customer_show_update or not update:
            return None
        labels = dict(update._fields["status"]._description_selection(self.env))
        return {
            "title": update.name,
            "status": labels[update.status],
            "progress": update.progress,
            "date": update.date,
            "by": update.user_id.name,
            "text": self._plain_page_text(update.description),
        }

    def _plain_page_text(self, text):
        """Return a text of staff's as contacts read it: nothing from elsewhere loads."""
        texts = self.env["customer.publication"]._held_texts()
        body, _held = hold_external(text or "", Page(self.get_base_url(), {}, texts, False))
        return body

    # ------------------------------------------------------------
    # THREAD OF A JOB
    # ------------------------------------------------------------

    def _section_path(self, section):
        kind, _dash, number = (section or "").partition("-")
        if kind == "task" and number.isdecimal() and len(number) < 10:
            # what is hidden since leads to the workspace
            return f"/task/{number}" if self._job(int(number), "account") else ""
        if section == "tasks" and self._may_see_jobs("account"):
            return "/tasks"
        if section == "request" and self._may_request("account"):
            return "/request"
        return super()._section_path(section)

    def _message_place(self, message):
        place = super()._message_place(message)
        return f"{place}/task/{message.res_id}" if message.model == "project.task" else place

    def _told_of_messages(self, target):
        told = super()._told_of_messages(target)
        return told | target.user_ids.partner_id if target._name == "project.task" else told
