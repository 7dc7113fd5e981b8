from datetime import timedelta

from odoo import fields, models

from .customer_shift_order import FACTS, OPEN_STATES


class CustomerShiftOrder(models.Model):
    """What a contact does with an order: change and cancel it, until a deadline."""

    _inherit = "customer.shift.order"

    def _deadline(self):
        """Return until when customers change and cancel it themselves.

        :rtype: datetime
        """
        self.ensure_one()
        return self.date_start - timedelta(hours=self.company_id.customer_shift_deadline)

    def _refusal(self, revision=None):
        """Return why a contact cannot change or cancel this now, or ``None``.

        :param revision: the one that the contact has read; none: whatever it is
        :return: ``closed``, ``late`` or ``changed``
        :rtype: str | None
        """
        self.ensure_one()
        if self.state not in OPEN_STATES or self.hours_made_at:
            return "closed"
        if fields.Datetime.now() >= self._deadline():
            return "late"
        if revision is not None and str(revision) != str(self.revision):
            return "changed"
        return None

    def _change_now(self, access, values, revision):
        """Change what was ordered, unless somebody was faster; it waits for staff again.

        It runs in a transaction of its own: what it does is done once, however often
        the request is run again.

        :param access: the ``customer.access`` of the contact
        :param dict values: of ``FACTS``
        :param revision: the one that the contact has read
        :return: ``ok``, ``no`` or as ``_refusal``
        :rtype: str
        """
        if not self._locked():
            return "no"
        if refusal := self._refusal(revision):
            return refusal
        before = self._facts()
        was_confirmed = self.state == "confirmed"
        self.write({name: values[name] for name in FACTS} | {"tz": values["tz"]})
        if before == self._facts():
            return "ok"
        self.write({"state": "requested", "changed_by": "customer", "revision": self.revision + 1})
        self.env["customer.access.event"]._log("shift_changed", access, self.kind_id.name)
        env = access._staff_env()
        summary = env._("%(contact)s has changed a shift", contact=access.partner_id.name)
        if was_confirmed:
            summary = env._(
                "%(contact)s has changed a confirmed shift", contact=access.partner_id.name
            )
        self._ask_staff(summary)
        self._mail_news("received", access)
        return "ok"

    def _cancel_now(self, access, revision, following):
        """Cancel this, unless it is too late or somebody was faster.

        :param access: the ``customer.access`` of the contact
        :param revision: the one that the contact has read
        :param bool following: the later ones that were ordered together, too
        :return: ``ok``, ``no`` or as ``_refusal``
        :rtype: str
        """
        orders = self | (self._following() if following else self.browse())
        orders = orders._locked()
        if self not in orders:
            return "no"
        if self.state == "cancelled":
            return "ok"
        if refusal := self._refusal(revision):
            return refusal
        cancelled = orders.filtered(lambda order: not order._refusal())
        cancelled._set_state("cancelled")
        self.env["customer.access.event"]._log("shift_cancelled", access, self.kind_id.name)
        env = access._staff_env()
        for order in cancelled[:1]:
            order._ask_staff(
                env._(
                    "%(contact)s has cancelled shifts: %(count)s",
                    contact=access.partner_id.name,
                    count=len(cancelled),
                )
            )
        cancelled._mail_news("cancelled", access)
        return "ok"

    def _following(self):
        """Return the later shifts that were ordered together with this one."""
        if not self.series:
            return self.browse()
        return self.search(
            [
                ("series", "=", self.series),
                ("project_id", "=", self.project_id.id),
                ("date_start", ">", self.date_start),
                ("state", "in", OPEN_STATES),
            ]
        )

    def _ask_staff(self, summary):
        """Give the person in charge an activity on this order, once.

        :param str summary: in the language of the person in charge
        """
        self.ensure_one()
        candidates = (
            self.project_id.user_id,
            self.access_id.person_in_charge_id,
            self.env.ref("base.user_admin"),
        )
        user = next(user for user in candidates if user and user.active)
        if any(activity.summary == summary for activity in self.activity_ids):
            return
        self.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=user.id)
