from odoo import http
from odoo.http import request
from odoo.tools._vendor.useragents import UserAgent

from ..utils import as_integer
from .page import private_page
from .workspace import CustomerWorkspace


class CustomerMyAccess(CustomerWorkspace):
    """My access: links, devices, visits and colleagues of whoever is signed in."""

    @http.route(
        "/my/customer/access",
        type="http",
        auth="customer",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    @private_page
    def customer_my_access(self, status=None, **_kwargs):
        """Show what is open in the contact's name; who is not signed in has nothing to see.

        :param status: what the last POST answered; only chooses a sentence
        """
        user_sudo = self._contact()
        if not user_sudo:
            return request.redirect("/my/customer")
        return request.render(
            "customer_portal_access.portal_my_access",
            {
                **self._prepare_customer_layout_values(),
                **user_sudo._my_access(),
                "assurance": request.env["ir.http"]._customer_login_assurance(),
                "time_zone": user_sudo.tz or user_sudo.company_id.partner_id.tz or "UTC",
                "browser": browser,
                "status": status,
            },
        )

    @http.route(
        "/my/customer/access/end",
        type="http",
        auth="customer",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    @private_page
    def customer_my_access_end(self, what=None, record_id=None, **_kwargs):
        """Close a link, a visit or a device of the contact's own."""
        user_sudo = self._contact()
        if not user_sudo:
            return request.redirect("/my/customer")
        status = "ended" if user_sudo._end_own(what, as_integer(record_id)) else "gone"
        return request.redirect_query("/my/customer/access", {"status": status})

    def _contact(self):
        """Return the customer's user who is signed in; none for staff who look at it, say."""
        user_sudo = request.env["res.users"].sudo().browse(request.session.uid or [])
        return user_sudo.filtered("share")


def browser(user_agent):
    """Return a browser and its system in words, ``""`` when nothing is known.

    :param user_agent: as a browser calls itself, or nothing
    """
    agent = UserAgent(user_agent or "")
    known = (agent.browser, agent.platform)
    return ", ".join(name.capitalize() for name in known if name)
