import base64
import json

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .file_common import PDF, PNG, storage
from .portal_common import PortalPageCase
from .publication_common import PublicationData

SIGNATURE = PNG + b"Anna Berg"
TOKEN = "11111111-2222-3333-4444-555555555555"


class TestFileDoors(PortalPageCase, PublicationData):
    """Files of workspaces leave through the gate, and through no other door of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # project sharing: core lets these portal users read the project and its files
        cls.project.privacy_visibility = "portal"
        cls.member = cls._create_access(cls.bo, cls.contact_person, cls.project)
        cls.uploaded, cls.published, cls.body_image, cls.said, cls.heard = cls._make_files()
        cls.files = cls.uploaded | cls.published | cls.body_image | cls.said | cls.heard
        # as if a token had been given before the file came here
        cls.env.cr.execute(
            "UPDATE ir_attachment SET access_token = %s WHERE id IN %s",
            [TOKEN, tuple((cls.files - cls.heard).ids)],
        )
        cls.env.invalidate_all()
        cls.portal = new_test_user(
            cls.env,
            "portal-before",
            "base.group_portal",
            email="before@berg.example",
            password="a-good-pass-phrase",
        )
        cls.portal.partner_id.parent_id = cls.customer
        cls.project.message_subscribe((cls.portal.partner_id | cls.bo).ids)
        # core gives portal users no right on attachments at all; other addons may
        cls.env["ir.model.access"].create(
            {
                "name": "attachments",
                "model_id": cls.env["ir.model"]._get_id("ir.attachment"),
                "group_id": cls.env.ref("base.group_portal").id,
                **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
            }
        )
        cls.contact_user = cls.bo._customer_user(cls.company)

    @classmethod
    def _make_files(cls):
        cls.member._upload([storage("upload.pdf", PDF)], "form")
        cls.member._post_message("Here", "form", [storage("said.pdf", PDF)], "code")
        Attachment = cls.env["ir.attachment"]
        here = {"res_model": "project.project", "res_id": cls.project.id}
        publication = cls._create_publication("file", cls.project)
        publication.attachment_ids = Attachment.create({"name": "published.png", "raw": PNG})
        published = publication.attachment_ids
        published.write({"public": True, **here})
        body_image = Attachment.create(
            {
                "name": "body.png",
                "raw": PNG,
                "res_model": "customer.publication",
                "res_id": publication.id,
            }
        )
        message = cls.project.message_post(
            body="Look",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachments=[("heard.pdf", PDF)],
        )
        sent = Attachment.search([("customer_source", "!=", False)], order="customer_source")
        said, uploaded = sent
        return uploaded, published, body_image, said, message.attachment_ids

    def _doors(self, file):
        """Return the addresses at which Odoo serves an attachment."""
        raw = file.sudo()._get_raw_access_token()
        owned = file.sudo()._get_ownership_token()
        return [
            f"/web/content/{file.id}",
            f"/web/content/{file.id}?download=1",
            f"/web/content/{file.id}?access_token={TOKEN}",
            f"/web/content/{file.id}?access_token={raw}",
            f"/web/content/ir.attachment/{file.id}/raw?access_token={raw}",
            f"/web/image/{file.id}",
            f"/web/image/{file.id}?access_token={TOKEN}",
            f"/web/image/ir.attachment/{file.id}/raw/10x10?access_token={raw}",
            f"/mail/attachment/pdf_first_page/{file.id}?access_token={owned}",
        ]

    def _assert_closed(self, who):
        for file in self.files:
            for door in self._doors(file):
                with self.subTest(who=who, file=file.name, door=door.replace(str(file.id), "<id>")):
                    answer = self._get(door)
                    self.assertNotIn(file.raw, answer.content)
                    self.assertNotIn(file.name, answer.headers.get("Content-Disposition", ""))
        self.env["ir.attachment"].invalidate_model()

    def _assert_closed_to_rpc(self, user):
        Attachment = self.env["ir.attachment"].with_user(user)
        domains = (
            [("id", "in", self.files.ids)],
            [("res_model", "=", "project.project")],
            [("res_model", "=", "project.project"), ("res_id", "=", self.project.id)],
            [("name", "in", self.files.mapped("name"))],
            [("public", "=", True)],
        )
        for domain in domains:
            with self.subTest(user=user.login, domain=domain):
                self.assertFalse(Attachment.search(domain) & self.files.with_env(Attachment.env))
                self.assertFalse(Attachment.search_count([*domain, ("id", "in", self.files.ids)]))
        for file in self.files.with_user(user):
            for fields in (["name"], ["raw"], ["datas", "checksum"]):
                with self.subTest(user=user.login, file=file.id, fields=fields):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        file.read(fields)
            for change in (lambda file: file.write({"name": "x"}), lambda file: file.unlink()):
                with self.subTest(user=user.login, file=file.id), self.assertRaises(AccessError):
                    change(file)

    def test_stranger(self):
        self._other_browser()
        self._assert_closed("stranger")

    def test_level_link(self):
        self.env["ir.attachment"].invalidate_model()
        self._open_by_link()
        self._assert_closed("level link")

    def test_level_code_of_another_workspace(self):
        self._open_by_code()
        self._assert_closed("level code elsewhere")
        self._assert_closed_to_rpc(self.anna.user_ids)
        path = self._path(self.member)
        for suffix in (f"/upload/{self.uploaded.id}", f"/file/{self.said.id}", "/upload/zip"):
            self.assertEqual(self._get(path + suffix).status_code, 404)
        own = self._path(self.access)
        for suffix in (f"/upload/{self.uploaded.id}", f"/file/{self.said.id}"):
            self.assertEqual(self._get(own + suffix).status_code, 404)

    def test_the_contact_itself(self):
        self._sign_in(self.contact_user)
        self._assert_closed("contact")
        self._assert_closed_to_rpc(self.contact_user)
        path = self._path(self.member)
        publication = self.published.customer_publication_ids
        for suffix, content in {
            f"/upload/{self.uploaded.id}": PDF,
            f"/file/{self.said.id}": PDF,
            f"/file/{self.heard.id}": PDF,
            f"/publication/{publication.id}/file/{self.published.id}": PNG,
        }.items():
            served = self._get(path + suffix)
            self.assertEqual((served.status_code, served.content), (200, content))
        body = f"{path}/publication/{publication.id}/file/{self.body_image.id}"
        self.assertEqual(self._get(body).status_code, 404)

    def test_colleague_without_the_permission(self):
        carla = self._create_contact("Carla Berg", "carla@berg.example")
        approver = self._create_access(carla, self._role("timesheet_approver"), self.project)
        user = carla._customer_user(self.company)
        self._sign_in(user)
        self._assert_closed("colleague")
        self._assert_closed_to_rpc(user)
        path = self._path(approver)
        publication = self.published.customer_publication_ids
        for suffix in (
            "/upload/zip",
            f"/upload/{self.uploaded.id}",
            f"/publication/{publication.id}/zip",
            f"/publication/{publication.id}/file/{self.published.id}",
        ):
            with self.subTest(suffix=suffix):
                self.assertEqual(self._get(path + suffix).status_code, 404)

    def test_portal_user_of_a_shared_project(self):
        self._sign_in(self.portal)
        self.assertTrue(self.project.with_user(self.portal).has_access("read"))
        self._assert_closed("portal user")
        self._assert_closed_to_rpc(self.portal)

    def test_portal_user_keeps_what_is_no_file_of_the_workspace(self):
        task = self.env["project.task"].create(
            {"name": "Task", "project_id": self.project.id, "partner_id": self.customer.id}
        )
        task.message_subscribe(self.portal.partner_id.ids)
        for record in (self.project, task):
            file = self.env["ir.attachment"].create(
                {"name": "a.pdf", "raw": PDF, "res_model": record._name, "res_id": record.id}
            )
            self.assertTrue(file.with_user(self.portal).has_access("read"))

    def test_pages_of_core_name_no_file(self):
        self._sign_in(self.portal)
        pages = [self.url_open(f"/my/projects/{self.project.id}").text]
        for route in ("/mail/thread/messages", "/mail/data"):
            params = {"thread_model": "project.project", "thread_id": self.project.id}
            answer = self.url_open(
                route,
                data=json.dumps({"params": params}),
                headers={"Content-Type": "application/json"},
            )
            pages.append(answer.text)
        for page in pages:
            for name in self.files.mapped("name"):
                self.assertNotIn(name, page)

    def test_cannot_be_deleted_by_an_ownership_token(self):
        self._sign_in(self.contact_user)
        for file in self.said | self.uploaded:
            self.url_open(
                "/mail/attachment/delete",
                data=json.dumps(
                    {
                        "params": {
                            "attachment_id": file.id,
                            "access_token": file.sudo()._get_ownership_token(),
                        }
                    }
                ),
                headers={"Content-Type": "application/json"},
            )
            self.assertTrue(file.exists())

    def test_staff_are_not_kept_out(self):
        self._sign_in(self.pia)
        for file in self.files:
            self.assertTrue(file.with_user(self.pia).has_access("read"))
            served = self._get(f"/web/content/{file.id}")
            self.assertEqual((served.status_code, served.content), (200, file.raw))

    def test_staff_of_another_company(self):
        self.project.company_id = False  # shared: both companies work on it
        ole = self._create_staff("ole", "project.group_project_manager")
        ole.write({"company_id": self.other_company.id, "company_ids": self.other_company.ids})
        self.assertTrue(self.project.with_user(ole).has_access("read"))
        for file in self.uploaded | self.said:
            self.assertFalse(file.with_user(ole).has_access("read"))
            self.assertFalse(
                self.env["ir.attachment"].with_user(ole).search([("id", "=", file.id)])
            )
        self._sign_in(ole)
        self.assertNotEqual(self._get(f"/web/content/{self.uploaded.id}").content, PDF)

    def test_no_token_is_given_out(self):
        self.env.cr.execute(
            "UPDATE ir_attachment SET access_token = NULL WHERE id IN %s", [tuple(self.files.ids)]
        )
        self.env.invalidate_all()
        other = self.env["ir.attachment"].create({"name": "a.pdf", "raw": PDF})
        tokens = (self.files | other).generate_access_token()
        self.assertEqual(tokens[:-1], [""] * len(self.files))
        self.assertTrue(tokens[-1])
        self.assertFalse(any(self.files.mapped("access_token")))

    def test_link_in_a_heavy_mail_is_for_staff(self):
        file = self.said
        file.access_token = False
        file.generate_access_token()
        link = str(self.env["ir.qweb"]._render("mail.mail_attachment_links", {"attachments": file}))
        path = f"/web/content/{file.id}?download=1&amp;access_token="
        self.assertIn(f'{path}"', link)
        self._sign_in(self.pia)
        self.assertEqual(self._get(path.replace("amp;", "")).content, PDF)
        self._other_browser()
        self.assertNotIn(PDF, self._get(path.replace("amp;", "")).content)

    def test_signature_of_an_answer(self):
        offer = self._create_publication("offer", self.project)
        response = self.env["customer.publication.response"].create(
            {
                "publication_id": offer.id,
                "decision": "accepted",
                "signature": base64.b64encode(SIGNATURE),
            }
        )
        [file] = self.env["ir.attachment"].search(
            [("res_model", "=", response._name), ("res_field", "=", "signature")]
        )
        self._sign_in(self.contact_user)
        for door in (
            f"/web/image/{response._name}/{response.id}/signature",
            f"/web/content/{response._name}/{response.id}/signature",
            f"/web/content/{file.id}",
            f"/web/content/{file.id}?access_token={file._get_raw_access_token()}",
        ):
            self.assertNotIn(file.raw, self._get(door).content)
        self._assert_unreadable(file, response)

    def _assert_unreadable(self, *records):
        for record in records:
            self.assertFalse(record.with_user(self.contact_user).has_access("read"))

    def _sign_in(self, user):
        self.authenticate(user.login, None)
