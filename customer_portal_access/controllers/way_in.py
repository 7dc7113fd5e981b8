from odoo import http
from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome

from .page import enter, private_page, render_page

# The two reasons to ask for the way in: the page differs in words only.
PAGES = ("/customer/first", "/customer/forgot")


class CustomerWayIn(http.Controller):
    """For whoever cannot sign in: no password yet, or forgotten."""

    @http.route(PAGES, type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def way_in(self, sent=None, login=None, expired=None, **_kwargs):
        """Ask for user name or e-mail address, or say that a mail is on its way.

        :param login: fills in the field
        :param expired: a link that was clicked does not work any more
        """
        return render_page(
            "portal_way_in",
            {
                "path": request.httprequest.path,
                "forgot": request.httprequest.path == "/customer/forgot",
                "sent": bool(sent),
                "expired": bool(expired),
                "login": login or "",
            },
        )

    @http.route(PAGES, type="http", auth="public", methods=["POST"], sitemap=False)
    @private_page
    def way_in_ask(self, login="", **_kwargs):
        """Take what was typed; the same answer whatever it is."""
        request.env["customer.link.request"].sudo()._ask_way_in(login)
        return request.redirect(f"{request.httprequest.path}?sent=1")

    @http.route(
        "/customer/reset/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False
    )
    @private_page
    def reset(self, token, **_kwargs):
        """Show what the link does; mail scanners come here, so it changes nothing."""
        link_sudo = request.env["customer.password.link"].sudo()._find(token)
        if not link_sudo._may_choose_password():
            return self._render_used(token, link_sudo)
        return self._render("portal_reset", token, link_sudo)

    @http.route(
        "/customer/reset/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    @private_page
    def reset_continue(self, token, switch=None, **_kwargs):
        """Go on to the password, at a URL without the token."""
        Link = request.env["customer.password.link"].sudo()
        result = Link._redeem(token, confirmed_switch=switch == "1")
        if result["step"] == "refused":
            return self._render_used(token, result["link"])
        if result["step"] == "switch":
            return self._render("portal_reset_switch", token, result["link"])
        return enter("/customer/password", result["link"].partner_id)

    @http.route(
        "/customer/reset/<string:token>/again",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    @private_page
    def reset_again(self, token, **_kwargs):
        """Send another link to the contact of one that works no more."""
        request.env["customer.link.request"].sudo()._ask_again(token)
        return request.redirect("/customer/forgot?sent=1")

    def _render(self, template, token, link_sudo, status=200):
        return render_page(
            template,
            {"token": token, "partner": link_sudo.partner_id},
            lang=link_sudo.partner_id.lang,
            company=link_sudo.company_id,
            status=status,
        )

    def _render_used(self, token, link_sudo):
        """Say that the link works no more, whatever the reason, and offer another one."""
        return self._render("portal_reset_used", token, link_sudo.browse(), status=410)


class CustomerResetPassword(AuthSignupHome):
    """Odoo's page of a forgotten password, which tells who has an account."""

    @http.route()
    def web_auth_reset_password(self, *args, **kw):
        """Serve whoever comes by a link of Odoo's that works; ours for all others."""
        context = self.get_auth_signup_qcontext()
        if context.get("token") and not context.get("invalid_token"):
            return super().web_auth_reset_password(*args, **kw)
        login = context.get("login") or ""
        if request.httprequest.method == "POST" and not context.get("token"):
            request.env["customer.link.request"].sudo()._ask_way_in(login)
            return request.redirect("/customer/forgot?sent=1")
        query = {"expired": 1} if context.get("token") else {"login": login} if login else None
        return request.redirect_query("/customer/forgot", query)
