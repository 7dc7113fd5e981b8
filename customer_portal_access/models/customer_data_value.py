import math
import re
from datetime import date, datetime
from decimal import Decimal

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang, get_lang

from ..utils import DATA_LENGTH, MESSAGE_LENGTH, strip_invisible, strip_invisible_lines
from .customer_data_field import NUMBERS

INTEGERS = range(-(2**31), 2**31)
LARGEST = 10**15  # beyond it a float loses its cents
YEARS = range(1900, 2201)


class CustomerDataValue(models.AbstractModel):
    """The values of the data page: put into inputs, read from them, told in words.

    All in the language and the time zone of the context.
    """

    _name = "customer.data.value"
    _description = "Value on the data page"

    # ------------------------------------------------------------
    # SHOWING
    # ------------------------------------------------------------

    @api.model
    def _shown(self, field):
        """Return what stands in the input of a field.

        :param field: a ``DataField``
        :return: text; for ``boolean`` "1" or "", for ``tags`` a list
        :rtype: str | list[str]
        """
        value = field.value
        if field.kind == "tags":
            return sorted(map(str, value or []))
        if field.kind in NUMBERS:
            return "" if value is False or value is None else self._number_text(field)
        if not value:
            return ""
        if field.kind == "boolean":
            return "1"
        if field.kind == "many2one":
            return str(value.id)
        if field.kind == "date":
            return value.isoformat()
        if field.kind == "datetime":
            return self._local(value).strftime("%Y-%m-%dT%H:%M")
        return str(value)

    @api.model
    def _number_text(self, field):
        if field.digits is not None:
            text = f"{field.value:.{field.digits}f}"
        else:
            text = format(Decimal(repr(field.value)), "f")
            text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.replace(".", get_lang(self.env).decimal_point)

    @api.model
    def _local(self, moment):
        return fields.Datetime.context_timestamp(self, moment).replace(tzinfo=None)

    @api.model
    def _words(self, field):
        """Return the value of a field as people write it.

        :param field: a ``DataField``
        :rtype: str
        """
        value = field.value
        if field.kind == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.kind in NUMBERS and value is not False and value is not None:
            if field.currency:
                return formatLang(self.env, value, currency_obj=field.currency)
            return self._number_text(field)
        if not value:
            return self.env._("(empty)")
        if field.kind in ("selection", "tags"):
            labels = dict(field.options)
            chosen = value if field.kind == "tags" else [value]
            return ", ".join(str(labels.get(one, one)) for one in chosen)
        if field.kind == "many2one":
            return value.exists().display_name or self.env._("(empty)")
        if field.kind == "date":
            return format_date(self.env, value)
        if field.kind == "datetime":
            return format_datetime(self.env, value, dt_format="short")
        return str(value)

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @api.model
    def _typed(self, field, texts):
        """Return what was typed, as ``_shown`` would show it.

        :param field: a ``DataField``
        :param list texts: what the form sent under its name
        :rtype: str | list[str]
        """
        if field.kind == "tags":
            return sorted(set(texts))
        text = texts[0] if texts else ""
        if field.kind == "boolean":
            return "1" if text else ""
        if field.kind == "text":
            return strip_invisible_lines(text)
        return strip_invisible(text)

    @api.model
    def _read(self, field, typed):
        """Return the value to write for what was typed.

        :param field: a ``DataField``
        :param typed: what ``_typed`` returned
        :raises UserError: with a sentence for the customer
        """
        if field.kind == "boolean":
            return bool(typed)
        if not typed:
            if field.required:
                raise UserError(self.env._("Please fill this in."))
            return self._empty(field)
        return getattr(self, f"_read_{field.kind}")(field, typed)

    @api.model
    def _empty(self, field):
        """Return the value of an input that was emptied."""
        if field.kind == "many2one":
            return field.value.browse()
        if field.kind in NUMBERS and not field.is_property:
            return 0  # a column of numbers knows no other nothing
        return [] if field.kind == "tags" else False

    @api.model
    def _read_char(self, field, typed):
        longest = MESSAGE_LENGTH if field.kind == "text" else DATA_LENGTH
        size = getattr(field.record._fields.get(field.name), "size", None)
        longest = min(longest, size or longest)
        if len(typed) > longest:
            raise UserError(
                self.env._("This is too long: at most %(count)s characters.", count=longest)
            )
        return typed

    _read_text = _read_char

    @api.model
    def _read_phone(self, field, typed):
        company = field.record.customer_access_ids.company_id[:1] or self.env.company
        number = self._read_char(field, typed)
        return field.record.with_env(self.env)._customer_check_phone(number, company)

    @api.model
    def _read_choice(self, field, typed):
        for value, _label in field.options:
            if str(value) == typed:
                return value
        raise UserError(self.env._("Please choose one of the list."))

    _read_selection = _read_choice

    @api.model
    def _read_many2one(self, field, typed):
        return field.value.browse(self._read_choice(field, typed))

    @api.model
    def _read_tags(self, field, typed):
        return [self._read_choice(field, tag) for tag in typed]

    @api.model
    def _read_float(self, field, typed):
        number = self._number(typed)
        if not math.isfinite(number) or abs(number) > LARGEST:
            raise UserError(self.env._("This number is too large."))
        digits = field.digits
        return round(number, digits) if digits is not None else number

    _read_monetary = _read_float

    @api.model
    def _read_integer(self, field, typed):
        number = self._number(typed)
        if number != int(number):
            raise UserError(self.env._("Please type a whole number."))
        if int(number) not in INTEGERS:
            raise UserError(self.env._("This number is too large."))
        return int(number)

    @api.model
    def _number(self, typed):
        """Return a number typed as the language writes it, never guessed.

        :raises UserError: with an example
        """
        lang = get_lang(self.env)
        point, group = re.escape(lang.decimal_point), re.escape(lang.thousands_sep or " ")
        text = typed.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        match = re.fullmatch(
            rf"([+-]?)([0-9]{{1,18}}|[0-9]{{1,3}}(?:(?:{group}| )[0-9]{{3}})+)"
            rf"(?:{point}([0-9]{{1,12}}))?",
            text.replace("\N{MINUS SIGN}", "-"),
        )
        if not match:
            example = f"1250{lang.decimal_point}50"
            raise UserError(
                self.env._("Please type a number, such as %(example)s.", example=example)
            )
        sign, whole, fraction = match.groups()
        return float(f"{sign}{re.sub('[^0-9]', '', whole)}.{fraction or 0}")

    @api.model
    def _read_date(self, field, typed):
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            day = None
        if not day or day.year not in YEARS:
            raise UserError(self.env._("Please type a date."))
        return day

    @api.model
    def _read_datetime(self, field, typed):
        try:
            moment = datetime.fromisoformat(typed)
        except ValueError:
            moment = None
        if not moment or moment.tzinfo or moment.year not in YEARS:
            raise UserError(self.env._("Please type a date and a time."))
        zone = pytz.timezone(self.env.context.get("tz") or "UTC")
        return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
