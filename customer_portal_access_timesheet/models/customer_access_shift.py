from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.customer_portal_access.utils import find_page

# All that a page for customers reads of a shift. Nothing may be added without a thought.
SHIFT_FIELDS = (
    "kind_id",
    "date_start",
    "date_end",
    "tz",
    "people",
    "place",
    "note",
    "state",
    "changed_by",
    "decline_reason",
    "ordered_by",
    "access_id",
    "series",
    "revision",
    "employee_ids",
)
SHIFTS_ON_WORKSPACE = 5
SHIFTS_A_PAGE = 20


class CustomerAccess(models.Model):
    """The shifts of a project, for contacts who order them."""

    _inherit = "customer.access"

    def _may_see_shifts(self, assurance):
        """Say whether the visitor sees the shifts of this workspace.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return self._is_project() and self._check("order_shifts", assurance)

    def _may_order_shifts(self, assurance):
        """Say whether the visitor may order shifts here.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return (
            self._may_see_shifts(assurance)
            and not self._is_read_only()
            and bool(self._shift_kinds())
        )

    def _may_change_shifts(self, assurance):
        """Say whether the visitor may change and cancel what was ordered here.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return self._may_see_shifts(assurance) and not self._is_read_only()

    def _shifts_wait(self, assurance):
        """Say whether there is something to see or do after confirming who one is."""
        return (
            not self._may_see_shifts(assurance)
            and self._may_see_shifts("account")
            and (self._may_order_shifts("account") or bool(self._shifts("account", limit=1)))
        )

    def _shift_kinds(self):
        """Return the kinds of work that may be ordered here, with ``sudo``."""
        access_sudo = self.sudo()  # contacts have no rights on what is shown here
        return access_sudo._target()._customer_shift_kinds(access_sudo.company_id)

    def _shift_domain(self):
        """Return the domain of the shifts of this workspace."""
        return Domain("project_id", "=", self._target().id) & Domain(
            "company_id", "=", self.company_id.id
        )

    def _shifts(self, assurance, domain=Domain.TRUE, order=None, limit=None, offset=0):
        """Return the shifts that the visitor sees: all of the workspace.

        :param str assurance: the level the visitor has reached
        :param domain: what of them
        :return: ``customer.shift.order`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # as in _shift_kinds
        Order = access_sudo.env["customer.shift.order"]
        if not access_sudo._may_see_shifts(assurance):
            return Order
        return Order.search_fetch(
            access_sudo._shift_domain() & domain,
            SHIFT_FIELDS,
            order=order,
            limit=limit,
            offset=offset,
        )

    def _shift(self, order_id, assurance):
        """Return one shift, or none when the visitor may not see it.

        :param int order_id: from the URL
        :param str assurance: the level the visitor has reached
        """
        if order_id >= 2**31:  # PostgreSQL refuses to compare it
            return self.sudo().env["customer.shift.order"]
        return self._shifts(assurance, Domain("id", "=", order_id))

    def _shift_values(self, order, assurance="account"):
        """Return what a page shows of a shift.

        :param order: one of ``_shifts``
        :param str assurance: the level the visitor has reached
        :return: plain values, made of ``SHIFT_FIELDS`` only
        :rtype: dict
        """
        facts = {name: order[name] for name in SHIFT_FIELDS}
        refusal = order._refusal()
        may_here = self._may_change_shifts(assurance)
        may = may_here and not refusal
        shows_names = facts["state"] == "confirmed" and order.project_id.customer_shift_names
        return {
            "id": order.id,
            "path": f"{self._path()}/shift/{order.id}",
            "title": facts["kind_id"].name,
            "when": order._when(),
            "start": facts["date_start"],
            "zone": facts["tz"],
            "people": facts["people"],
            "place": facts["place"] or "",
            "note": facts["note"] or "",
            "state": facts["state"],
            "changed": facts["changed_by"] or "",
            "reason": facts["decline_reason"] or "",
            "names": facts["employee_ids"].mapped("name") if shows_names else [],
            "mine": facts["access_id"] == self,
            "ordered_by": facts["ordered_by"] or "",
            "may_change": may,
            "late": may_here and refusal == "late" and order.date_end > fields.Datetime.now(),
            "deadline": order._deadline(),
            "repeats": bool(may and facts["series"] and order._following()),
            "revision": facts["revision"],
            "has_file": facts["state"] in ("requested", "confirmed"),
        }

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def _workspace_page_values(self, assurance):
        values = {"shifts": None, **super()._workspace_page_values(assurance)}
        if not self._may_see_shifts(assurance):
            return {**values, "shifts_wait": self._shifts_wait(assurance)}
        may_order = self._may_order_shifts(assurance)
        coming = self._shifts(assurance, self._coming(), limit=SHIFTS_ON_WORKSPACE)
        if not may_order and not coming and not self._shifts(assurance, limit=1):
            return values  # where nobody orders shifts, nothing is said of them
        return {
            **values,
            "shifts": [self._shift_values(order, assurance) for order in coming],
            "shifts_may_order": may_order,
        }

    def _coming(self):
        return Domain("date_end", ">", fields.Datetime.now())

    def _shift_page(self, assurance, show=None, page=None):
        """Return what the list of shifts shows.

        :param str assurance: the level the visitor has reached
        :param show: ``coming`` or ``past``
        :param page: from 1
        :return: plain values, or ``None`` when it is not for this visitor
        :rtype: dict | None
        """
        self.ensure_one()
        if not self._may_see_shifts(assurance):
            return None
        show = show if show in ("coming", "past") else "coming"
        domain = self._coming() if show == "coming" else ~self._coming()
        access_sudo = self.sudo()  # as in _shift_kinds
        count = access_sudo.env["customer.shift.order"].search_count(
            access_sudo._shift_domain() & domain
        )
        number, pages = find_page(page, count, SHIFTS_A_PAGE)
        orders = self._shifts(
            assurance,
            domain,
            order="date_start, id" if show == "coming" else "date_start desc, id desc",
            limit=SHIFTS_A_PAGE,
            offset=(number - 1) * SHIFTS_A_PAGE,
        )
        return {
            "shifts": [self._shift_values(order, assurance) for order in orders],
            "shifts_count": count,
            "shifts_may_order": self._may_order_shifts(assurance),
            "show": show,
            "page_number": number,
            "pages": pages,
        }

    def _section_path(self, section):
        kind, _dash, number = (section or "").partition("-")
        if kind == "shift" and number.isdecimal() and len(number) < 10:
            return self._shift_end(int(number))
        if section == "shifts" and self._may_see_shifts("account"):
            return "/shifts"
        if section == "shift_order" and self._may_order_shifts("account"):
            return "/shifts/order"
        return super()._section_path(section)

    def _shift_end(self, order_id):
        """Return the end of the path to a shift, ``""`` when it is not there."""
        if self._is_project():
            return f"/shift/{order_id}" if self._shift(order_id, "account") else ""
        # sudo: contacts have no rights; what is open to this one says _open_workspace
        project = self.env["customer.shift.order"].sudo().browse(order_id).exists().project_id
        here = self._open_workspace("project", project.id, "account")
        if here == self and here._shift(order_id, "account"):
            return f"{here._path().removeprefix(self._path())}/shift/{order_id}"
        return ""  # not there, or there by an access of its own
