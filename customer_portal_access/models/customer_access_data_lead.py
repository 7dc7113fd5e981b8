from odoo import models
from odoo.fields import Date, Datetime

from .crm_team import PROPERTY_TYPES
from .customer_data_field import DataField


class CustomerAccess(models.Model):
    """Data of an opportunity: the fields and properties that its sales team shares."""

    _inherit = "customer.access"

    def _data_lead_fields(self, lead):
        """Return the opportunity's fields that its sales team shares."""
        return [
            DataField(
                key=f"target-{field.name}",
                record=lead,
                name=field.name,
                kind=field.type,
                label=field._description_string(self.env),
                value=lead[field.name],
                options=tuple(field._description_selection(self.env))
                if field.type == "selection"
                else (),
                required=bool(field.required),
                currency=self._data_currency(lead, field),
                digits=self._data_digits(lead, field),
            )
            for field in lead.team_id._customer_fields()
        ]

    def _data_currency(self, lead, field):
        return lead[field.get_currency_field(lead)] if field.type == "monetary" else None

    def _data_digits(self, lead, field):
        """Return how many decimals a number has, ``None``: as many as were typed."""
        if field.type == "monetary":
            return self._data_currency(lead, field).decimal_places
        digits = field.get_digits(self.env) if field.type == "float" else None
        return digits and digits[1]

    def _data_lead_properties(self, lead):
        """Return the opportunity's properties that its sales team shares."""
        shared = lead.team_id.customer_property_names or []
        found = []
        for definition in lead.read(["lead_properties"])[0]["lead_properties"] or []:
            kind, name = definition.get("type"), definition.get("name")
            if name not in shared or kind not in PROPERTY_TYPES:
                continue
            options = definition.get(kind) if kind in ("selection", "tags") else ()
            currency = None
            if kind == "monetary" and definition.get("currency_field") in lead._fields:
                currency = lead[definition["currency_field"]]
            found.append(
                DataField(
                    key=f"property-{name}",
                    record=lead,
                    name=name,
                    kind=kind,
                    label=definition.get("string") or name,
                    value=self._data_from_property(kind, definition.get("value")),
                    options=tuple((option[0], option[1]) for option in options or ()),
                    is_property=True,
                    currency=currency,
                    digits=currency.decimal_places if currency else None,
                )
            )
        return found

    def _data_from_property(self, kind, value):
        """Return a property's value as a field of its type holds it."""
        if kind in ("date", "datetime"):
            convert = Date.to_date if kind == "date" else Datetime.to_datetime
            try:
                return convert(value) or False
            except ValueError:
                return False
        return False if value is None else value

    def _data_write_lead(self, lead, changes):
        """Write what was typed into fields and properties of the opportunity.

        :param list changes: pairs of a ``DataField`` and its new value
        """
        lead.write({field.name: value for field, value in changes if not field.is_property})
        changed = {field.name: value for field, value in changes if field.is_property}
        if not changed:
            return
        properties = lead.read(["lead_properties"])[0]["lead_properties"]
        for definition in properties:
            value = changed.get(definition["name"], definition.get("value"))
            if definition["type"] == "date":
                value = Date.to_string(value)
            elif definition["type"] == "datetime":
                value = Datetime.to_string(value)
            definition["value"] = value
        lead.lead_properties = properties
