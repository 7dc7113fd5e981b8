from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_quotation import QuotationCase, draw_signature

OURS = "odoo.addons.customer_portal_access_sale.controllers.sale"
GET = "GET"
POST = "POST"


@tagged("post_install", "-at_install")
class TestSaleRoutes(QuotationCase):
    """Every route of ours, for everybody who has no business there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.require_signature = False
        cls.order.sudo()._customer_publish()
        cls.invoice = cls._create_invoice(cls.order)
        cls.names = (cls.order.name, cls.invoice.name)
        order, invoice = cls.order.id, cls.invoice.id
        line = cls.order.order_line.id
        cls.routes = {
            "/quotations": (GET, "/quotations", {}),
            "/invoices": (GET, "/invoices", {}),
            "/quotation/<int:order_id>": (GET, f"/quotation/{order}", {}),
            "/quotation/<int:order_id>/pdf": (GET, f"/quotation/{order}/pdf", {}),
            "/invoice/<int:invoice_id>/pdf": (GET, f"/invoice/{invoice}/pdf", {}),
            "/quotation/<int:order_id>/respond": (
                POST,
                f"/quotation/{order}/respond",
                {"decision": "declined", "comment": "No", "signature": draw_signature()},
            ),
            "/quotation/<int:order_id>/option": (
                POST,
                f"/quotation/{order}/option",
                {"line_id": line, "quantity": "5"},
            ),
        }

    def _ask(self, method, path, token, values):
        """Send a request as if the page with its form had been there."""
        if method == GET:
            return self._get(path)
        data = {**values, "csrf_token": token, "version": self.order._customer_version()}
        return self.url_open(path, data=data, allow_redirects=False)

    def _assert_closed(self, access, why, *, form=None, statuses=(303, 404)):
        """Let every route of an access tell nothing and change nothing.

        :param form: the access whose page has a form; none: the visitor sees no page
        """
        token = self._csrf(self._get(self._path(form))) if form else "none"
        for method, path, values in self.routes.values():
            with self.subTest(path=path, why=why):
                answer = self._ask(method, self._path(access) + path, token, values)
                self.assertIn(answer.status_code, statuses)
                for name in self.names:
                    self.assertNotIn(name, answer.text)
                self.assertNotIn("answered=", answer.headers.get("Location", ""))
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent", why)
        self.assertEqual(self.order.order_line.product_uom_qty, 2, why)

    def test_every_route_is_looked_at_here(self):
        self.assertEqual(self._rules_of(OURS), set(self.routes))

    def test_stranger(self):
        self._assert_closed(self.access, "nobody is here", statuses=(303, 400, 404))

    def test_other_peoples_and_other_places(self):
        """A colleague's place on the same opportunity, and one's own on a project."""
        elsewhere = self._create_access(self.anna, self.contact_person, self.project)
        self._open_by_code()
        self._assert_closed(self.guest, "a colleague's", form=self.access)
        self._assert_closed(elsewhere, "of a project", form=self.access)
        lead = self.lead.copy({"name": "Another kitchen"})
        other = self._create_access(self.anna, self.contact_person, lead)
        self._assert_closed(other, "of another opportunity", form=self.access)

    def test_other_role(self):
        self._open_by_code()
        self.access.role_id = self._role("timesheet_approver")
        self._assert_closed(self.access, "the role lacks it", form=self.access)

    def test_level_link(self):
        """Quotations take the code; the page says so, and nothing of what waits."""
        self.company.customer_login_free = True
        self._open_by_link()
        self._assert_closed(self.guest, "level link", form=self.guest, statuses=(200, 303, 404))

    def test_other_company(self):
        self._open_by_code()
        token = self._csrf(self._get(self._path(self.access)))
        self.env.flush_all()
        for model in (self.order, self.invoice):
            self.env.cr.execute(
                f"UPDATE {model._table} SET company_id = %s WHERE id = %s",
                [self.other_company.id, model.id],
            )
        self.env.invalidate_all()
        for method, path, values in self.routes.values():
            with self.subTest(path=path):
                answer = self._ask(method, self._path(self.access) + path, token, values)
                self.assertIn(answer.status_code, (303, 404))
                for name in self.names:
                    self.assertNotIn(name, answer.text)

    def test_revoked_while_inside(self):
        self._open_by_code()
        token = self._csrf(self._get(self._path(self.access)))
        self.access.revoke()
        for method, path, values in self.routes.values():
            with self.subTest(path=path):
                answer = self._ask(method, self._path(self.access) + path, token, values)
                self._assert_outside(answer)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent")

    @mute_logger("odoo.http")
    def test_every_post_asks_for_its_token(self):
        self._open_by_code()
        for method, path, values in self.routes.values():
            if method == POST:
                answer = self._ask(method, self._path(self.access) + path, "wrong", values)
                self.assertEqual(answer.status_code, 400, path)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent")

    def test_they_are_open_to_whom_they_are_for(self):
        """What the others were refused works: the answers above mean something."""
        self._open_by_code()
        self._assert_status("/quotations", 200)
        self._assert_status("/invoices", 200)
        self._assert_status("/quotation/<int:order_id>", 200)
        self._assert_status("/quotation/<int:order_id>/respond", 303)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "cancel")

    def _assert_status(self, route, status):
        method, path, values = self.routes[route]
        token = self._csrf(self._get(self._path(self.access)))
        answer = self._ask(method, self._path(self.access) + path, token, values)
        self.assertEqual(answer.status_code, status)
