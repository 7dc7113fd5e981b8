from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CustomerCase


@tagged("post_install", "-at_install")
class TestAddByEmail(CustomerCase):
    """Who has an e-mail address: found, never guessed, made only when nobody has it."""

    def setUp(self):
        super().setUp()
        self.Partner = self.env["res.partner"].with_user(self.sara)

    def _lookup(self, email, **kwargs):
        return self.Partner.customer_lookup(email, **kwargs)

    # ------------------------------------------------------------
    # LOOK UP
    # ------------------------------------------------------------

    def test_known_in_any_case(self):
        for typed in ("anna@berg.example", " ANNA@Berg.Example ", "Anna <anna@berg.example>"):
            found = self._lookup(typed)
            self.assertEqual(found["status"], "known")
            self.assertEqual(found["email"], "anna@berg.example")
            [card] = found["contacts"]
            self.assertEqual(card["id"], self.anna.id)
            self.assertEqual(card["name"], "Anna Berg")
            self.assertEqual(card["customer"], "Berg AS")
            self.assertEqual(card["phone"], "+47 406 12 345")
            self.assertTrue(card["active"])

    def test_known_under_another_customer(self):
        other = self.env["res.partner"].create({"name": "Fjord AS", "is_company": True})
        self.anna.parent_id = other
        self.assertEqual(self._lookup("anna@berg.example")["contacts"][0]["customer"], "Fjord AS")

    def test_known_in_the_archive(self):
        self.anna.active = False
        found = self._lookup("anna@berg.example")
        self.assertEqual(found["status"], "known")
        self.assertFalse(found["contacts"][0]["active"])

    def test_archived_only_comes_back_explicitly(self):
        self.anna.active = False
        card = self.Partner.browse(self.anna.id).customer_reactivate()
        self.assertTrue(card["active"])
        self.assertTrue(self.anna.active)

    def test_several(self):
        twin = self._create_contact("Anna B.", "Anna@berg.example")
        found = self._lookup("anna@berg.example")
        self.assertEqual(found["status"], "several")
        self.assertCountEqual([card["id"] for card in found["contacts"]], [self.anna.id, twin.id])
        self.assertFalse(found["may_merge"], "sales people may not merge contacts in Odoo")

    def test_several_may_be_merged_by_who_may_merge(self):
        self._create_contact("Anna B.", "anna@berg.example")
        self.sara.group_ids += self.env.ref("base.group_partner_manager")
        self.assertTrue(self._lookup("anna@berg.example")["may_merge"])

    def test_several_of_which_one_is_active_are_not_for_merging(self):
        self.sara.group_ids += self.env.ref("base.group_partner_manager")
        self._create_contact("Anna B.", "anna@berg.example", active=False)
        found = self._lookup("anna@berg.example")
        self.assertEqual(found["status"], "several")
        self.assertTrue(found["contacts"][0]["active"], "who can be added at once comes first")
        self.assertFalse(found["may_merge"])

    def test_new(self):
        found = self._lookup("nobody@berg.example")
        self.assertEqual(found["status"], "new")
        self.assertFalse(found["contacts"])
        self.assertTrue(found["may_create"])

    def test_invalid(self):
        for typed in ("", "anna", "anna@", "a@b.example, c@d.example", "a@b.example Anna"):
            self.assertEqual(self._lookup(typed)["status"], "invalid")

    def test_companies_are_no_persons(self):
        self.customer.email = "post@berg.example"
        self.assertEqual(self._lookup("post@berg.example")["status"], "new")

    def test_who_works_here_is_marked(self):
        self.assertTrue(self._lookup("pia@seller.example")["contacts"][0]["internal"])

    def test_other_company_is_not_found(self):
        self.anna.parent_id = False
        self.anna.company_id = self.other_company
        self.assertEqual(self._lookup("anna@berg.example")["status"], "new")

    def test_other_company_of_the_record_is_not_found(self):
        self.sara.company_ids += self.other_company
        self.anna.parent_id = False
        self.anna.company_id = self.other_company
        Partner = self.Partner.with_context(
            allowed_company_ids=(self.company | self.other_company).ids
        )
        found = Partner.customer_lookup("anna@berg.example", company_id=self.company.id)
        self.assertEqual(found["status"], "new")
        found = Partner.customer_lookup("anna@berg.example", company_id=self.other_company.id)
        self.assertEqual(found["status"], "known")

    def test_portal_user_may_not_ask(self):
        user = self.bo._customer_user(self.company)
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(user).customer_lookup("anna@berg.example")

    def test_portal_user_may_not_make(self):
        user = self.bo._customer_user(self.company)
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(user).customer_make_contact("x@y.example", "X")

    # ------------------------------------------------------------
    # MAKE
    # ------------------------------------------------------------

    def _make(self, email="Cleo@Berg.example", name="Cleo", phone=None, **kwargs):
        return self.Partner.customer_make_contact(email, name, phone, **kwargs)

    def test_made_under_the_customer(self):
        answer = self._make(phone="406 12 399", customer_id=self.anna.id)
        contact = self.env["res.partner"].browse(answer["contact"]["id"])
        self.assertEqual(contact.parent_id, self.customer)
        self.assertEqual(contact.email, "cleo@berg.example")
        self.assertEqual(contact.phone, "+47 40 61 23 99")
        self.assertFalse(contact.is_company)

    def test_made_without_customer(self):
        contact = self.env["res.partner"].browse(self._make()["contact"]["id"])
        self.assertFalse(contact.parent_id)

    def test_not_made_twice(self):
        answer = self._make("anna@berg.example")
        self.assertEqual(answer["status"], "known")
        self.assertEqual(self.Partner.search_count([("email", "=", "anna@berg.example")]), 1)

    def test_name_is_asked_for(self):
        self.assertEqual(self._make(name=" \u200b ")["field"], "name")

    def test_name_is_cleaned_never_refused(self):
        answer = self._make(name="Cleo\r\nBcc: x\u202e")
        self.assertEqual(answer["contact"]["name"], "Cleo Bcc: x")

    def test_bad_phone_is_told_with_an_example(self):
        answer = self._make(phone="12")
        self.assertEqual(answer["field"], "phone")
        self.assertIn("12 is no phone number", answer["message"])
        self.assertIn("+47", answer["message"])

    def test_bad_address_is_told(self):
        self.assertEqual(self._make(email="cleo")["field"], "email")

    def test_who_may_not_make_contacts_is_told(self):
        Partner = self.env["res.partner"].with_user(self.pia)
        self.assertFalse(Partner.customer_lookup("cleo@berg.example")["may_create"])
        answer = Partner.customer_make_contact("cleo@berg.example", "Cleo")
        self.assertIn("You may not make contacts", answer["message"])

    def test_made_before_its_customer_was_saved(self):
        contact = self.env["res.partner"].browse(self._make()["contact"]["id"])
        customer = self.Partner.create(
            {
                "name": "Just typed AS",
                "is_company": True,
                "customer_member_ids": [
                    Command.create({"partner_id": contact.id, "joins_customer": True})
                ],
            }
        )
        self.assertEqual(contact.parent_id, customer)
        self.assertEqual(customer.customer_member_ids.role_id, self.contact_person)

    def test_known_contact_keeps_its_parent(self):
        customer = self.Partner.create({"name": "Fjord AS", "is_company": True})
        customer.customer_member_ids = [
            Command.create({"partner_id": self.anna.id, "joins_customer": True})
        ]
        self.assertEqual(self.anna.parent_id, self.customer)

    # ------------------------------------------------------------
    # A NEW PROJECT
    # ------------------------------------------------------------

    def test_ticked_contacts_come_to_the_new_project(self):
        anna = self._create_access(self.anna, self.observer, self.customer)
        self._create_access(self.bo, target=self.customer)
        self.pia.group_ids += self.env.ref("project.group_project_manager")
        view = "project.project_project_view_form_simplified"
        with Form(self.env["project.project"].with_user(self.pia), view) as form:
            form.name = "Second floor"
            self.assertFalse(form.customer_may_pick)
            form.partner_id = self.bo
            self.assertTrue(form.customer_may_pick)
            self.assertEqual(form.customer_commercial_id, self.customer)
            form.customer_pick_ids.add(anna)
        project = form.record
        self.assertEqual(project.customer_access_ids.partner_id, self.anna)
        self.assertEqual(project.customer_access_ids.role_id, self.observer)

    def test_another_customer_unticks(self):
        anna = self._create_access(self.anna, target=self.customer)
        other = self.env["res.partner"].create({"name": "Fjord AS", "is_company": True})
        view = "project.project_project_view_form_simplified"
        with Form(self.env["project.project"], view) as form:
            form.name = "Second floor"
            form.partner_id = self.customer
            form.customer_pick_ids.add(anna)
            form.partner_id = other
        self.assertFalse(form.record.customer_access_ids)

    def test_ticked_contacts_come_to_a_project_from_a_template(self):
        anna = self._create_access(self.anna, target=self.customer)
        template = self.env["project.project"].create({"name": "Kit", "is_template": True})
        Wizard = self.env["project.template.create.wizard"].with_context(template_id=template.id)
        with Form(Wizard) as form:
            form.name = "Third floor"
            form.partner_id = self.customer
            form.customer_pick_ids.add(anna)
        project = form.record._create_project_from_template()
        self.assertEqual(project.customer_access_ids.partner_id, self.anna)
        self.assertEqual(project.partner_id, self.customer)
        self.assertFalse(template.customer_access_ids)
