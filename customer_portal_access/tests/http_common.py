import re

from odoo.tests import tagged

from .common import CustomerCase


@tagged("post_install", "-at_install")
class CustomerHttpCase(CustomerCase):
    """Visitors of the pages: one browser each, forms sent as a person sends them."""

    def _get(self, path, **kwargs):
        return self.url_open(path, allow_redirects=False, **kwargs)

    def _csrf(self, path):
        """Return the CSRF token of the form on a page."""
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.url_open(path).text)[1]

    def _post(self, path, form_path=None, **data):
        """Send the form of a page, without following where it leads."""
        data["csrf_token"] = self._csrf(form_path or path)
        return self.url_open(path, data=data, allow_redirects=False)

    def _other_browser(self):
        """Forget all cookies: from here on, another browser."""
        self.opener.cookies.clear()

    def _enter_by_code(self, access):
        """Go the whole way from a new link into the workspace."""
        token = self._token(access)
        self._post(f"/customer/link/{token}")
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
            code = re.search(r"\d{6}", self._sms[-1]["body"])[0]
        answer = self._post("/customer/verify", code=code)
        self.env.invalidate_all()
        return answer

    def _enter_by_link(self, access):
        """Open level 1 by a login-free link; return its token."""
        token = self._token(access, "login_free")
        self._post(f"/customer/link/{token}")
        self.env.invalidate_all()
        return token

    def _path(self, access):
        return f"/my/customer/{access.id}"
