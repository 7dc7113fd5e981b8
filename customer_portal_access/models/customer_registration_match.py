import re

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..utils import own_domain

PROPOSED_AT_MOST = 10
_NO_NUMBER = re.compile(r"[^A-Z0-9]")


class CustomerRegistration(models.Model):
    """Which customer a person belongs to: a sure hit is linked, a likely one proposed."""

    _inherit = "customer.registration"

    def _find_customer(self, contact):
        """Look for the customer: by number, then by the domain of the address, then by name.

        Sure is exactly one hit by number or by the proven address's own domain. Anybody may
        call a company by its name, and everybody has an address at a free-mail provider:
        neither joins anybody to a company.

        :param contact: the known contact, or none
        :return: how it was found (``MATCHES``), and the customer, if the hit is sure
        :rtype: tuple
        """
        none = self.env["res.partner"]
        customer = contact.commercial_partner_id.filtered("is_company")
        if contact and customer:
            return "contact", customer
        by_number, by_domain = self._customers_by_number(), self._customers_by_domain()
        if len(by_number) == 1:
            return "vat", by_number
        if not by_number and len(by_domain) == 1 and not self._has_other_number(by_domain):
            return "domain", by_domain
        if by_number or by_domain or self._customers_by_name():
            return "likely", none
        return "none", none

    def _customer_domain(self):
        """Return the domain of the companies that may be customers of this company."""
        return (
            Domain("is_company", "=", True)
            & Domain("parent_id", "=", False)
            & Domain("company_id", "in", [self.company_id.id, False])
            & Domain("id", "not in", SQL("(SELECT partner_id FROM res_company)"))
        )

    def _customers_by_number(self):
        """Return the customers with the number that was typed, however it is written."""
        number = _NO_NUMBER.sub("", (self.vat or "").upper())
        partners = self.env["res.partner"]
        if len(number) < 4:
            return partners
        code = (self.country_id or self.company_id.country_id).code or ""
        numbers = {number, number.removeprefix(code), f"{code}{number}"}
        if code == "NO":  # with and without the letters for registered in the VAT register
            numbers |= {f"{one.removesuffix('MVA')}{end}" for one in numbers for end in ("", "MVA")}
        same = SQL(
            "(SELECT id FROM res_partner WHERE vat IS NOT NULL "
            "AND regexp_replace(upper(vat), '[^A-Z0-9]', '', 'g') IN %s)",
            tuple(numbers),
        )
        return partners.search(
            self._customer_domain() & Domain("id", "in", same), limit=PROPOSED_AT_MOST
        )

    def _customers_by_domain(self):
        """Return the customers that write from the own domain of the proven address."""
        domain = own_domain(self.email)
        partners = self.env["res.partner"]
        if not domain:
            return partners
        writers = partners.search(
            Domain("email_normalized", "=like", f"%@{_escaped(domain)}")
            & Domain("company_id", "in", [self.company_id.id, False])
            # a log-in of ours says nothing about a customer
            & ~Domain("user_ids.share", "=", False)
        )
        pages = partners.search(
            self._customer_domain() & Domain("website", "=ilike", f"%{_escaped(domain)}%")
        ).filtered(lambda partner: _host(partner.website) == domain)
        found = (writers.commercial_partner_id | pages).filtered_domain(self._customer_domain())
        return found[:PROPOSED_AT_MOST]

    def _customers_by_name(self):
        """Return the customers of that name in that country, which is proposed only."""
        partners = self.env["res.partner"]
        if not self.company_name:
            return partners
        return partners.search(
            self._customer_domain()
            & Domain("name", "=ilike", _escaped(self.company_name))
            & Domain("country_id", "in", [self.country_id.id, False]),
            limit=PROPOSED_AT_MOST,
        )

    def _has_other_number(self, customer):
        """Say whether another number was typed than this customer's: another company of a group."""
        known, typed = (
            _NO_NUMBER.sub("", (number or "").upper()) for number in (customer.vat, self.vat)
        )
        return bool(known and typed and known[-6:] != typed[-6:])

    def _proposed_customers(self):
        """Return the customers that staff may mean, the surest first."""
        return (
            self.customer_id
            | self._customers_by_number()
            | self._customers_by_domain()
            | self._customers_by_name()
        )[:PROPOSED_AT_MOST]


def _escaped(text):
    """Return a text in which nothing stands for other letters in a search."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def _host(website):
    """Return the domain of a web address, without ``www``."""
    host = re.sub(r"^https?://", "", (website or "").strip().lower())
    return re.split(r"[/:?#]", host)[0].removeprefix("www.")
