from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from .account_analytic_line import BY_VERB


class AccountAnalyticLine(models.Model):
    """What is decided on hours: by the customer, or taken back by a project manager."""

    _inherit = "account.analytic.line"

    def _customer_decide(self, access, decision, comment, seen):
        """Approve lines or send them back, as far as they are as the contact saw them.

        Locks them first: of several who decide at once the first one does, and an
        employee who changes one at the same moment does so before or not at all.

        :param access: the ``customer.access`` of the contact, for whom the lines are
        :param str decision: ``approved`` or ``rejected``
        :param str comment: plain text
        :param dict seen: the stamp that each line had on the contact's page, by its id
        :return: lines by what became of them: ``done``, ``same`` (this contact had
            decided so before), ``decided`` (by somebody else, or otherwise), ``changed``
        :rtype: dict
        """
        self._customer_lock()
        waiting = self.filtered(lambda line: line.customer_state == "to_approve")
        done = waiting.filtered(lambda line: line._customer_stamp() == seen[line.id])
        same = (self - waiting).filtered(
            lambda line: line.customer_state == decision and line.customer_state_access_id == access
        )
        for line in done.with_context(customer_hours_verb=BY_VERB):
            line.write(
                {
                    "customer_state": decision,
                    "customer_state_by": access.partner_id.name,
                    "customer_state_partner_id": access.partner_id.id,
                    "customer_state_access_id": access.id,
                    "customer_state_at": fields.Datetime.now(),
                    "customer_comment": comment or False,
                    "customer_stamp": seen[line.id],
                }
            )
        return {
            "done": done,
            "same": same,
            "decided": self - waiting - same,
            "changed": waiting - done,
        }

    def _customer_lock(self):
        """Lock these lines, and read them afresh."""
        if self:
            self.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM account_analytic_line WHERE id IN %s ORDER BY id FOR UPDATE",
                    self._ids,
                )
            )
        self.invalidate_recordset()

    # ------------------------------------------------------------
    # REOPENED BY STAFF
    # ------------------------------------------------------------

    def action_customer_reopen_ask(self):
        """Open the question why these are reopened.

        :rtype: dict
        """
        approved = self.filtered(lambda line: line.customer_state == "approved")
        if not approved:
            raise UserError(self.env._("None of these hours is approved."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reopen approved hours"),
            "res_model": "customer.hours.reopening",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_line_ids": approved.ids},
        }

    def action_customer_reopen(self, reason=None):
        """Have approved hours approved again, so that they can be corrected.

        Logged on the project and in the log; whoever approves hours of it is told.

        :param str reason: what the approvers read of it
        :rtype: bool
        :raises AccessError: for anybody but a manager of the project
        """
        self.check_access("read")
        lines_sudo = self.sudo().filtered(lambda line: line.customer_state == "approved")
        for project_sudo in lines_sudo.project_id:
            if not project_sudo.with_env(self.env)._may_reopen_hours():
                raise AccessError(
                    self.env._("Only a manager of the project may reopen approved hours.")
                )
        if not lines_sudo:
            raise UserError(self.env._("None of these hours is approved."))
        lines_sudo._customer_lock()
        lines_sudo = lines_sudo.filtered(lambda line: line.customer_state == "approved")
        lines_sudo.with_context(customer_hours_verb=BY_VERB).write(
            {"customer_state": "to_approve", "customer_stamp": False}
        )
        for project_sudo, lines in lines_sudo.grouped("project_id").items():
            project_sudo._report_hours_reopened(lines, self.env.user, reason)
        return True

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _customer_hours_text(self):
        """Return how long these took, as hours and minutes: ``37:30``.

        :rtype: str
        """
        return hours_text(sum(self.mapped("unit_amount")))

    def _customer_days_text(self):
        """Return the first and the last day of these, in the reader's language.

        :rtype: str
        """
        days = sorted(set(self.mapped("date")))
        first, last = (format_date(self.env, day) for day in (days[0], days[-1]))
        return first if first == last else f"{first} – {last}"


def hours_text(amount):
    """Return a number of hours as hours and minutes.

    :param float amount: maybe negative
    :rtype: str
    """
    minutes = round(abs(amount) * 60)
    return f"{'-' if amount < 0 and minutes else ''}{minutes // 60}:{minutes % 60:02d}"
