from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .common import CustomerCase
from .publication_common import PublicationData


class TestPublicationState(CustomerCase, PublicationData):
    """Drafts are published, closed, taken back and reopened."""

    def setUp(self):
        super().setUp()
        self.access = self._create_access(self.anna)

    def _draft(self, kind="offer", **values):
        return self._create_publication(kind, state="draft", **values).with_user(self.sara)

    def _offer(self, **values):
        offer = self._draft(body="<p>Oak fronts</p>", **values)
        offer._publish()
        return offer

    def test_publish(self):
        offer = self._offer()
        self.assertEqual(offer.state, "published")
        self.assertTrue(offer.published_at)
        self.assertIn(offer, self.access._publications("code").with_env(offer.env))
        self.assertIn("“The offer” published", self.lead.message_ids[0].body)

    def test_what_makes_no_sense_is_not_published(self):
        for kind, sentence in (
            ("offer", "write a text or add a file"),
            ("page", "write a text"),
            ("file", "add at least one"),
            ("link", "enter its address"),
            ("list", "no columns"),
        ):
            with self.subTest(kind=kind):
                draft = self._draft(kind, body="<p><br></p>")
                with self.assertRaisesRegex(UserError, sentence):
                    draft._publish()
                self.assertEqual(draft.state, "draft")

    def test_one_that_is_incomplete_holds_back_all(self):
        drafts = self._draft("page", body="<p>Terms</p>") | self._draft("page")
        with self.assertRaisesRegex(UserError, "is empty"):
            drafts._publish()
        self.assertEqual(drafts.mapped("state"), ["draft", "draft"])

    def test_a_date_that_is_over_is_not_published(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "Choose a later date"):
            self._offer(date_until=yesterday)

    def test_nothing_is_published_on_a_template(self):
        template = self.project.copy({"is_template": True})
        draft = self._create_publication("page", template, "draft", body="<p>Terms</p>")
        with self.assertRaisesRegex(UserError, "This is a template"):
            draft._publish()

    def test_close_and_publish_again(self):
        offer = self._offer()
        published_at = offer.published_at
        offer.action_close()
        self.assertEqual(offer.state, "closed")
        self.assertFalse(offer._is_open())
        self.assertIn(offer, self.access._publications("code").with_env(offer.env))
        offer._publish()
        self.assertEqual((offer.state, offer.published_at), ("published", published_at))

    def test_take_back(self):
        offer = self._offer()
        offer.action_draft()
        self.assertEqual(offer.state, "draft")
        self.assertFalse(offer.published_at)
        self.assertNotIn(offer, self.access._publications("code").with_env(offer.env))

    def test_an_answered_offer_is_not_taken_back(self):
        offer = self._offer()
        self._create_response(offer, self.access, "declined")
        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            offer.action_draft()

    def test_a_list_that_customers_filled_in_is_not_taken_back(self):
        columns = [{"name": "item", "string": "Item", "type": "char"}]
        draft = self._draft("list", columns_definition=columns)
        draft._publish()
        row = self.env["customer.publication.entry"].create({"publication_id": draft.id})
        draft.action_draft()
        draft._publish()
        row.access_id = self.access
        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            draft.action_draft()

    def test_facts_are_written_by_verbs_only(self):
        offer = self._offer()
        for vals in ({"state": "draft"}, {"published_at": False}, {"version": 7}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                offer.write(vals)
        new = {"name": "New", "kind": "page", "lead_id": self.lead.id}
        publications = self.env["customer.publication"].with_user(self.sara)
        with self.assertRaises(AccessError):
            publications.create({**new, "state": "published"})
        sneaky = publications.with_context(default_state="published", default_version=4).create(new)
        self.assertEqual((sneaky.state, sneaky.version), ("draft", 1))

    def test_the_kind_stays_once_published(self):
        draft = self._draft(body="<p>Oak</p>")
        draft.kind = "page"
        draft._publish()
        with self.assertRaisesRegex(UserError, "its kind stays"):
            draft.kind = "offer"

    def test_addresses(self):
        link = self._draft("link")
        for url in (
            "https://www.example.com/plan?x=1",
            "http://example.com",
            "mailto:anna@berg.example",
        ):
            link.url = url
        for url in (
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "https:///nowhere",
            "https:example.com",
            "//example.com",
            "www.example.com",
            "ftp://example.com",
            "mailto:nobody",
            "http://[",
            "https://example.com/\u202egpj.exe",
        ):
            with self.subTest(url=url), self.assertRaisesRegex(ValidationError, "https://"):
                link.url = url

    def test_what_was_answered_is_not_deleted(self):
        offer = self._offer()
        self._create_response(offer, self.access)
        with self.assertRaisesRegex(UserError, "Close it"):
            offer.unlink()
        self.access.unlink()
        with self.assertRaisesRegex(UserError, "Close it"):
            self.lead.unlink()

    def test_a_list_that_customers_filled_in_is_not_deleted(self):
        found = self._create_publication("list")
        row = self.env["customer.publication.entry"].create({"publication_id": found.id})
        row.sudo().is_customer_row = True
        with self.assertRaisesRegex(UserError, "Close it"):
            found.unlink()

    def test_archiving_the_opportunity_leaves_it_readable(self):
        offer = self._offer()
        self.lead.active = False
        self.assertIn(offer, self.access._publications("code").with_env(offer.env))
        self.assertTrue(self.access._is_read_only())

    def test_deleting_the_opportunity_deletes_its_publications_and_files(self):
        file = self.env["ir.attachment"].create({"name": "plan.txt", "raw": b"plan"})
        draft = self._draft("file", attachment_ids=[Command.link(file.id)])
        copied = draft.attachment_ids
        self.access.unlink()
        self.lead.unlink()
        self.assertFalse(draft.exists())
        self.assertFalse(copied.exists())

    def test_merging_opportunities_moves_publications(self):
        offer = self._offer()
        response = self._create_response(offer, self.access)
        other = self.lead.copy({"name": "Bathroom for Berg", "expected_revenue": 1e9})
        other.type = "opportunity"
        master = (self.lead | other).with_user(self.sara).merge_opportunity()
        self.assertEqual(offer.lead_id, master)
        self.assertEqual(response.publication_id, offer.with_env(response.env))
        self.assertEqual(len(master.customer_publication_ids), 1)

    # ------------------------------------------------------------
    # REOPENING
    # ------------------------------------------------------------

    def test_reopen(self):
        self.access.sudo().invited_at = fields.Datetime.now()
        offer = self._offer()
        response = self._create_response(offer, self.access)
        with self.mock_mail_gateway():
            offer.action_reopen()
        self.assertFalse(response.is_current)
        self.assertEqual(offer.state, "published")
        self.assertFalse(offer.is_locked)
        message = self.lead.message_ids[0]
        self.assertEqual(message.subtype_id, self.env.ref("customer_portal_access.mt_to_customer"))
        self.assertIn("that you accepted", message.body)
        self.assertEqual(message.partner_ids, self.anna)
        self.assertEqual(message.author_id, self.sara.partner_id)
        self.assertIn(message.id, [line["id"] for line in self.access._thread()])
        self.assertNotIn(offer.name, message.body)

    def test_reopening_is_told_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.anna.lang = "de_DE"
        offer = self._offer()
        self._create_response(offer, self.access, "declined")
        offer.action_reopen()
        self.assertIn("abgelehnt", self.lead.message_ids[0].body)

    def test_whoever_is_no_longer_in_gets_no_mail(self):
        self.access.sudo().invited_at = fields.Datetime.now()
        offer = self._offer()
        self._create_response(offer, self.access)
        self.access.revoke()
        offer.action_reopen()
        self.assertFalse(self.lead.message_ids[0].partner_ids)

    def test_nothing_to_reopen(self):
        with self.assertRaisesRegex(UserError, "nothing to reopen"):
            self._offer().action_reopen()
