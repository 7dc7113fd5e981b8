from odoo.exceptions import AccessError, UserError
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

    def test_only_a_contact_with_the_proven_address_is_chosen(self):
        registration = self._take()
        registration.user_id = self.sara
        registration.flush_recordset()
        mine = registration.with_user(self.sara)
        self.assertTrue(mine.partner_is_new)
        for partner in (self.anna, self.paul.partner_id):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                mine.partner_id = partner
        twin = self.env["res.partner"].create(
            {"name": "Nina H", "email": registration.email, "parent_id": self.customer.id}
        )
        mine.partner_id = twin
        with self.assertRaises(UserError):  # as a contact of another customer it is not moved
            mine.approve(self.contact_person.id)
        self.assertEqual(twin.parent_id, self.customer)

    def test_a_chosen_customer_is_not_taken_for_a_new_one(self):
        registration = self._take()
        registration.user_id = self.sara
        bystander = self.env["res.partner"].create({"name": "Bystander AS", "is_company": True})
        mine = registration.with_user(self.sara)
        self.assertTrue(mine.customer_is_new)
        mine.customer_id = bystander
        with self.mock_mail_gateway():
            mine.approve(self.contact_person.id, self.customer.id)
        self.assertTrue(bystander.active)

    def test_a_customer_of_another_company_is_refused(self):
        foreign = self.env["res.partner"].create(
            {"name": "Foreign AS", "is_company": True, "company_id": self.other_company.id}
        )
        mine = self.mine.with_user(self.sara)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            mine.customer_id = foreign
        self.sara.company_ids = self.company | self.other_company
        both = mine.with_context(allowed_company_ids=(self.company | self.other_company).ids)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            both.customer_id = foreign
        with self.assertRaises(UserError), self.env.cr.savepoint():
            both.approve(self.contact_person.id, foreign.id)

    def test_the_wizard_shows_nothing_that_its_user_may_not_see(self):
        wizard = self.env["customer.registration.approval"].with_user(self.sara).create({})
        line = wizard.line_ids.create(
            {"approval_id": wizard.id, "registration_id": self.elsewhere.id}
        )
        self.env.invalidate_all()
        for name in ("email", "customer_id", "company_id", "hint"):
            with self.assertRaises(AccessError):
                line[name]  # pylint: disable=pointless-statement
