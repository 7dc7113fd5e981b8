import html
import re
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.http import root
from odoo.tests import tagged

from odoo.addons.customer_portal_access.tests.http_common import CustomerHttpCase

from ..utils import openid
from .provider import CLIENT_ID, CLIENT_SECRET, Provider


@tagged("post_install", "-at_install")
class ProviderCase(CustomerHttpCase):
    """Visitors who go to an OpenID provider on loopback and come back."""

    kind, path = "openid", ""

    def setUp(self):
        super().setUp()
        # nothing is remembered of another test's provider, which may have had the same port
        self.patch(openid, "_documents", openid._Documents())
        self.openid = self.enterContext(Provider(self.path))
        self.provider = self._create_provider(self.openid.issuer)

    def _create_provider(self, issuer, **values):
        return self.env["auth.oauth.provider"].create(
            {
                "name": "Kontoen",
                "body": "Continue with Kontoen",
                "customer_issuer": issuer,
                "customer_identity_kind": self.kind,
                "client_id": CLIENT_ID,
                "customer_client_secret": CLIENT_SECRET,
                "enabled": True,
                **values,
            }
        )

    def _create_identity(self, partner, **values):
        return self.env["customer.identity"].create(
            {
                "provider_id": self.provider.id,
                "provider_name": self.provider.name,
                "issuer": self.openid.issuer,
                "subject": "subject-1",
                "partner_id": partner.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def _page(self):
        return f"/customer/provider/{self.provider.id}"

    def _begin(self, **form):
        """Click the button; return where the browser is sent to."""
        answer = self._post(self._page(), **form)
        self.assertEqual(answer.status_code, 200, answer.text)
        return html.unescape(re.search(r'content="0; url=([^"]+)"', answer.text)[1])

    def _at_provider(self, url):
        """Agree at the provider; return the path that the browser is sent back to."""
        back = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
        self.assertEqual(back.partition("?")[0], self.provider.customer_redirect_uri)
        parts = urlsplit(back)
        return f"{parts.path}?{parts.query}"

    def _sign_in(self, **form):
        """Go the whole way; return our answer to the way back."""
        answer = self._get(self._at_provider(self._begin(**form)))
        self.env.invalidate_all()
        return answer

    def _status(self, answer):
        """Return how a try ended, from where it leads to."""
        self.assertEqual(answer.status_code, 303, answer.text)
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return query.get("status", [None])[0]

    def _session(self):
        """Return Odoo's session of this browser."""
        return root.session_store.get(self.opener.cookies["session_id"])
