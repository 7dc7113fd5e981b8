from odoo import http
from odoo.http import request

from ..utils import CODE_MINUTES
from .page import enter, find_access, private_page, render_page, workspace_route
from .workspace import CustomerWorkspace


class CustomerContact(CustomerWorkspace):
    """One's own e-mail address and number for codes, which nobody else may change."""

    @workspace_route("/me", methods=["GET"])
    def customer_me(self, access_id, kind=None, target_id=None, status=None, **_kwargs):
        """Show address and number, and where a change stands.

        :param status: what the last POST answered; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        return self._render_me(access_sudo, assurance, status=status)

    @workspace_route("/me/number", methods=["POST"])
    def customer_me_number(
        self, access_id, kind=None, target_id=None, action="code", number="", code="", **_kwargs
    ):
        """Take a step in changing the number: begin, send a code, check it, or give up."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        typed = number if action == "begin" else code
        result = access_sudo._contact_number(assurance, action, typed)
        return self._answer_me(access_sudo, assurance, result, "number", number)

    @workspace_route("/me/email", methods=["POST"])
    def customer_me_email(
        self, access_id, kind=None, target_id=None, action="ask", email="", **_kwargs
    ):
        """Ask for another address, or call that back."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        result = access_sudo._contact_email(assurance, action, email)
        return self._answer_me(access_sudo, assurance, result, "email", email)

    def _answer_me(self, access_sudo, assurance, result, field, typed):
        """Return to the page by GET, or show what was typed and what is wrong with it."""
        if error := result.get("error"):
            return self._render_me(
                access_sudo, assurance, errors={field: error}, typed={field: typed}
            )
        query = {"status": result["status"]}
        return request.redirect_query(f"{access_sudo._path()}/me", query)

    def _render_me(self, access_sudo, assurance, **values):
        """Render the page, or the way to confirm who one is."""
        page = access_sudo._contact_page(assurance)
        if page is None:
            return self._render_waiting(access_sudo, assurance, section="me")
        return request.render(
            "customer_portal_access.portal_me",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                **page,
                "minutes": CODE_MINUTES,
                "status": None,
                "errors": {},
                "typed": {},
                **values,
            },
        )


class CustomerEmail(http.Controller):
    """The link that proves a new e-mail address."""

    @http.route(
        "/customer/email/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    @private_page
    def email(self, token, **_kwargs):
        """Show what the link does; mail scanners come here, so it changes nothing."""
        change_sudo = request.env["customer.email.change"].sudo()._peek(token)
        return render_page(
            "portal_email",
            {"token": token, "state": "open" if change_sudo else "refused", "change": change_sudo},
            lang=change_sudo.partner_id.lang or request.cookies.get("frontend_lang"),
            company=change_sudo.access_id.company_id,
            status=200 if change_sudo else 410,
        )

    @http.route(
        "/customer/email/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    @private_page
    def email_confirm(self, token, **_kwargs):
        """Take the new address, and leave for a URL without the token."""
        Change = request.env["customer.email.change"].sudo()
        change_sudo = Change._peek(token)
        return enter(f"/customer/email?status={Change._confirm(token)}", change_sudo.partner_id)

    @http.route("/customer/email", type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def email_told(self, status=None, **_kwargs):
        """Say what became of the new address.

        :param status: what the POST answered; only chooses a sentence
        """
        return render_page(
            "portal_email",
            {"state": status, "change": None},
            lang=request.cookies.get("frontend_lang"),
        )
