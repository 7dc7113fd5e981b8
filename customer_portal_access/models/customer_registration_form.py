import re
import time

import phonenumbers
from stdnum.exceptions import ValidationError as NumberError
from stdnum.util import get_cc_module

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq, email_normalize
from odoo.tools.misc import get_lang

from ..utils import (
    EMAIL_LENGTH,
    FORM_HOURS,
    FORM_SECONDS,
    MESSAGE_LENGTH,
    NAME_LENGTH,
    VAT_LENGTH,
    hash_secret,
    own_transaction,
    strip_invisible,
    strip_invisible_lines,
)

# What the form holds. Whatever else is posted is left out.
FORM_FIELDS = ("name", "email", "phone", "company_name", "vat", "country_id", "message")
# A name that is an advertisement would go out in our mail to whomever it names.
_ADDRESS_IN_NAME = re.compile(r"://|www\.|[<>@]", re.IGNORECASE)
# Kinds of numbers that a country's companies may be known by.
_NUMBER_KINDS = ("vat", "businessid", "orgnr", "org", "uid", "siren", "siret", "cvr", "ytunnus")


class CustomerRegistration(models.Model):
    """What was typed: cleaned, checked, counted, kept until the address is proven."""

    _inherit = "customer.registration"

    @api.model
    def _take_form(self, values, proof=None):
        """Take a form for the current company; the answer is the same for every address.

        Nothing is known or looked up about the address here: that happens in the
        background, and is told by mail only. With a proof it happens at once.

        :param dict values: what was typed, by field; what is no field of the form is ignored
        :param dict proof: a proven address of a sign-in provider: ``provider``, ``issuer``,
            ``subject``, ``email``, ``name``
        :return: ``status``: ``error`` (with ``errors``, a sentence by field; ``form``: all of
            it), ``asked``; with a proof what ``_take_in`` says
        :rtype: dict
        """
        company = self.env.company
        typed = self._clean_form(values, proof)
        errors = self._form_errors(typed, company)
        if errors:
            return {"status": "error", "errors": errors}
        quota = self.env["customer.quota"]
        address = request.httprequest.remote_addr if request else None
        if wait := quota._take_address("registration_address", address):
            return self._too_many(wait)
        if quota._take("registration_email", self._email_key(typed["email"], company)):
            return {"status": "asked"}
        limit = company.sudo().customer_registration_hourly_limit
        if wait := quota._take("registration_company", company.id, maximum=limit):
            self._tell_limit(company)
            return self._too_many(wait)
        # of its own: with a proof, two forms with one address at once wait for each other
        with own_transaction(self.env) as env:
            status = env[self._name].with_company(company)._keep(typed, proof)
        return {"status": status}

    @api.model
    def _clean_form(self, values, proof):
        """Return the fields of the form without what forges headers or hides text.

        :rtype: dict
        """
        typed = {field: str(values.get(field) or "") for field in FORM_FIELDS}
        cleaned = {
            field: strip_invisible_lines(text) if field == "message" else strip_invisible(text)
            for field, text in typed.items()
        }
        email = proof["email"] if proof else cleaned["email"]
        country_id = cleaned["country_id"]
        return {
            **cleaned,
            "email": email_normalize(strip_invisible(email)) or False,
            "country_id": int(country_id)
            if country_id.isdecimal() and len(country_id) < 10
            else False,
            "lang": get_lang(self.env).code,
        }

    @api.model
    def _form_errors(self, typed, company):
        """Return what is wrong, a sentence by field; puts phone and country as they are kept.

        :param dict typed: what ``_clean_form`` returned
        :param company: whose country serves when none is chosen
        :rtype: dict[str, str]
        """
        env = self.env
        errors = {}
        country = env["res.country"].sudo().browse(typed["country_id"]).exists()
        typed["country_id"] = country.id
        if not typed["name"]:
            errors["name"] = env._("Please type your name.")
        elif len(typed["name"]) > NAME_LENGTH or _ADDRESS_IN_NAME.search(typed["name"]):
            errors["name"] = env._("Please type your name only, without any address.")
        if not typed["email"] or len(typed["email"]) > EMAIL_LENGTH:
            errors["email"] = env._("Please type one e-mail address, such as name@company.com.")
        try:
            partner = env["res.partner"].sudo().new({"country_id": country.id})
            typed["phone"] = partner._customer_check_phone(typed["phone"], company.sudo())
        except UserError as error:
            errors["phone"] = error.args[0]
        if len(typed["company_name"]) > NAME_LENGTH:
            errors["company_name"] = env._(
                "Please use at most %(count)s characters.", count=NAME_LENGTH
            )
        if error := self._number_error(typed["vat"], country or company.sudo().country_id):
            errors["vat"] = error
        if len(typed["message"]) > MESSAGE_LENGTH:
            errors["message"] = env._(
                "Please use at most %(count)s characters.", count=MESSAGE_LENGTH
            )
        return errors

    @api.model
    def _number_error(self, number, country):
        """Return what is wrong with a company number, as a sentence, or ``""``.

        Countries whose numbers nobody has described take whatever looks like one.

        :param str number: what was typed
        :param country: a ``res.country``
        """
        if not number:
            return ""
        bare = re.sub(r"[\s./-]", "", number)
        if not bare.isalnum() or not bare.isascii() or len(number) > VAT_LENGTH:
            return self.env._("Please type the number with letters and digits only.")
        code = (country.code or "").lower()
        checks = [
            module
            for kind in _NUMBER_KINDS
            if code and (module := get_cc_module({"gr": "el"}.get(code, code), kind))
        ]
        written = (number, bare, bare.upper().removeprefix(code.upper()))
        if not checks or any(_is_valid(module, text) for module in checks for text in written):
            return ""
        label = country.vat_label or self.env._("company number")
        return self.env._(
            "%(number)s is no %(label)s of %(country)s. Please look for a missing or swapped "
            "digit, or leave it empty.",
            number=number,
            label=label,
            country=country.name,
        )

    @api.model
    def _too_many(self, seconds):
        return {
            "status": "error",
            "errors": {
                "form": self.env._(
                    "There are many registrations just now. Please try again in %(minutes)s "
                    "minutes.",
                    minutes=-(-seconds // 60),
                )
            },
        }

    @api.model
    def _email_key(self, email, company):
        """Return what the registrations of one address are counted by; not the address."""
        return hash_secret(self.env, "registration", f"{company.id} {email}")

    @api.model
    def _lock_address(self, email):
        """Wait for whoever else works on this address, until the end of the transaction.

        :param str email: a normalised address
        """
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [email])

    @api.model
    def _keep(self, typed, proof):
        """Write the form down, and nothing else: it counts when the address is proven.

        :param dict typed: the checked form
        :param dict proof: as in ``_take_form``
        :return: ``asked``, with a proof what ``_take_in`` says
        :rtype: str
        """
        if not proof:
            self.env["customer.registration.confirmation"]._ask(typed)
            return "asked"
        self._lock_address(typed["email"])
        return self._open_one(typed)._take_in(typed, proof)

    @api.model
    def _open_one(self, typed):
        """Return the registration of an address that is not decided, made if there is none.

        A second form for the same address changes nothing of the first: each waits for its
        own mail, and the one whose mail is answered counts. Call it with the address locked.

        :param dict typed: the checked form
        """
        company = self.env.company
        registrations = self.with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True
        )
        return registrations.search(
            self._open_domain(typed["email"], company)
        ) or registrations.create({**typed, "company_id": company.id})

    @api.model
    def _proof(self):
        """Return the proven address that this browser came with, or ``None``.

        For addons by which people register with another account: ``provider``, ``issuer``,
        ``subject``, ``email``, ``name``.

        :rtype: dict | None
        """
        return None

    @api.model
    def _drop_proof(self):
        """Forget the proven address of this browser: its form was taken."""

    def _keep_proof(self, proof):
        """Keep by what the address was proven, in the transaction that lets it count.

        :param dict proof: as ``_proof`` returns it
        """
        self.provider = proof["provider"]

    # ------------------------------------------------------------
    # THE PAGE
    # ------------------------------------------------------------

    @api.model
    def _form_values(self, proof, typed, country_code):
        """Return what the page shows in the form.

        :param dict proof: as ``_proof`` returns it
        :param dict typed: what was typed before; none: the form is fresh
        :param str country_code: where the visitor seems to be
        :rtype: dict
        """
        countries = self._country_hints()
        if typed is None:
            guessed = [one["id"] for one in countries if one["code"] == country_code]
            country_id = (guessed or [self.env.company.sudo().country_id.id])[0]
            typed = {
                "country_id": str(country_id or ""),
                "name": proof["name"] if proof else "",
            }
        if proof:
            typed = {**typed, "email": proof["email"]}
        chosen = [one for one in countries if str(one["id"]) == typed.get("country_id")]
        return {"typed": typed, "countries": countries, "chosen": chosen[0] if chosen else {}}

    @api.model
    def _stamp(self):
        """Return when the form is shown, signed, so that nobody can say otherwise."""
        now = int(time.time())
        return f"{now}.{hash_secret(self.env, 'registration form', str(now))}"

    @api.model
    def _stamp_error(self, stamp):
        """Return why a form comes too soon or too late to be a person's, or ``""``.

        :param str stamp: what the form holds
        """
        shown, _dot, signature = stamp.partition(".")
        expected = hash_secret(self.env, "registration form", shown)
        if not shown.isdecimal() or not consteq(signature, expected):
            return self.env._("Please send the form once more.")
        age = time.time() - int(shown)
        if age < FORM_SECONDS:
            return self.env._("That was fast. Please look at it again, and send it once more.")
        if age > FORM_HOURS * 3600:
            return self.env._("The page was open for long. Please send the form once more.")
        return ""

    @api.model
    def _country_hints(self):
        """Return the countries to choose from: name, prefix and label of the number.

        :rtype: list[dict]
        """
        countries_sudo = self.env["res.country"].sudo().search([("code", "!=", False)])
        return [
            {
                "id": country.id,
                "code": country.code,
                "name": country.name,
                "prefix": f"+{country.phone_code}" if country.phone_code else "",
                "vat_label": country.vat_label or "",
                "example": self._phone_example(country.code),
            }
            for country in countries_sudo.sorted("name")
        ]

    @api.model
    def _phone_example(self, code):
        """Return what a number of a country looks like, or ``""``."""
        example = phonenumbers.example_number_for_type(code, phonenumbers.PhoneNumberType.MOBILE)
        if not example:
            return ""
        return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _is_valid(module, number):
    try:
        module.validate(number)
    except NumberError:
        return False
    return True
