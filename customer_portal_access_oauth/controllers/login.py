from odoo import http
from odoo.http import request

from odoo.addons.auth_oauth.controllers.main import OAuthLogin


class CustomerOAuthLogin(OAuthLogin):
    def list_providers(self):
        """Leave providers of customers out: their flow begins with a form of ours."""
        return [provider for provider in super().list_providers() if not _is_ours(provider)]

    @http.route()
    def web_login(self, *args, **kw):
        response = super().web_login(*args, **kw)
        if response.is_qweb:
            Provider = request.env["auth.oauth.provider"]
            response.qcontext["customer_providers"] = Provider._customer_buttons(
                request.env.company
            )
        return response


def _is_ours(provider):
    return bool(provider.get("customer_issuer"))
