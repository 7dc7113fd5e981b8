import secrets

from werkzeug.exceptions import NotFound

from odoo.http import content_disposition, request

from odoo.addons.customer_portal_access.controllers.page import (
    find_access,
    time_zone,
    workspace_route,
)
from odoo.addons.customer_portal_access.controllers.workspace import CustomerWorkspace

from ..models.customer_access_shift_order import SHIFT_FORM


class CustomerShifts(CustomerWorkspace):
    """The shifts of a project: list, page, ordering, changing, cancelling."""

    @workspace_route("/shifts", methods=["GET"])
    def customer_shifts(
        self,
        access_id,
        kind=None,
        target_id=None,
        show=None,
        page=None,
        told=None,
        **_kwargs,
    ):
        """List shifts.

        :param show: ``coming`` or ``past``
        :param page: from 1
        :param told: what became of an order; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        values = access_sudo._shift_page(assurance, show, page)
        if values is None:
            return self._wait_or_leave(access_sudo, assurance, "shifts")
        access_sudo._seen()
        return self._render_shifts("portal_shifts", access_sudo, assurance, told=told, **values)

    @workspace_route("/shifts/order", methods=["GET"])
    def customer_shift_form(self, access_id, kind=None, target_id=None, **_kwargs):
        """Show the form of an order."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        if not access_sudo._may_order_shifts(assurance):
            return self._wait_or_leave(access_sudo, assurance, "shift_order")
        return self._render_form(access_sudo, assurance)

    @workspace_route("/shifts/order", methods=["POST"])
    def customer_shift_order(self, access_id, kind=None, target_id=None, form_id="", **post):
        """Order shifts; the same form sent twice is one order."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        typed = self._typed(post)
        result = access_sudo._order_shifts(typed, form_id, time_zone(access_sudo), assurance)
        if result["status"] == "no":
            raise NotFound()
        if result["status"] == "error":
            return self._render_form(
                access_sudo, assurance, typed=typed, errors=result["errors"], form_id=form_id
            )
        return request.redirect(f"{access_sudo._path()}/shifts?told=ordered")

    @workspace_route("/shift/<int:order_id>", methods=["GET"])
    def customer_shift(self, access_id, order_id, kind=None, target_id=None, told=None, **_kwargs):
        """Show one shift.

        :param told: what became of the last form; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = access_sudo._shift(order_id, assurance)
        if not order_sudo:
            self._need_shift(access_sudo, order_id, "account")
            return self._render_waiting(access_sudo, assurance, section=f"shift-{order_id}")
        access_sudo._seen()
        return self._render_shift(access_sudo, assurance, order_sudo, told=told)

    @workspace_route("/shift/<int:order_id>/change", methods=["GET"])
    def customer_shift_change_form(self, access_id, order_id, kind=None, target_id=None, **_kwargs):
        """Show the form that changes a shift."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = self._need_shift(access_sudo, order_id, assurance)
        if not access_sudo._shift_values(order_sudo, assurance)["may_change"]:
            return request.redirect(f"{access_sudo._path()}/shift/{order_id}?told=closed")
        return self._render_form(
            access_sudo,
            assurance,
            order_sudo,
            typed=access_sudo._typed_shift(order_sudo, time_zone(access_sudo)),
        )

    @workspace_route("/shift/<int:order_id>/change", methods=["POST"])
    def customer_shift_change(
        self,
        access_id,
        order_id,
        kind=None,
        target_id=None,
        form_id="",
        revision="",
        **post,
    ):
        """Change a shift; the same form sent twice is one change."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = self._need_shift(access_sudo, order_id, assurance)
        typed = self._typed(post)
        result = access_sudo._change_shift(
            order_sudo, typed, revision, form_id, time_zone(access_sudo), assurance
        )
        if result["status"] == "no":
            raise NotFound()
        if result["status"] in ("error", "changed"):
            return self._render_form(
                access_sudo,
                assurance,
                order_sudo,
                typed=typed,
                errors=result["errors"],
                told=result["status"],
                form_id=form_id,
            )
        told = "changed" if result["status"] == "ok" else result["status"]
        return request.redirect(f"{access_sudo._path()}/shift/{order_id}?told={told}")

    @workspace_route("/shift/<int:order_id>/cancel", methods=["GET"])
    def customer_shift_cancel_form(
        self, access_id, order_id, kind=None, target_id=None, told=None, **_kwargs
    ):
        """Ask whether a shift is to be cancelled.

        :param told: why it was not; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = self._need_shift(access_sudo, order_id, assurance)
        shift = access_sudo._shift_values(order_sudo, assurance)
        if not shift["may_change"]:
            return request.redirect(f"{shift['path']}?told=closed")
        return self._render_shifts(
            "portal_shift_cancel", access_sudo, assurance, shift=shift, told=told
        )

    @workspace_route("/shift/<int:order_id>/cancel", methods=["POST"])
    def customer_shift_cancel(
        self,
        access_id,
        order_id,
        kind=None,
        target_id=None,
        revision="",
        following="",
        **_kwargs,
    ):
        """Cancel a shift; done twice it is done."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = self._need_shift(access_sudo, order_id, assurance)
        status = access_sudo._cancel_shift(order_sudo, revision, following == "1", assurance)
        if status == "no":
            raise NotFound()
        path = f"{access_sudo._path()}/shift/{order_id}"
        if status == "changed":
            return request.redirect(f"{path}/cancel?told=changed")
        return request.redirect(f"{path}?told={'cancelled' if status == 'ok' else status}")

    @workspace_route("/shift/<int:order_id>/calendar", methods=["GET"])
    def customer_shift_calendar(self, access_id, order_id, kind=None, target_id=None, **_kwargs):
        """Download a shift as a file for the calendar; never shown inline."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = self._need_shift(access_sudo, order_id, assurance)
        if not access_sudo._shift_values(order_sudo, assurance)["has_file"]:
            raise NotFound()
        return request.make_response(
            order_sudo._calendar(),
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", content_disposition("shift.ics")),
                ("Content-Security-Policy", "default-src 'none'"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    def _typed(self, post):
        return {name: post.get(name, "") for name in SHIFT_FORM}

    def _need_shift(self, access_sudo, order_id, assurance):
        """Return a shift that the visitor may see.

        :raises NotFound: whether it does not exist or is not shown to this visitor
        """
        order_sudo = access_sudo._shift(order_id, assurance)
        if not order_sudo:
            raise NotFound()
        return order_sudo

    def _wait_or_leave(self, access_sudo, assurance, section):
        """Lead to the code whoever sees it then, anybody else to the workspace."""
        if access_sudo._shifts_wait(assurance):
            return self._render_waiting(access_sudo, assurance, section=section)
        return request.redirect(access_sudo._path())

    def _render_shifts(self, template, access_sudo, assurance, **values):
        """Render a page about shifts, with what all of them need."""
        return request.render(
            f"customer_portal_access_timesheet.{template}",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                "form_id": secrets.token_hex(8),
                "time_zone": time_zone(access_sudo),
                "deadline_hours": access_sudo.company_id.customer_shift_deadline,
                **values,
            },
        )

    def _render_shift(self, access_sudo, assurance, order_sudo, **values):
        return self._render_shifts(
            "portal_shift",
            access_sudo,
            assurance,
            shift=access_sudo._shift_values(order_sudo, assurance),
            **values,
        )

    def _render_form(self, access_sudo, assurance, order_sudo=None, form_id=None, **values):
        """Render the form of an order, a new one or one that is changed.

        :param form_id: of the form that was sent and is shown again
        """
        return self._render_shifts(
            "portal_shift_form",
            access_sudo,
            assurance,
            shift=order_sudo and access_sudo._shift_values(order_sudo, assurance),
            kinds=access_sudo._shift_choices(order_sudo),
            form_id=form_id or secrets.token_hex(8),
            **{"typed": {"people": "1"}, "errors": {}, "told": None, **values},
        )
