import json
from typing import Any, NamedTuple

from odoo.fields import Date, Datetime


class DataField(NamedTuple):
    """One value on the data page: where it is, how it is shown and read."""

    key: str  # its name in the form
    record: Any  # with sudo: what is on the page is what the gate lets through
    name: str
    kind: str  # a type of field, or "phone"
    label: str
    value: Any
    options: tuple = ()  # (value, label) of what can be chosen
    required: bool = False
    is_property: bool = False
    currency: Any = None
    digits: int | None = None
    locked: str = ""  # why it cannot be changed here: "own_number", "other_number"
    own: bool = True  # the visitor's, or nobody's in particular

    def base(self):
        """Return the value as text for a hidden field, the same in each language.

        :rtype: str
        """
        value = self.value
        if self.kind == "date":
            value = Date.to_string(value)
        elif self.kind == "datetime":
            value = Datetime.to_string(value)
        elif self.kind == "many2one":
            value = value.id
        elif self.kind == "tags":
            value = sorted(value or [])
        elif self.kind in NUMBERS and value is not False:
            return json.dumps(value)  # 0 is a number, not an empty input
        return json.dumps(value or None)

    def with_base(self, base):
        """Return this field as it was when a form was rendered.

        :param str base: what ``base`` returned then, sent along by a browser
        :return: the field with that value; ``None`` when it cannot be read
        """
        try:
            return self._replace(value=self._from_base(json.loads(base)))
        except (OverflowError, RecursionError, TypeError, ValueError):
            return None

    def _from_base(self, value):
        if value is None:
            return self.record.env[COMODELS[self.name]] if self.kind == "many2one" else False
        if self.kind == "date":
            return Date.to_date(str(value))
        if self.kind == "datetime":
            return Datetime.to_datetime(str(value))
        if self.kind == "many2one":
            return self.record.env[COMODELS[self.name]].browse(int(value))
        if self.kind == "tags":
            return [str(tag) for tag in value]
        if self.kind in NUMBERS:
            return float(value) if self.kind != "integer" else int(value)
        return bool(value) if self.kind == "boolean" else str(value)


NUMBERS = ("integer", "float", "monetary")
COMODELS = {"state_id": "res.country.state", "country_id": "res.country"}
