from odoo import models
from odoo.fields import Domain

from .customer_data_field import DataField

# How a browser may fill in one's own data.
AUTOCOMPLETE = {
    "name": "name",
    "phone": "tel",
    "street": "address-line1",
    "street2": "address-line2",
    "zip": "postal-code",
    "city": "address-level2",
    "state_id": "address-level1",
    "country_id": "country",
    "lang": "language",
}


class CustomerAccess(models.Model):
    """Data: what is entered on a workspace, for all who hold ``edit_data`` there.

    Fields and properties of the opportunity that its sales team shares, and name, address,
    language and phone of every applicant. What identifies a person, the e-mail address and
    the number for codes, is that person's own (``customer_access_contact``).
    """

    _inherit = "customer.access"

    def _workspace_page_values(self, assurance):
        values = {**super()._workspace_page_values(assurance), "data_people": None}
        if self._check("edit_data", assurance):
            values["data_people"] = self.sudo()._data_people().partner_id.mapped("name")
        return values

    def _data_page(self, assurance, form=None, errors=None, conflicts=None):
        """Return what the data page shows, or ``None`` when it is not for this visitor.

        :param str assurance: the level the visitor has reached
        :param dict form: what was typed: lists of texts by name
        :param dict errors: what is wrong, a sentence by name (``form``: all of it)
        :param dict conflicts: what somebody else changed meanwhile, by name
        :rtype: dict | None
        """
        self.ensure_one()
        if not self._check("edit_data", assurance):
            return None
        access_sudo = self.sudo()  # contacts have no rights on what is shown here
        form, errors, conflicts = form or {}, errors or {}, conflicts or {}
        sections = [
            {
                **section,
                "fields": [
                    access_sudo._data_input(field, form, errors, conflicts)
                    for field in section["fields"]
                ],
            }
            for section in access_sudo._data_sections()
        ]
        return {
            "sections": [section for section in sections if section["fields"]],
            "errors": errors,
            "problems": [
                {"key": field["key"], "label": f"{section['title']}: {field['label']}"}
                for section in sections
                for field in section["fields"]
                if field["error"] or field["conflict"]
            ],
            "lang": self.env.lang or "en_US",
            "data_read_only": not self._may_edit_data(assurance),
        }

    def _may_edit_data(self, assurance):
        """Say whether the visitor may change what the data page shows.

        :rtype: bool
        """
        return (
            self._check("edit_data", assurance)
            and not self._is_read_only()
            and not self.env.context.get("customer_preview")
        )

    def _data_input(self, field, form, errors, conflicts):
        """Return what the page shows of one value, as it was typed or as it is."""
        Value = self.env["customer.data.value"]
        key, conflict = field.key, conflicts.get(field.key)
        base = (form.get(f"base-{key}") or [""])[0]
        shown = Value._shown(field)
        if base:
            shown = Value._typed(field, form.get(key, []))
        if field.locked == "other_number" and field.value:
            shown = f"•••• {field.value[-2:]}"
        return {
            "key": key,
            "kind": field.kind,
            "label": field.label,
            "value": shown,
            "base": base or field.base(),
            "options": [(str(value), label) for value, label in field.options],
            "required": field.required,
            "currency": field.currency.symbol if field.currency else "",
            "locked": field.locked,
            "autocomplete": (field.own and AUTOCOMPLETE.get(field.name)) or "off",
            "error": errors.get(key),
            "conflict": conflict,
        }

    # ------------------------------------------------------------
    # WHAT IS ON THE PAGE
    # ------------------------------------------------------------

    def _data_people(self):
        """Return the accesses whose contacts are on the page, the visitor's own first."""
        return self | self.search_fetch(
            self._place_domain()
            & ~self._closed_domain()
            & Domain("partner_id", "!=", self.partner_id.id)
            & Domain("role_id.permission_ids.code", "=", "edit_data"),
            ["partner_id", "role_id"],
        )

    def _data_sections(self):
        """Return the page's sections, each with its fields.

        :return: for each ``key``, ``title``, ``role``, ``own``, ``address_of`` (whose address
            it is as well, a company's name) and ``fields``
        :rtype: list[dict]
        """
        target = self._target()
        sections = []
        if target._name == "crm.lead":
            sections.append(
                {
                    "key": "target",
                    "title": self._workspace_title(),
                    "role": "",
                    "own": False,
                    "address_of": "",
                    "fields": self._data_lead_fields(target) + self._data_lead_properties(target),
                }
            )
        for access in self._data_people():
            partner = access.partner_id
            sections.append(
                {
                    "key": f"person-{partner.id}",
                    "title": partner.name,
                    "role": access.role_id.name,
                    "own": partner == self.partner_id,
                    "address_of": partner._customer_address_owner().name,
                    "fields": self._data_person_fields(partner),
                }
            )
        return sections

    def _data_fields(self):
        """Return all fields of the page by their names in the form.

        :rtype: dict[str, DataField]
        """
        return {
            field.key: field for section in self._data_sections() for field in section["fields"]
        }

    def _data_person_fields(self, partner):
        """Return name, phone, address and language of an applicant."""
        own = partner == self.partner_id
        country = partner.country_id
        choices = {
            "state_id": tuple((state.id, state.name) for state in country.state_ids),
            "country_id": tuple(
                (found.id, found.name) for found in self.env["res.country"].search([])
            ),
            "lang": tuple(self.env["res.lang"].get_installed()),
        }
        labels = {
            "name": self.env._("Name"),
            "phone": self.env._("Phone"),
            "street": self.env._("Street and number"),
            "street2": self.env._("Address, second line"),
            "zip": self.env._("Postcode"),
            "city": self.env._("City"),
            "state_id": self.env._("State or region"),
            "country_id": self.env._("Country"),
            "lang": self.env._("Language"),
        }
        kinds = {"phone": "phone", "lang": "selection"}
        locked = ""
        if not partner.customer_mobile:  # then the phone is where the codes go
            locked = "own_number" if own else "other_number"
        return [
            DataField(
                key=f"person-{partner.id}-{name}",
                record=partner,
                name=name,
                kind=kinds.get(name) or ("many2one" if name in choices else "char"),
                label=label,
                value=partner[name],
                options=choices.get(name, ()),
                required=name in ("name", "lang"),
                locked=locked if name == "phone" else "",
                own=own,
            )
            for name, label in labels.items()
            if choices.get(name, True)
        ]
