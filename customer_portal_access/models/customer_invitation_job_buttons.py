from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerInvitationJob(models.Model):
    """What staff click on a job for many contacts."""

    _inherit = "customer.invitation.job"

    @api.model
    def action_for_contacts(self, partner_ids, kind="invitation"):
        """Begin a job for contacts that were selected in a list.

        :param list partner_ids: their ids
        :param str kind: what is done to them
        :rtype: dict
        """
        job = self.with_context(default_kind=kind).create(
            {"whom": "selection", "partner_ids": [fields.Command.set(partner_ids)]}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": job.id,
            "view_mode": "form",
        }

    def action_plan(self):
        """Find out what would become of whom; nothing is sent.

        :rtype: bool
        """
        self._plan()
        return True

    def action_start(self):
        """Let the batches run as planned.

        :rtype: bool
        :raises UserError: when there is nobody to write to
        """
        self._start()
        return True

    def action_pause(self):
        """Hold everything that has not left yet.

        :rtype: bool
        """
        self.check_access("write")
        self._pause("staff")
        return True

    def action_resume(self):
        """Go on after a pause or after the pilot.

        :rtype: bool
        """
        self._resume()
        return True

    def action_cancel(self):
        """End the job: whatever has not left stays.

        :rtype: bool
        """
        self._cancel()
        return True

    def action_retry_failed(self):
        """Try the failed rows once more.

        :rtype: bool
        :raises UserError: when none has failed
        """
        self.check_access("write")
        failed = self.line_ids.search(
            Domain("job_id", "in", self.ids) & Domain("state", "=", "failed")
        )
        if not failed:
            raise UserError(self.env._("No row has failed."))
        failed._again()
        return True

    def action_open_lines(self):
        """Show the rows, or those in the state of the context.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.customer_invitation_job_line_action"
        )
        states = self.env.context.get("customer_states")
        context = {f"search_default_{state}": 1 for state in states or ()}
        context["customer_kind"] = self.kind
        return {**action, "domain": [("job_id", "=", self.id)], "context": context}
