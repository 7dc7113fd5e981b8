from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.customer_portal_access.controllers.page import enter, private_page, render_page
from odoo.addons.customer_portal_access.utils import as_integer, strip_invisible

PATH_LENGTH = 500
# What the page of a provider has a sentence for.
FAILURES = ("denied", "state", "provider", "limit", "unknown", "unverified", "waiting", "closed")


class CustomerProvider(http.Controller):
    """To a provider such as Google, and back."""

    @http.route(
        "/customer/provider/<int:provider_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    @private_page
    def provider(self, provider_id, status=None, company=None, redirect=None, **_kwargs):
        """Show the one button that leads to a provider, and how the last try ended."""
        provider_sudo, company = self._find(provider_id, company)
        return render_page(
            "customer_portal_access_oauth.portal_provider",
            {
                "provider": provider_sudo,
                "status": status if status in FAILURES else None,
                "redirect": local_path(redirect),
                "takes_registrations": request.env["res.company"]._customer_registering(company.id),
            },
            company=company,
        )

    @http.route(
        "/customer/provider/<int:provider_id>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    @private_page
    def provider_begin(self, provider_id, company=None, redirect=None, **_kwargs):
        """Send the visitor to the provider.

        By a page, not by a redirection: a form of ours may lead nowhere else by its policy.
        """
        provider_sudo, company = self._find(provider_id, company)
        Flow = request.env["customer.provider.flow"].sudo()
        result = Flow._begin(provider_sudo, company, local_path(redirect))
        if result["status"] != "ok":
            return self._back(provider_sudo, result["status"], company)
        return render_page(
            "customer_portal_access_oauth.portal_provider_leave",
            {"provider": provider_sudo, "url": result["url"]},
            company=company,
        )

    @http.route(
        "/customer/provider/<int:provider_id>/callback",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    @private_page
    def provider_callback(self, provider_id, **answer):
        """Take the provider's answer, and go on to an address without it."""
        provider_sudo, _company = self._find(provider_id)
        result = request.env["customer.identity"].sudo()._arrive(provider_sudo, answer)
        return self._go_on(provider_sudo, result)

    @http.route(
        "/customer/provider/switch", type="http", auth="public", methods=["GET"], sitemap=False
    )
    @private_page
    def switch(self, **_kwargs):
        """Ask whether somebody else's log-in here shall end."""
        identity_sudo = request.env["customer.identity"].sudo()._arrived()
        if not identity_sudo:
            return request.redirect("/web/login")
        return render_page(
            "customer_portal_access_oauth.portal_provider_switch",
            {"partner": identity_sudo.partner_id},
            lang=identity_sudo.partner_id.lang,
            company=identity_sudo.company_id,
        )

    @http.route(
        "/customer/provider/switch", type="http", auth="public", methods=["POST"], sitemap=False
    )
    @private_page
    def switch_confirmed(self, **_kwargs):
        """End the other log-in and sign in who has come."""
        identity_sudo = request.env["customer.identity"].sudo()._arrived()
        if not identity_sudo:
            return request.redirect("/web/login")
        return self._go_on(identity_sudo.provider_id, identity_sudo._switch())

    def _find(self, provider_id, company=None):
        """Return a provider that a company offers, and the company.

        :raises NotFound: whether there is none, or it is not offered
        """
        Company = request.env["res.company"].sudo()
        company_sudo = Company.browse(as_integer(company)).exists() or request.env.company.sudo()
        provider_sudo = request.env["auth.oauth.provider"]._customer_offered(company_sudo)
        provider_sudo = provider_sudo.filtered(lambda provider: provider.id == provider_id)
        if not provider_sudo:
            raise NotFound()
        return provider_sudo, company_sudo

    def _go_on(self, provider_sudo, result):
        """Leave for where a visitor belongs who came back from a provider."""
        status = result["status"]
        if status == "ok":
            return enter(result["path"], result["partner"])
        if status == "register":
            return request.redirect(result["path"])
        if status == "switch":
            return request.redirect("/customer/provider/switch")
        return self._back(provider_sudo, status, result.get("company"))

    def _back(self, provider_sudo, status, company=None):
        """Return to the provider's page by GET, with a sentence."""
        query = {"status": status, "company": company and company.id}
        return request.redirect_query(f"/customer/provider/{provider_sudo.id}", query)


def local_path(path):
    """Return a path on this server; nothing else, wherever it came from.

    :param path: from a form or a query, or nothing
    """
    path = strip_invisible(path) or ""
    local = path.startswith("/") and path[1:2] not in ("/", "\\") and len(path) <= PATH_LENGTH
    return path if local else None
