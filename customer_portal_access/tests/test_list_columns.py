from datetime import date, datetime

from odoo.exceptions import ValidationError

from ..utils import LIST_COLUMNS, LIST_TEXT_LENGTH
from .common import CustomerCase
from .list_common import COLUMNS, ListData


class TestListColumns(CustomerCase, ListData):
    """Which columns a list may have, and how what people type is read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls._create_list()

    def _parse(self, name, raw, lang=None):
        """Return the value read, or the error."""
        publication = self.list.with_context(lang=lang or "en_US")
        values, errors = publication._parse_cells({name: raw})
        return errors.get(name) or values[name]

    def _define(self, **column):
        self.list.columns_definition = [{"name": "c", "string": "C", "type": "char", **column}]

    def test_every_type_is_allowed(self):
        self.assertEqual(len(self.list.columns_definition), len(COLUMNS))
        self.assertTrue(self.list.columns_definition[0]["required"])

    def test_other_types_are_refused(self):
        for kind in ("many2one", "many2many", "tags", "datetime", "separator", "monetary"):
            with self.subTest(kind=kind), self.assertRaisesRegex(ValidationError, "cannot be"):
                self._define(type=kind)

    def test_html_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be"):
            self._define(type="html", name="c_html")

    def test_column_without_title_is_refused(self):
        for title in ("", "   ", "x" * 201):
            with self.subTest(title=title), self.assertRaisesRegex(ValidationError, "title"):
                self._define(string=title)

    def test_two_columns_of_one_title_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "Two columns"):
            self.list.columns_definition = [
                {"name": "a", "string": "Size", "type": "char"},
                {"name": "b", "string": "size ", "type": "integer"},
            ]

    def test_technical_name_of_a_form_field_is_refused(self):
        for name in ("action", "revision", "csrf_token", "kind"):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, "technical"):
                self._define(name=name)

    def test_choice_without_choices_is_refused(self):
        for choices in ([], [["a", " "]]):
            with self.subTest(choices=choices), self.assertRaises(ValidationError):
                self._define(type="selection", selection=choices)

    def test_too_many_columns_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "at most"):
            self.list.columns_definition = [
                {"name": f"c{number}", "string": f"C{number}", "type": "char"}
                for number in range(LIST_COLUMNS + 1)
            ]

    def test_rows_keep_only_values_that_fit(self):
        entry = self.list.entry_ids
        for wrong in (
            {"pieces": "many"},
            {"pieces": 1.5},
            {"item": 5},
            {"day": "soon"},
            {"day": "2026-02-31"},
            {"colour": "g"},
            {"urgent": "yes"},
        ):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(ValidationError, "fit"):
                entry["values"] = wrong

    def test_text(self):
        self.assertEqual(self._parse("item", "  Two \n ovens\x00 "), "Two ovens")
        self.assertEqual(self._parse("note", "a\r\nb"), "a\nb")
        self.assertFalse(self._parse("note", " \n "))
        self.assertEqual(self._parse("item", 12.0), "12")
        self.assertIn("too long", self._parse("item", "x" * (LIST_TEXT_LENGTH + 1)))
        self.assertIn("fill this in", self._parse("item", "  "))

    def test_numbers_in_english(self):
        for typed, number in {
            "1": 1,
            "-1,234.5": -1234.5,
            "1.5": 1.5,
            "1,5": 1.5,
            "1,234": 1234,
            " 12 000 ": 12000,
            "−3": -3,
        }.items():
            self.assertEqual(self._parse("price", typed), number, typed)

    def test_numbers_in_german(self):
        self.env["res.lang"]._activate_lang("de_DE")
        for typed, number in {"1.234,5": 1234.5, "1.234": 1234, "1,5": 1.5, "1.5": 1.5}.items():
            self.assertEqual(self._parse("price", typed, "de_DE"), number, typed)

    def test_no_numbers(self):
        for typed in ("many", "1,2,3", "1e5", "nan", "inf", "--1", "1.2.3", "٣", True):
            self.assertIn("not a number", str(self._parse("price", typed)), typed)
        self.assertIn("1,234.5", self._parse("price", "x"))
        self.assertIn("too large", self._parse("price", "9" * 16))
        self.assertIn("too large", self._parse("pieces", "3000000000"))
        self.assertIn("whole number", self._parse("pieces", "1.5"))

    def test_dates(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.assertEqual(self._parse("day", "2026-12-31"), "2026-12-31")
        self.assertEqual(self._parse("day", "12/31/2026"), "2026-12-31")
        self.assertEqual(self._parse("day", "31.12.2026", "de_DE"), "2026-12-31")
        self.assertEqual(self._parse("day", datetime(2026, 12, 31, 9)), "2026-12-31")
        self.assertEqual(self._parse("day", date(2026, 12, 31)), "2026-12-31")
        for typed in ("31.12.2026", "2026-02-30", "tomorrow", "1/2/26"):
            self.assertIn("not a date", self._parse("day", typed), typed)

    def test_choices(self):
        self.assertEqual(self._parse("colour", "r"), "r")
        self.assertEqual(self._parse("colour", "BLUE "), "b")
        self.assertIn("Red, Blue", self._parse("colour", "green"))

    def test_ticks(self):
        for typed, tick in {"1": True, "on": True, "Ja": True, "0": False, "no": False}.items():
            self.assertIs(self._parse("urgent", typed), tick, typed)
        self.assertFalse(self._parse("urgent", ""))
        self.assertIn("yes or no", self._parse("urgent", "perhaps"))

    def test_unknown_columns_are_left_out(self):
        values, errors = self.list._parse_cells({"item": "x", "revision": "9", "name": "y"})
        self.assertEqual((values, errors), ({"item": "x"}, {}))

    def test_shown_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        publication = self.list.with_context(lang="de_DE")
        columns = {column["name"]: column for column in publication._columns()}
        shown = publication._cell_view(columns["price"], 1234.25)
        self.assertEqual(shown["text"], "1.234,25")
        self.assertEqual(publication._parse_cells({"price": shown["value"]})[0]["price"], 1234.25)
        day = publication._cell_view(columns["day"], "2026-12-31")
        self.assertEqual(day, {"value": "2026-12-31", "text": "31.12.2026"})

    def test_values_of_a_changed_column_are_not_shown(self):
        colour = {column["name"]: column for column in COLUMNS}["colour"]
        self.assertEqual(self.list._cell_view(colour, "g"), {"value": "", "text": ""})
