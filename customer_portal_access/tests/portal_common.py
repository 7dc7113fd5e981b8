from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlsplit

from lxml import html

from odoo.tests import tagged

from odoo.addons.customer_portal_access.models import customer_sms_challenge

from .http_common import CustomerHttpCase

CODE = "123456"


@tagged("post_install", "-at_install")
class PortalPageCase(CustomerHttpCase):
    """A browser that submits the forms of the pages it is shown.

    Anna needs the code, Bo has a login-free link; both are on the same opportunity.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.anna)
        cls.guest = cls._create_access(cls.bo, cls.contact_person)

    @contextmanager
    def _sms_gateway(self, **kwargs):
        """Take SMS within the block; every code is ``CODE``."""
        with (
            patch.object(customer_sms_challenge, "new_code", return_value=CODE),
            self.mockSMSGateway(**kwargs),
        ):
            yield

    def _link(self, access):
        return f"/customer/link/{self._token(access)}"

    def _submit(self, page, button=None, action="", **values):
        """Submit a form of a page, as a browser does.

        :param page: the response with the form
        :param str button: value of the button to press
        :param str action: what the form's address ends with
        :param values: what is typed into the form's fields
        """
        for form in html.fromstring(page.content).forms:
            pressed = form.xpath(".//button[@value=$value]", value=button or "")
            if (
                form.method == "POST"
                and form.action.endswith(action)
                and values.keys() <= set(form.fields)
                and bool(pressed) == bool(button)
            ):
                data = {key: value or "" for key, value in form.form_values()} | values
                if pressed:
                    data[pressed[0].get("name")] = button
                return self.url_open(form.action, data=data, allow_redirects=False)
        self.fail(f"No such form on {page.url}")

    def _open_by_link(self):
        """Come in at level 1 and return the page of the workspace."""
        self._submit(self._get(self._link(self.guest)))
        return self.url_open(self._path(self.guest))

    def _open_by_code(self):
        """Come in by link and code and return the page of the workspace."""
        self._submit(self._get(self._link(self.access)))
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        self._submit(self._get("/customer/verify"), code=CODE)
        return self.url_open(self._path(self.access))

    def _headline(self, page):
        return " ".join(html.fromstring(page.content).xpath("string(//h1)").split())

    def _rules_of(self, controller):
        """Return what follows the workspace's path in the routes of a controller's module.

        For tests that look at each of them: a new one has to be named there.

        :param str controller: name of a Python module
        """
        self._get("/web/login")  # the first request makes the map
        workspace = "/my/customer/<int:access_id>/"
        return {
            f"/{rule.rule.removeprefix(workspace)}"
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.endpoint.func.__module__ == controller
            and rule.rule.startswith(workspace)
            and not rule.rule.startswith(f"{workspace}<any(lead,project):kind>")
        }

    def _assert_outside(self, answer):
        """The visitor's session has just ended, or was none."""
        path = urlsplit(answer.headers["Location"]).path
        self.assertIn(path, ("/customer/recover", "/web/login"))
