import phonenumbers

from odoo import models
from odoo.exceptions import UserError


class CustomerAccess(models.Model):
    """What a contact is known by: the own e-mail address and number for codes."""

    _inherit = "customer.access"

    def _may_see_contact(self, assurance):
        """Say whether the visitor may see and change the own address and number."""
        return assurance != "link" and self._check(None, assurance)

    def _contact_page(self, assurance):
        """Return what the page of one's own address and number shows.

        :param str assurance: the level the visitor has reached
        :return: plain values, or ``None`` when it is not for this visitor
        :rtype: dict | None
        """
        self.ensure_one()
        if not self._may_see_contact(assurance):
            return None
        access_sudo = self.sudo()  # contacts have no rights on what is shown here
        preview = bool(self.env.context.get("customer_preview"))
        change = access_sudo.env["customer.number.change"]
        if not preview:
            change = change._resume(access_sudo)
        pending = access_sudo.env["customer.email.change"]._pending(access_sudo.partner_id)
        return {
            "email": access_sudo.partner_id.email_normalized or access_sudo.partner_id.email,
            "email_pending": pending[:1].email,
            "number": access_sudo._customer_number_text(),
            "number_view": change._view() if change else None,
            "number_needs_account": not access_sudo.code_number and assurance != "account",
            "contact_read_only": preview,
        }

    def _customer_number_text(self):
        """Return the number for codes as people write it, ``""`` when there is none."""
        if not self.code_number:
            return ""
        return phonenumbers.format_number(
            phonenumbers.parse(self.code_number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )

    def _may_change_contact(self, assurance):
        return self._may_see_contact(assurance) and not self.env.context.get("customer_preview")

    def _contact_number(self, assurance, action, typed):
        """Take a step in changing the own number for codes.

        :param str assurance: the level the visitor has reached
        :param str action: ``begin`` (with the number), ``send``, ``code`` (with the code)
            or ``cancel``
        :param str typed: what was typed in
        :return: ``status`` (a code for the page) and ``error`` (a sentence for the contact)
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_change_contact(assurance):
            return {"status": "refused"}
        access_sudo = self.sudo()  # contacts have no rights on what they change here
        Change = access_sudo.env["customer.number.change"]
        if action == "begin":
            try:
                Change._begin(access_sudo, typed, assurance)
            except UserError as error:
                return {"status": "error", "error": error.args[0]}
            return {"status": "begun"}
        change = Change._resume(access_sudo)
        if not change:
            return {"status": "stale"}
        if action == "cancel":
            change.unlink()
            return {"status": "cancelled"}
        return {"status": change._send() if action == "send" else change._try(typed)}

    def _contact_email(self, assurance, action, typed):
        """Ask for another e-mail address, or call that back.

        :param str assurance: the level the visitor has reached
        :param str action: ``ask`` (with the address) or ``cancel``
        :param str typed: what was typed in
        :return: as ``_contact_number``
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_change_contact(assurance):
            return {"status": "refused"}
        access_sudo = self.sudo()  # contacts have no rights on what they change here
        Change = access_sudo.env["customer.email.change"]
        if action == "cancel":
            Change._pending(access_sudo.partner_id)._cancel()
            return {"status": "email_cancelled"}
        try:
            Change._ask(access_sudo, typed)
        except UserError as error:
            return {"status": "error", "error": error.args[0]}
        return {"status": "email_asked"}
