from odoo import fields, models
from odoo.exceptions import UserError

from .customer_shift_order import OPEN_STATES


class CustomerShiftOrder(models.Model):
    """What staff do with orders: confirm, decline, change; the customer hears of each."""

    _inherit = "customer.shift.order"

    def action_confirm(self):
        """Confirm these; what is no longer requested stays as it is.

        :return: what became of them, as a notification
        :rtype: dict
        """
        self.check_access("write")
        orders_sudo = self.sudo()._locked()  # written by verbs only
        requested_sudo = orders_sudo.filtered(lambda order: order.state == "requested")
        requested_sudo._set_state("confirmed")
        requested_sudo._mail_news("confirmed")
        return self._told(len(requested_sudo))

    def action_decline(self):
        """Ask for the reason, and decline these.

        :return: an action
        :rtype: dict
        """
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decline"),
            "res_model": "customer.shift.refusal",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def _decline(self, reason):
        """Decline these, with a reason that the customer reads; confirmed ones, too.

        :param str reason: plain text
        :return: what became of them, as a notification
        :rtype: dict
        :raises UserError: without a reason
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please give a reason: the customer reads it."))
        orders_sudo = self.sudo()._locked()  # written by verbs only
        open_sudo = orders_sudo.filtered(
            lambda order: order.state in OPEN_STATES and not order.hours_made_at
        )
        open_sudo._set_state("declined", decline_reason=reason)
        open_sudo._mail_news("declined")
        return self._told(len(open_sudo))

    def action_reopen(self):
        """Let these be requested again, if they were declined by mistake.

        :return: what became of them, as a notification
        :rtype: dict
        """
        self.check_access("write")
        orders_sudo = self.sudo()._locked()  # written by verbs only
        declined_sudo = orders_sudo.filtered(lambda order: order.state == "declined")
        declined_sudo._set_state("requested", decline_reason=False)
        declined_sudo._mail_news("requested")
        return self._told(len(declined_sudo))

    def _set_state(self, state, **values):
        """Move these to a state; whoever was to do something about them has done it.

        :param str state: a key of ``STATES``
        :param values: other fields
        """
        for order in self:
            order.write({"state": state, "revision": order.revision + 1, **values})
        if state != "requested":
            self.activity_unlink(["mail.mail_activity_data_todo"])

    def _told(self, count):
        """Say how many of these orders it went well for."""
        skipped = len(self) - count
        text = self.env._("Done: %(count)s.", count=count)
        if skipped:
            text = self.env._(
                "Done: %(count)s. Left as they are: %(skipped)s, somebody was faster.",
                count=count,
                skipped=skipped,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if skipped else "success",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _changed_by_staff(self):
        """Tell customers that staff have changed what they ordered."""
        # sudo: written by verbs only
        open_sudo = self.sudo().filtered(
            lambda order: order.state in OPEN_STATES and order.date_end > fields.Datetime.now()
        )
        for order_sudo in open_sudo:
            order_sudo.write({"changed_by": "staff", "revision": order_sudo.revision + 1})
        open_sudo._mail_news("changed")
