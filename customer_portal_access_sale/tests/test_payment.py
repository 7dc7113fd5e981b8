from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_quotation import QuotationCase, draw_signature

PAY_ONLINE = "Pay online"


class PaymentCase(QuotationCase):
    """An order that is confirmed by paying, and a provider that takes the money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Tills",
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(method.ids)],
            }
        )
        method.active = True
        cls.order.require_payment = True
        reader = cls.contact_person.copy({"code": "reader"})
        reader.permission_ids -= cls.env.ref(
            "customer_portal_access_sale.permission_respond_quotations"
        )
        cls.reader = reader

    def _core(self, path, **params):
        """Send what the script of Odoo's own page sends."""
        params = {"access_token": self.order._portal_ensure_token(), **params}
        url = f"/my/orders/{self.order.id}{path}"
        return self.url_open(url, json={"jsonrpc": "2.0", "params": params}).json()

    def _pay(self):
        """Begin to pay, as the script of Odoo's own page does."""
        return self._core(
            "/transaction",
            provider_id=self.provider.id,
            payment_method_id=self.provider.payment_method_ids.id,
            token_id=None,
            amount=self.order.amount_total,
            flow="direct",
            tokenization_requested=False,
            landing_route=f"/my/orders/{self.order.id}",
        )

    def _transaction(self, state):
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids.id,
                "amount": self.order.amount_total,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.anna.id,
                "sale_order_ids": [Command.set(self.order.ids)],
                "reference": f"{self.order.name}-{state}",
                "state": state,
                "last_state_change": fields.Datetime.now(),
            }
        )


@tagged("post_install", "-at_install")
class TestPayment(PaymentCase):
    """What is to be paid leads to Odoo's own page, for whoever may answer."""

    def test_paid_after_it_is_signed(self):
        self._publish()
        self._open_by_code()
        page = self._page().text
        self.assertIn("It is ordered when it has been paid.", page)
        self.assertNotIn(PAY_ONLINE, page, "It is signed first.")
        answer = self._accept()
        page = self._get(answer.headers["Location"]).text
        self.assertEqual(page.count(PAY_ONLINE), 2)
        path = f"/my/orders/{self.order.id}?allow_payment=yes"
        self.assertIn(f'href="{path}"', page)
        self.assertIn("o_payment_form", self.url_open(path).text)

    def test_paid_at_once_where_nothing_is_signed(self):
        self.order.require_signature = False
        self._publish()
        self._open_by_code()
        self.assertIn(PAY_ONLINE, self._page().text)
        self._respond("accepted", signed_by="Anna Berg")
        page = self._page().text
        self.assertNotIn("Accept the offer", page, "It is accepted once.")
        self.assertIn(PAY_ONLINE, page)

    def test_payment_under_way(self):
        self.order.require_signature = False
        self._publish()
        self._transaction("pending")
        self._open_by_code()
        page = self._page().text
        self.assertIn("Your payment is under way.", page)
        self.assertNotIn(PAY_ONLINE, page)

    def test_begun_on_odoos_page(self):
        self.order.require_signature = False
        self._publish()
        self._open_by_code()
        answer = self._pay()
        self.assertEqual(answer["result"]["provider_code"], "none")
        transaction = self.order.transaction_ids
        self.assertEqual(transaction.partner_id, self.anna)
        self.assertEqual(transaction.amount, self.order.amount_total)

    def test_contact_from_another_house(self):
        """Odoo's own rules would open the page to colleagues of the customer only."""
        other = self.env["res.partner"].create({"name": "Other house", "is_company": True})
        self.order.write({"require_signature": False, "partner_id": other.id})
        self._publish()
        self._open_by_code()
        page = self.url_open(f"/my/orders/{self.order.id}?allow_payment=yes")
        self.assertIn("o_payment_form", page.text)
        self.assertIn("result", self._pay())

    def test_no_link_where_nobody_takes_the_money(self):
        self.order.require_signature = False
        self._publish()
        self._open_by_code()
        foreign = {"company_id": self.other_company.id}
        for values in ({"state": "disabled"}, {"is_published": False}, foreign):
            before = {key: self.provider[key] for key in values}
            with self.subTest(values=values):
                self.provider.write(values)
                self.assertNotIn(PAY_ONLINE, self._page().text)
                self.provider.write({**before, "company_id": self.company.id})
                self.assertIn(PAY_ONLINE, self._page().text)

    def test_no_link_where_nothing_is_to_be_paid(self):
        self.order.write({"require_signature": False, "require_payment": False})
        self._publish()
        self._open_by_code()
        self.assertNotIn(PAY_ONLINE, self._page().text)

    def test_invoice(self):
        self._publish()
        invoice = self._create_invoice(self.order)
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", True)
        self._open_by_code()
        page = self._get(self._path(self.access)).text
        self.assertIn(f'href="/my/invoices/{invoice.id}"', page)
        self.assertIn("o_payment_form", self.url_open(f"/my/invoices/{invoice.id}").text)
        self.provider.state = "disabled"
        self.assertNotIn(PAY_ONLINE, self._get(self._path(self.access)).text)


