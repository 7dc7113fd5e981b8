from unittest.mock import patch

from odoo.exceptions import AccessError

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from .test_held_images import EVIL, PIXEL
from .test_publication_answer import draw
from .test_publication_pages import PublicationPageCase

REPORT = "customer_portal_access.report_offer"


class TestPublicationPrint(PublicationPageCase):
    """An offer as PDF, for whom the gate lets, where PDFs can be made."""

    def _wkhtmltopdf(self, state):
        return patch.object(IrActionsReport, "get_wkhtmltopdf_state", lambda _self: state)

    def _html(self, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.env.user)
        return report._render_qweb_html(REPORT, self.offer.ids)[0].decode()

    def test_says_all_there_is_to_say(self):
        self.offer.write({"amount": 900, "body": "<p>Oak <b>doors</b></p>"})
        self.offer.require_signature = True
        self.env.flush_all()
        with self.mock_mail_gateway():
            self.offer.sudo()._respond(
                self.access,
                "accepted",
                "In\nMay",
                "Anna B.",
                draw(),
                assurance="code",
            )
        self.env.invalidate_all()
        text = self._html()
        for part in (
            "The offer",
            "Kitchen for Berg",
            "900.00",
            "<p>Oak <b>doors</b></p>",
            "Accepted",
            "Anna B.",
            "In<br>\nMay",
            "data:image/png;base64,",
            self.company.name,
        ):
            self.assertIn(part, text)

    def test_nothing_is_fetched_from_elsewhere(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "a.png",
                "raw": PIXEL,
                "res_model": "customer.publication",
                "res_id": self.offer.id,
            }
        )
        self.offer.body = f'<img src="{EVIL}" alt="Oak"><img src="/web/image/{file.id}">'
        text = self._html()
        self.assertNotIn(f' src="{EVIL}"', text)
        self.assertIn('src="data:image/png;base64,iVBOR', text)
        self.assertNotIn(f"/web/image/{file.id}", text)

    def test_customer_downloads_it(self):
        self._open_by_link()
        with self._wkhtmltopdf("ok"):
            page = self._open(self.offer)
            self.assertIn(f'href="{self._url(self.offer)}/pdf"', page.text)
            served = self._get(f"{self._url(self.offer)}/pdf")
        self.assertEqual(served.status_code, 200)
        self.assertEqual(served.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", served.headers["Content-Disposition"])
        self.assertIn("The%20offer.pdf", served.headers["Content-Disposition"])

    def test_hidden_and_refused_where_it_cannot_be_made(self):
        self._open_by_link()
        for state in ("install", "broken", "workers"):
            with self.subTest(state=state), self._wkhtmltopdf(state):
                page = self._open(self.offer)
                self.assertEqual(page.status_code, 200)
                self.assertNotIn("/pdf", page.text)
                self.assertIn("o_customer_print", page.text)
                self.assertEqual(self._get(f"{self._url(self.offer)}/pdf").status_code, 404)

    def test_only_offers_and_only_one_s_own(self):
        self._open_by_link()
        with self._wkhtmltopdf("ok"):
            for url in (
                f"{self._url(self.publications['page'])}/pdf",
                f"{self._url(self.offer, self.access)}/pdf",
                f"{self._path(self.guest)}/publication/999999999/pdf",
            ):
                self.assertEqual(self._get(url).status_code, 404)
            self.offer.sudo().state = "draft"
            self.assertEqual(self._get(f"{self._url(self.offer)}/pdf").status_code, 404)

    def test_no_other_way_to_the_report(self):
        self._open_by_link()
        for converter in ("html", "pdf", "text"):
            url = f"/report/{converter}/{REPORT}/{self.offer.id}"
            self.assertNotIn("Kitchen for Berg", self.url_open(url).text)
        self._open_by_code()
        for converter in ("html", "pdf", "text"):
            url = f"/report/{converter}/{REPORT}/{self.offer.id}"
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, 403)
            self.assertNotIn("Kitchen for Berg", answer.text)

    def test_staff_print_what_they_may_read(self):
        self.assertIn("The offer", self._html(self.sara))
        self.lead.user_id = self.paul
        with self.assertRaises(AccessError):
            self._html(self.sara)
