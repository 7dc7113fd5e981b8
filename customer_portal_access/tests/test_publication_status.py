from datetime import timedelta

from odoo import fields

from ..models.customer_publication_status import STATUSES
from .common import CustomerCase
from .publication_common import PublicationData

COLUMNS = [{"name": "person", "string": "Name", "type": "char"}]


class TestPublicationStatus(CustomerCase, PublicationData):
    """What customers did, in one word and one line, found by search, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.anna)

    def _open(self, publication, version=1):
        return self.env["customer.publication.recipient"].create(
            {
                "publication_id": publication.id,
                "access_id": self.access.id,
                "opened_at": fields.Datetime.now(),
                "opened_version": version,
            }
        )

    def _of_each(self):
        """Return a publication for each status."""
        yesterday = fields.Date.today() - timedelta(days=1)
        found = {
            "draft": self._create_publication("page", state="draft"),
            "not_opened": self._create_publication("page"),
            "opened": self._create_publication("page"),
            "accepted": self._create_publication(),
            "declined": self._create_publication(),
            "closed": self._create_publication("page", state="closed"),
            "overdue": self._create_publication("page", date_until=yesterday),
            "filled": self._create_publication("list", columns_definition=COLUMNS),
        }
        self._open(found["opened"])
        self._create_response(found["accepted"], self.access)
        self._create_response(found["declined"], self.access, "declined")
        for _number in range(2):
            self.env["customer.publication.entry"].create({"publication_id": found["filled"].id})
        found["filled"].entry_ids[0].sudo().access_id = self.access
        return found

    def test_each_status_and_its_words(self):
        words = {
            "draft": "customers do not see it",
            "not_opened": "Not opened yet",
            "opened": "Opened by Anna Berg",
            "accepted": "Accepted by Anna Berg",
            "declined": "Declined by Anna Berg",
            "closed": "Closed",
            "overdue": "Ended on",
            "filled": "Rows: 2, last changed by Anna Berg",
        }
        for status, publication in self._of_each().items():
            with self.subTest(status=status):
                self.assertEqual(publication.status, status)
                self.assertIn(words[status], publication.status_text)

    def test_search_agrees_with_what_is_shown(self):
        found = self._of_each()
        ids = [publication.id for publication in found.values()]
        publications = self.env["customer.publication"]
        for status, _label in STATUSES:
            with self.subTest(status=status):
                hits = publications.search([("status", "=", status), ("id", "in", ids)])
                self.assertEqual(hits, found[status])
        some = publications.search([("status", "not in", ("draft", "closed")), ("id", "in", ids)])
        self.assertEqual(len(some), len(found) - 2)

    def test_closed_or_overdue_an_answer_counts_more(self):
        offer = self._create_publication(date_until=fields.Date.today() - timedelta(days=1))
        self._create_response(offer, self.access)
        offer.action_close()
        self.assertEqual(offer.status, "accepted")

    def test_a_new_version_has_not_been_opened(self):
        offer = self._create_publication(state="draft", body="<p>Oak</p>")
        offer._publish()
        self._open(offer)
        self.assertEqual(offer.status, "opened")
        offer.amount = 5
        self.assertEqual(offer.status, "not_opened")
        self.assertEqual(offer.status_text, "Changed since it was opened")
        self.assertIn(offer, offer.search([("status", "=", "not_opened")]))

    def test_rows_of_customers_that_staff_changed_since(self):
        found = self._create_publication("list", columns_definition=COLUMNS)
        row = self.env["customer.publication.entry"].create({"publication_id": found.id})
        row.sudo().is_customer_row = True
        self.assertEqual((found.status, found.status_text), ("filled", "Rows: 1"))
        self.assertIn(found, found.search([("status", "=", "filled")]))
        row.active = False
        self.assertEqual(found.status, "not_opened")

    def test_an_answer_that_was_reopened_does_not_count(self):
        offer = self._create_publication()
        self._create_response(offer, self.access)
        offer.action_reopen()
        self.assertEqual(offer.status, "not_opened")

    def test_fifty_take_as_many_queries_as_five(self):
        def count(number):
            publications = self.env["customer.publication"].create(
                [
                    {"name": f"List {index}", "kind": "list", "lead_id": self.lead.id}
                    for index in range(number)
                ]
            )
            publications.sudo().state = "published"
            for publication in publications:
                self._open(publication)
                self._create_response(publication, self.access)
                self.env["customer.publication.entry"].create(
                    [{"publication_id": publication.id, "access_id": self.access.id}] * 3
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            publications.with_user(self.sara).mapped("status_text")
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(50), count(5))
