import math
import re
from datetime import date, datetime

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import DEFAULT_SERVER_DATE_FORMAT, format_date, get_lang

from ..utils import LIST_TEXT_LENGTH

# Line breaks and tabs may stay in a long text; other controls have no business in a cell.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACES = re.compile(r"[\s'’_]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MAX_NUMBER = 10**15  # beyond it a float does not keep every unit
MAX_INTEGER = 2**31 - 1  # what Odoo's own number fields take

YES = {"1", "true", "yes", "y", "x", "on", "ja", "oui", "vrai", "wahr", "sant"}
NO = {"", "0", "false", "no", "n", "off", "nei", "nein", "non", "faux", "falsch", "usant"}


class CustomerPublication(models.Model):
    """The cells of a list: read from what people type, shown in the reader's language."""

    _inherit = "customer.publication"

    def _parse_cells(self, raw, complete=False):
        """Read what somebody typed, or what stands in a file.

        :param dict raw: text or value by column name; other keys are left out
        :param bool complete: it is a whole row, not only some of its cells
        :return: values by column name, and what is wrong by column name
        :rtype: tuple[dict, dict]
        """
        values, errors = {}, {}
        for column in self._columns():
            name = column["name"]
            if name not in raw and not complete:
                continue
            try:
                values[name] = self._parse_cell(column, raw.get(name))
                if column.get("required") and values[name] is False:
                    raise ValidationError(self._required_text(column))
            except ValidationError as error:
                errors[name] = str(error)
        return values, errors

    def _parse_cell(self, column, raw):
        """Return the value that a property keeps of what was typed.

        :param dict column: of ``_columns()``
        :param raw: text, or a value from a spreadsheet
        :return: the value, ``False`` when empty
        :raises ValidationError: a sentence for whoever typed it
        """
        if raw is None or raw is False or (isinstance(raw, str) and not raw.strip()):
            return False
        return getattr(self, f"_parse_{column['type']}")(column, raw)

    def _required_text(self, column):
        if column["type"] == "boolean":
            return self.env._("Please tick this.")
        return self.env._("Please fill this in.")

    def _parse_text(self, _column, raw):
        if isinstance(raw, datetime):
            raw = raw.date() if raw.time() == datetime.min.time() else raw
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)  # spreadsheets keep every number as a float
        text = _CONTROLS.sub("", str(raw).replace("\r\n", "\n").replace("\r", "\n")).strip()
        if len(text) > LIST_TEXT_LENGTH:
            raise ValidationError(
                self.env._(
                    "This is too long: at most %(count)s characters.", count=LIST_TEXT_LENGTH
                )
            )
        return text or False

    def _parse_char(self, column, raw):
        text = self._parse_text(column, raw)
        return text and " ".join(text.split())

    def _parse_float(self, _column, raw):
        number = None
        if isinstance(raw, str):
            text = self._plain_number(raw)
            number = float(text) if text else None
        elif isinstance(raw, int | float):  # a tick in a spreadsheet is no number
            number = None if isinstance(raw, bool) else float(raw)
        if number is None or not math.isfinite(number):
            raise ValidationError(
                self.env._(
                    "This is not a number. Write it like %(example)s.",
                    example=self._number_text(1234.5),
                )
            )
        if abs(number) >= MAX_NUMBER:
            raise ValidationError(self.env._("This number is too large."))
        return number

    def _parse_integer(self, column, raw):
        number = self._parse_float(column, raw)
        if not number.is_integer():
            raise ValidationError(self.env._("Please write a whole number."))
        if abs(number) > MAX_INTEGER:
            raise ValidationError(self.env._("This number is too large."))
        return int(number)

    def _plain_number(self, text):
        """Return a number as ``float`` reads it, from the way the language writes it.

        A sign between groups of three digits is the language's; any other single point
        or comma can only be the decimal one.

        :param str text: what was typed
        :return: text for ``float``, or ``None``
        """
        lang = get_lang(self.env)
        text = _SPACES.sub("", text).replace("−", "-")
        grouping = (lang.thousands_sep or "").strip()
        if grouping in (",", "."):
            group = re.escape(grouping)
            if re.fullmatch(rf"-?[0-9]{{1,3}}({group}[0-9]{{3}})+([^0-9][0-9]+)?", text):
                text = text.replace(grouping, "")
        text = text.replace(",", ".")
        return text if _NUMBER.fullmatch(text) else None

    def _parse_date(self, _column, raw):
        if isinstance(raw, datetime):
            raw = raw.date()
        if isinstance(raw, date):
            return fields.Date.to_string(raw)
        text = str(raw).strip()
        lang_format = get_lang(self.env).date_format
        for pattern in (DEFAULT_SERVER_DATE_FORMAT, lang_format):
            if pattern == DEFAULT_SERVER_DATE_FORMAT and not _ISO_DATE.fullmatch(text):
                continue
            try:
                day = datetime.strptime(text, pattern).date()
            except ValueError:
                continue
            if day.year >= 1000:  # 1/2/24 is more likely a slip than the year 24
                return fields.Date.to_string(day)
        raise ValidationError(
            self.env._(
                "This is not a date. Write it like %(example)s.",
                example=format_date(self.env, date(2026, 12, 31), date_format=None),
            )
        )

    def _parse_selection(self, column, raw):
        text = str(raw).strip()
        for key, label in column["selection"]:
            if text == key or text.casefold() == label.strip().casefold():
                return key
        raise ValidationError(
            self.env._(
                "Please choose one of: %(choices)s.",
                choices=", ".join(label for _key, label in column["selection"][:10]),
            )
        )

    def _parse_boolean(self, _column, raw):
        if isinstance(raw, bool | int | float):
            return bool(raw)
        text = str(raw).strip().casefold()
        if text in YES:
            return True
        if text in NO:
            return False
        raise ValidationError(self.env._("Please write yes or no."))

    # ------------------------------------------------------------
    # SHOWING
    # ------------------------------------------------------------

    def _cell_value(self, column, stored):
        """Return a stored value if it fits its column, else ``False``.

        Staff may have changed the column, or written over RPC, since.
        """
        fits = {
            "char": lambda: isinstance(stored, str),
            "text": lambda: isinstance(stored, str),
            "integer": lambda: _is_number(stored) and float(stored).is_integer(),
            "float": lambda: _is_number(stored),
            "date": lambda: isinstance(stored, str) and _is_date(stored),
            "selection": lambda: any(stored == key for key, _label in column["selection"]),
            "boolean": lambda: stored is True,
        }[column["type"]]
        return stored if fits() else False

    def _cell_view(self, column, stored):
        """Return what the page shows of a cell.

        :return: ``value`` for an input, ``text`` to read
        :rtype: dict
        """
        value = self._cell_value(column, stored)
        kind = column["type"]
        if kind == "boolean":
            text = self.env._("Yes") if value else self.env._("No")
            return {"value": "1" if value else "", "text": text}
        if value is False:
            return {"value": "", "text": ""}
        if kind in ("integer", "float"):
            text = self._number_text(value, integer=kind == "integer")
            return {"value": text, "text": text}
        if kind == "date":
            return {"value": value, "text": format_date(self.env, value)}
        if kind == "selection":
            return {"value": value, "text": dict(column["selection"])[value]}
        return {"value": value, "text": value}

    def _number_text(self, number, integer=False):
        """Return a number as the language writes it, with no more decimals than it has."""
        plain = f"{number:.15g}" if abs(number) < MAX_NUMBER else str(number)
        decimals = 0 if integer else len(plain.partition(".")[2]) if "e" not in plain else 6
        lang = self.env["res.lang"].browse(get_lang(self.env).id)
        return lang.format(f"%.{decimals}f", number, grouping=True)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(text):
    try:
        return bool(_ISO_DATE.fullmatch(text) and fields.Date.to_date(text))
    except ValueError:
        return False
