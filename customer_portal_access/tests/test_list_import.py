import base64
import io
from datetime import date
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from ..utils import table
from ..wizards import customer_publication_import
from .common import CustomerCase
from .list_common import ListData

GOOD = "Item\tPieces\tColour\nHob\t2\tred\n\nBowl\t1,000\tBlue\n"
BAD = "Item\tPieces\nHob\t2\nBowl\tmany\n\t3\n"


class TestListImport(CustomerCase, ListData):
    """Rows from Excel, CSV and the clipboard: checked first, then written, or not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls._create_list(rows=[])

    def _wizard(self, text=None, content=None, **values):
        return (
            self.env["customer.publication.import"]
            .with_user(self.sara)
            .create(
                {
                    "publication_id": self.list.id,
                    "text": text,
                    "file": content and base64.b64encode(content),
                    **values,
                }
            )
        )

    def _xlsx(self, *rows):
        book, output = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(output)
        return output.getvalue()

    def _rows(self):
        return [entry._stored() for entry in self.list.entry_ids]

    def _problem(self, **values):
        return self._wizard(**values)._check_table()["problem"]

    def test_pasted(self):
        wizard = self._wizard(GOOD)
        self.assertEqual((wizard.good_count, wizard.bad_count), (2, 0))
        wizard.action_import()
        self.assertEqual(
            [(row["item"], row["pieces"], row["colour"]) for row in self._rows()],
            [("Hob", 2, "r"), ("Bowl", 1000, "b")],
        )
        self.assertEqual(set(self.list.entry_ids.mapped("changed_by")), {"Sara"})
        self.assertFalse(any(self.list.entry_ids.mapped("is_customer_row")))

    def test_rows_come_after_those_that_are_there(self):
        self._wizard(GOOD).action_import()
        self._wizard("Item\nTap").action_import()
        self.list.invalidate_recordset()
        self.assertEqual([row["item"] for row in self._rows()], ["Hob", "Bowl", "Tap"])

    def test_excel(self):
        content = self._xlsx(
            ["ITEM *", "day", "urgent", "price", None, "note"],
            ["Hob", date(2026, 12, 31), True, 1.5, "x", 12],
            [None, None, None, None, None, None],
            [7, None, None, None, None, "=1+1"],
        )
        self._wizard(content=content).action_import()
        first, second = self._rows()
        self.assertEqual((first["item"], first["day"]), ("Hob", "2026-12-31"))
        self.assertEqual((first["urgent"], first["price"], first["note"]), (True, 1.5, "12"))
        self.assertEqual(second["item"], "7")
        self.assertFalse(second["note"], "A formula is never worked out, nor kept.")

    def test_csv_in_the_encodings_of_excel(self):
        text = "Item;Note\nKjøkken;ä, ö"
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            with self.subTest(encoding=encoding):
                check = self._wizard(content=text.encode(encoding))._check_table()
                self.assertEqual(check["preview"][0][:2], ["Kjøkken", "ä, ö"])

    def test_own_export_comes_back_as_it_was(self):
        self._wizard('Item\n"=1+1"\n- no').action_import()
        self.sara.group_ids |= self.env.ref("base.group_allow_export")
        _name, content = self.list.with_user(self.sara)._export("csv")
        check = self._wizard(content=content)._check_table()
        self.assertEqual([row["item"] for row in check["rows"]], ["=1+1", "- no"])

    def test_check_says_what_goes_where(self):
        check = self._wizard("Pieces\tWrong\n1\tx")._check_table()
        self.assertEqual(
            [
                (match["header"], match["column"] and match["column"]["name"])
                for match in check["mapping"]
            ],
            [("Pieces", "pieces"), ("Wrong", None)],
        )
        self.assertIn("item", [column["name"] for column in check["missing"]])
        self.assertEqual(check["errors"], [(2, "Item", "Please fill this in.")])

    def test_nothing_is_written_when_a_line_is_wrong(self):
        wizard = self._wizard(BAD)
        self.assertEqual((wizard.good_count, wizard.bad_count), (1, 2))
        self.assertFalse(wizard.may_import)
        self.assertIn("Line 3, Pieces", " ".join(wizard.check_html.striptags().split()))
        with self.assertRaisesRegex(UserError, "Nothing was imported"):
            wizard.action_import()
        self.assertFalse(self.list.entry_ids)

    def test_wrong_lines_are_left_out_on_demand(self):
        wizard = self._wizard(BAD, skip_bad_rows=True)
        wizard.action_import()
        self.assertEqual([row["item"] for row in self._rows()], ["Hob"])

    def test_form(self):
        with Form(
            self.env["customer.publication.import"]
            .with_user(self.sara)
            .with_context(default_publication_id=self.list.id)
        ) as form:
            self.assertFalse(form.may_import)
            form.text = BAD
            self.assertFalse(form.may_import)
            form.skip_bad_rows = True
            self.assertTrue(form.may_import)

    def test_hostile_text_is_shown_as_text(self):
        html = self._wizard("Item\t<script>x</script>\n<img src=x onerror=y>\t1").check_html
        self.assertNotIn("<script>", html)
        self.assertNotIn("<img", html)
        self.assertIn("&lt;img", html)

    def test_what_cannot_be_read(self):
        self.assertEqual(self._problem(), "empty")
        self.assertEqual(self._problem(text="\n \n"), "empty")
        self.assertEqual(self._problem(text="What\tIs\n1\t2"), "no_header")
        self.assertEqual(self._problem(text="Item\tItem\n1\t2"), "twice")
        self.assertEqual(self._problem(content=b"PK\x03\x04 broken"), "unreadable")
        self.assertEqual(self._problem(content=b"\xd0\xcf\x11\xe0 old"), "old_excel")
        self.assertEqual(self._problem(content=b"\x00\x01"), "unreadable")

    def test_too_much(self):
        with patch.object(table, "IMPORT_BYTES", 10):
            self.assertEqual(self._problem(text=GOOD), "too_large")
            self.assertEqual(self._problem(content=GOOD.encode()), "too_large")
        with patch.object(table, "IMPORT_UNPACKED_BYTES", 10):
            self.assertEqual(self._problem(content=self._xlsx(["Item"], ["x"])), "too_large")
        with patch.object(table, "LIST_ROWS", 1):
            self.assertEqual(self._problem(text=GOOD), "too_many_rows")
        with patch.object(customer_publication_import, "LIST_ROWS", 1):
            self.assertEqual(self._problem(text=GOOD), "full")

    def test_error_of_the_spreadsheet_is_no_value(self):
        book, output = openpyxl.Workbook(), io.BytesIO()
        book.active.append(["Item"])
        book.active["A2"] = "#REF!"
        book.active["A2"].data_type = "e"
        book.save(output)
        check = self._wizard(content=output.getvalue())._check_table()
        self.assertEqual(check["bad"], 1)
        self.assertIn("#REF!", check["errors"][0][2])

    def test_whoever_does_not_see_the_list_cannot_fill_it(self):
        wizard = self.env["customer.publication.import"].with_user(self.pia)
        with self.assertRaises(AccessError):
            wizard.create({"publication_id": self.list.id, "text": GOOD}).action_import()
        self.assertFalse(self.list.entry_ids)
