from odoo.fields import Domain

from .file_common import PAGE, PDF, FileForms
from .portal_common import PortalPageCase


class TestThreadFiles(PortalPageCase, FileForms):
    """Messages to the team with files."""

    def _messages(self):
        self.env.invalidate_all()
        sent = self.env.ref("customer_portal_access.mt_from_customer")
        return self.lead.message_ids.filtered(lambda message: message.subtype_id == sent)

    def test_message_with_files_is_posted_once(self):
        page = self._open_by_code()
        for _double in range(2):
            sent = self._send_files(page, "/message", ("a.pdf", PDF), text="See here")
            self.assertEqual(sent.status_code, 303)
        [message] = self._messages()
        self.assertIn("See here", message.body)
        [file] = message.attachment_ids
        self.assertEqual((file.name, file.raw), ("a.pdf", PDF))
        self.assertEqual(file.customer_source, "message")
        self.assertEqual((file.res_model, file.res_id), ("crm.lead", self.lead.id))
        served = self.url_open(f"{self._path(self.access)}/file/{file.id}")
        self.assertEqual(served.content, PDF)
        self.assertFalse(
            self._files(self.access, "code"), "it is in the thread, not among the uploads"
        )

    def test_only_files(self):
        self._send_files(self._open_by_code(), "/message", ("a.pdf", PDF), text="")
        [message] = self._messages()
        self.assertEqual(message.attachment_ids.name, "a.pdf")

    def test_neither_text_nor_files(self):
        page = self._send_files(self._open_by_code(), "/message", text=" ")
        self.assertIn("Please write a message first.", page.text)

    def test_refused_file_loses_no_text(self):
        page = self._send_files(
            self._open_by_code(), "/message", ("a.pdf", PDF), ("evil.pdf", PAGE), text="See here"
        )
        self.assertEqual(page.status_code, 200)
        words = self._section(page, "//section[@id='messages']")
        self.assertIn("evil.pdf: This file is not what its name says", words)
        self.assertIn("Please choose the files again.", words)
        self.assertIn("See here</textarea>", page.text)
        self.assertFalse(self._messages())
        self.assertFalse(self._files_of_lead(), "nothing is kept of a message not sent")
        self._send_files(page, "/message", ("a.pdf", PDF), text="See here")
        self.assertEqual(len(self._messages().attachment_ids), 1)

    def test_the_same_form_again_after_a_refusal(self):
        page = self._open_by_code()
        self._send_files(page, "/message", ("evil.pdf", PAGE), text="See here")
        sent = self._send_files(page, "/message", ("a.pdf", PDF), text="See here")
        self.assertEqual(sent.status_code, 303)
        self.assertEqual(len(self._messages().attachment_ids), 1)

    def test_without_the_permission_to_upload(self):
        page = self._open_by_code()
        self.access.role_id.permission_ids -= self.env.ref(
            "customer_portal_access.permission_upload_files"
        )
        refused = self._send_files(page, "/message", ("a.pdf", PDF), text="See here")
        self.assertNotIn('type="file"', refused.text)
        self.assertIn("You may not upload files here.", refused.text)
        self.assertIn("See here</textarea>", refused.text)
        self.assertFalse(self._messages())

    def test_archived_workspace(self):
        page = self._open_by_code()
        self.lead.active = False
        self._send_files(page, "/message", ("a.pdf", PDF), text="See here")
        self.assertFalse(self._messages())
        self.assertFalse(self._files_of_lead())

    def _files_of_lead(self):
        return self.env["ir.attachment"].search(
            Domain("res_model", "=", "crm.lead") & Domain("res_id", "=", self.lead.id)
        )
