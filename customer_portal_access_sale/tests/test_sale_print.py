from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from .test_quotation import QuotationCase


@tagged("post_install", "-at_install")
class TestSalePrint(QuotationCase):
    """Quotations and invoices as PDF, for whom the gate lets, where PDFs can be made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.sudo()._customer_publish()
        cls.invoice = cls._create_invoice(cls.order)

    def _wkhtmltopdf(self, state):
        return patch.object(IrActionsReport, "get_wkhtmltopdf_state", lambda _self: state)

    def _paths(self, access=None):
        """Return the address of each PDF and the page that links to it."""
        path = self._path(access or self.access)
        return {
            f"{path}/quotation/{self.order.id}/pdf": f"{path}/quotation/{self.order.id}",
            f"{path}/invoice/{self.invoice.id}/pdf": f"{path}/invoices",
        }

    def test_customer_downloads_them(self):
        self._open_by_code()
        for (path, page), document in zip(
            self._paths().items(), (self.order, self.invoice), strict=True
        ):
            with self.subTest(path=path), self._wkhtmltopdf("ok"):
                self.assertIn(f'href="{path}"', self._get(page).text)
                served = self._get(path)
                self.assertEqual(served.status_code, 200)
                self.assertEqual(served.headers["Content-Type"], "application/pdf")
                name = document.name.replace("/", "-")
                disposition = served.headers["Content-Disposition"]
                self.assertTrue(disposition.startswith("attachment"))
                self.assertIn(f"{name}.pdf", disposition)
                self.assertEqual(served.headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("default-src 'none'", served.headers["Content-Security-Policy"])
                self.assertEqual(served.headers["Cache-Control"], "no-store")
                self.assertIn("Desk", served.text)

    def test_hidden_and_refused_where_they_cannot_be_made(self):
        self._open_by_code()
        for state in ("install", "broken", "workers"):
            for path, page in self._paths().items():
                with self.subTest(path=path, state=state), self._wkhtmltopdf(state):
                    shown = self._get(page)
                    self.assertEqual(shown.status_code, 200)
                    self.assertNotIn("/pdf", shown.text)
                    self.assertEqual(self._get(path).status_code, 404)

    def test_only_for_whom_the_gate_lets(self):
        """Another workspace, another contact's, level link, another role, revoked."""
        elsewhere = self._create_access(self.anna, self.contact_person, self.project)
        self._open_by_code()
        with self._wkhtmltopdf("ok"):
            for access in (elsewhere, self.guest):
                for path in self._paths(access):
                    self.assertEqual(self._get(path).status_code, 404, path)
            for code, open_to in (
                ("permission_view_invoices", (200, 404)),
                ("permission_view_quotations", (404, 404)),
            ):
                self.access.role_id.permission_ids -= self.env.ref(
                    f"customer_portal_access_sale.{code}"
                )
                for path, status in zip(self._paths(), open_to, strict=True):
                    self.assertEqual(self._get(path).status_code, status, path)
            self.access.revoke()
            for path, led_to in zip(
                self._paths(), ("/customer/recover", "/web/login"), strict=True
            ):
                self.assertIn(led_to, self._get(path).headers["Location"])

    def test_not_by_a_link_alone(self):
        self.company.customer_login_free = True
        self._open_by_link()
        with self._wkhtmltopdf("ok"):
            for path in self._paths(self.guest):
                self.assertEqual(self._get(path).status_code, 404, path)

    def test_order_is_confirmed_by_mail_with_its_pdf(self):
        self.customer.email = "office@berg.example"
        self._open_by_code()
        with self._wkhtmltopdf("ok"), self.mock_mail_gateway():
            self.assertIn("answered=ok", self._accept().headers["Location"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")
        mails = [mail for mail in self._mails if "office@berg.example" in mail["email_to"][0]]
        self.assertTrue(mails)
        self.assertIn(self.order.name, str(mails[0]["attachments"]))

    def test_no_order_waits_for_a_mail_that_cannot_be_made(self):
        """Odoo's mail about the order has its PDF."""
        self._open_by_code()
        with self._wkhtmltopdf("install"), self.mock_mail_gateway():
            self.assertIn("answered=ok", self._accept().headers["Location"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")
