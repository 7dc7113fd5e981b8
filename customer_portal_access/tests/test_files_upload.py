from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Datetime

from ..models import customer_access_file
from ..utils import FILE_NAME_LENGTH, FILE_SIZE, clean_file_name, examine, unique_names
from .common import CustomerCase
from .file_common import PAGE, PDF, PNG, PROGRAM, SVG, FileForms, archive, storage
from .portal_common import PortalPageCase

ODT = "application/vnd.oasis.opendocument.text"


class TestFileContent(CustomerCase):
    """What is taken, by content; and how it is named."""

    def test_taken_types(self):
        text = "Grün".encode
        for name, data in {
            "a.pdf": PDF,
            "A.PNG": PNG,
            "a.jpg": b"\xff\xd8\xff\xe0",
            "a.jpeg": b"\xff\xd8\xff\xee",
            "a.gif": b"GIF89a",
            "a.webp": b"RIFF\0\0\0\0WEBPVP8 ",
            "a.heic": b"\0\0\0\x18ftypheic",
            "a.docx": archive("[Content_Types].xml", "word/document.xml"),
            "a.xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
            "a.pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
            "a.odt": archive(("mimetype", ODT), "content.xml"),
            "a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            "a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
            "a.txt": text("utf-8"),
            "b.txt": text("cp1252"),
            "c.txt": text("utf-16"),
            "a.csv": b"a;b\n1;2\n",
        }.items():
            with self.subTest(name=name):
                code, mimetype = examine(name, data)
                self.assertIsNone(code)
                self.assertIn("/", mimetype)

    def test_refused_types(self):
        macros = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
        for name, data, code in (
            ("a.pdf", PAGE, "content"),
            ("a.pdf", b" " + PDF, "content"),
            ("a.png", SVG, "content"),
            ("a.txt", PAGE, "content"),
            ("a.txt", b"\xef\xbb\xbf\n " + SVG, "content"),
            ("a.txt", "<html>".encode("utf-16"), "content"),
            ("a.csv", b"#!/bin/sh\n", "content"),
            ("a.txt", PROGRAM, "content"),
            ("a.docx", PROGRAM, "content"),
            ("a.docx", macros, "content"),
            ("a.docx", archive("[Content_Types].xml", "xl/workbook.xml"), "content"),
            ("a.docx", b"PK\x03\x04 broken", "content"),
            ("a.odt", archive("content.xml"), "content"),
            ("setup.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "content"),
            ("a.svg", SVG, "type"),
            ("a.html", PAGE, "type"),
            ("a.exe", PROGRAM, "type"),
            ("a.pdf.js", PDF, "type"),
            ("a.zip", archive("a.exe"), "type"),
            ("pdf", PDF, "type"),
            ("a.pdf", b"", "empty"),
            ("a.pdf", PDF + b"\0" * FILE_SIZE, "size"),
        ):
            with self.subTest(name=name, data=data[:20]):
                self.assertEqual(examine(name, data), (code, None))

    def test_clean_names(self):
        for name, clean in {
            "../../etc/passwd.txt": "passwd.txt",
            "C:\\Users\\Bo\\plan.pdf": "plan.pdf",
            "a\r\nSet-Cookie: b.pdf": "a Set-Cookie_ b.pdf",
            "evil\u202efdp.txt": "evil fdp.txt",
            ".htaccess": "htaccess",
            "Gru\u0308n.pdf": "Gr\u00fcn.pdf",
            "": "file",
            "..": "file",
            "a\0b.pdf": "a b.pdf",
        }.items():
            with self.subTest(name=name):
                self.assertEqual(clean_file_name(name), clean)
        long = clean_file_name("x" * 500 + ".pdf")
        self.assertEqual(len(long), FILE_NAME_LENGTH)
        self.assertTrue(long.endswith(".pdf"))

    def test_unique_names(self):
        names = unique_names(["a.pdf", "A.pdf", "b/a.pdf", "a (2).pdf", "x", "x"])
        self.assertEqual(names, ["a.pdf", "A (2).pdf", "a (3).pdf", "a (2) (2).pdf", "x", "x (2)"])


class TestUpload(CustomerCase, FileForms):
    """The verb: what is kept, for whom, and the limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.bo, cls.contact_person)

    def _upload(self, *files, form_id="form", access=None):
        result = (access or self.access)._upload(
            [storage(name, content) for name, content in files], form_id
        )
        self.env.invalidate_all()
        return result

    def _codes(self, result):
        return [refused["code"] for refused in result["refused"]]

    def _kept(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)], order="id"
        )

    def test_kept_on_the_opportunity(self):
        self.access.company_id.sudo().partner_id.lang = False
        result = self._upload(("../plan.pdf", PDF), ("photo.png", PNG))
        self.assertFalse(result["refused"])
        kept = self._kept()
        self.assertEqual(kept.mapped("name"), ["plan.pdf", "photo.png"])
        self.assertEqual(kept[0].raw, PDF)
        self.assertEqual(kept[1].raw, PNG, "kept as it was sent, not made smaller")
        self.assertEqual(kept.mapped("mimetype"), ["application/pdf", "image/png"])
        self.assertEqual(kept.company_id, self.company)
        self.assertEqual(kept.customer_access_id, self.access)
        self.assertEqual(kept[0].customer_name, "Bo Berg")
        self.assertFalse(any(kept.mapped("access_token")) or any(kept.mapped("public")))

    def test_staff_are_told_once(self):
        self._upload(("plan.pdf", PDF), ("photo.png", PNG))
        message = self.lead.message_ids[0]
        self.assertEqual(message.author_id, self.bo)
        self.assertIn("plan.pdf, photo.png", message.body)
        self.assertEqual(self.lead.activity_ids.user_id, self.sara)
        self.assertIn("Bo Berg", self.lead.activity_ids.summary)
        self._upload(("more.pdf", PDF), form_id="next")
        self.assertEqual(len(self.lead.activity_ids), 1)
        events = self.access.event_ids.filtered(lambda event: event.kind == "file_uploaded")
        self.assertEqual(len(events), 2)

    def test_staff_see_them_in_a_list(self):
        self._upload(("plan.pdf", PDF))
        lead = self.lead.with_user(self.sara)
        self.assertEqual(lead.customer_file_count, 1)
        found = (
            self.env["ir.attachment"]
            .with_user(self.sara)
            .search(lead.action_customer_files()["domain"])
        )
        self.assertEqual(found.mapped("name"), ["plan.pdf"])

    def test_one_bad_file_does_not_stop_the_others(self):
        result = self._upload(("a.pdf", PDF), ("evil.pdf", PAGE), ("b.png", PNG))
        self.assertEqual(result["refused"], [{"name": "evil.pdf", "code": "content"}])
        self.assertEqual([file["name"] for file in result["kept"]], ["a.pdf", "b.png"])
        self.assertEqual(len(self._kept()), 2)

    def test_same_form_twice_is_one_set(self):
        for _time in range(2):
            result = self._upload(("a.pdf", PDF), ("evil.pdf", PAGE), ("a.pdf", PDF))
            self.assertEqual(self._codes(result), ["content"])
        self.assertEqual(len(self._kept()), 2, "two files of one name in one form are two")
        self._upload(("a.pdf", PDF), form_id="other")
        self.assertEqual(len(self._kept()), 3)

    def test_limits(self):
        self.assertEqual(self._codes(self._upload()), ["none"])
        many = [(f"{number}.pdf", PDF) for number in range(21)]
        self.assertEqual(self._codes(self._upload(*many)), ["many"])
        with patch.object(customer_access_file, "FILES_A_WORKSPACE", 1):
            result = self._upload(("a.pdf", PDF), ("b.pdf", PDF))
        self.assertEqual(self._codes(result), ["full"])
        with patch.object(customer_access_file, "BYTES_A_WORKSPACE", len(PDF) * 2 - 1):
            result = self._upload(("c.pdf", PDF), form_id="next")
        self.assertEqual(self._codes(result), ["full"])
        self.assertEqual(self._kept().mapped("name"), ["a.pdf"])

    def test_limit_counts_what_colleagues_sent(self):
        other = self._create_access(self.anna)
        self._upload(("a.pdf", PDF), access=other)
        with patch.object(customer_access_file, "FILES_A_WORKSPACE", 1):
            self.assertEqual(self._codes(self._upload(("b.pdf", PDF))), ["full"])

    def test_too_often(self):
        for number in range(60):
            self.assertFalse(self._upload(("a.txt", b"a"), form_id=str(number))["refused"])
        self.assertEqual(self._codes(self._upload(("a.txt", b"a"), form_id="61")), ["often"])

    def test_archived_workspace_is_read_only(self):
        self._upload(("a.pdf", PDF))
        self.lead.active = False
        self.assertFalse(self.access._may_upload("code"))
        self.assertEqual(self._codes(self._upload(("b.pdf", PDF), form_id="b")), ["read_only"])
        self.assertFalse(self.access._remove_file(self._kept().id, "code"))
        self.assertEqual(len(self._files(self.access, "code")), 1)

    def test_who_sees_them(self):
        self._upload(("a.pdf", PDF))
        roles = {"applicant": ["a.pdf"], "timesheet_approver": []}
        for role, names in roles.items():
            contact = self._create_contact(role, f"{role}@berg.example", "+47 406 12 347")
            access = self._create_access(contact, self._role(role))
            self.assertEqual([file["name"] for file in self._files(access, "code")], names)
        self.assertFalse(self._files(self.access, "link"), "whoever has the link only sees none")
        uploader = self.contact_person.copy({"code": "uploader"})
        uploader.permission_ids = self.env.ref("customer_portal_access.permission_upload_files")
        own = self._create_access(self.anna, uploader)
        self._upload(("own.pdf", PDF), access=own)
        self.assertEqual([file["name"] for file in self._files(own, "code")], ["own.pdf"])

    def test_taking_back(self):
        colleague = self._create_access(self.anna)
        self._upload(("a.pdf", PDF), ("b.pdf", PDF))
        first, second = self._kept()
        self.assertFalse(colleague._remove_file(first.id, "code"))
        self.assertTrue(self.access._remove_file(first.id, "code"))
        self.assertFalse(first.exists())
        self.assertIn("a.pdf", self.lead.message_ids[0].body)
        hour_ago = Datetime.subtract(Datetime.now(), minutes=61)
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = %s WHERE id = %s", [hour_ago, second.id]
        )
        self.env.invalidate_all()
        self.assertFalse(self.access._remove_file(second.id, "code"))
        self.assertTrue(second.exists())

    def test_stays_when_the_access_goes(self):
        self._upload(("a.pdf", PDF))
        self.access.unlink()
        kept = self._kept()
        self.assertFalse(kept.customer_access_id)
        self.assertEqual(kept.customer_name, "Bo Berg")
        self.assertTrue(kept.customer_closed)
        self.assertTrue(kept.with_user(self.sara).has_access("read"))

    def test_merged_opportunities_keep_them(self):
        self._upload(("a.pdf", PDF))
        head = self.env["crm.lead"].create(
            {"name": "Head", "type": "opportunity", "company_id": self.company.id}
        )
        (self.lead | head)._merge_opportunity(auto_unlink=True)
        [kept] = self.env["ir.attachment"].search([("customer_source", "!=", False)])
        self.assertIn(kept.res_id, (self.lead.exists() | head.exists()).ids)
        self.assertEqual(kept.raw, PDF)

    def test_facts_are_not_written_by_hand(self):
        self._upload(("a.pdf", PDF))
        kept = self._kept().with_user(self.sara)
        for fact, value in {"customer_source": False, "customer_name": "Eve"}.items():
            with self.assertRaises(AccessError):
                kept.write({fact: value})
        with self.assertRaises(AccessError):
            self.env["ir.attachment"].with_user(self.sara).create(
                {"name": "a", "customer_access_id": self.access.id}
            )


class TestUploadPages(PortalPageCase, FileForms):
    """The form, without script."""

    def _open(self):
        return self._open_by_code()

    def test_upload_and_take_back(self):
        page = self._open()
        self.assertIn("Up to 20 files at once, 25 MB each, 127 MB together", self._section(page))
        sent = self._send_files(page, "/upload", ("plan.pdf", PDF), ("photo.png", PNG))
        self.assertEqual(sent.status_code, 303)
        page = self.url_open(sent.headers["Location"])
        section = self._section(page)
        for words in ("Your files have arrived", "plan.pdf", "photo.png", "Anna Berg", "all (zip)"):
            self.assertIn(words, section)
        sent = self._submit(page, action="/remove")
        section = self._section(self.url_open(sent.headers["Location"]))
        self.assertIn("The file is taken back.", section)
        self.assertNotIn("photo.png", section)

    def test_refused_with_a_sentence(self):
        page = self._send_files(self._open(), "/upload", ("ok.pdf", PDF), ("evil.pdf", PAGE))
        self.assertEqual(page.status_code, 200)
        section = self._section(page)
        self.assertIn("evil.pdf: This file is not what its name says", section)
        self.assertIn("Arrived: ok.pdf", section)
        self.assertEqual(section.count("ok.pdf ("), 1)

    def test_nothing_chosen(self):
        page = self._send_files(self._open(), "/upload")
        self.assertIn("Please choose a file first.", self._section(page))

    def test_more_than_odoo_takes(self):
        page = self._open()
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "300000")
        page = self._send_files(page, "/upload", ("a.pdf", PDF + b"\0" * 300_000))
        self.assertEqual(page.status_code, 303)
        page = self.url_open(page.headers["Location"])
        self.assertIn("Together they are too large: at most", self._section(page))

    def test_needs_csrf(self):
        self._open()
        sent = self.url_open(f"{self._path(self.access)}/upload", files={"files": ("a.pdf", PDF)})
        self.assertEqual(sent.status_code, 400)
        self.assertFalse(self._files(self.access, "code"))

    def test_without_the_permission(self):
        self.access.role_id.permission_ids -= self.env.ref(
            "customer_portal_access.permission_upload_files"
        )
        page = self._open()
        self.assertNotIn("/upload", page.text)
        sent = self.url_open(
            f"{self._path(self.access)}/upload",
            data={"csrf_token": self._csrf(self._path(self.access))},
            files={"files": ("a.pdf", PDF)},
        )
        self.assertEqual(sent.status_code, 404)

    def test_by_the_link_alone(self):
        page = self._open_by_link()
        self.assertNotIn('id="files"', page.text)
        path = self._path(self.guest)
        sent = self.url_open(
            f"{path}/upload",
            data={"csrf_token": self._csrf(path)},
            files={"files": ("a.pdf", PDF)},
        )
        self.assertEqual(sent.status_code, 404)
