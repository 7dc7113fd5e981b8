from odoo.tools import mute_logger

from .test_quotation import QuotationCase


class TestSaleDoors(QuotationCase):
    """A colleague without the role sees none of it, by any door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carla = cls._create_contact("Carla Berg", "carla@berg.example", "+47 406 12 347")
        cls.order.partner_id = cls.customer
        cls.invoice = cls._create_invoice(cls.order)
        cls.order._portal_ensure_token()
        cls.token = cls.order.access_token
        cls.invoice_token = cls.invoice._portal_ensure_token()
        cls.order.sudo()._customer_publish()

    def _user(self, partner, password="a-good-pass-phrase"):
        user = partner._customer_user(self.company)
        user.password = password
        return user

    def _sign_in(self, partner):
        user = self._user(partner)
        self._other_browser()
        self.authenticate(user.login, "a-good-pass-phrase")
        return user

    def test_record_rules_follow_the_role(self):
        anna, carla = self._user(self.anna), self._user(self.carla)
        records = (self.order, self.order.order_line, self.invoice, self.invoice.line_ids)
        for record in records:
            with self.subTest(model=record._name):
                self.assertTrue(record.with_user(anna).has_access("read"))
                self.assertFalse(record.with_user(carla).has_access("read"))
                self.assertFalse(record.with_user(carla).search([("id", "in", record.ids)]))
        self.access.role_id = self.applicant
        for record in records:
            self.env.invalidate_all()
            self.assertFalse(record.with_user(anna).has_access("read"), record._name)

    def test_record_rules_follow_each_reason(self):
        anna = self._user(self.anna)
        for values in (
            {"granted": False},
            {"date_until": "2020-01-01"},
            {"date_from": "2999-01-01"},
        ):
            before = {key: self.access[key] for key in values}
            with self.subTest(values=values):
                self.access.write(values)
                self.assertFalse(self.order.with_user(anna).has_access("read"))
                self.access.write(before)
                self.assertTrue(self.order.with_user(anna).has_access("read"))
        self.access.revoke()
        self.assertFalse(self.order.with_user(anna).has_access("read"))
        self.assertFalse(self.invoice.with_user(anna).has_access("read"))

    def test_taken_back_is_closed_everywhere(self):
        anna = self._user(self.anna)
        self.order.action_customer_withdraw()
        self.assertFalse(self.order.with_user(anna).has_access("read"))

    def test_portal_users_who_were_there_before_lose_nothing(self):
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Old",
                    "login": "old@berg.example",
                    "partner_id": self.carla.id,
                    "group_ids": self.env.ref("base.group_portal").ids,
                }
            )
        )
        self.assertTrue(self.order.with_user(user).has_access("read"))

    def test_odoos_own_pages_follow_the_role(self):
        pages = {
            "/my/quotes": self.order.name,
            f"/my/orders/{self.order.id}": "Desk",
            "/my/invoices": self.invoice.name,
            f"/my/invoices/{self.invoice.id}": self.invoice.name,
        }
        self._sign_in(self.anna)
        for path, text in pages.items():
            with self.subTest(path=path, user="anna"):
                self.assertIn(text, self.url_open(path).text)
        self._sign_in(self.carla)
        for path, text in pages.items():
            with self.subTest(path=path, user="carla"):
                self.assertNotIn(text, self.url_open(path).text)

    def test_tokens_open_nothing(self):
        """Neither old ones nor new ones, signed in or not."""
        new = self.order._portal_ensure_token(), self.invoice._portal_ensure_token()
        self.assertFalse(self.order.access_token or self.invoice.access_token)
        for signed_in in (False, True):
            if signed_in:
                self._sign_in(self.carla)
            for order_token, invoice_token in ((self.token, self.invoice_token), new):
                for path in (
                    f"/my/orders/{self.order.id}?access_token={order_token}",
                    f"/my/orders/{self.order.id}?access_token={order_token}&report_type=html",
                    f"/my/invoices/{self.invoice.id}?access_token={invoice_token}",
                    f"/mail/view?model=sale.order&res_id={self.order.id}&access_token={order_token}",
                ):
                    with self.subTest(path=path, signed_in=signed_in):
                        page = self.url_open(path).text
                        self.assertNotIn("200.00", page)
                        self.assertNotIn("Desk", page)

    def test_token_answers_nothing(self):
        answer = self.url_open(
            f"/my/orders/{self.order.id}/accept",
            json={
                "jsonrpc": "2.0",
                "params": {"access_token": self.token, "name": "X", "signature": "x"},
            },
        ).json()
        self.assertIn("error", answer["result"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent")

    def test_token_of_a_colleague_with_a_log_in(self):
        """Not of a document that is not published either."""
        other = self._create_order(opportunity_id=False, state="sent")
        token = other._portal_ensure_token()
        self.assertIn("Desk", self.url_open(f"/my/orders/{other.id}?access_token={token}").text)
        self._sign_in(self.carla)
        page = self.url_open(f"/my/orders/{other.id}?access_token={token}").text
        self.assertNotIn("Desk", page)

    def test_signed_chatter_tokens_fit_nothing(self):
        first, second = (self.order._sign_token(self.carla.id) for _time in range(2))
        self.assertNotEqual(first, second)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_report_and_rpc(self):
        self._sign_in(self.carla)
        for path in (
            f"/report/html/sale.report_saleorder/{self.order.id}",
            f"/report/html/account.report_invoice/{self.invoice.id}",
        ):
            with self.subTest(path=path):
                self.assertNotIn("Desk", self.url_open(path).text)
        for model, record in (("sale.order", self.order), ("account.move", self.invoice)):
            answer = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "jsonrpc": "2.0",
                    "params": {
                        "model": model,
                        "method": "read",
                        "args": [record.ids, ["name"]],
                        "kwargs": {},
                    },
                },
            ).json()
            self.assertIn("AccessError", answer["error"]["data"]["name"])

    def test_own_routes(self):
        """Other role, other workspace, level link, other company, revoked."""
        paths = [
            f"/quotation/{self.order.id}",
            f"/quotation/{self.order.id}/pdf",
            f"/invoice/{self.invoice.id}/pdf",
        ]
        self._open_by_code()
        elsewhere = self._create_access(self.anna, self.contact_person, self.project)
        for access in (elsewhere, self.guest):
            for path in paths:
                with self.subTest(path=path, access=access):
                    self.assertEqual(self._get(f"{self._path(access)}{path}").status_code, 404)
            for path in ("/quotations", "/invoices"):
                with self.subTest(path=path, access=access):
                    answer = self._get(f"{self._path(access)}{path}")
                    self.assertNotIn(self.order.name, answer.text)
                    self.assertNotIn(self.invoice.name, answer.text)
        self.access.role_id = self._role("timesheet_approver")
        for path in paths:
            self.assertEqual(self._get(f"{self._path(self.access)}{path}").status_code, 404)
        self.assertNotIn(self.order.name, self._get(self._path(self.access)).text)
        self.access.role_id = self.contact_person
        self.assertEqual(self._page().status_code, 200)
        self._move_company(self.order)
        self.assertEqual(self._page().status_code, 404)
        self._move_company(self.order, self.company)
        self.access.revoke()
        self.assertURLEqual(self._page().headers["Location"], "/customer/recover")

    def test_level_link_waits(self):
        self.company.customer_login_free = True
        page = self._open_by_link()
        self.assertIn("Confirm who you are to see quotations", page.text)
        self.assertNotIn(self.order.name, page.text)
        page = self._page(access=self.guest)
        self.assertEqual(self._headline(page), "Confirm who you are")
        self.assertNotIn(self.order.name, page.text)
        for path in ("/pdf",):
            self.assertEqual(self._page(access=self.guest, path=path).status_code, 404)

    def _move_company(self, order, company=None):
        """Make it another company's, past Odoo's checks of all that hangs on it."""
        self.env.flush_all()
        company = company or self.other_company
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s", [company.id, order.id]
        )
        self.env.invalidate_all()

    def test_other_company(self):
        anna = self._user(self.anna)
        anna.sudo().company_ids |= self.other_company
        self.assertTrue(self.order.with_user(anna).has_access("read"))
        self._move_company(self.order)
        self.assertFalse(self.access._find_order(self.order.id, "code"))
        companies = (self.company + self.other_company).ids
        order = self.order.with_user(anna).with_context(allowed_company_ids=companies)
        self.assertFalse(order.has_access("read"))

    def test_private_headers(self):
        self._open_by_code()
        headers = self._page().headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")
