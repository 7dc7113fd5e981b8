from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .common import CustomerCase
from .file_common import PDF
from .list_common import ListData


class TestPublicationForged(CustomerCase, ListData):
    """Staff write over RPC what no form of ours writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.anna)
        bella = cls._create_staff("bella", "sales_team.group_sale_salesman")
        cls.elsewhere = cls.lead.copy({"user_id": bella.id})
        cls.offer = cls._create_publication(body="<p>Oak</p>")
        cls.offer.attachment_ids = cls._create_file("offer.pdf")
        cls.offer._current_version()
        cls.file = cls.offer.attachment_ids.with_user(cls.sara)

    @classmethod
    def _create_file(cls, name="file.pdf", **values):
        return (
            cls.env["ir.attachment"]
            .with_user(cls.sara)
            .create({"name": name, "raw": PDF, **values})
        )

    def test_rows_stay_in_their_list(self):
        mine, theirs = self._create_list(), self._create_list(target=self.elsewhere)
        for vals in ({"publication_id": theirs.id}, {"publication_id": theirs.id, "sequence": 1}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                mine.entry_ids.with_user(self.sara).write(vals)
        other = self._create_list(name="Also mine")
        with self.assertRaises(AccessError):
            other.with_user(self.sara).entry_ids = [Command.link(mine.entry_ids.id)]
        mine.entry_ids.with_user(self.sara).write({"publication_id": mine.id, "sequence": 5})
        self.assertEqual(len(theirs.entry_ids), 1)
        self.assertEqual(mine.entry_ids.sequence, 5)

    def test_rows_are_not_made_the_customers(self):
        row = (
            self.env["customer.publication.entry"]
            .with_user(self.sara)
            .with_context(
                default_is_customer_row=True,
                default_access_id=self.access.id,
                default_changed_by="Anna Berg",
                default_revision=99,
                default_sequence=7,
            )
            .create({"publication_id": self._create_list().id, "values": {"item": "Hob"}})
        )
        self.assertFalse(row.is_customer_row or row.access_id)
        self.assertEqual((row.changed_by, row.revision, row.sequence), ("Sara", 1, 7))

    def test_files_are_not_made_the_customers(self):
        context = {
            "default_customer_source": "upload",
            "default_customer_name": "Anna Berg",
            "default_customer_access_id": self.access.id,
            "default_customer_publication_ids": [Command.link(self.offer.id)],
        }
        place = {"name": "a.pdf", "res_model": "crm.lead", "res_id": self.lead.id}
        file = self.env["ir.attachment"].with_user(self.sara).with_context(**context).create(place)
        for name in (key.removeprefix("default_") for key in context):
            with self.subTest(field=name):
                self.assertFalse(file[name])

    def test_a_file_is_not_put_elsewhere_from_its_own_side(self):
        message = self.lead.message_post(
            body="Hi", subtype_xmlid="customer_portal_access.mt_to_customer"
        )
        file = self._create_file()
        for vals in (
            {"customer_publication_ids": [Command.link(self.offer.id)]},
            {"customer_message_ids": [Command.link(message.id)]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                file.write(vals)
            with self.subTest(create=vals), self.assertRaises(AccessError):
                self._create_file(**vals)
        self.assertEqual(self.offer.attachment_ids, self.file.sudo())

    def test_a_file_of_something_else_is_copied_also_by_default(self):
        logo = self.env["ir.attachment"].create(
            {"name": "logo.pdf", "raw": PDF, "res_model": "res.partner", "res_id": self.anna.id}
        )
        publications = self.env["customer.publication"].with_user(self.sara)
        for commands in ([Command.link(logo.id)], [Command.set(logo.ids)], logo.ids):
            with self.subTest(commands=commands):
                publication = publications.with_context(default_attachment_ids=commands).create(
                    {"name": "Files", "kind": "file", "lead_id": self.lead.id}
                )
                self.assertNotIn(logo, publication.attachment_ids)
                self.assertEqual((logo.res_model, logo.res_id), ("res.partner", self.anna.id))

    @mute_logger("odoo.sql_db")
    def test_a_file_of_a_published_offer_stays_as_it_is(self):
        image = self.env["ir.attachment"].create(
            {"name": "i.png", "res_model": self.offer._name, "res_id": self.offer.id}
        )
        for file in (self.file, image.with_user(self.sara)):
            for vals in (
                {"raw": PDF + b"changed"},
                {"datas": "YQ=="},
                {"name": "other.pdf"},
                {"type": "url", "url": "https://other.example"},
                {"res_model": "crm.lead", "res_id": self.lead.id},
            ):
                with self.subTest(file=file.name, vals=vals), self.assertRaises(UserError):
                    file.write(vals)
            with self.assertRaises(UserError):
                file.unlink()
        with self.assertRaises(UserError):
            self.offer.with_user(self.sara).attachment_ids = [
                Command.update(self.file.id, {"raw": PDF + b"changed"})
            ]
        self.assertEqual(self.file.raw, PDF)

    def test_a_file_of_a_draft_may_be_changed(self):
        draft = self._create_publication(state="draft")
        draft.attachment_ids = self._create_file()
        draft.attachment_ids.with_user(self.sara).write({"raw": PDF + b"changed"})
        self.assertEqual(draft.attachment_ids.raw, PDF + b"changed")

    def test_a_form_that_is_not_saved_tells_nothing_of_other_workspaces(self):
        self.company.customer_login_free = True
        self._create_access(self._create_contact("Cy Berg", "cy@berg.example"), target=self.lead)
        spec = {"res_name": {}, "list_warning": {}}
        values = {"kind": "list", "name": "List", "lead_id": self.lead.id, **dict.fromkeys(spec)}
        told = {}
        for user in (self.sara, self.elsewhere.user_id):
            publications = self.env["customer.publication"].with_user(user)
            told[user] = publications.onchange(values, ["lead_id"], spec)["value"]
        self.assertEqual(told[self.sara]["res_name"], self.lead.display_name)
        self.assertIn("Cy Berg", told[self.sara]["list_warning"])
        self.assertFalse(any(told[self.elsewhere.user_id].values()))

    def test_files_go_with_the_offer_that_nobody_answered(self):
        offer, file = self.offer.with_user(self.sara), self.file
        offer.unlink()
        self.assertFalse(file.sudo().exists())
