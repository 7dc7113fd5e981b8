from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.session import Session

from .page import private_page, render_page, speak

FIELDS = ("name", "email", "message")


class CustomerLeave(http.Controller):
    """Logging out of a link; and for whom it was not meant, asking for access."""

    @http.route("/customer/leave", type="http", auth="customer", methods=["POST"], sitemap=False)
    @private_page
    def leave(self, not_me=None, **_kwargs):
        """Close what a link opened here.

        :param not_me: the visitor says that the link is somebody else's
        """
        request.env["ir.http"]._customer_end(not_me=not_me == "1")
        return request.redirect("/customer/ask" if not_me == "1" else "/customer/left")

    @http.route("/customer/left", type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def left(self, **_kwargs):
        """Say goodbye and how to come back, and remember the browser no more.

        Odoo's own log-out leads here, which does not see by which links it is remembered.
        """
        link_sudo = request.env["ir.http"]._customer_left_link()
        request.env["ir.http"]._customer_forget(link_sudo.partner_id)
        return self._render("portal_left", link_sudo)

    @http.route("/customer/ask", type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def ask(self, sent=None, **_kwargs):
        """Offer to ask for access of one's own."""
        link_sudo = request.env["ir.http"]._customer_not_me_link()
        return self._render("portal_ask", link_sudo, sent=bool(sent))

    @http.route("/customer/ask", type="http", auth="public", methods=["POST"], sitemap=False)
    @private_page
    def ask_submit(self, website="", **post):
        """Ask staff for access; what is wrong is told at its field.

        :param website: a field that people do not see; programs fill it in
        """
        speak()
        link_sudo = request.env["ir.http"]._customer_not_me_link()
        typed = {field: post.get(field, "") for field in FIELDS}
        if link_sudo and not website:
            errors = link_sudo.access_id._ask_own_access(**typed)
            if errors:
                return self._render("portal_ask", link_sudo, errors=errors, typed=typed)
        return request.redirect("/customer/ask?sent=1")

    def _render(self, template, link_sudo, **values):
        access_sudo = link_sudo.access_id
        return render_page(
            template,
            {
                "workspace": access_sudo._workspace_title() if access_sudo else "",
                "in_charge": access_sudo.person_in_charge_id.name,
                "is_open": bool(link_sudo),
                "sent": False,
                "errors": {},
                "typed": {},
                **values,
            },
            company=access_sudo.company_id,
        )


def _leaves_nothing(_controller, _rule, _args):
    """Say whether no link has opened anything here, so that there is nothing to write."""
    return not request.session.keys() & {"customer_link", "customer_login"}


class CustomerLogout(Session):
    """Odoo's log-out: the browser is no more remembered for the link it came by."""

    @http.route(readonly=_leaves_nothing)
    def logout(self, redirect="/odoo"):
        """Close what links opened here, too."""
        if request.db:
            request.env["ir.http"]._customer_end()
        left = request.session.get("customer_left")
        response = super().logout(redirect=redirect)
        if left:
            request.session["customer_left"] = left
        return response
