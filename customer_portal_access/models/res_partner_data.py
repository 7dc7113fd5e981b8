import phonenumbers

from odoo import models


class ResPartner(models.Model):
    """Data that contacts change on their pages: theirs, and nobody else's by accident."""

    _inherit = "res.partner"

    def _customer_address_owner(self):
        """Return whose address this contact's is: Odoo keeps the two the same.

        :return: the company or person above; none when the address is the contact's own
        """
        return self.parent_id if self.type == "contact" else self.browse()

    def _customer_one_number(self):
        """Return the number for codes if it is the same in all companies, else ``False``."""
        companies = self.customer_access_ids.company_id or self.env.company
        numbers = {self._customer_code_number(company)[0] for company in companies}
        return numbers.pop() if len(numbers) == 1 else False

    def _customer_write_data(self, values):
        """Write what a contact typed; numbers and addresses of others stay as they are.

        :param dict values: values of fields of this contact
        """
        self.ensure_one()
        values = dict(values)
        country = values.get("country_id", self.country_id)
        if country != self.country_id:
            self._customer_keep_number(country.id, values)
        state = values.get("state_id", self.state_id)
        if state.country_id != country:
            values["state_id"] = False
        address = values.keys() & set(self._address_fields())
        if address:
            # Odoo would copy it to the company, and from there to the colleagues
            if self._customer_address_owner():
                values["type"] = "other"
            below = self.with_context(active_test=False).child_ids.filtered(
                lambda child: child.type == "contact" and child.customer_access_ids
            )
            below.type = "other"
        self.write(
            {
                name: value.id if name in ("country_id", "state_id") and value else value
                for name, value in values.items()
            }
        )

    def _customer_keep_number(self, country_id, values):
        """Let codes go where they go, although the contact's country is another one.

        :param int country_id: the country to be set
        :param dict values: what is to be written, filled in
        """
        if not self._customer_number_depends_on(country_id):
            return
        number = phonenumbers.parse(self._customer_one_number())
        field = "customer_mobile" if self.customer_mobile else "phone"
        values[field] = phonenumbers.format_number(
            number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )

    def _customer_take_number(self, number):
        """Let codes go to a number that the contact has proven.

        :param str number: in international form
        """
        shown = phonenumbers.format_number(
            phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
        values = {"customer_mobile": shown}
        if not self.customer_mobile and self._customer_one_number():
            values["phone"] = shown  # it was the same telephone
        self.write(values)