@tagged("post_install", "-at_install")
class TestPaymentDoors(PaymentCase):
    """Who may look but not answer signs, changes, declines and pays nowhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.order_line = [
            Command.create(
                {
                    "display_type": "line_section",
                    "name": "Extras",
                    "is_optional": True,
                    "sequence": 20,
                }
            ),
            Command.create(
                {"product_id": cls.desk.id, "name": "Lamp", "product_uom_qty": 0, "sequence": 21}
            ),
        ]
        cls.lamp = cls.order.order_line.filtered(lambda line: line.name == "Lamp")

    def _sign(self):
        return self._core("/accept", name="Anna", signature=draw_signature())["result"]

    def _change(self):
        self._core("/update_line_dict", line_id=self.lamp.id, input_quantity=3)
        self.env.invalidate_all()
        return self.lamp.product_uom_qty

    def _decline(self):
        token = self._csrf(self._get(self._path(self.access)))
        return self.url_open(
            f"/my/orders/{self.order.id}/decline",
            data={"csrf_token": token, "decline_message": "No"},
            allow_redirects=False,
        )

    def test_who_may_answer_does_so_on_odoos_page_too(self):
        self._publish()
        self._open_by_code()
        self.assertEqual(self._change(), 3)
        self.assertNotIn("error", self._sign())
        self.assertIn("result", self._pay())

    @mute_logger("odoo.http")
    def test_who_may_look_does_nothing(self):
        self.access.role_id = self.reader
        self._publish()
        self._open_by_code()
        self.assertEqual(self._page().status_code, 200)
        for page in (self._page().text, self.url_open(f"/my/orders/{self.order.id}").text):
            self.assertIn("Desk", page)
            for text in (
                PAY_ONLINE,
                "o_payment_form",
                "Sign &amp; Pay",
                "Accept",
                "Reject</button",
            ):
                self.assertNotIn(text, page)
        self.assertIn("error", self._sign())
        self.assertEqual(self._change(), 0)
        self.assertIn("cant_reject", self._decline().headers["Location"])
        self.assertIn("error", self._pay())
        self.env.invalidate_all()
        self.assertFalse(self.order.signature or self.order.transaction_ids)
        self.assertEqual(self.order.state, "sent")

    @mute_logger("odoo.http")
    def test_permission_that_takes_an_account(self):
        self.env.ref(
            "customer_portal_access_sale.permission_respond_quotations"
        ).assurance = "account"
        self._publish()
        self._open_by_code()
        self.assertIn("error", self._sign())
        self.assertIn("error", self._pay())
        user = self.anna._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        self._other_browser()
        self.authenticate(user.login, "a-good-pass-phrase")
        self.assertNotIn("error", self._sign())

    @mute_logger("odoo.http")
    def test_others_pay_nothing(self):
        """A stranger, a colleague without an access, level link, another company."""
        self._publish()
        self.assertIn("error", self._pay())
        carla = self._create_contact("Carla Berg", "carla@berg.example", "+47 406 12 347")
        user = carla._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        self.authenticate(user.login, "a-good-pass-phrase")
        self.assertIn("error", self._pay())
        self._other_browser()
        self.company.customer_login_free = True
        self._open_by_link()
        self.assertIn("error", self._pay())
        self._other_browser()
        self.company.customer_login_free = False
        self._open_by_code()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [self.other_company.id, self.order.id],
        )
        self.env.invalidate_all()
        self.assertIn("error", self._pay())
        self.assertFalse(self.order.transaction_ids)

    def test_portal_users_who_were_there_before_answer_as_ever(self):
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Old",
                    "login": "old@berg.example",
                    "password": "a-good-pass-phrase",
                    "partner_id": self._create_contact("Old", "o@berg.example", False).id,
                    "group_ids": self.env.ref("base.group_portal").ids,
                }
            )
        )
        self._publish()
        self.authenticate(user.login, "a-good-pass-phrase")
        self.assertNotIn("error", self._sign())
