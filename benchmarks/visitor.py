"""A browser without a network: requests go straight into Odoo's WSGI application."""

import re

from werkzeug.test import Client

import odoo.http
from odoo.service.server import load_server_wide_modules

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Visitor:
    """One browser with its own cookies."""

    def __init__(self):
        load_server_wide_modules()
        self._client = Client(odoo.http.root)
        self._csrf = None

    def get(self, path):
        """Open a page that must be there; return its text."""
        return self._open(path, 200)

    def read_form(self, path):
        """Open a page and remember the CSRF token of its form, as a person reads it."""
        self._csrf = _CSRF.search(self.get(path))[1]

    def post(self, path, **data):
        """Send the form that was read; return where its answer leads."""
        return self._open(path, 303, method="POST", data={**data, "csrf_token": self._csrf})

    def _open(self, path, status, **options):
        response = self._client.open(
            path, base_url="http://localhost", environ_base={"REMOTE_ADDR": "127.0.0.1"}, **options
        )
        with response:
            if response.status_code != status:
                raise RuntimeError(f"{path} answered {response.status}")
            return response.headers["Location"] if status == 303 else response.text
