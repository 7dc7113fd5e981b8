from odoo import fields, models


class CustomerAccess(models.Model):
    """What a contact was sent and has opened: what the dialog shows to staff."""

    _inherit = "customer.access"

    recipient_ids = fields.One2many(
        "customer.publication.recipient", "access_id", readonly=True, groups=fields.NO_ACCESS
    )

    def _recipient_rows(self, publications):
        """Return what became of these publications with the contact.

        :param publications: ``customer.publication`` records
        :return: ``customer.publication.recipient`` records, with ``sudo``
        """
        # sudo: whoever may send to a contact may know what the contact was sent
        return self.sudo().recipient_ids.filtered(lambda row: row.publication_id in publications)

    def _last_sent_text(self, publications):
        """Say when any of these was last sent to the contact, by whom and with which subject.

        :rtype: str | bool
        """
        sent_sudo = self._recipient_rows(publications).filtered("sent_at")
        if not sent_sudo:
            return False
        last_sudo = sent_sudo.sorted("sent_at")[-1]
        words = {"date": self._day(last_sudo.sent_at), "user": last_sudo.sent_by_id.name or ""}
        if not last_sudo.sent_subject:
            return self.env._("%(date)s, %(user)s", **words)
        return self.env._(
            "%(date)s, %(user)s: “%(subject)s”", subject=last_sudo.sent_subject, **words
        )

    def _has_opened(self, publications):
        """Say whether the contact has opened all of these.

        :rtype: bool
        """
        return len(self._recipient_rows(publications).filtered("opened_at")) == len(publications)

    def _can_confirm(self):
        """Say whether the contact can show more than its link: a code, or a password.

        :rtype: bool
        """
        return bool(self.code_number) or self.partner_id.sudo()._customer_has_password()
