from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command

from ..models.customer_publication import KINDS
from .portal_common import PortalPageCase
from .publication_common import PublicationData


class PublicationPageCase(PortalPageCase, PublicationData):
    """Bo is here by a link alone, Anna by the code; one publication of each kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.publications = {kind: cls._create_publication(kind) for kind, _label in KINDS}
        cls.offer = cls.publications["offer"]

    def _url(self, publication, access=None):
        return (access or self.guest)._publication_path(publication)

    def _open(self, publication, access=None):
        return self._get(self._url(publication, access))

    def _text(self, page, xpath="//main"):
        nodes = html.fromstring(page.content).xpath(xpath)
        return " ".join(" ".join(node.text_content() for node in nodes).split())


class TestPublicationCards(PublicationPageCase):
    """Cards on the workspace."""

    def _cards(self, page):
        return html.fromstring(page.content).xpath("//li[contains(@class, 'o_customer_card')]")

    def _titles(self, page):
        return [card.xpath("string(.//h3)").strip() for card in self._cards(page)]

    def test_cards_in_the_order_of_staff(self):
        for sequence, kind in enumerate(("page", "offer", "file", "link")):
            self.publications[kind].sequence = sequence
        page = self._open_by_link()
        self.assertEqual(self._titles(page), ["The page", "The offer", "The file", "The link"])
        links = [card.xpath(".//a/@href")[0] for card in self._cards(page)]
        self.assertEqual(links[1], self._url(self.offer))

    def test_card_says_kind_amount_and_until(self):
        self.offer.write({"amount": 12500, "date_until": fields.Date.today() + timedelta(days=3)})
        self._open_by_link()
        [card] = [card for card in self._cards(self._get(self._path(self.guest)))][:1]
        text = " ".join(card.text_content().split())
        self.assertRegex(text, r"^Offer New The offer .*12,500.00.* Valid until \d+/")

    def test_card_says_who_answered_and_what_ended(self):
        self.env["customer.publication.response"].create(
            {
                "publication_id": self.offer.id,
                "decision": "accepted",
                "partner_name": "Anna Berg",
            }
        )
        self.publications["page"].sudo().state = "closed"
        self.publications["file"].date_until = fields.Date.today() - timedelta(days=1)
        text = self._text(self._open_by_link(), "//section[@id='publications']")
        self.assertIn("Accepted by Anna Berg, ", text)
        self.assertIn("The page Closed", text)
        self.assertRegex(text, r"The file Ended on \d\d/")

    def test_at_level_link_one_line_says_there_is_more(self):
        page = self._open_by_link()
        self.assertNotIn("The list", page.text)
        self.assertIn("the rest of what is published for you", self._text(page))
        self.publications["list"].unlink()
        page = self._get(self._path(self.guest))
        self.assertNotIn("the rest of what is published", self._text(page))

    def test_after_the_code_everything_is_there(self):
        page = self._open_by_code()
        self.assertIn("The list", self._titles(page))
        self.assertNotIn("There is more", self._text(page))

    def test_what_is_published_comes_before_the_contact_person(self):
        page = self._open_by_link()
        order = [page.text.index(f'id="customer_{part}"') for part in ("main", "aside", "more")]
        self.assertEqual(order, sorted(order))

    def test_all_of_it_waiting_is_said_once(self):
        for kind in ("offer", "page", "file", "link"):
            self.publications[kind].unlink()
        text = self._text(self._open_by_link())
        self.assertNotIn("Published for you", text)
        self.assertIn("Confirm who you are to see what is published for you, and to", text)
        self.assertEqual(text.count("Confirm who you are"), 1)

    def test_nothing_published_says_whom_to_ask(self):
        self.env["customer.publication"].search([]).unlink()
        text = self._text(self._open_by_link(), "//section[@id='publications']")
        self.assertIn("Nothing is published for you here yet.", text)
        self.assertIn("please ask Sara, +47 22 00 00 00, sara@seller.example.", text)

    def test_page_of_a_customer_has_no_cards(self):
        role = self.contact_person.copy({"code": "all"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_all_workspaces")
        access = self._create_access(self.anna, role, self.customer)
        self._open_by_code()
        self.assertNotIn("Published for you", self._get(self._path(access)).text)
        page = self._get(f"{self._path(access)}")
        self.assertEqual(page.status_code, 200)

    def test_queries_do_not_grow_with_publications(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cards = self.access._publication_cards(self.access._publications("code"))
            return len(cards), self.env.cr.sql_log_count - before

        count()  # fills what Odoo caches for good
        few, before = count()
        self.env["customer.publication"].create(
            [
                {"name": f"No. {number}", "kind": kind, "lead_id": self.lead.id}
                for number in range(50)
                for kind, _label in KINDS
            ]
        ).sudo().state = "published"
        many, after = count()
        self.assertEqual(many, few + 250)
        self.assertEqual(after, before)


class TestPublicationPages(PublicationPageCase):
    """A page of each publication."""

    def test_each_kind_has_a_page_with_a_way_back(self):
        self.publications["link"].url = "https://plan.example/a"
        self._open_by_code()
        for kind, publication in self.publications.items():
            with self.subTest(kind=kind):
                page = self._open(publication, self.access)
                self.assertEqual(page.status_code, 200)
                self.assertEqual(self._headline(page), f"The {kind}")
                crumbs = html.fromstring(page.content).xpath(
                    "//ol[contains(@class, 'breadcrumb')]//a/@href"
                )
                self.assertEqual(crumbs[-1], self._path(self.access))

    def test_way_back_by_a_link_alone(self):
        self._open_by_link()
        crumbs = html.fromstring(self._open(self.offer).content).xpath(
            "//ol[contains(@class, 'breadcrumb')]//a/@href"
        )
        self.assertEqual(crumbs, [self._path(self.guest)])

    def test_offer_shows_text_amount_and_files(self):
        file = self.env["ir.attachment"].create({"name": "plan.pdf", "raw": b"x" * 2048})
        self.offer.write(
            {
                "body": "<p>Oak <b>doors</b></p>",
                "amount": 900,
                "attachment_ids": [Command.link(file.id)],
            }
        )
        self._open_by_link()
        page = self._open(self.offer)
        self.assertIn("<p>Oak <b>doors</b></p>", page.text)
        self.assertIn("900.00", page.text)
        self.assertIn("plan.pdf (2 KB)", self._text(page))
        self.assertIn(f'href="{self._url(self.offer)}/file/{file.id}"', page.text)

    def test_link_opens_without_telling_where_from(self):
        self.publications["link"].url = "https://plan.example/a?b=1"
        self._open_by_link()
        page = self._open(self.publications["link"])
        [button] = html.fromstring(page.content).xpath("//a[contains(@class, 'btn-primary')][@rel]")
        self.assertEqual(button.get("href"), "https://plan.example/a?b=1")
        self.assertEqual(button.get("rel"), "noopener noreferrer")
        self.assertEqual(" ".join(button.text_content().split()), "Open plan.example")

    def test_other_addresses_are_not_opened(self):
        addresses = (
            "javascript:alert(1)",
            " javascript:alert(1)",
            "JaVaScRiPt:alert(1)//https://x.example",
            "java\tscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "//evil.example",
            "/my/home",
            "http://[bad",
            "https:",
            "vbscript:x",
        )
        for url in addresses:
            with self.subTest(url=url):
                self.assertIsNone(self.env["customer.publication"].new({"url": url})._address())
        for url, host in (
            ("mailto:sara@seller.example", "sara@seller.example"),
            ("http://plan.example:8080/x", "plan.example"),
        ):
            address = self.env["customer.publication"].new({"url": url})._address()
            self.assertEqual(address, {"url": url, "host": host})

    def test_closed_or_past_its_date_is_read_only_and_said_so(self):
        self._open_by_link()
        self.offer.date_until = fields.Date.today() - timedelta(days=1)
        page = self._open(self.offer)
        self.assertIn("You can read it, but not answer it any more.", self._text(page))
        self.assertIn("Please ask Sara", self._text(page))
        self.offer.write({"date_until": False})
        self.assertNotIn("not answer it any more", self._text(self._open(self.offer)))
        self.offer.sudo().state = "closed"
        self.assertIn("not answer it any more", self._text(self._open(self.offer)))

    def test_what_waits_says_nothing_of_it(self):
        self._open_by_link()
        page = self._open(self.publications["list"])
        self.assertEqual(page.status_code, 200)
        self.assertEqual(self._headline(page), "Confirm who you are")
        self.assertNotIn("The list", page.text)
        answer = self._submit(page, action="/confirm")
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")

    def test_script_in_the_text_is_not_served(self):
        self.offer.body = (
            '<p onclick="evil()">Hi<script>evil()</script>'
            '<a href="javascript:evil()">x</a><iframe src="https://evil.example"></iframe></p>'
        )
        self._open_by_link()
        self.assertNotIn("evil", self._open(self.offer).text)

    def test_title_is_escaped(self):
        self.offer.name = "<img src=x onerror=alert(1)>"
        page = self._open_by_link()
        for answer in (page, self._open(self.offer)):
            self.assertNotIn("<img src=x", answer.text)
            self.assertIn("&lt;img src=x onerror", answer.text)

    def test_everything_else_is_not_found(self):
        elsewhere = self._create_publication("page", target=self.project)
        draft = self._create_publication("page", state="draft")
        other_role = self._create_publication("page", role_ids=self.applicant.ids)
        foreign = self._create_publication("page")
        foreign.sudo().company_id = self.other_company
        self._open_by_link()
        urls = [
            *(self._url(publication) for publication in (elsewhere, draft, other_role, foreign)),
            f"{self._path(self.guest)}/publication/999999999",
            self._url(self.offer, self.access),
            f"{self._path(self.guest)}/lead/{self.lead.id}/publication/{self.offer.id}",
        ]
        for url in urls:
            with self.subTest(url=url):
                self.assertEqual(self._get(url).status_code, 404)

    def test_after_revoking_a_live_session_sees_nothing(self):
        self._open_by_link()
        self.assertEqual(self._open(self.offer).status_code, 200)
        self.guest.revoke()
        self.assertURLEqual(self._open(self.offer).headers["Location"], "/customer/recover")

    def test_nobody_is_asked_to_sign_in(self):
        self.assertIn("/web/login", self._open(self.offer).headers["Location"])

    def test_workspace_opened_through_the_customer(self):
        role = self.contact_person.copy({"code": "all"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_all_workspaces")
        wide = self._create_access(self.anna, role, self.customer)
        shown = self._create_publication("page", target=self.project)
        self._open_by_code()
        path = f"{self._path(wide)}/project/{self.project.id}"
        page = self._get(path)
        self.assertIn(f'href="{path}/publication/{shown.id}"', page.text)
        page = self._get(f"{path}/publication/{shown.id}")
        self.assertEqual(self._headline(page), "The page")
        self.assertEqual(self._get(f"{path}/publication/{self.offer.id}").status_code, 404)

    def test_private_headers(self):
        self._open_by_link()
        headers = self._open(self.offer).headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")
