from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common import CustomerCase


class TestPolicy(CustomerCase):
    """The portal policy: what is set, who is let in, what it closes."""

    def _enabled(self, company=None):
        Partner = self.env["res.partner"]
        return Partner.search(Partner._customer_enabled_domain(company or self.company))

    def _set(self, partners, *args, user=None, **kwargs):
        return partners.with_user(user or self.paul).set_customer_portal_policy(*args, **kwargs)

    # -- the default and its scope --

    def test_ships_disabled_with_a_role(self):
        self.assertEqual(self.other_company.customer_portal_default, "disabled")
        self.assertEqual(self.other_company.customer_default_role_id, self.contact_person)
        self.assertNotIn(self.anna, self._enabled())

    def test_scope_of_the_default(self):
        self.company.customer_portal_default = "enabled"
        outside = {
            "company": self.customer,
            "internal": self.sara.partner_id,
            "employee": self._create_contact("Emil", "emil@x.example", employee=True),
            "invoice": self._create_contact("Bills", "bills@x.example", type="invoice"),
            "delivery": self._create_contact("Dock", "dock@x.example", type="delivery"),
            "archived": self._create_contact("Old", "old@x.example", active=False),
            "elsewhere": self.env["res.partner"].create(
                {"name": "Elsa", "company_id": self.other_company.id}
            ),
        }
        enabled = self._enabled()
        for reason, partner in outside.items():
            with self.subTest(reason):
                self.assertNotIn(partner, enabled)
        self.assertIn(self.anna, enabled)
        self.assertIn(self.env["res.partner"].create({"name": "Nina New"}), self._enabled())

    def test_vendors_where_ticked(self):
        if "supplier_rank" not in self.customer._fields:
            self.assertTrue(self.anna._customer_vendor_domain().is_false(), "without invoicing")
            return
        self.company.customer_portal_default = "enabled"
        self.customer.supplier_rank = 1
        self.assertNotIn(self.anna, self._enabled())
        access = self._create_access(self.anna, self.contact_person, self.customer)
        access.by_policy = True
        self.assertEqual(access._closed(), "disabled")
        self.company.customer_portal_vendors = True
        self.assertIn(self.anna, self._enabled())
        self.assertFalse(access._closed())
        self.company.customer_portal_vendors = False
        self.customer.customer_rank = 1
        self.assertIn(self.anna, self._enabled(), "a customer, too")
        access.invalidate_recordset()
        self.assertFalse(access._closed())

    def test_a_person_who_only_sells_is_a_vendor(self):
        person = self._create_contact("Vera", "vera@vendor.example", parent_id=False)
        if "supplier_rank" not in person._fields:
            self.assertTrue(person._customer_vendor_domain().is_false(), "without invoicing")
            return
        self.company.customer_portal_default = "enabled"
        self.assertIn(person, self._enabled())
        person.supplier_rank = 1
        self.assertNotIn(person, self._enabled())
        person.customer_rank = 1
        self.assertIn(person, self._enabled(), "a customer, too")

    def test_former_colleagues_are_not_let_in(self):
        self.company.customer_portal_default = "enabled"
        self.sara.active = False
        self.assertNotIn(self.sara.partner_id, self._enabled())

    def test_default_of_another_company(self):
        self.other_company.customer_portal_default = "enabled"
        self.assertNotIn(self.anna, self._enabled())
        self.assertIn(self.anna, self._enabled(self.other_company))

    # -- what is set for contacts --

    def test_own_setting_goes_before_the_default(self):
        self.assertEqual(self.anna.customer_portal_policy, "default")
        self.anna.customer_portal_policy = "enabled"
        self.assertIn(self.anna, self._enabled())
        self.company.customer_portal_default = "enabled"
        self.anna.customer_portal_policy = "disabled"
        self.assertNotIn(self.anna, self._enabled())
        self.assertEqual(self.anna.customer_portal_state, "disabled")
        self.anna.customer_portal_policy = "default"
        self.assertIn(self.anna, self._enabled())
        self.assertFalse(self.anna.customer_policy_ids)

    def test_role_of_the_contact(self):
        self.assertEqual(self.anna._customer_policy_role(self.company), self.contact_person)
        self.anna.customer_portal_role_id = self.applicant
        self.assertEqual(self.anna._customer_policy_role(self.company), self.applicant)
        self.assertEqual(self.anna.customer_portal_policy, "default")

    def test_fields_are_of_the_current_company(self):
        self.anna.customer_portal_policy = "disabled"
        other = self.anna.with_company(self.other_company)
        self.assertEqual(other.customer_portal_policy, "default")
        self.assertNotEqual(other.customer_portal_state, "disabled")

    def test_search(self):
        Partner = self.env["res.partner"]
        self.anna.write(
            {"customer_portal_policy": "disabled", "customer_portal_role_id": self.applicant.id}
        )
        for operator, value, expected in (
            ("=", "disabled", self.anna),
            ("in", ["enabled", "disabled"], self.anna),
            ("!=", "disabled", self.bo),
            ("=", "default", self.bo),
        ):
            with self.subTest(operator=operator, value=value):
                found = Partner.search([("customer_portal_policy", operator, value)])
                self.assertEqual(found & (self.anna | self.bo), expected)
        for operator, value, expected in (
            ("=", self.applicant.id, self.anna),
            ("=", False, self.bo),
            ("ilike", "Applicant", self.anna),
        ):
            with self.subTest(operator=operator, value=value):
                found = Partner.search([("customer_portal_role_id", operator, value)])
                self.assertEqual(found & (self.anna | self.bo), expected)

    def test_contacts_are_made_with_it(self):
        partners = self.env["res.partner"].create(
            [{"name": "One", "customer_portal_policy": "disabled"}, {"name": "Two"}]
        )
        self.assertEqual(partners.mapped("customer_portal_policy"), ["disabled", "default"])
        self.assertEqual(len(partners.customer_policy_ids), 1)

    # -- in one go --

    def test_set_for_many(self):
        self.bo.customer_portal_policy = "disabled"
        both = self.anna | self.bo
        self.assertEqual(self._set(both, "enabled"), 1)
        self.assertEqual(both.mapped("customer_portal_policy"), ["enabled", "disabled"])
        self.assertEqual(self._set(both, "enabled"), 0)
        self.assertEqual(self._set(both, "enabled", overwrite=True), 1)
        self.assertEqual(both.mapped("customer_portal_policy"), ["enabled", "enabled"])
        self.assertEqual(self._set(both, "default", overwrite=True), 2)
        self.assertFalse(both.customer_policy_ids)

    def test_set_the_role_only(self):
        self.assertEqual(self._set(self.anna, False, role_id=self.applicant.id), 1)
        self.assertEqual(self.anna.customer_portal_policy, "default")
        self.assertEqual(self.anna.customer_portal_role_id, self.applicant)
        self.assertEqual(self._set(self.anna, "enabled", role_id=self.observer.id), 1)
        self.assertEqual(self.anna.customer_portal_role_id, self.applicant, "set by hand")
        self._set(self.anna, "enabled", role_id=self.observer.id, overwrite=True)
        self.assertEqual(self.anna.customer_portal_role_id, self.observer)

    def test_nobody_is_not_everybody(self):
        nobody = self.env["res.partner"]
        self.assertEqual(self._set(nobody, "enabled"), 0)
        self.assertEqual(self.company.customer_portal_default, "disabled")
        with self.assertRaises(UserError):
            self._set(self.anna, "enabled", scope="all")
        with self.assertRaises(UserError):
            self._set(nobody, "enabled", scope="everybody")

    def test_set_for_all(self):
        self.bo.customer_portal_policy = "disabled"
        everybody = self.env["res.partner"]
        scope = everybody._customer_scope_domain(self.company)
        count = everybody.search_count(scope)
        self.assertEqual(self._set(everybody, "enabled", scope="all"), count - 1)
        self.assertIn(self.anna, self._enabled())
        self.assertNotIn(self.bo, self._enabled())
        self.assertEqual(self._set(everybody, "enabled", scope="all"), 0)
        self.assertEqual(self._set(everybody, "enabled", scope="all", overwrite=True), 1)
        self.assertIn(self.bo, self._enabled())

    def test_who_may_set_it(self):
        for user in (self.sara, self.pia):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._set(self.anna, "enabled", user=user)
        with self.assertRaises(AccessError):
            self.anna.with_user(self.sara).customer_portal_policy = "enabled"
        with self.assertRaises(AccessError):
            self.env["customer.portal.policy"].with_user(self.paul).create(
                {"partner_id": self.anna.id, "company_id": self.company.id}
            )
        self.assertEqual(self._set(self.anna, "enabled"), 1)

    def test_another_companys_contacts_and_roles(self):
        elsa = self.env["res.partner"].create({"name": "Elsa", "company_id": self.other_company.id})
        self.assertEqual(elsa.set_customer_portal_policy("enabled"), 0)
        role = self.applicant.copy({"company_id": self.other_company.id})
        with self.assertRaises(UserError):
            self._set(self.anna, "enabled", role_id=role.id)
        self._set(self.anna, "disabled")
        self.paul.company_ids += self.other_company
        self.assertFalse(
            self.env["customer.portal.policy"]
            .with_user(self.paul)
            .with_context(allowed_company_ids=self.other_company.ids)
            .search([("partner_id", "=", self.anna.id)])
        )

    # -- what it closes --

    def test_disabled_closes_every_access(self):
        access = self._create_access(self.anna, self.contact_person)
        other = self._create_access(self.bo, self.contact_person)
        self.assertTrue(access._check(None, "link"))
        self.anna.customer_portal_policy = "disabled"
        self.assertFalse(access._check(None, "account"))
        self.assertEqual((access.state, access.block_reason), ("blocked", "disabled"))
        self.assertTrue(other._check(None, "link"))
        self.assertEqual(access.search([("state", "=", "blocked")]) & (access | other), access)
        self.assertIn("disabled", " ".join(access.explain("view_offers")["because"]))
        self.anna.customer_portal_policy = "enabled"
        self.assertTrue(access._check(None, "link"))

    def test_disabled_elsewhere_closes_nothing_here(self):
        access = self._create_access(self.anna, self.contact_person)
        self.anna.with_company(self.other_company).customer_portal_policy = "disabled"
        self.assertTrue(access._check(None, "link"))

    def test_disabled_ends_projects_on_the_portal(self):
        self._create_access(self.anna, self.contact_person, self.project)
        user = self.anna._customer_user(self.company)
        self.project.message_subscribe(self.customer.ids)
        task = self.env["project.task"].create(
            {"name": "T", "project_id": self.project.id, "customer_visible": True}
        )
        found = self.project.with_user(user).search([("id", "=", self.project.id)])
        self.assertEqual(found, self.project)
        self.assertTrue(task.with_user(user).search_count([("id", "=", task.id)]))
        self._set(self.anna, "disabled")
        self.assertFalse(found.search([("id", "=", self.project.id)]))
        self.assertFalse(task.with_user(user).search_count([("id", "=", task.id)]))

    def test_disabled_ends_sessions(self):
        self._create_access(self.anna, self.contact_person)
        user = self.anna._customer_user(self.company)
        self.assertTrue(user._compute_session_token("a" * 84))
        self._set(self.anna, "disabled")
        self.assertFalse(user._compute_session_token("a" * 84))
        self._create_access(
            self.anna, self.contact_person, self.customer, company_id=self.other_company.id
        )
        self.assertTrue(user._compute_session_token("a" * 84), "has a way in elsewhere")

    def test_earlier_portal_users_lose_nothing(self):
        user = self.env["res.users"].create(
            {
                "name": "Bo",
                "login": "bo@berg.example",
                "partner_id": self.bo.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.assertTrue(user._compute_session_token("a" * 84))
        self._set(self.bo, "disabled")
        self.assertFalse(user._compute_session_token("a" * 84))

    # -- the access by policy --

    def test_no_access_without_policy(self):
        self.assertFalse(self.anna._customer_policy_access(self.company))
        self.company.customer_portal_default = "enabled"
        self.company.customer_default_role_id = self.observer
        self.assertFalse(self.anna._customer_policy_access(self.company), "may not be invited")
        self.company.customer_default_role_id = False
        self.assertFalse(self.anna._customer_policy_access(self.company))
        self.assertFalse(self.anna.customer_access_ids)

    def test_access_by_policy_is_made_once(self):
        self.company.customer_portal_default = "enabled"
        access = self.anna._customer_policy_access(self.company)
        self.assertEqual(access.customer_id, self.customer)
        self.assertEqual((access.role_id, access.company_id), (self.contact_person, self.company))
        self.assertTrue(access.by_policy)
        self.assertTrue(access._check(None, "code"))
        self.assertEqual(self.anna._customer_policy_access(self.company), access)
        self.assertEqual(self.anna._customer_ways_in(self.company), access)

    def test_access_by_policy_ends_with_the_policy(self):
        self.company.customer_portal_default = "enabled"
        access = self.anna._customer_policy_access(self.company)
        user = self.anna._customer_user(self.company)
        self.company.customer_portal_default = "disabled"
        self.assertEqual(access._closed(), "disabled")
        self.assertFalse(user._compute_session_token("a" * 84))
        self.assertFalse(self.anna._customer_ways_in(self.company))
        self.assertEqual(self.anna.customer_portal_state, "blocked")
        self.anna.customer_portal_policy = "enabled"
        self.assertFalse(access._closed())
        self.assertEqual(self.anna._customer_ways_in(self.company), access)

    def test_access_by_policy_stays_with_its_customer(self):
        self.company.customer_portal_default = "enabled"
        access = self.anna._customer_policy_access(self.company)
        employer = self.env["res.partner"].create({"name": "Dahl AS", "is_company": True})
        self.anna.parent_id = employer
        self.assertEqual(access._closed(), "disabled")
        self.assertEqual(self.anna._customer_policy_access(self.company).customer_id, employer)

    def test_access_by_policy_has_the_role_that_counts(self):
        self.company.customer_portal_default = "enabled"
        access = self.anna._customer_policy_access(self.company)
        explicit = self._create_access(self.anna, self.contact_person)
        self.company.customer_default_role_id = self.applicant
        self.assertEqual(access.role_id, self.applicant)
        self._set(self.anna, False, role_id=self.contact_person.id)
        self.assertEqual(access.role_id, self.contact_person)
        self._set(self.anna, False, role_id=self.applicant.id, overwrite=True)
        self.assertEqual((access.role_id, explicit.role_id), (self.applicant, self.contact_person))

    def test_access_by_policy_changed_by_hand_is_none_any_more(self):
        self.company.customer_portal_default = "enabled"
        access = self.anna._customer_policy_access(self.company)
        access.with_user(self.paul).role_id = self.applicant
        self.company.customer_portal_default = "disabled"
        self.assertFalse(access.by_policy)
        self.assertTrue(access._check(None, "code"))

    def test_nobody_writes_by_policy(self):
        access = self._create_access(self.anna)
        with self.assertRaises(AccessError):
            access.with_user(self.paul).by_policy = True

    def test_what_staff_revoked_stays_revoked(self):
        self.company.customer_portal_default = "enabled"
        access = self._create_access(self.anna, self.contact_person, self.customer)
        self.assertEqual(self.anna._customer_policy_access(self.company), access)
        access.revoked_at = fields.Datetime.now()
        self.assertFalse(self.anna._customer_ways_in(self.company))

    def test_ways_in_are_the_open_accesses(self):
        open_access = self._create_access(self.anna, self.contact_person)
        self._create_access(self.anna, self.observer, self.project)
        self.assertEqual(self.anna._customer_ways_in(self.company), open_access)
        self.assertFalse(self.anna.customer_access_ids.filtered("by_policy"))
