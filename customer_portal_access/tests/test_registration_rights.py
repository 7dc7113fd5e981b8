from odoo.exceptions import AccessError
from odoo.fields import Command

from .registration_common import RegistrationCase


class TestRegistrationRights(RegistrationCase):
    """Who may see and decide what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_staff("mona", "sales_team.group_sale_salesman_all_leads")
        cls.mine, cls.others, cls.nobodys, cls.elsewhere = cls.registrations.create(
            [
                {
                    "name": name,
                    "email": f"{name}@holm.example",
                    "state": "pending",
                    "user_id": user.id,
                    "company_id": company.id,
                }
                for name, user, company in (
                    ("mine", cls.sara, cls.company),
                    ("others", cls.paul, cls.company),
                    ("nobodys", cls.env["res.users"], cls.company),
                    ("elsewhere", cls.sara, cls.other_company),
                )
            ]
        )

    def _seen(self, user):
        return set(self.registrations.with_user(user).search([]).mapped("name"))

    def test_who_sees_what(self):
        here = {"mine", "others", "nobodys"}
        self.assertEqual(self._seen(self.sara), {"mine", "nobodys"})
        self.assertEqual(self._seen(self.manager), here)
        self.assertEqual(self._seen(self.paul), here)
        with self.assertRaises(AccessError):
            self._seen(self.pia)

    def test_company_two_sees_nothing_of_company_one(self):
        self.sara.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        self.assertEqual(self._seen(self.sara), {"elsewhere"})
        self.paul.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        self.assertEqual(self._seen(self.paul), {"elsewhere"})
        with self.assertRaises(AccessError):
            self.mine.with_user(self.paul).approve(self.contact_person.id)

    def test_nobody_decides_on_what_they_do_not_see(self):
        for user, registration in ((self.sara, self.others), (self.pia, self.mine)):
            with self.assertRaises(AccessError):
                registration.with_user(user).approve(self.contact_person.id)
            with self.assertRaises(AccessError):
                registration.with_user(user).reject("no")
            with self.assertRaises(AccessError):
                registration.with_user(user).action_reopen()

    def test_customers_and_visitors_have_no_rights(self):
        portal = self.anna._customer_user(self.company)
        public = self.env.ref("base.public_user")
        for user in (portal, public):
            for operation in ("read", "write", "create", "unlink"):
                for model in (
                    "customer.registration",
                    "customer.registration.confirmation",
                    "customer.registration.approval",
                    "customer.registration.rejection",
                ):
                    self.assertFalse(self.env[model].with_user(user).has_access(operation), model)
            with self.assertRaises(AccessError):
                self.mine.with_user(user).approve(self.contact_person.id)

    def test_what_was_registered_is_not_changed(self):
        for field, value in (
            ("name", "Another"),
            ("email", "another@holm.example"),
            ("state", "approved"),
            ("company_id", self.other_company.id),
            ("partner_is_new", True),
        ):
            with self.assertRaises(AccessError):
                self.mine.with_user(self.paul)[field] = value
        self.mine.with_user(self.paul).role_id = self.contact_person
        with self.assertRaises(AccessError):
            self.registrations.with_user(self.paul).create({"name": "X", "email": "x@y.example"})

    def test_nobody_reads_or_makes_confirmations(self):
        for user in (self.sara, self.paul, self.manager):
            for operation in ("read", "write", "create", "unlink"):
                model = self.env["customer.registration.confirmation"].with_user(user)
                self.assertFalse(model.has_access(operation))

    def test_settings_are_for_portal_administrators(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.sara).customer_registration = False
