import csv
import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .http_common import CustomerHttpCase
from .list_common import ListData

NASTY = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "  =1+1", "＝1+1"]


@tagged("post_install", "-at_install")
class TestListExport(CustomerHttpCase, ListData):
    """The rows of a list as files for staff; nothing that customers typed runs there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = [
            {"item": "Oven", "pieces": -3, "price": 1.5, "day": "2026-12-31", "colour": "b"},
            *({"item": nasty, "urgent": True} for nasty in NASTY),
        ]
        cls.list = cls._create_list(rows=rows)
        cls.sara.group_ids |= cls.env.ref("base.group_allow_export")

    def _export(self, extension, user=None):
        return self.list.with_user(user or self.sara)._export(extension)

    def test_excel(self):
        name, content = self._export("xlsx")
        self.assertEqual(name, "The list.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        titles, oven, *others = sheet.iter_rows()
        self.assertEqual([cell.value for cell in titles][:3], ["Item", "Note", "Pieces"])
        self.assertEqual([cell.value for cell in oven][2:4], [-3, 1.5])
        self.assertEqual(oven[4].value.date().isoformat(), "2026-12-31")
        self.assertEqual((oven[5].value, oven[6].value), ("Blue", "No"))
        for nasty, row in zip(NASTY, others, strict=True):
            self.assertEqual(row[0].data_type, "s", nasty)
            self.assertFalse(row[0].hyperlink)

    def test_csv(self):
        name, content = self._export("csv")
        self.assertEqual(name, "The list.csv")
        _titles, oven, *others = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        self.assertEqual(oven[:4], ["Oven", "", "-3", "1.5"])
        for nasty, row in zip(NASTY, others, strict=True):
            self.assertEqual(row[0], f"'{nasty}")

    def test_titles_are_no_formulas(self):
        self.list.columns_definition = [{"name": "a", "string": "=1+1", "type": "char"}]
        self.assertIn(b'"\'=1+1"', self._export("csv")[1])
        sheet = openpyxl.load_workbook(io.BytesIO(self._export("xlsx")[1])).active
        self.assertEqual(sheet["A1"].data_type, "s")

    def test_who_may_not_export(self):
        self.sara.group_ids -= self.env.ref("base.group_allow_export")
        with self.assertRaisesRegex(AccessError, "export"):
            self._export("csv")

    def test_whoever_does_not_see_it_cannot_export_it(self):
        self.pia.group_ids |= self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            self._export("csv", self.pia)
        self.list.sudo().company_id = self.other_company
        with self.assertRaises(AccessError):
            self._export("csv")

    def test_downloaded(self):
        self.sara.password = "sara-long-word-77"
        self.authenticate(self.sara.login, "sara-long-word-77")
        answer = self.url_open(self.list.with_user(self.sara).action_export_csv()["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("Oven", answer.text)
        self.authenticate(None, None)
        self.assertNotIn("Oven", self.url_open(f"/customer/list/{self.list.id}/csv").text)
