from datetime import timedelta

from odoo import fields

from .common import CustomerCase
from .publication_common import PublicationData
from .test_publication_pages import PublicationPageCase


class TestPublicationOpened(CustomerCase, PublicationData):
    """Who opened what, when; staff are told the first time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.bo, cls.contact_person)
        cls.offer = cls._create_publication("offer")

    def _open(self, access=None, minutes=0):
        """Open the offer, that long after the last time."""
        access = access or self.access
        if minutes:
            ago = fields.Datetime.now() - timedelta(minutes=minutes)
            self.env["customer.quota"].search([("scope", "=", "opened")]).started_at = ago
        self.env.flush_all()
        with self.mock_mail_gateway():
            access._open_publication(self.offer)

    def _recipient(self):
        return self.offer.recipient_ids.filtered(lambda row: row.access_id == self.access)

    def _events(self):
        return self.access.event_ids.filtered(lambda event: event.kind == "publication_opened")

    def _notified(self):
        messages = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        )
        return messages.filtered(
            lambda message: (
                self.sara.partner_id in message.notified_partner_ids and "opened" in message.body
            )
        )

    def test_first_opening_is_noted_and_told(self):
        self._open()
        row = self._recipient()
        self.assertTrue(row.opened_at)
        self.assertEqual(row.last_opened_at, row.opened_at)
        self.assertEqual(row.opened_version, 1)
        self.assertEqual(self._events().reason, "The offer")
        self.assertIn("Bo Berg has opened “The offer”", self.lead.message_ids[0].body)
        self.assertEqual(len(self._notified()), 1)

    def test_again_is_noted_once_a_minute_and_not_told(self):
        self._open()
        self._recipient().opened_at = first = fields.Datetime.now() - timedelta(days=2)
        self._recipient().last_opened_at = first
        messages = self.lead.message_ids
        self._open()
        self.assertEqual(self._recipient().last_opened_at, first)
        self._open(minutes=2)
        self.assertGreater(self._recipient().last_opened_at, first)
        self.assertEqual(self._recipient().opened_at, first)
        self.assertEqual(len(self._events()), 2)
        self.assertEqual(self.lead.message_ids, messages)

    def test_another_version_counts_at_once(self):
        self._open()
        self.offer.sudo().version = 2
        [card] = self.access._publication_cards(self.access._publications("link"))
        self.assertEqual(card["mark"], "changed")
        self._open()
        self.assertEqual(self._recipient().opened_version, 2)
        [card] = self.access._publication_cards(self.access._publications("link"))
        self.assertIsNone(card["mark"])
        self.assertEqual(len(self._notified()), 1)

    def test_a_mark_is_each_contact_s_own(self):
        other = self._create_access(self.anna, self.contact_person)
        self.assertEqual(
            self.access._publication_cards(self.access._publications("link"))[0]["mark"], "new"
        )
        self._open()
        self.assertIsNone(
            self.access._publication_cards(self.access._publications("link"))[0]["mark"]
        )
        self.assertEqual(other._publication_cards(other._publications("link"))[0]["mark"], "new")
        self._open(other)
        self.assertEqual(len(self.offer.recipient_ids), 2)
        self.assertEqual(len(self._notified()), 2)

    def test_what_was_sent_before_is_the_same_row(self):
        row = self.env["customer.publication.recipient"].create(
            {"publication_id": self.offer.id, "access_id": self.access.id, "sent_subject": "X"}
        )
        self.assertEqual(
            self.access._publication_cards(self.access._publications("link"))[0]["mark"], "new"
        )
        self._open()
        self.assertEqual(self._recipient(), row)
        self.assertTrue(row.opened_at)

    def test_preview_by_staff_counts_for_nothing(self):
        self._open(self.access.with_context(customer_preview=True))
        self.assertFalse(self.offer.recipient_ids)
        self.assertFalse(self._events())

    def test_staff_read_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.sara.lang = "de_DE"
        access = self.access.with_context(lang="en_US")
        self.assertEqual(access._staff_env().lang, "de_DE")


class TestPublicationOpenedPage(PublicationPageCase):
    """Reading the page is opening; being asked for the code is not."""

    def test_page_opens_and_waiting_does_not(self):
        page = self._open_by_link()
        self.assertFalse(self.env["customer.publication.recipient"].search([]))
        self._open(self.publications["list"])
        self.assertFalse(self.env["customer.publication.recipient"].search([]))
        self.assertIn(">New<", page.text)
        self._open(self.offer)
        row = self.env["customer.publication.recipient"].search([])
        self.assertEqual((row.publication_id, row.access_id), (self.offer, self.guest))

    def _traces(self):
        self.env.invalidate_all()
        links = self.guest.link_ids
        return (
            self.guest.last_seen_at,
            self.env["customer.publication.recipient"].search_count([]),
            len(self.guest.event_ids),
            links.mapped("use_count"),
            links.mapped("last_used_at"),
        )

    def test_what_nobody_reads_leaves_no_trace(self):
        """A HEAD is no visit, and what a browser fetches beforehand is not read yet."""
        link = self._link(self.guest)
        page = self.url_open(link)
        self._submit(page)
        paths = [self._path(self.guest), self._url(self.offer), link]
        before = self._traces()
        self.assertEqual(before[:2], (False, 0))
        for path in paths:
            page = self.url_open(path, method="HEAD", allow_redirects=False)
            self.assertEqual((page.status_code, page.content), (200, b""), path)
            for purpose in ("prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"):
                page = self.url_open(path, headers={"Sec-Purpose": purpose}, allow_redirects=False)
                self.assertEqual((page.status_code, page.content), (503, b""), path)
                self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(self._traces(), before)
        for path in paths:
            self.assertEqual(self.url_open(path).status_code, 200)
        self.assertTrue(self._traces()[0])
        self.assertEqual(self._traces()[1], 1)
