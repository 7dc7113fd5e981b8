import phonenumbers

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.phone_validation.tools.phone_validation import phone_parse

from ..utils import strip_invisible

SHOWN_AT_MOST = 20


class ResPartner(models.Model):
    """Contacts by e-mail address: found before they are made, never guessed."""

    _inherit = "res.partner"

    customer_member_ids = fields.One2many(
        "customer.access", "customer_id", string="Contact persons", copy=False
    )

    @api.model
    def customer_lookup(self, email, company_id=None):
        """Look for the contacts with an e-mail address, archived ones included.

        :param str email: what was typed, in any case
        :param int company_id: the company of the record they shall come to
        :return: ``status`` (``invalid``, ``new``, ``known`` or ``several``), the
            normalised ``email``, the ``contacts`` with what helps to tell them apart,
            ``may_create`` and ``may_merge``
        :rtype: dict
        :raises AccessError: when the user may not add contacts anywhere
        """
        self.env["customer.access"].check_access("create")
        self.browse().check_access("read")
        address = self._customer_typed_address(email)
        contacts = self._customer_by_email(address, company_id)
        status = {0: "new", 1: "known"}.get(len(contacts), "several")
        active = contacts.filtered("active")
        return {
            "status": status if address else "invalid",
            "email": address,
            "contacts": [contact._customer_card() for contact in contacts],
            "may_create": self.has_access("create"),
            "may_merge": len(active) > 1
            and self.env["base.partner.merge.automatic.wizard"].has_access("create"),
        }

    @api.model
    def _customer_typed_address(self, text):
        """Return the one normalised address in what was typed, or ``False``.

        :param str text: an address, or a name and an address in angle brackets
        """
        text = strip_invisible(text or "")
        if " " in text and "<" not in text:
            return False
        return email_normalize(text)

    @api.model
    def _customer_by_email(self, address, company_id=None):
        """Return the persons with a normalised address that the user may see."""
        if not address:
            return self.browse()
        domain = Domain("email_normalized", "=", address) & Domain("is_company", "=", False)
        if company_id:
            domain &= Domain("company_id", "in", [company_id, False])
        contacts = self.with_context(active_test=False).search(domain, limit=SHOWN_AT_MOST)
        return contacts.with_env(self.env).sorted(lambda contact: not contact.active)

    def _customer_card(self):
        """Return what tells this contact from another one.

        :rtype: dict
        """
        self.ensure_one()
        # sudo: the user may see the contact, not necessarily its company or user
        contact_sudo = self.sudo()
        company = contact_sudo.commercial_partner_id
        return {
            "id": self.id,
            "name": self.name or "",
            "email": self.email or "",
            "phone": self.customer_mobile or self.phone or "",
            "customer": company.name if company != contact_sudo else "",
            "active": self.active,
            "internal": any(not user.share for user in contact_sudo.user_ids),
        }

    @api.model
    def customer_make_contact(self, email, name, phone=None, customer_id=None, company_id=None):
        """Make a new contact under a customer, unless the address is known meanwhile.

        :param str email: the address
        :param str name: the person's name
        :param str phone: a phone number, optional
        :param int customer_id: the customer, or another contact of the same customer
        :param int company_id: the company of the record the contact shall come to
        :return: ``contact``; or ``field`` and ``message`` of what is wrong; or what
            ``customer_lookup`` says, when the address is not new
        :rtype: dict
        """
        found = self.customer_lookup(email, company_id)
        if found["status"] == "invalid":
            message = self.env._("%(email)s is not one valid e-mail address.", email=email or "")
            return {"field": "email", "message": message}
        if found["status"] != "new":
            return found
        name = strip_invisible(name)
        if not name:
            return {"field": "name", "message": self.env._("Please type a name.")}
        customer = self.browse(customer_id).commercial_partner_id.filtered("is_company")
        company = self.env["res.company"].browse(company_id) or self.env.company
        try:
            phone = customer._customer_check_phone(phone, company)
        except UserError as error:
            return {"field": "phone", "message": error.args[0]}
        try:
            contact = self.create(
                {
                    "name": name,
                    "email": found["email"],
                    "phone": phone,
                    "parent_id": customer.id,
                    "company_id": customer.company_id.id,
                    "lang": customer.lang or self.env.lang,
                    "is_company": False,
                }
            )
        except AccessError:
            message = self.env._(
                "You may not make contacts. Ask an administrator for the right to create them."
            )
            return {"field": "email", "message": message}
        return {"contact": contact._customer_card()}

    def customer_reactivate(self):
        """Take an archived contact out of the archive, to be added again.

        :return: the contact
        :rtype: dict
        """
        self.ensure_one()
        self.action_unarchive()
        return self._customer_card()

    def _customer_check_phone(self, number, company):
        """Return a phone number as Odoo stores it, or say what is wrong with it.

        :param str number: what was typed; a false value empties the field
        :param company: whose country serves when the contact has none
        :return: the number in international form
        :rtype: str | bool
        :raises UserError: with the reason and an example for the country
        """
        if not number:
            return False
        country = self.country_id or company.country_id
        try:
            parsed = phone_parse(number, country.code)
        except UserError as error:
            example = phonenumbers.example_number(country.code or "US")
            raise UserError(
                self.env._(
                    "%(number)s is no phone number: %(reason)s. A number looks like %(example)s.",
                    number=number,
                    reason=str(error.args[0]).rstrip("."),
                    example=phonenumbers.format_number(
                        example, phonenumbers.PhoneNumberFormat.INTERNATIONAL
                    ),
                )
            ) from error
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
