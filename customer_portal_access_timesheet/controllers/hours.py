from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.customer_portal_access.controllers.export import CONTENT_TYPES
from odoo.addons.customer_portal_access.controllers.page import (
    find_access,
    private_page,
    time_zone,
    workspace_route,
)
from odoo.addons.customer_portal_access.controllers.workspace import CustomerWorkspace

# What became of the lines of a form, counted in the address that follows it.
OUTCOMES = ("done", "changed", "decided", "gone")


class CustomerHours(CustomerWorkspace):
    """The hours of a project by week, for whoever approves them."""

    @workspace_route("/hours", methods=["GET"])
    def customer_hours(self, access_id, kind=None, target_id=None, week=None, told=None, **counts):
        """Show the hours of a week, or the way to confirm who one is first.

        :param week: ``2026-W47``; default: the oldest one that waits
        :param told: what the last form decided; only chooses sentences, as do the counts
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        access_sudo._seen()
        outcome = {
            name: int(counts[name])
            for name in OUTCOMES
            if (counts.get(name) or "").isdecimal() and len(counts[name]) < 5
        }
        return self._render_hours(access_sudo, assurance, week, told=told, outcome=outcome)

    @workspace_route("/hours", methods=["POST"])
    def customer_hours_decide(
        self,
        access_id,
        kind=None,
        target_id=None,
        week=None,
        person="",
        decision="",
        comment="",
        **_kwargs,
    ):
        """Approve hours or send them back; what is wrong keeps what was typed.

        :param person: whose hours the form shows; empty: everybody's
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        tokens = request.httprequest.form.getlist("line")
        result = access_sudo._decide_hours(assurance, decision, tokens, comment)
        if result["status"] == "no":
            raise NotFound()
        if result["status"] == "ok":
            query = {"week": week or "", "told": decision, **result["outcome"]}
            return request.redirect_query(f"{access_sudo._path()}/hours", query)
        return self._render_hours(
            access_sudo,
            assurance,
            week,
            errors=result["errors"],
            typed={"person": person, "comment": comment, "tokens": tokens, "decision": decision},
        )

    @workspace_route("/hours/<string:week>/<any(pdf,xlsx):extension>", methods=["GET"])
    def customer_hours_file(self, access_id, week, extension, kind=None, target_id=None, **_kwargs):
        """Download the approved hours of a week; never shown inline."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        return send_file(access_sudo._hours_file(assurance, week, extension), extension)

    @http.route("/customer/hours/xlsx", type="http", auth="user", methods=["GET"], sitemap=False)
    @private_page
    def customer_hours_staff_file(self, ids="", **_kwargs):
        """Download approved hours, for staff."""
        numbers = [int(number) for number in ids.split(",") if number.isdecimal()]
        lines = request.env["account.analytic.line"].browse(numbers).exists()
        return send_file(lines._customer_staff_file(), "xlsx")

    def _render_hours(self, access_sudo, assurance, week, **values):
        """Render the page of a week.

        :param values: what was decided or typed in, and what is wrong with it
        """
        page = access_sudo._hours_page(assurance, week)
        if page is None:
            if access_sudo._hours_wait(assurance):
                section = f"hours-{week}" if week else "hours"
                return self._render_waiting(access_sudo, assurance, section=section)
            raise NotFound()
        return request.render(
            "customer_portal_access_timesheet.portal_hours",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                "time_zone": time_zone(access_sudo),
                "errors": {},
                "typed": {},
                "outcome": {},
                "told": None,
                **page,
                **values,
            },
        )


def send_file(file, extension):
    """Answer with a file as attachment.

    :param file: name and content, or ``None``
    :raises NotFound: when there is none
    """
    if not file:
        raise NotFound()
    name, content = file
    return request.make_response(
        content,
        headers={
            "Content-Type": {"pdf": "application/pdf", **CONTENT_TYPES}[extension],
            "Content-Disposition": content_disposition(name),
            "Content-Security-Policy": "default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
