import io
import zipfile
from unittest.mock import patch

from ..models import ir_attachment_zip
from .file_common import PDF, SVG, FileForms
from .portal_common import PortalPageCase
from .publication_common import PublicationData


class TestFilesDownload(PortalPageCase, PublicationData, FileForms):
    """Files of a publication, one by one and as a zip."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.publication = cls._create_publication("file", name="Plans: 1/2 \u202e“ä”")
        cls.plan = cls._attach(cls.publication, "Plan ä.pdf", PDF)
        cls.logo = cls._attach(cls.publication, "logo.svg", SVG)

    @classmethod
    def _attach(cls, publication, name, content, **values):
        values = {"res_model": "customer.publication", "res_id": publication.id, **values}
        attachment = cls.env["ir.attachment"].create({"name": name, "raw": content, **values})
        before = publication.attachment_ids
        publication.attachment_ids |= attachment
        return publication.attachment_ids - before  # it may be a copy

    def _file_path(self, access, file, publication=None):
        publication = publication or self.publication
        return f"{self._path(access)}/publication/{publication.id}/file/{file.id}"

    def _zip_path(self, access, publication=None):
        return f"{self._path(access)}/publication/{(publication or self.publication).id}/zip"

    def _zip(self, answer):
        self.assertEqual(answer.status_code, 200)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            self.assertIsNone(archive.testzip())
            return {name: archive.read(name) for name in archive.namelist()}

    def test_file_is_saved_never_shown(self):
        self._open_by_link()
        for file, content in {self.plan: PDF, self.logo: SVG}.items():
            served = self.url_open(self._file_path(self.guest, file))
            self.assertEqual((served.status_code, served.content), (200, content))
            headers = served.headers
            self.assertTrue(headers["Content-Disposition"].startswith("attachment;"))
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertIn("no-store", headers["Cache-Control"])
            self.assertNotIn("public", headers["Cache-Control"])

    def test_name_in_any_script(self):
        self._open_by_link()
        served = self.url_open(self._file_path(self.guest, self.plan))
        self.assertIn("filename*=UTF-8''Plan%20%C3%A4.pdf", served.headers["Content-Disposition"])

    def test_part_of_a_file(self):
        self._open_by_link()
        path = self._file_path(self.guest, self.plan)
        served = self.url_open(path, headers={"Range": "bytes=1-3"})
        self.assertEqual((served.status_code, served.content), (206, b"PDF"))

    def test_only_files_of_that_publication(self):
        other = self._create_publication("file", name="Other")
        alien = self._attach(other, "alien.pdf", PDF)
        loose = self.env["ir.attachment"].create({"name": "loose.pdf", "raw": PDF})
        address = self._attach(
            self.publication, "address", b"", type="url", url="https://evil.example"
        )
        self._open_by_link()
        for file in (alien, loose, address):
            served = self._get(self._file_path(self.guest, file))
            self.assertEqual(served.status_code, 404)
        names = self._zip(self.url_open(self._zip_path(self.guest)))
        self.assertEqual(names, {"Plan ä.pdf": PDF, "logo.svg": SVG})

    def test_only_what_the_gate_lets_pass(self):
        self._open_by_link()
        paths = self._file_path(self.guest, self.plan), self._zip_path(self.guest)

        def statuses():
            self.env.invalidate_all()
            return [self._get(path).status_code for path in paths]

        self.assertEqual(statuses(), [200, 200])
        self.publication.sudo().state = "draft"
        self.assertEqual(statuses(), [404, 404])
        self.publication.sudo().state = "closed"
        self.assertEqual(statuses(), [200, 200])
        self.publication.role_ids = self.applicant
        self.assertEqual(statuses(), [404, 404])
        self.publication.role_ids = False
        view_files = self.env.ref("customer_portal_access.permission_view_files")
        self.contact_person.permission_ids -= view_files
        self.assertEqual(statuses(), [404, 404])
        offer = self._create_publication("offer")
        file = self._attach(offer, "offer.pdf", PDF)
        served = self._get(self._file_path(self.guest, file, offer))
        self.assertEqual(served.status_code, 200, "an offer's files go with view_offers")

    def test_list_files_never_by_link(self):
        rows = self._create_publication("list")
        file = self._attach(rows, "rows.pdf", PDF)
        self._open_by_link()
        self.assertEqual(self._get(self._file_path(self.guest, file, rows)).status_code, 404)

    def test_zip_names(self):
        for name in ("../../Plan ä.pdf", "/etc/passwd", "Plan ä.pdf", "a\\b\u202e.pdf"):
            self._attach(self.publication, name, name.encode())
        self._open_by_link()
        answer = self.url_open(self._zip_path(self.guest))
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertNotIn("/", answer.headers["Content-Disposition"].partition("filename")[2][:12])
        self.assertEqual(
            set(self._zip(answer)),
            {"Plan ä.pdf", "Plan ä (2).pdf", "Plan ä (3).pdf", "logo.svg", "passwd", "b .pdf"},
        )

    def test_zip_of_files_in_the_database(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        kept = self._attach(self.publication, "kept.pdf", PDF)
        self.assertTrue(kept.db_datas)
        self._open_by_link()
        self.assertEqual(self._zip(self.url_open(self._zip_path(self.guest)))["kept.pdf"], PDF)

    def test_zip_too_large_says_so(self):
        self._open_by_link()
        with patch.object(ir_attachment_zip, "ZIP_SIZE", 10):
            answer = self.url_open(self._zip_path(self.guest))
        self.assertEqual(answer.status_code, 413)
        self.assertIn("too large for one zip", answer.text)

    def test_zip_too_often_says_so(self):
        self._open_by_link()
        for _time in range(30):
            self.assertEqual(self._get(self._zip_path(self.guest)).status_code, 200)
        answer = self.url_open(self._zip_path(self.guest))
        self.assertEqual(answer.status_code, 429)
        self.assertIn("Please wait an hour", answer.text)

    def test_zip_without_files(self):
        empty = self._create_publication("page")
        self._open_by_link()
        self.assertEqual(self._get(self._zip_path(self.guest, empty)).status_code, 404)

    def test_zip_of_uploads(self):
        page = self._open_by_code()
        self._send_files(page, "/upload", ("a.pdf", PDF), ("a.pdf", PDF + b"2"))
        served = self.url_open(f"{self._path(self.access)}/upload/zip")
        self.assertEqual(self._zip(served), {"a (2).pdf": PDF, "a.pdf": PDF + b"2"})

    def test_size_icon_and_zip_on_the_page(self):
        values = {file["name"]: file for file in self.publication._files_values("")["files"]}
        self.assertEqual(values["Plan ä.pdf"]["icon"], "fa-file-pdf-o")
        self.assertEqual(values["logo.svg"]["icon"], "fa-file-image-o")
        self.assertEqual(values["logo.svg"]["size"], len(SVG))
        self._open_by_link()
        page = self.url_open(f"{self._path(self.guest)}/publication/{self.publication.id}")
        self.assertIn(self._file_path(self.guest, self.plan), page.text)
        self.assertIn(self._zip_path(self.guest), page.text)
        self.logo.unlink()
        page = self.url_open(page.url)
        self.assertNotIn(self._zip_path(self.guest), page.text, "one file needs no zip")
