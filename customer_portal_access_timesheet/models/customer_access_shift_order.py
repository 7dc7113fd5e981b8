import uuid
from datetime import timedelta

from odoo import SUPERUSER_ID, fields, models

from odoo.addons.customer_portal_access.utils import (
    MESSAGE_LENGTH,
    NAME_LENGTH,
    own_transaction,
    strip_invisible,
)

from ..utils import NoSuchTime, in_zone, read_day, read_time, to_utc
from .customer_shift_order import PEOPLE_MAXIMUM

SHIFT_FORM = ("work", "date", "time_from", "time_to", "repeat", "until", "people", "place", "note")
REPEATS_MAXIMUM = 52
DAYS_AHEAD = 730


class CustomerAccess(models.Model):
    """A contact orders shifts, changes and cancels them."""

    _inherit = "customer.access"

    # ------------------------------------------------------------
    # VERBS
    # ------------------------------------------------------------

    def _order_shifts(self, typed, form_id, zone, assurance="code"):
        """Order what the contact has typed in; the same form sent twice is one order.

        :param dict typed: the keys of ``SHIFT_FORM``, as text
        :param str form_id: tells one form from the next
        :param str zone: the time zone that the contact reads and types times in
        :param str assurance: the level the visitor has reached
        :return: ``status`` (``ok``, ``no`` or ``error``) and ``errors``, a sentence a field
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_order_shifts(assurance) or self.env.context.get("customer_preview"):
            return {"status": "no", "errors": {}}
        values, spans, errors = self._read_shift_form(typed, zone)
        if errors:
            return {"status": "error", "errors": errors}
        if self.env["customer.quota"]._take("shift_order", self.id):
            text = self.env._("That was very often. Please wait an hour.")
            return {"status": "error", "errors": {"form": text}}
        self._send_form(form_id, lambda access: access._make_shifts(values, spans))
        return {"status": "ok", "errors": {}}

    def _change_shift(self, order, typed, revision, form_id, zone, assurance="code"):
        """Change what was ordered; the same form sent twice is one change.

        :param order: one of ``_shifts``
        :param dict typed: as ``_order_shifts``
        :param revision: the one that the contact has read
        :param str form_id: tells one form from the next
        :param str zone: the time zone that the contact reads and types times in
        :param str assurance: the level the visitor has reached
        :return: ``status`` (``ok``, ``no``, ``error``, ``closed``, ``late`` or ``changed``)
            and ``errors``, a sentence a field
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_change_shifts(assurance) or self.env.context.get("customer_preview"):
            return {"status": "no", "errors": {}}
        values, spans, errors = self._read_shift_form({**typed, "repeat": ""}, zone, order.kind_id)
        if errors:
            return {"status": "error", "errors": errors}
        if self.env["customer.quota"]._take("shift_change", self.id):
            text = self.env._("That was very often. Please wait an hour.")
            return {"status": "error", "errors": {"form": text}}
        [(start, end)] = spans
        values = {**values, "date_start": start, "date_end": end}

        def change(access):
            status = order.with_env(access.env)._change_now(access, values, revision)
            return [] if status == "ok" else [status]

        refused = self._send_form(form_id, change)
        order.invalidate_recordset()
        return {"status": refused[0] if refused else "ok", "errors": {}}

    def _cancel_shift(self, order, revision, following=False, assurance="code"):
        """Cancel an order; done twice it is done.

        :param order: one of ``_shifts``
        :param revision: the one that the contact has read
        :param bool following: the later ones that were ordered together, too
        :param str assurance: the level the visitor has reached
        :return: a status, as ``_change_shift``
        :rtype: str
        """
        self.ensure_one()
        if not self._may_change_shifts(assurance) or self.env.context.get("customer_preview"):
            return "no"
        # on its own: whoever is faster, staff or a colleague, there is one outcome
        with own_transaction(self.env) as env:
            status = order.with_env(env)._cancel_now(self.with_env(env), revision, following)
        order.invalidate_recordset()
        return status

    # ------------------------------------------------------------
    # WHAT WAS TYPED
    # ------------------------------------------------------------

    def _read_shift_form(self, typed, zone, kept_kind=None):
        """Read what a contact has typed in.

        :param dict typed: as ``_order_shifts``
        :param str zone: on whose clock it is
        :param kept_kind: of the order that is changed; it may be offered no longer
        :return: values of an order, its spans in UTC, and a sentence a field that is wrong
        :rtype: tuple[dict, list, dict]
        """
        errors = {}
        kinds = self._shift_kinds() | (kept_kind or self.env["customer.shift.kind"].sudo())
        wanted = typed.get("work") or ""
        kind = kinds.filtered(lambda kind: str(kind.id) == wanted)
        if not kind:
            errors["work"] = self.env._("Please choose what kind of work it is.")
        spans = self._read_spans(typed, zone, errors)
        people = typed.get("people") or ""
        count = int(people) if people.isascii() and people.isdecimal() and len(people) < 5 else 0
        if not 1 <= count <= PEOPLE_MAXIMUM:
            errors["people"] = self.env._(
                "Please enter a number from 1 to %(maximum)s.", maximum=PEOPLE_MAXIMUM
            )
        place = strip_invisible(typed.get("place") or "")
        note = (typed.get("note") or "").replace("\0", "").strip()
        for name, text, length in (("place", place, NAME_LENGTH), ("note", note, MESSAGE_LENGTH)):
            if len(text) > length:
                errors[name] = self.env._(
                    "This is too long: please keep it below %(count)s characters.", count=length
                )
        values = {
            "kind_id": kind.id,
            "people": count,
            "place": place or False,
            "note": note or False,
            "tz": zone,
        }
        return values, spans, errors

    def _typed_shift(self, order, zone):
        """Return an order as it would be typed in, to change it.

        :param order: one of ``_shifts``
        :param str zone: on whose clock
        :rtype: dict
        """
        start, end = in_zone(order.date_start, zone), in_zone(order.date_end, zone)
        return {
            "work": str(order.kind_id.id),
            "date": f"{start:%Y-%m-%d}",
            "time_from": f"{start:%H:%M}",
            "time_to": f"{end:%H:%M}",
            "people": str(order.people),
            "place": order.place or "",
            "note": order.note or "",
        }

    def _shift_choices(self, order=None):
        """Return the kinds of work to choose from, also the one of an order that is changed.

        :rtype: list[dict]
        """
        kinds = self._shift_kinds() | (order or self.env["customer.shift.order"].sudo()).kind_id
        return [{"id": str(kind.id), "name": kind.name} for kind in kinds]

    def _read_spans(self, typed, zone, errors):
        """Read when the shifts are.

        :param dict errors: takes a sentence a field that is wrong
        :return: start and end of each in UTC
        :rtype: list[tuple]
        """
        day = read_day(typed.get("date"))
        begins, ends = read_time(typed.get("time_from")), read_time(typed.get("time_to"))
        if not day:
            errors["date"] = self.env._("Please enter the day.")
        if not begins:
            errors["time_from"] = self.env._("Please enter when it begins, such as 07:30.")
        if not ends:
            errors["time_to"] = self.env._("Please enter when it ends, such as 15:30.")
        elif begins == ends:
            errors["time_to"] = self.env._("It must end at another time than it begins.")
        days = self._read_days(day, typed, errors) if day else []
        if errors.keys() & {"date", "until", "time_from", "time_to"}:
            return []
        spans = []
        for day in days:
            try:
                start = to_utc(day, begins, zone)
            except NoSuchTime:
                errors["time_from"] = self._no_such_time(day)
                return []
            try:
                end = to_utc(day + timedelta(days=ends <= begins), ends, zone)
            except NoSuchTime:
                errors["time_to"] = self._no_such_time(day)
                return []
            spans.append((start, end))
        return self._check_spans(spans, errors)

    def _read_days(self, day, typed, errors):
        """Return the day, and the same one of each week after it that was asked for.

        :rtype: list[date]
        """
        if not typed.get("repeat"):
            return [day]
        until = read_day(typed.get("until"))
        if not until:
            errors["until"] = self.env._("Please enter the last day.")
        elif until < day:
            errors["until"] = self.env._("The last day cannot be before the first one.")
        elif (until - day).days // 7 >= REPEATS_MAXIMUM:
            errors["until"] = self.env._(
                "These are more than %(count)s weeks. Please choose an earlier day.",
                count=REPEATS_MAXIMUM,
            )
        else:
            return [day + timedelta(weeks=week) for week in range((until - day).days // 7 + 1)]
        return []

    def _check_spans(self, spans, errors):
        """Refuse what is over already, is too far off, or ends before it begins."""
        now = fields.Datetime.now()
        if spans[0][0] <= now:
            errors["date"] = self.env._("This is in the past. Please choose a later time.")
        elif spans[-1][0] > now + timedelta(days=DAYS_AHEAD):
            errors["date"] = self.env._("This is too far ahead. Please choose an earlier day.")
        elif any(start >= end for start, end in spans):  # the hour that comes twice
            errors["time_to"] = self.env._("It must end after it begins.")
        return [] if errors.keys() & {"date", "time_to"} else spans

    def _no_such_time(self, day):
        order = self.env["customer.shift.order"]
        return self.env._(
            "There is no such time on %(day)s: the clocks are put forward.",
            day=order._day(fields.Datetime.to_datetime(day)),
        )

    # ------------------------------------------------------------
    # ORDERED
    # ------------------------------------------------------------

    def _make_shifts(self, values, spans):
        """Make the orders, tell the person in charge, and confirm by mail.

        :param dict values: what all of them say
        :param list spans: start and end of each
        :return: nothing that was refused
        :rtype: list
        """
        # as for requests: the person in charge follows them, and the contact does not
        maker = self.person_in_charge_id.filtered("active").id or SUPERUSER_ID
        common = {
            **values,
            "project_id": self._target().id,
            "company_id": self.company_id.id,
            "access_id": self.id,
            "ordered_by": self.partner_id.name,
            "series": str(uuid.uuid4()) if len(spans) > 1 else False,
        }
        orders = (
            self.env["customer.shift.order"]
            .with_user(maker)
            .sudo()  # the contact has no rights on orders
            .create([{**common, "date_start": start, "date_end": end} for start, end in spans])
            .with_env(self.env)
        )
        kind = orders[:1].kind_id.name
        self.env["customer.access.event"]._log("shift_ordered", self, f"{kind}: {len(orders)}")
        orders[:1]._ask_staff(
            self._staff_env()._(
                "%(contact)s orders shifts: %(count)s",
                contact=self.partner_id.name,
                count=len(orders),
            )
        )
        orders._mail_news("received", self)
        return []
