import re

from odoo.tests import tagged

from ..models import customer_registration_form
from .http_common import CustomerHttpCase

NEW = "nina@holm.example"


@tagged("post_install", "-at_install")
class RegistrationCase(CustomerHttpCase):
    """A company that takes registrations, and a visitor who fills in the form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "customer_registration": True,
                "customer_registration_user_ids": [(6, 0, cls.paul.ids)],
            }
        )
        cls.registrations = cls.env["customer.registration"]

    def setUp(self):
        super().setUp()
        self.typed = {
            "name": "Nina Holm",
            "email": NEW,
            "phone": "406 12 399",
            "company_name": "Holm AS",
            "vat": "NO 974 760 673 MVA",
            "country_id": str(self.env.ref("base.no").id),
            "message": "We would like a kitchen.",
        }
        # the time a person takes for the form; a test of its own shows that it is asked for
        self.patch(customer_registration_form, "FORM_SECONDS", -1)

    def _submit_form(self, path=None, **changes):
        """Send the form as a person does, with what it holds beside what is typed."""
        path = path or f"/customer/register?company={self.company.id}"
        hidden = self._hidden(self.url_open(path).text)
        data = {**hidden, **self.typed, **changes}
        return self.url_open("/customer/register", data=data, allow_redirects=False)

    def _hidden(self, page):
        """Return what the form on a page holds beside what people type."""
        return dict(re.findall(r'type="hidden" name="(\w+)"[^>]*?value="([^"]*)"', page))

    def _run_registration_cron(self):
        """Let the mails leave; they are collected."""
        with self.mock_mail_gateway():
            self.env.ref("customer_portal_access.ir_cron_registration").method_direct_trigger()
        self.env.invalidate_all()
        return [mail for mail in self._mails if "registration" in str(mail["subject"]).lower()]

    def _mails_to(self, address):
        """Return the collected mails to one address."""
        return [mail for mail in self._mails if address in str(mail["email_to"])]

    def _forms(self, email=NEW):
        """Return the forms with an address."""
        self.env.invalidate_all()
        forms = self.env["customer.registration.confirmation"].search([])
        return forms.filtered(lambda form: form.typed["email"] == email)

    def _open(self, email=NEW, company=None):
        """Return the open registration of an address, once its forms are answered."""
        if not all(form.answered for form in self._forms(email)):
            self._run_registration_cron()
        return self.registrations.search(
            self.registrations._open_domain(email, company or self.company)
        )

    def _confirm_path(self):
        [mail] = [mail for mail in self._mails if "register/confirm" in str(mail["body"])]
        return re.search(r"/customer/register/confirm/[\w-]+", str(mail["body"]))[0]

    def _registered(self, **changes):
        """Go the whole way to a registration that waits for an approval."""
        self._submit_form(**changes)
        self._run_registration_cron()
        path = self._confirm_path()
        with self.mock_mail_gateway():
            self._post(path)
        return self._open(changes.get("email", NEW))

    def _take(self, company=None, **changes):
        """Let a registration come in without the pages, as one whose mail was answered."""
        self.env.flush_all()  # what a transaction of its own finds
        registrations = self.registrations.with_company(company or self.company)
        with self.mock_mail_gateway():
            self.assertEqual(
                registrations._take_form({**self.typed, **changes}), {"status": "asked"}
            )
            form = self._forms(changes.get("email", NEW))[-1:]
            form._answer()
            registration = form.registration_id
            registration._take_in(form.typed)
        return registration.exists()
