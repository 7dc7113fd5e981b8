from typing import NamedTuple

import vobject
from pytz import utc

from odoo import fields, models


class CalendarFile(NamedTuple):
    """A file that a mail about shifts takes along.

    It lives in a context; as a class of its own, for contexts from outside are JSON.
    """

    name: str
    content: bytes


class CustomerShiftOrder(models.Model):
    """Shifts as files for a calendar (RFC 5545, RFC 5546).

    UID stays and SEQUENCE grows, so that a calendar finds what it has and replaces it.
    Times are in UTC: no calendar has to know the rules of a time zone.
    """

    _inherit = "customer.shift.order"

    def _calendar(self):
        """Return these in one file for a calendar; who has them already gets them changed.

        :rtype: bytes
        """
        calendar = vobject.iCalendar()
        calendar.add("method").value = "PUBLISH"
        for order in self:
            order._add_event(calendar)
        return calendar.serialize().encode()

    def _calendar_cancelled(self):
        """Return the file that takes this out of a calendar.

        :rtype: bytes
        """
        self.ensure_one()  # RFC 5546: a CANCEL is about one UID
        calendar = vobject.iCalendar()
        calendar.add("method").value = "CANCEL"
        self._add_event(calendar)
        return calendar.serialize().encode()

    def _calendar_status(self):
        return {"requested": "TENTATIVE", "confirmed": "CONFIRMED"}.get(self.state, "CANCELLED")

    def _add_event(self, calendar):
        """Add this shift to a file."""
        event = calendar.add("vevent")
        event.add("uid").value = self.uid
        event.add("sequence").value = str(self.revision)
        event.add("dtstamp").value = fields.Datetime.now().replace(tzinfo=utc)
        event.add("dtstart").value = self.date_start.replace(tzinfo=utc)
        event.add("dtend").value = self.date_end.replace(tzinfo=utc)
        event.add("status").value = self._calendar_status()
        event.add("summary").value = self.env._(
            "Shift: %(kind)s, people: %(count)s", kind=self.kind_id.name, count=self.people
        )
        if self.place:
            event.add("location").value = self.place
        if self.note:
            event.add("description").value = self.note
        partners = self.company_id.partner_id, self.project_id.user_id.partner_id
        organizer = next(filter(None, (one.email_normalized for one in partners)), None)
        if organizer:
            event.add("organizer").value = f"mailto:{organizer}"

    def _calendar_changes(self):
        """Return which of these go into the customer's calendar, and which leave it.

        :rtype: tuple
        """
        shown = self.filtered(
            lambda order: (
                order.state == "confirmed" or (order.state == "requested" and order.in_calendar)
            )
        )
        return shown, (self - shown).filtered("in_calendar")

    def _calendar_files(self, gone):
        """Return what a mail takes along.

        :param gone: the orders that leave the calendar
        :rtype: tuple[CalendarFile]
        """
        files = [CalendarFile("shifts.ics", self._calendar())] if self else []
        files += [
            CalendarFile(f"cancelled-{number}.ics", order._calendar_cancelled())
            for number, order in enumerate(gone, 1)
        ]
        return tuple(files)
