from odoo import models


class CustomerAccess(models.Model):
    """What the contact did is told to staff, the same way everywhere."""

    _inherit = "customer.access"

    def _report_first_visit(self):
        """Notify the person in charge that the contact has come in for the first time.

        The log has it already.
        """
        self.ensure_one()
        text = self._staff_env()._(
            "%(contact)s has opened the page for the first time.", contact=self.partner_id.name
        )
        self._tell_team(text, notify=True)

    def _report(self, kind, text, activity=None, notify=False, reason=None, facts=None):
        """Tell staff what the contact did here: log and chatter, and more if wished.

        :param str kind: the kind of line for the log
        :param str text: a sentence for the chatter, plain or ``Markup``
        :param str activity: the summary of an activity for the person in charge, who has
            it once until it is done
        :param bool notify: the person in charge gets a notification in Discuss, too
        :param str reason: a code or a short text for the log; never a secret
        :param dict facts: what a later step looks up in the log
        """
        self.ensure_one()
        if self.env.context.get("customer_preview"):
            return
        self.env["customer.access.event"]._log(kind, self, reason, facts=facts)
        self._tell_team(text, activity, notify)

    def _tell_team(self, text, activity=None, notify=False):
        """Write what the contact did into the chatter, and more if wished, as ``_report``."""
        access_sudo = self.sudo()  # contacts have no rights on chatter and activities
        author = access_sudo.partner_id
        target_sudo = access_sudo._target()
        in_charge = access_sudo.person_in_charge_id.partner_id
        if notify and in_charge:
            target_sudo.message_notify(
                partner_ids=in_charge.ids, body=text, subject=target_sudo.name, author_id=author.id
            )
        target_sudo._message_log(body=text, author_id=author.id)
        if activity:
            access_sudo._tell(None, activity)
