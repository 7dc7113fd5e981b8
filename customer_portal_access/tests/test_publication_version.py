from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from .common import CustomerCase
from .publication_common import PublicationData


class TestPublicationVersion(CustomerCase, PublicationData):
    """An offer keeps what it said; an accepted one stays as it is."""

    def setUp(self):
        super().setUp()
        self.access = self._create_access(self.anna)
        self.offer = self._create_publication(
            state="draft", body="<p>Oak</p>", amount=100
        ).with_user(self.sara)

    def _file(self, name="plan.txt", user=None, **values):
        attachments = self.env["ir.attachment"].with_user(user or self.sara)
        return attachments.create({"name": name, "raw": name.encode(), **values})

    # ------------------------------------------------------------
    # VERSIONS
    # ------------------------------------------------------------

    def test_a_draft_has_no_versions(self):
        self.offer.amount = 90
        self.assertFalse(self.offer.version_ids)

    def test_publishing_makes_the_first(self):
        self.offer._publish()
        version = self.offer.version_ids
        self.assertEqual((version.number, version.name, version.amount), (1, "The offer", 100))
        self.assertEqual(version.body, "<p>Oak</p>")
        self.assertEqual(version.currency_id, self.company.currency_id)

    def test_what_makes_another(self):
        self.offer._publish()
        euro = self.env["res.currency"].search([("id", "!=", self.offer.currency_id.id)], limit=1)
        for number, vals in enumerate(
            (
                {"name": "The better offer"},
                {"body": "<p>Birch</p>"},
                {"amount": 90, "name": "The best offer"},
                {"currency_id": euro.id},
                {"attachment_ids": [Command.link(self._file().id)]},
            ),
            start=2,
        ):
            with self.subTest(vals=vals):
                self.offer.write(vals)
                self.assertEqual(self.offer.version, number)
                self.assertEqual(self.offer._current_version().number, number)
        self.assertEqual(len(self.offer.version_ids), 6)
        self.assertIn("version 6", self.lead.message_ids[0].body)

    def test_what_makes_none(self):
        self.offer._publish()
        self.offer.write({"amount": 100, "body": "<p>Oak</p>", "sequence": 3})
        self.offer.date_until = "2099-01-01"
        self.offer.role_ids = self.applicant
        self.assertEqual(self.offer.version, 1)

    def test_only_offers_have_versions(self):
        page = self._create_publication("page", state="draft", body="<p>One</p>")
        page._publish()
        page.body = "<p>Two</p>"
        self.assertFalse(page.version_ids)

    def test_an_answer_keeps_its_version(self):
        self.offer._publish()
        response = self._create_response(self.offer, self.access, "declined")
        self.offer.write({"amount": 90})
        self.assertEqual(response.version_id.number, 1)
        self.assertEqual(response.version_id.amount, 100)
        self.assertEqual(self.offer._current_version().amount, 90)

    def test_a_version_keeps_its_files(self):
        file = self._file()
        self.offer.attachment_ids = file
        self.offer._publish()
        self.offer.attachment_ids = [Command.clear()]
        first, second = self.offer.version_ids.sorted("number")
        self.assertEqual(first.attachment_ids, file)
        self.assertFalse(second.attachment_ids)

    def test_a_file_that_was_shown_cannot_be_deleted(self):
        self.offer.attachment_ids = self._file()
        self.offer._publish()
        with self.assertRaisesRegex(UserError, "customers have seen"):
            self.offer.attachment_ids.unlink()
        with self.assertRaisesRegex(Exception, "customer_publication_version"), self.cr.savepoint():
            self.offer.attachment_ids.sudo().unlink()
            self.env.flush_all()

    def test_staff_write_no_versions(self):
        self.offer._publish()
        with self.assertRaises(AccessError):
            self.offer.version_ids.amount = 1
        with self.assertRaises(AccessError):
            self.offer.version_ids.unlink()

    # ------------------------------------------------------------
    # THE LOCK
    # ------------------------------------------------------------

    def test_an_accepted_offer_is_locked(self):
        self.offer._publish()
        self._create_response(self.offer, self.access)
        for vals in (
            {"name": "Other"},
            {"body": "<p>Birch</p>"},
            {"amount": 1},
            {"currency_id": False},
            {"attachment_ids": [Command.link(self._file().id)]},
            {"date_until": "2099-01-01"},
            {"allow_accept": False},
            {"allow_decline": False},
            {"require_signature": True},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "Reopen it first"):
                self.offer.write(vals)
        self.offer.sequence = 2
        self.offer.action_close()
        self.assertEqual(self.offer.state, "closed")

    def test_reopened_it_can_be_changed_and_answered_again(self):
        self.offer._publish()
        first = self._create_response(self.offer, self.access)
        self.offer.action_reopen()
        self.offer.amount = 90
        second = self._create_response(self.offer, self.access)
        self.assertEqual((first.version_id.number, second.version_id.number), (1, 2))
        self.assertEqual((first.is_current, second.is_current), (False, True))
        self.assertTrue(self.offer.is_locked)

    def test_a_declined_offer_is_not_locked(self):
        self.offer._publish()
        self._create_response(self.offer, self.access, "declined")
        self.offer.amount = 80
        self.assertEqual(self.offer.version, 2)

    def test_the_form_is_locked_too(self):
        self.offer._publish()
        self._create_response(self.offer, self.access)
        with Form(self.offer) as form, self.assertRaisesRegex(AssertionError, "readonly"):
            form.amount = 5

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def test_an_uploaded_file_becomes_its_own(self):
        file = self._file(res_model="customer.publication", res_id=0)
        self.offer.attachment_ids = file
        self.assertEqual(self.offer.attachment_ids, file)
        self.assertEqual(file.res_id, self.offer.id)

    def test_a_file_of_something_else_is_copied(self):
        file = self._file(res_model="crm.lead", res_id=self.lead.id)
        self.offer.attachment_ids = file
        copied = self.offer.attachment_ids
        self.assertNotEqual(copied, file)
        self.assertEqual((copied.name, copied.raw), (file.name, file.raw))
        self.assertEqual((copied.res_model, copied.res_id), (self.offer._name, self.offer.id))
        self.assertEqual(file.res_model, "crm.lead")

    def test_a_file_that_the_user_cannot_open_is_refused(self):
        hers = self._file(user=self.pia, res_model="customer.publication", res_id=0)
        foreign = self.env["ir.attachment"].create(
            {"name": "key", "raw": b"key", "res_model": "ir.config_parameter", "res_id": 1}
        )
        for file in (hers, foreign):
            with self.subTest(file=file.name), self.assertRaises(AccessError):
                self.offer.write({"attachment_ids": [Command.link(file.id)]})
            with self.subTest(file=file.name), self.assertRaises(AccessError):
                self.offer.copy({"attachment_ids": [Command.set(file.ids)]})

    def test_files_in_every_form_that_odoo_takes(self):
        """The field's own reading decides: ids, a tuple, records, commands."""
        for form in (
            lambda file: [file.id],
            lambda file: (file.id,),
            lambda file: file,
            lambda file: [Command.link(file.id)],
            lambda file: [(Command.LINK, file.id)],
            lambda file: [Command.clear(), Command.link(file.id)],
            lambda file: [Command.set(file.ids)],
        ):
            for name in ("write", "create"):
                file = self._file(res_model="crm.lead", res_id=self.lead.id)
                with self.subTest(form=form(file), name=name):
                    offer = self.offer
                    if name == "write":
                        offer.write({"attachment_ids": [Command.clear()]})
                        offer.write({"attachment_ids": form(file)})
                    else:
                        values = {"name": "New", "kind": "offer", "lead_id": self.lead.id}
                        offer = offer.create({**values, "attachment_ids": form(file)})
                    own = offer.attachment_ids
                    self.assertEqual((own.name, own.res_id), (file.name, offer.id))
                    self.assertNotEqual(own, file)
                    self.assertEqual(file.res_model, "crm.lead")
        self.offer.attachment_ids = False
        self.assertFalse(self.offer.attachment_ids)
        self.offer.attachment_ids = [Command.create({"name": "new.txt", "raw": b"new"})]
        self.assertEqual(self.offer.attachment_ids.res_id, self.offer.id)

    def test_one_upload_for_two_publications_is_two_files(self):
        file = self._file(res_model="customer.publication", res_id=0)
        both = self.offer | self.offer.copy()
        both.write({"attachment_ids": [file.id]})
        self.assertEqual([publication.attachment_ids.res_id for publication in both], both.ids)
        self.assertEqual(len(both.attachment_ids), 2)

    def test_a_file_is_not_copied_again(self):
        self.offer.attachment_ids = self._file(res_model="crm.lead", res_id=self.lead.id)
        own = self.offer.attachment_ids
        for files in ([own.id], [Command.set(own.ids)], own):
            self.offer.write({"attachment_ids": files})
            self.assertEqual(self.offer.attachment_ids, own)

    def test_a_public_file_is_copied_as_a_private_one(self):
        file = self._file(public=True)
        file.generate_access_token()
        self.offer.attachment_ids = file
        self.assertNotEqual(self.offer.attachment_ids, file)
        self.assertFalse(self.offer.attachment_ids.public)
        self.assertFalse(self.offer.attachment_ids.sudo().access_token)
        self.assertTrue(file.public)
