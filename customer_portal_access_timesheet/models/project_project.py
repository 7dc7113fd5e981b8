from markupsafe import Markup

from odoo import fields, models


class ProjectProject(models.Model):
    """From when on the customer of a project approves its hours."""

    _inherit = "project.project"

    customer_hours_from = fields.Date(
        string="Customer approves hours from",
        copy=False,
        help="Hours worked on this day or later are shown to the contacts whose role holds "
        "“Approve hours”, who approve them or send them back. Empty: nobody is asked.",
    )
    customer_hours_waiting = fields.Integer(
        string="Hours that wait", compute="_compute_customer_hours_waiting"
    )

    def _compute_customer_hours_waiting(self):
        # sudo: whoever sees the project may know how much waits, without seeing whose hours
        counts = dict(
            self.env["account.analytic.line"]
            .sudo()
            ._read_group(
                [("project_id", "in", self.ids), ("customer_state", "=", "to_approve")],
                ["project_id"],
                ["__count"],
            )
        )
        for project in self:
            project.customer_hours_waiting = counts.get(project.sudo(), 0)

    def _may_reopen_hours(self):
        """Say whether the user may reopen approved hours of this project.

        :rtype: bool
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or user.has_group("project.group_project_manager"):
            return self.env.su or self.has_access("write")
        return self.has_access("read") and self.sudo().user_id == user

    def action_customer_hours(self):
        """Open the hours of this project that its customer is asked about.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access_timesheet.account_analytic_line_action_hours"
        )
        return {
            **action,
            "domain": [("project_id", "=", self.id), ("customer_state", "!=", False)],
            "context": {"search_default_week": 1, "search_default_employee": 1},
        }

    def _report_hours_reopened(self, lines, user, reason=None):
        """Log that approved hours are open again, and tell those who approve them.

        :param lines: ``account.analytic.line`` records of this project
        :param user: who reopened them
        :param str reason: what the approvers read of it
        """
        self.ensure_one()
        words = {
            "user": user.name,
            "hours": lines._customer_hours_text(),
            "days": lines._customer_days_text(),
        }
        text = self.env._("%(user)s has reopened %(hours)s approved hours, %(days)s.", **words)
        body = Markup("%s") % text
        if reason:
            body += Markup("<br/>“%s”") % reason
        self._message_log(body=body, author_id=user.partner_id.id)
        approvers = lines.customer_state_access_id | self._hours_approvers()
        self.env["customer.access.event"]._log(
            "hours_reopened", approvers or None, f"{words['days']}: {words['hours']}"
        )
        approvers._mail_hours_reopened(lines, user, reason)

    def _hours_approvers(self):
        """Return the accesses of those who approve hours here, and have been let in.

        :return: ``customer.access`` records
        """
        return self.customer_access_ids.filtered(
            lambda access: (
                (access.invited_at or access.last_seen_at) and access._may_see_hours("account")
            )
        )
