import base64
import io

from lxml import html
from PIL import Image, ImageDraw

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.customer_portal_access.tests.portal_common import PortalPageCase

from .common import SaleData


def draw_signature():
    image = Image.new("RGBA", (60, 30), (0, 0, 0, 0))
    ImageDraw.Draw(image).line((5, 20, 55, 10), fill="black", width=3)
    raw = io.BytesIO()
    image.save(raw, "PNG")
    return base64.b64encode(raw.getvalue()).decode()


class QuotationCase(PortalPageCase, SaleData):
    """Anna is a contact person who came by the code; Bo has the link alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = False
        cls.access.role_id = cls.contact_person
        cls._create_sale_data()

    def _publish(self, order=None):
        (order or self.order).with_user(self.sara).sudo()._customer_publish()

    def _page(self, order=None, access=None, path=""):
        order = order or self.order
        return self._get(f"{self._path(access or self.access)}/quotation/{order.id}{path}")

    def _respond(self, decision, **values):
        page = self._get(self._path(self.access))  # its forms are there when it has none
        data = {
            "csrf_token": self._csrf(page),
            "decision": decision,
            "version": self.order._customer_version(),
            **values,
        }
        return self.url_open(
            f"{self._path(self.access)}/quotation/{self.order.id}/respond",
            data=data,
            allow_redirects=False,
        )

    def _csrf(self, page):
        return html.fromstring(page.content).xpath("string(//input[@name='csrf_token']/@value)")

    def _accept(self, **values):
        return self._respond(
            "accepted", **{"signed_by": "Anna Berg", "signature": draw_signature(), **values}
        )


class TestQuotation(QuotationCase):
    """A quotation is published, read, accepted or declined, once."""

    def test_published_with_one_click(self):
        self.order.access_token = "old-token"
        action = self.order.with_user(self.sara).action_customer_publish()
        self.assertEqual(action["res_model"], "customer.invitation")
        self.assertEqual(action["context"]["default_access_ids"], (self.access + self.guest).ids)
        self.assertTrue(self.order.customer_published_at)
        self.assertEqual(self.order.state, "sent")
        self.assertFalse(self.order.access_token)

    def test_why_it_cannot_be_published(self):
        for values in ({"opportunity_id": False}, {"order_line": [Command.clear()]}):
            order = self._create_order()
            order.write(values)
            with self.subTest(values=values), self.assertRaises(UserError):
                order.action_customer_publish()
        (self.access + self.guest).role_id = self.applicant
        with self.assertRaisesRegex(UserError, "Customer Centre"):
            self.order.action_customer_publish()

    def test_other_salesperson_cannot_publish(self):
        other = self._create_staff("olav", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.order.with_user(other).action_customer_publish()

    def test_fact_is_written_by_buttons_only(self):
        self.order.with_user(self.sara).write({"customer_published_at": "2026-01-01"})
        self.assertFalse(self.order.customer_published_at)

    def test_draft_is_not_there(self):
        page = self._open_by_code()
        self.assertNotIn(self.order.name, page.text)
        self.assertEqual(self._page().status_code, 404)

    def test_workspace_and_page(self):
        self._publish()
        page = self._open_by_code()
        self.assertIn("Quotations and orders", page.text)
        self.assertIn(f"/quotation/{self.order.id}", page.text)
        page = self._page()
        self.assertEqual(self._headline(page), self.order.name)
        for text in ("Desk", "200.00", "Untaxed amount", "Accept the offer", "Decline the offer"):
            self.assertIn(text, page.text)
        self.assertIn("quotation_opened", self.access.event_ids.mapped("kind"))

    def test_taken_back(self):
        self._publish()
        self._open_by_code()
        self.order.with_user(self.sara).action_customer_withdraw()
        self.assertEqual(self._page().status_code, 404)

    def test_accepted_with_signature(self):
        self._publish()
        self._open_by_code()
        answer = self._accept(comment="On Monday, please")
        self.assertIn("answered=ok", answer.headers["Location"])
        self.env.invalidate_all()
        self.assertEqual((self.order.state, self.order.signed_by), ("sale", "Anna Berg"))
        self.assertTrue(self.order.signature)
        activity = self.lead.activity_ids.filtered(lambda todo: "has accepted" in todo.summary)
        self.assertEqual(activity.user_id, self.sara)
        self.assertIn("quotation_answered", self.access.event_ids.mapped("kind"))
        message = self.order.message_ids.filtered(lambda note: "On Monday" in (note.body or ""))
        self.assertEqual(message.author_id, self.anna)
        page = self._page()
        self.assertIn("Accepted by Anna Berg", page.text.replace("\n", " ").replace("</t>", ""))
        self.assertNotIn("Accept the offer", page.text)

    def test_accepted_without_signature_where_none_is_asked_for(self):
        self.order.require_signature = False
        self._publish()
        self._open_by_code()
        self._respond("accepted", signed_by="Anna Berg")
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")

    def test_what_is_to_be_paid_first_waits(self):
        self.order.require_payment = True
        self._publish()
        self._open_by_code()
        self._accept()
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.signature)
        self.assertNotIn("Accept the offer", self._page().text, "It is signed already.")

    def test_declined_with_a_reason(self):
        self._publish()
        self._open_by_code()
        self.assertEqual(self._respond("declined").status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent")
        self._respond("declined", comment="Too dear")
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "cancel")
        self.assertIn("Too dear", "".join(self.order.message_ids.mapped("body")))
        self.assertIn("Cancelled or declined", self._page().text)

    def test_what_is_wrong_is_told(self):
        self._publish()
        self._open_by_code()
        for values, text in (
            ({"signed_by": ""}, "Please enter your name."),
            ({"signature": ""}, "Please draw your signature."),
            ({"signature": "rubbish"}, "This signature cannot be read."),
            ({"version": "older"}, "has been changed while you were reading it"),
        ):
            with self.subTest(values=values):
                self.assertIn(text, self._accept(**values).text)
        self.assertEqual(self._respond("maybe").status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent")

    def test_second_answer_is_refused(self):
        self._publish()
        self._open_by_code()
        version = self.order._customer_version()
        self._accept()
        answer = self._respond("declined", comment="No", version=version)
        self.assertIn("answered=closed", answer.headers["Location"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")

    def test_expired_is_not_answered(self):
        self._publish()
        self.order.validity_date = "2020-01-01"
        self._open_by_code()
        self.assertNotIn("Accept the offer", self._page().text)
        self.assertIn("answered=closed", self._accept().headers["Location"])

    def test_options(self):
        order = self.order
        order.order_line = [
            Command.create(
                {
                    "display_type": "line_section",
                    "name": "Extras",
                    "is_optional": True,
                    "sequence": 20,
                }
            ),
            Command.create(
                {"product_id": self.desk.id, "name": "Lamp", "product_uom_qty": 0, "sequence": 21}
            ),
        ]
        lamp = order.order_line.filtered(lambda line: line.name == "Lamp")
        fixed = order.order_line[0]
        self._publish()
        self._open_by_code()
        token = self._csrf(self._page())
        for line, quantity, status in ((lamp, "3", 303), (fixed, "0", 404), (lamp, "-1", 404)):
            answer = self.url_open(
                f"{self._path(self.access)}/quotation/{order.id}/option",
                data={"csrf_token": token, "line_id": line.id, "quantity": quantity},
                allow_redirects=False,
            )
            self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()
        self.assertEqual((lamp.product_uom_qty, fixed.product_uom_qty), (3, 2))

    def test_may_look_but_not_answer(self):
        role = self.contact_person.copy({"code": "reader"})
        role.permission_ids -= self.env.ref(
            "customer_portal_access_sale.permission_respond_quotations"
        )
        self.access.role_id = role
        self._publish()
        self._open_by_code()
        page = self._page()
        self.assertNotIn("Accept the offer", page.text)
        self.assertEqual(self._accept().status_code, 404)

    def test_invitation_names_it(self):
        self.assertNotIn(self.order.name, self.access._link_html())
        self._publish()
        self.assertIn(self.order.name, self.access._link_html())

    def test_invoices_with_state(self):
        self._publish()
        invoice = self._create_invoice(self.order)
        page = self._open_by_code()
        self.assertIn(invoice.name, page.text)
        self.assertIn("To pay", page.text)

    def test_access_on_the_customer_lists_all(self):
        wide = self._create_access(self.anna, self.contact_person, self.customer)
        ordered = self._create_order(opportunity_id=False)
        ordered.action_confirm()
        invoice = self._create_invoice()
        self._open_by_code()
        page = self._get(self._path(wide))
        self.assertIn(ordered.name, page.text)
        self.assertIn(invoice.name, page.text)
        self.assertNotIn(f"/quotation/{self.order.id}", page.text)
        page = self._get(self._path(self.access))
        self.assertNotIn(ordered.name, page.text)
        self.assertNotIn(invoice.name, page.text)

    def test_long_lists_have_pages(self):
        wide = self._create_access(self.anna, self.contact_person, self.customer)
        orders = self.env["sale.order"].concat(
            *(self._create_order(opportunity_id=False) for _number in range(22))
        )
        orders.action_confirm()
        self._open_by_code()
        path = self._path(wide)
        self.assertEqual(self._get(path).text.count("o_customer_order"), 6)
        shown = []
        for page, count, link in ((1, 20, "Next page"), (2, 2, "Earlier page")):
            answer = self._get(f"{path}/quotations?page={page}")
            self.assertEqual(answer.text.count("o_customer_order"), count)
            self.assertIn(link, answer.text)
            words = html.fromstring(answer.content).text_content().split()
            self.assertIn(f"Page {page} of 2", " ".join(words))
            shown += [order for order in orders if order.name in answer.text]
        self.assertCountEqual(shown, orders)
        for page in ("0", "-1", "x", "99999999", "²"):
            with self.subTest(page=page):
                answer = self._get(f"{path}/quotations?page={page}")
                self.assertIn("o_customer_order", answer.text)

    def test_all_invoices(self):
        self._publish()
        path = f"{self._path(self.access)}/invoices"
        self._open_by_code()
        answer = self._get(path)
        self.assertURLEqual(answer.headers["Location"], self._path(self.access))
        invoice = self._create_invoice(self.order)
        self.assertIn(invoice.name, self._get(path).text)
