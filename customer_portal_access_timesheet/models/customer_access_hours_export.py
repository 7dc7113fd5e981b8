from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from .customer_access_hours import read_week


class CustomerAccess(models.Model):
    """The approved hours of a week as a file for the contact."""

    _inherit = "customer.access"

    def _hours_file(self, assurance, week, extension):
        """Return the approved hours of a week as a file.

        :param str assurance: the level the visitor has reached
        :param week: from the address, ``2026-W47``
        :param str extension: ``pdf`` or ``xlsx``
        :return: name and content; ``None`` when there is none for this visitor
        :rtype: tuple[str, bytes] | None
        """
        self.ensure_one()
        monday = read_week(week)
        if not monday:
            return None
        lines_sudo = self._hours(
            assurance,
            Domain("date", ">=", monday)
            & Domain("date", "<=", monday + timedelta(days=6))
            & Domain("customer_state", "=", "approved"),
        )
        partner = self.sudo().partner_id
        lines_sudo = lines_sudo.with_context(lang=self._invitation_lang(), tz=partner.tz)
        return lines_sudo._customer_file(extension)
