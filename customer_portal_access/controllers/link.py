from odoo import http
from odoo.http import request

from .page import enter, private_page, render_page, time_zone

# Where a redeemed link leads on to; none of these carries the token.
NEXT_PAGE = {"code": "/customer/verify", "password": "/customer/password"}


class CustomerLink(http.Controller):
    """A link, and the way to a new one."""

    @http.route(
        "/customer/link/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    @private_page
    def link(self, token, **_kwargs):
        """Show who invites whom to what; mail scanners come here, so it changes nothing.

        Only a browser that has been in by this link before goes straight in again.
        """
        link_sudo, code = request.env["customer.access.link"].sudo()._peek(token)
        if code != "ok":
            return self._render_refused(token, link_sudo)
        if request.httprequest.method == "GET" and link_sudo._come_back():
            return enter(link_sudo._target_path(), link_sudo.partner_id)
        challenge_sudo = request.env["ir.http"]._customer_challenge()
        if challenge_sudo.link_id == link_sudo and challenge_sudo._view()["state"] == "sent":
            return request.redirect(NEXT_PAGE["code"])
        return self._render_link("portal_link", token, link_sudo)

    @http.route(
        "/customer/link/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    @private_page
    def link_continue(self, token, switch=None, **_kwargs):
        """Redeem the link and leave for a URL without the token."""
        Link = request.env["customer.access.link"].sudo()
        result = Link._redeem(token, confirmed_switch=switch == "1")
        step, link_sudo = result["step"], result["link"]
        if step == "refused":
            return self._render_refused(token, link_sudo)
        if step == "switch":
            return self._render_link("portal_link_switch", token, link_sudo)
        path = NEXT_PAGE.get(step) or link_sudo._target_path()
        return enter(path, link_sudo.partner_id)

    @http.route("/customer/recover", type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def recover(self, sent=None, **_kwargs):
        """Offer a new link, or say that it is on its way if there was one to send."""
        # What a revocation ended in this browser: its contact need not say who it was.
        access_sudo = request.env["ir.http"]._customer_ended_link().access_id
        return render_page(
            "portal_recover",
            {"sent": bool(sent), "known": bool(access_sudo)},
            lang=access_sudo.partner_id.lang,
            company=access_sudo.company_id,
        )

    @http.route("/customer/recover", type="http", auth="public", methods=["POST"], sitemap=False)
    @private_page
    def recover_ask(self, token=None, email=None, wish=None, **_kwargs):
        """Ask for a new link, or the way to a password; the same answer whoever asks."""
        wish = "password" if wish == "password" else "link"
        request.env["customer.link.request"].sudo()._ask(wish, token=token, email=email)
        return request.redirect("/customer/recover?sent=1")

    def _render_link(self, template, token, link_sudo):
        """Render a page about a link that works."""
        access_sudo = link_sudo.access_id
        return render_page(
            template,
            {
                "token": token,
                "link": link_sudo,
                "access": access_sudo,
                "workspace": access_sudo._workspace_title(),
                "time_zone": time_zone(access_sudo),
            },
            lang=access_sudo.partner_id.lang,
            company=access_sudo.company_id,
        )

    def _render_refused(self, token, link_sudo):
        """Render the one page for every link that does not work, whatever the reason."""
        request.env["ir.http"]._customer_drop_cookie(link_sudo)
        return render_page(
            "portal_link_refused",
            {"token": token},
            company=link_sudo.access_id.company_id,
            status=410,
        )
