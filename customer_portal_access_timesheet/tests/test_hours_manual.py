import io

import pypdf

from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.customer_portal_access.tests.common import CustomerCase

FOLDER = "/customer_portal_access_timesheet/static/manuals"
LANGUAGES = {"en_US": "en", "nb_NO": "nb", "de_DE": "de", "fr_FR": "fr"}


@tagged("post_install", "-at_install")
class TestHoursManual(CustomerCase):
    """Who approves hours has a manual of its own, in its language."""

    def test_each_file_has_two_pages_a_language_and_a_title(self):
        for code, name in LANGUAGES.items():
            path = f"{FOLDER[1:]}/timesheet_approver.{name}.pdf"
            with self.subTest(lang=code), file_open(path, "rb") as file:
                reader = pypdf.PdfReader(io.BytesIO(file.read()))
                self.assertEqual(len(reader.pages), 2)
                self.assertEqual(reader.root_object["/Lang"], code.replace("_", "-"))
                self.assertTrue(reader.metadata.title)

    def test_the_role_has_it_in_the_reader_s_language(self):
        approver = self._role("timesheet_approver")
        for code, name in LANGUAGES.items():
            self.env["res.lang"]._activate_lang(code)
            with self.subTest(lang=code):
                [manual] = approver.with_context(lang=code)._manuals()
                self.assertEqual(manual["url"], f"{FOLDER}/timesheet_approver.{name}.pdf")
        self.assertIn("timesheet_approver.en", approver.action_open_manual()["url"])

    def test_whoever_has_both_roles_has_both_manuals(self):
        roles = self._role("contact_person") | self._role("timesheet_approver")
        self.assertEqual(len(roles._manuals()), 2)
        workspace = self._create_access(self.anna, self._role("timesheet_approver"), self.project)
        [manual] = workspace.sudo()._workspace_values("code")["customer_manuals"]
        self.assertEqual(manual["name"], "Hours approver")
