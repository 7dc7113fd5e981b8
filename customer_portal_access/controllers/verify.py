from odoo import http
from odoo.http import request

from ..utils import CODE_MINUTES, strip_invisible
from .page import enter, private_page, render_page

# What the page shows to a browser without a challenge.
NO_CODE = {"state": "none"}


class CustomerVerify(http.Controller):
    """The page of the SMS code."""

    @http.route("/customer/verify", type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def verify(self, status=None, redirect=None, **_kwargs):
        """Show where the code stands: to be sent, to be typed in, dead, expired.

        :param status: what the last POST answered; only chooses a sentence
        """
        challenge_sudo = request.env["ir.http"]._customer_challenge()
        view = challenge_sudo._view() if challenge_sudo else NO_CODE
        return render_page(
            "portal_verify",
            {
                "view": view,
                "status": status,
                "redirect": redirect,
                "minutes": CODE_MINUTES,
            },
            lang=challenge_sudo.partner_id.lang,
            company=challenge_sudo.access_id.company_id,
        )

    @http.route("/customer/verify", type="http", auth="public", methods=["POST"], sitemap=False)
    @private_page
    def verify_submit(self, action=None, code="", redirect=None, **_kwargs):
        """Send a code, check the one typed in, or tell the team what is wrong."""
        challenge_sudo = request.env["ir.http"]._customer_challenge()
        redirect = strip_invisible(redirect)
        if not challenge_sudo:
            return self._back()
        if action in ("not_me", "wrong_number"):
            challenge_sudo._report(action)
            return self._back(action)
        if action == "send":
            return self._back(challenge_sudo._send()["status"], redirect)
        result = challenge_sudo._try(code)
        if result["status"] == "ok" and (path := challenge_sudo._pass(redirect)):
            return enter(path, challenge_sudo.partner_id)
        return self._back(result["status"], redirect)

    def _back(self, status=None, redirect=None):
        """Return to the page by GET, so that reloading it submits nothing twice."""
        query = {"status": status, "redirect": redirect or None}
        return request.redirect_query("/customer/verify", query)
