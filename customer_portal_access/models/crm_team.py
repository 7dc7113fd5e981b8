import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a customer can type into one input of a page.
FIELD_TYPES = {
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "integer",
    "monetary",
    "selection",
    "text",
}
PROPERTY_TYPES = FIELD_TYPES | {"tags"}

# The sales team's own: forecast, pipeline, how the customer is reached, what is counted.
INTERNAL_FIELDS = {
    "active",
    "color",
    "contact_name",
    "date_deadline",
    "expected_revenue",
    "name",
    "partner_name",
    "priority",
    "probability",
    "recurring_revenue",
    "type",
    "won_status",
}
INTERNAL_PREFIX = re.compile(
    r"(access|activity|automated|create|customer|date|day|email|iap|is|lead|lost|message|my|"
    r"partner|phone|reveal|user|write)(_|$)"
)


class CrmTeam(models.Model):
    """What the customers of a sales team see and edit of their opportunities."""

    _inherit = "crm.team"

    # Names, not records: sales managers may not read ir.model.fields.
    customer_field_names = fields.Json(
        default=list, copy=True, help="Fields of opportunities that customers see and edit."
    )
    customer_property_names = fields.Json(
        default=list, copy=True, help="Properties of opportunities that customers see and edit."
    )
    customer_field_ticks = fields.Json(
        string="Fields for customers",
        compute="_compute_customer_field_ticks",
        inverse="_inverse_customer_field_ticks",
    )
    customer_property_ticks = fields.Json(
        string="Properties for customers",
        compute="_compute_customer_property_ticks",
        inverse="_inverse_customer_property_ticks",
    )

    @api.depends("customer_field_names")
    @api.depends_context("lang")
    def _compute_customer_field_ticks(self):
        Lead = self.env["crm.lead"]
        labels = {
            name: field._description_string(self.env)
            for name, field in Lead._fields.items()
            if self._customer_may_share(field)
        }
        for team in self:
            team.customer_field_ticks = self._customer_ticks(labels, team.customer_field_names)

    def _inverse_customer_field_ticks(self):
        for team in self:
            team.customer_field_names = self._customer_ticked(team.customer_field_ticks)

    @api.depends("customer_property_names", "lead_properties_definition")
    def _compute_customer_property_ticks(self):
        for team in self:
            labels = {
                definition["name"]: definition.get("string") or definition["name"]
                for definition in team.lead_properties_definition or []
                if definition.get("type") in PROPERTY_TYPES
            }
            team.customer_property_ticks = self._customer_ticks(
                labels, team.customer_property_names
            )

    def _inverse_customer_property_ticks(self):
        for team in self:
            team.customer_property_names = self._customer_ticked(team.customer_property_ticks)

    @api.model
    def _customer_ticks(self, labels, names):
        return {
            name: {"label": label, "checked": name in (names or [])}
            for name, label in sorted(labels.items(), key=lambda item: item[1].lower())
        }

    @api.model
    def _customer_ticked(self, ticks):
        return [name for name, tick in (ticks or {}).items() if tick.get("checked")]

    @api.constrains("customer_field_names")
    def _check_customer_field_names(self):
        Lead = self.env["crm.lead"]
        for team in self:
            for name in team.customer_field_names or []:
                field = Lead._fields.get(name)
                if not field or not self._customer_may_share(field):
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” cannot be shared with customers: it is internal, "
                            "computed, or of a type that the page for customers does not show.",
                            field=field._description_string(self.env) if field else name,
                        )
                    )

    @api.model
    def _customer_may_share(self, field):
        """Say whether customers may see and edit a field of opportunities, if staff wish.

        :param field: a field of ``crm.lead``
        :rtype: bool
        """
        return (
            field.type in FIELD_TYPES
            and field.store
            and not (field.readonly or field.related or field.groups)
            and not (field.company_dependent or field.translate)
            and field.name not in INTERNAL_FIELDS
            and not INTERNAL_PREFIX.match(field.name)
        )

    def _customer_fields(self):
        """Return the fields of opportunities that this team shares with customers.

        :rtype: list
        """
        known = self.env["crm.lead"]._fields
        shared = (known.get(name) for name in self.customer_field_names or [])
        return [field for field in shared if field and self._customer_may_share(field)]
