from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CustomerCase


@tagged("post_install", "-at_install")
class TestFind(CustomerCase):
    """Finding contacts, customers, opportunities and projects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clara = cls.env["res.partner"].create(
            {
                "name": "Clara Freelance",
                "email": "Clara@Free.example",
                "customer_mobile": "41523456",
            }
        )

    def _typed(self, model, view, field, text, user=None):
        """Return what a search field of a view finds for a text."""
        node = self.env[model].get_view(self.env.ref(view).id, "search")
        arch = etree.fromstring(node["arch"]).xpath(f"//field[@name='{field}']")[0]
        domain = arch.get("filter_domain")
        domain = safe_eval(domain, {"self": text}) if domain else [(field, "ilike", text)]
        return self.env[model].with_user(user or self.env.user).search(domain)

    def _filtered(self, model, view, name):
        node = self.env[model].get_view(self.env.ref(view).id, "search")
        arch = etree.fromstring(node["arch"]).xpath(f"//filter[@name='{name}']")[0]
        return self.env[model].search(safe_eval(arch.get("domain")))

    # -- projects and opportunities --

    def test_workspaces_are_found_by_their_contact_persons(self):
        self._create_access(self.clara)
        self._create_access(self.clara, target=self.project)
        views = {
            "crm.lead": ("crm.view_crm_case_opportunities_filter", self.lead, self.sara),
            "project.project": ("project.view_project_project_filter", self.project, self.pia),
        }
        for model, (view, record, user) in views.items():
            for text in ("clara", "free.exam", "415 23 456", "+4741523456", "0047 415 23"):
                with self.subTest(model=model, text=text):
                    found = self._typed(model, view, "customer_person_find", text, user)
                    # +47 stands before no number that was typed without it
                    expected = record.browse() if "47" in text else record
                    self.assertEqual(found & record, expected)
            with self.subTest(model=model, text="nobody"):
                found = self._typed(model, view, "customer_person_find", "nobody at all", user)
                self.assertFalse(found & record)

    def test_numbers_are_found_however_they_are_typed(self):
        self._create_access(self.anna)
        for text in ("406 12 345", "+47 406 12 345", "004740612345", "40612345", "(406) 12-345"):
            with self.subTest(text=text):
                found = self.env["crm.lead"].search([("customer_person_find", "ilike", text)])
                self.assertIn(self.lead, found)
        found = self.env["crm.lead"].search([("customer_person_find", "ilike", "40")])
        self.assertNotIn(self.lead, found, "two digits are no number")

    def test_filter_with_contact_persons(self):
        views = {
            "crm.lead": ("crm.view_crm_case_opportunities_filter", self.lead),
            "project.project": ("project.view_project_project_filter", self.project),
        }
        for model, (view, record) in views.items():
            with self.subTest(model=model):
                self.assertNotIn(record, self._filtered(model, view, "with_contact_persons"))
                access = self._create_access(self.anna, target=record)
                self.assertIn(record, self._filtered(model, view, "with_contact_persons"))
                access.revoke()
                self.assertNotIn(record, self._filtered(model, view, "with_contact_persons"))

    def test_workspaces_of_others_are_not_found(self):
        self.lead.user_id = self.paul
        self._create_access(self.anna)
        domain = [("customer_person_find", "ilike", "anna")]
        self.assertNotIn(self.lead, self.env["crm.lead"].with_user(self.sara).search(domain))

    # -- contacts --

    def test_persons_and_customers_are_found_by_name_email_or_phone(self):
        self._create_access(self.clara, self.contact_person, self.customer)
        view = "base.view_res_partner_filter"
        for text in ("clara", "CLARA@free", "415 23 456"):
            with self.subTest(text=text):
                found = self._typed("res.partner", view, "name", text, self.sara)
                self.assertEqual(found, self.clara | self.customer)
        for text in ("Anna", "anna@berg", "+47 406 12 345"):
            with self.subTest(text=text):
                found = self._typed("res.partner", view, "name", text)
                self.assertLessEqual(self.anna | self.customer, found)
                self.assertNotIn(self.clara, found)

    def test_customers_are_found_by_who_has_access_only(self):
        self._create_access(self.clara, self.contact_person, self.customer).revoke()
        found = self.env["res.partner"].search([("customer_find", "ilike", "clara")])
        self.assertEqual(found, self.clara)

    def test_colleagues_without_accesses_search_as_before(self):
        self._create_access(self.clara, self.contact_person, self.customer)
        helga = self._create_staff("helga")
        found = (
            self.env["res.partner"].with_user(helga).search([("customer_find", "ilike", "clara")])
        )
        self.assertEqual(found, self.clara)
        found = self.env["res.partner"].search([("customer_find", "ilike", "Berg AS")])
        self.assertLessEqual(self.customer | self.anna, found)

    def test_what_odoo_finds_is_found(self):
        self.customer.ref = "K-4711"
        found = self.env["res.partner"].search([("customer_find", "ilike", "K-4711")])
        self.assertEqual(found, self.customer)

    # -- portal state --

    def _state(self, partner):
        """Return a contact's state, after checking that search and groups agree with it."""
        self.env.flush_all()
        self.env.invalidate_all()
        Partner = self.env["res.partner"]
        state = partner.customer_portal_state
        for other in ("none", "disabled", "blocked", "invited", "active"):
            found = Partner.search([("customer_portal_state", "=", other)])
            self.assertEqual(partner in found, other == state, other)
            found = Partner.search([("customer_portal_state", "!=", other)])
            self.assertEqual(partner in found, other != state, other)
        groups = Partner._read_group(
            [("id", "=", partner.id)], ["customer_portal_state"], ["__count"]
        )
        self.assertEqual(groups, [(state, 1)])
        return state

    def test_portal_state_follows_the_accesses(self):
        self.assertEqual(self._state(self.anna), "none")
        access = self._create_access(self.anna)
        self.assertEqual(self._state(self.anna), "none", "nobody was invited yet")
        access.create_link()
        self.assertEqual(self._state(self.anna), "invited")
        self._create_access(self.anna, self.observer, self.project)
        self.assertEqual(self._state(self.anna), "invited")
        access.last_seen_at = fields.Datetime.now()
        self.assertEqual(self._state(self.anna), "active")
        access.date_until = "2020-01-01"
        self.assertEqual(self._state(self.anna), "blocked")
        access.date_until = False
        access.revoke()
        self.assertEqual(self._state(self.anna), "blocked", "the observer is left")
        self.anna.customer_access_ids.revoke()
        self.assertEqual(self._state(self.anna), "none")

    def test_portal_state_is_that_of_the_current_company(self):
        lead = self.env["crm.lead"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id, "user_id": False}
        )
        self._create_access(self.anna, target=lead).create_link()
        self.assertEqual(self._state(self.anna), "none")
        other = self.anna.with_company(self.other_company)
        self.assertEqual(other.customer_portal_state, "invited")
        found = other.search([("customer_portal_state", "=", "invited")])
        self.assertIn(self.anna, found)

    def test_portal_state_is_the_same_for_every_colleague(self):
        self._create_access(self.anna).create_link()
        for user in (self.sara, self.pia, self._create_staff("helga")):
            with self.subTest(user=user.name):
                anna = self.anna.with_user(user)
                self.assertEqual(anna.customer_portal_state, "invited")
                found = anna.search([("customer_portal_state", "=", "invited")])
                self.assertIn(anna, found)

    def test_state_of_a_contact_not_saved_yet(self):
        self.assertEqual(self.env["res.partner"].new({}).customer_portal_state, "none")

    def _fact(self, field, partner):
        """Return a yes-or-no fact after checking that search and groups agree with it."""
        self.env.flush_all()
        self.env.invalidate_all()
        value, Partner = partner[field], self.env["res.partner"]
        self.assertEqual(partner in Partner.search([(field, "=", True)]), value)
        self.assertEqual(partner in Partner.search([(field, "=", False)]), not value)
        groups = Partner._read_group([("id", "=", partner.id)], [field], ["__count"])
        self.assertEqual(groups, [(value, 1)])
        return value

    def test_has_never_signed_in(self):
        field = "customer_never_signed_in"
        self.assertFalse(self._fact(field, self.anna), "was never asked to")
        access = self._create_access(self.anna)
        access.create_link()
        self.assertTrue(self._fact(field, self.anna))
        access.first_seen_at = fields.Datetime.now()
        self.assertFalse(self._fact(field, self.anna))

    def test_who_signed_in_with_a_password_has_signed_in(self):
        self._create_access(self.anna).create_link()
        user = self.anna._customer_user(self.company)
        self.assertTrue(self._fact("customer_never_signed_in", self.anna))
        self.env["res.users.log"].with_user(user).sudo().create({})
        self.assertFalse(self._fact("customer_never_signed_in", self.anna))

    def test_link_expired(self):
        access = self._create_access(self.anna)
        access.create_link()
        self.assertFalse(self._fact("customer_link_expired", self.anna))
        access.link_expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertTrue(self._fact("customer_link_expired", self.anna))
        access.last_seen_at = fields.Datetime.now()
        self.assertFalse(self._fact("customer_link_expired", self.anna))

    # -- roles and customers --

    def test_contacts_by_role(self):
        self._create_access(self.anna)
        self._create_access(self.anna, target=self.project)
        self._create_access(self.bo, self.observer).revoke()
        Partner, people = self.env["res.partner"], self.anna | self.bo
        self.assertEqual(self.anna.customer_role_ids, self.applicant)
        self.assertFalse(self.bo.customer_role_ids)
        domain = [("id", "in", people.ids)]
        for condition, found in {
            ("customer_role_ids", "in", tuple(self.applicant.ids)): self.anna,
            ("customer_role_ids", "ilike", "applicant"): self.anna,
            ("customer_role_ids", "=", False): self.bo,
            ("customer_role_ids", "!=", False): self.anna,
            ("customer_role_ids", "in", tuple(self.observer.ids)): Partner,
        }.items():
            with self.subTest(condition=condition):
                self.assertEqual(Partner.search([*domain, condition]), found)
        groups = Partner._read_group(domain, ["customer_role_ids"], ["__count"])
        self.assertEqual(dict(groups), {self.applicant: 1, self.env["customer.contact.role"]: 1})

    def test_contacts_by_customer(self):
        other = self.env["res.partner"].create({"name": "Dal AS", "is_company": True})
        self._create_access(self.anna, self.contact_person, other)
        self._create_access(self.clara, self.contact_person, other)
        dora = self.env["res.partner"].create({"name": "Dora"})
        self._create_access(dora)  # on an opportunity, in nobody's name
        Partner, people = self.env["res.partner"], self.anna | self.bo | self.clara | dora
        self.assertEqual(self.anna.customer_company_ids, other | self.customer)
        self.assertEqual(self.clara.customer_company_ids, other)
        domain = [("id", "in", people.ids)]
        for condition, found in {
            ("customer_company_ids", "in", tuple(other.ids)): self.anna | self.clara,
            ("customer_company_ids", "ilike", "berg"): self.anna,
            ("customer_company_ids", "=", False): self.bo | dora,
        }.items():
            with self.subTest(condition=condition):
                self.assertEqual(Partner.search([*domain, condition]), found)
        groups = Partner._read_group(domain, ["customer_company_ids"], ["__count"])
        self.assertEqual(dict(groups), {other: 2, self.customer: 1, Partner: 2})

    def test_groups_open_in_the_list(self):
        self._create_access(self.anna).create_link()
        for field in (
            "customer_portal_state",
            "customer_role_ids",
            "customer_company_ids",
            "customer_never_signed_in",
            "customer_link_expired",
        ):
            with self.subTest(field=field):
                Partner = self.env["res.partner"].with_user(self.sara)
                self.assertTrue(Partner.fields_get([field])[field]["groupable"])
                domain = [("id", "=", self.anna.id)]
                [group] = Partner.web_read_group(domain, [field], ["__count"])["groups"]
                found = Partner.search([*domain, *group["__extra_domain"]])
                self.assertEqual(found, self.anna)

    def test_filters_of_the_contacts_list(self):
        access = self._create_access(self.anna)
        access.create_link()
        view = "base.view_res_partner_filter"
        for name, expected in {
            "customer_portal_invited": True,
            "customer_portal_active": False,
            "customer_portal_blocked": False,
            "customer_never_signed_in": True,
            "customer_link_expired": False,
        }.items():
            with self.subTest(name=name):
                found = self._filtered("res.partner", view, name)
                self.assertEqual(self.anna in found, expected)

    def test_queries_do_not_grow_with_the_list(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@berg.example"} for n in range(40)]
        )
        self.env["customer.access"].create(
            [
                {"partner_id": partner.id, "lead_id": self.lead.id, "role_id": self.applicant.id}
                for partner in people
            ]
        )
        self.env.flush_all()
        counts = []
        for some in (people[:5], people):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("customer_portal_state")
            some.mapped("customer_role_ids")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
