from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import CustomerCase


class TestPolicyPlan(CustomerCase):
    """In one go: the plan, the run, its result, and undoing it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls.anna | cls.bo

    def _plan(self, partners=None, user=None, **values):
        context = {"active_model": "res.partner", "active_ids": partners.ids} if partners else {}
        Plan = self.env["customer.policy.plan"].with_user(user or self.paul)
        return Plan.with_context(**context).create(values)

    def _run(self, plan):
        action = plan.action_run()
        return self.env[action["res_model"]].browse(action["res_id"]).with_user(self.paul)

    def _policies(self):
        return self.both.mapped("customer_portal_policy")

    # -- plan --

    def test_plan_says_what_changes(self):
        self.bo.customer_portal_policy = "disabled"
        plan = self._plan(self.both, policy="enabled")
        self.assertEqual((plan.change_count, plan.stays_disabled), (1, 1))
        self.assertIn("disabled by default", plan.changes)
        self.assertIn("enabled for the contact", plan.changes)
        plan.overwrite = True
        self.assertEqual((plan.change_count, plan.stays_disabled), (2, 0))
        self.assertEqual(self._policies(), ["default", "disabled"], "a plan changes nothing")

    def test_plan_for_all_counts_as_the_run_does(self):
        self.bo.customer_portal_policy = "disabled"
        for overwrite in (False, True):
            with self.subTest(overwrite=overwrite):
                self.company.customer_portal_default = "disabled"
                plan = self._plan(whom="all", policy="enabled", overwrite=overwrite)
                planned = plan.change_count
                self.assertEqual(self._run(plan).count, planned)

    def test_counts_nothing_of_another_company(self):
        theirs = self._create_contact("Theirs", "t@x.example", company_id=self.other_company.id)
        Plan = self.env["customer.policy.plan"].with_user(self.paul)
        for values in (
            {"company_id": self.other_company.id, "whom": "all"},
            {"contact_ids": theirs.ids, "whom": "selected"},
        ):
            for name in ("changes", "no_email"):
                # made within: what is not saved is forgotten where a refusal is awaited
                with self.subTest(values=values, name=name), self.assertRaises(AccessError):
                    Plan.new({"policy": "enabled", **values})[name]

    def test_plan_says_who_cannot_come_in(self):
        self.company.customer_default_role_id = self.applicant
        strangers = {
            "no_email": self._create_contact("No mail", False, "+47 406 12 399"),
            "login_taken": self._create_contact("Twin", "sara-test@x.example", "+47 406 12 398"),
            "no_number": self._create_contact("No phone", "nophone@x.example"),
            "archived": self._create_contact("Old", "old@x.example", active=False),
            "internal": self.sara.partner_id,
            "no_person": self.customer,
        }
        self.sara.login = "sara-test@x.example"
        partners = self.env["res.partner"].browse([p.id for p in strangers.values()])
        plan = self._plan(partners | self.anna, policy="enabled")
        for reason, partner in strangers.items():
            with self.subTest(reason):
                self.assertEqual(plan[reason], 1)
                action = plan.with_context(reason=reason).action_show_hindered()
                found = self.env["res.partner"].with_context(active_test=False)
                self.assertEqual(found.search(action["domain"]), partner)
        plan.policy = "disabled"
        self.assertFalse(plan.hindered)

    def test_plan_opens_in_a_form(self):
        Plan = self.env["customer.policy.plan"].with_user(self.paul)
        form = Form(Plan.with_context(active_model="res.partner", active_ids=self.both.ids))
        self.assertEqual((form.whom, form.selected), ("selected", 2))
        form.role_id = self.applicant
        self.assertIn("Applicant", form.changes)

    # -- run --

    def test_run_for_the_selected(self):
        self.bo.customer_portal_policy = "disabled"
        change = self._run(self._plan(self.both, policy="enabled"))
        self.assertEqual(change.count, 1)
        self.assertEqual(self._policies(), ["enabled", "disabled"])
        line = change.line_ids
        self.assertEqual((line.before, line.after, line.count), ("Default", "Enabled", 1))
        found = self.env["res.partner"].search(line.action_open()["domain"])
        self.assertEqual(found, self.anna)

    def test_run_twice_does_no_more_than_once(self):
        plan = self._plan(self.both, policy="enabled")
        change = self._run(plan)
        self.anna.customer_portal_policy = "disabled"
        self.assertEqual(self._run(plan), change)
        self.assertEqual(self._policies(), ["disabled", "enabled"])

    def test_run_changes_roles_of_accesses_only_when_told(self):
        access = self._create_access(self.anna, self.contact_person)
        self._run(self._plan(self.both, policy="keep", role_id=self.applicant.id))
        self.assertEqual(self.anna.customer_portal_role_id, self.applicant)
        self.assertEqual(access.role_id, self.contact_person)
        plan = self._plan(
            self.both, policy="keep", role_id=self.applicant.id, access_roles=True, overwrite=True
        )
        change = self._run(plan)
        self.assertEqual(access.role_id, self.applicant)
        change.action_undo()
        self.assertEqual(access.role_id, self.contact_person)

    def test_run_needs_something_to_do(self):
        with self.assertRaises(UserError):
            self._plan(self.both, policy="keep").action_run()
        with self.assertRaises(UserError):
            self._plan(whom="selected").action_run()

    def test_administrators_only(self):
        with self.assertRaises(AccessError):
            self._plan(self.both, user=self.sara, policy="enabled")
        change = self._run(self._plan(self.both, policy="enabled"))
        with self.assertRaises(AccessError):
            change.with_user(self.sara).action_undo()
        with self.assertRaises(AccessError):
            change.with_user(self.sara).line_ids.mapped("count")

    def test_of_the_current_company(self):
        self.paul.company_ids += self.other_company
        change = self._run(self._plan(self.both, policy="enabled"))
        elsewhere = change.with_context(allowed_company_ids=self.other_company.ids)
        with self.assertRaises(AccessError):
            elsewhere.mapped("count")
        self.assertFalse(elsewhere.search([("id", "=", change.id)]))

    # -- undo --

    def test_undo_puts_back_what_was_there(self):
        self.bo.write(
            {"customer_portal_policy": "disabled", "customer_portal_role_id": self.observer.id}
        )
        plan = self._plan(self.both, policy="enabled", role_id=self.applicant.id, overwrite=True)
        change = self._run(plan)
        self.assertEqual(self._policies(), ["enabled", "enabled"])
        change.action_undo()
        self.assertEqual(self._policies(), ["default", "disabled"])
        self.assertEqual(self.bo.customer_portal_role_id, self.observer)
        self.assertFalse(self.anna.customer_policy_ids)
        self.assertEqual((change.restored, change.kept), (2, 0))
        with self.assertRaises(UserError):
            change.action_undo()

    def test_undo_leaves_what_was_changed_since(self):
        change = self._run(self._plan(self.both, policy="enabled"))
        self.anna.customer_portal_policy = "disabled"
        self.anna.customer_portal_policy = "enabled"  # by hand, though the same
        notification = change.action_undo()
        self.assertEqual(self._policies(), ["enabled", "default"])
        self.assertEqual((change.restored, change.kept), (1, 1))
        self.assertEqual(notification["params"]["type"], "warning")

    def test_undo_of_the_first_of_two_leaves_the_second(self):
        first = self._run(self._plan(self.both, policy="enabled"))
        self._run(self._plan(self.anna, policy="disabled", overwrite=True))
        first.action_undo()
        self.assertEqual(self._policies(), ["disabled", "default"])

    def test_undo_of_the_default(self):
        change = self._run(self._plan(whom="all", policy="enabled", role_id=self.applicant.id))
        self.assertEqual(self.company.customer_portal_default, "enabled")
        change.action_undo()
        self.assertEqual(self.company.customer_portal_default, "disabled")
        self.assertEqual(self.company.customer_default_role_id, self.contact_person)
        change = self._run(self._plan(whom="all", policy="enabled"))
        self.company.customer_default_role_id = self.applicant
        change.action_undo()
        self.assertEqual(self.company.customer_portal_default, "enabled", "changed since")
        self.assertTrue(change.kept)

    def test_undo_for_a_day(self):
        change = self._run(self._plan(self.both, policy="enabled"))
        before = fields.Datetime.now() - timedelta(hours=25)
        self.env.cr.execute("UPDATE customer_policy_change SET create_date = %s", [before])
        change.invalidate_recordset()
        self.assertFalse(change.can_undo)
        with self.assertRaises(UserError):
            change.action_undo()
        self.assertEqual(self._policies(), ["enabled", "enabled"])

    def test_undo_without_those_who_are_gone(self):
        change = self._run(self._plan(self.both, policy="enabled"))
        self.anna.unlink()
        change.action_undo()
        self.assertEqual((change.restored, change.kept), (1, 1))

    def test_scripts_leave_a_way_back_for_many(self):
        Change = self.env["customer.policy.change"]
        before = Change.search([])
        self.anna.with_user(self.paul).set_customer_portal_policy("enabled")
        self.assertEqual(Change.search([]), before)
        self.both.with_user(self.paul).set_customer_portal_policy("disabled", overwrite=True)
        change = Change.search([]) - before
        self.assertEqual(change.count, 2)
        change.with_user(self.paul).action_undo()
        self.assertEqual(self._policies(), ["enabled", "default"])

    # -- settings --

    def test_settings_ask_before_the_default_changes(self):
        form = Form(self.env["customer.portal.settings"].with_user(self.paul))
        self.assertEqual(form.customer_portal_default, "disabled")
        form.customer_portal_default = "enabled"
        form.customer_default_role_id = self.applicant
        action = form.save().execute()
        self.assertEqual(action["res_model"], "customer.policy.plan")
        self.assertEqual(self.company.customer_portal_default, "disabled")
        self.assertEqual(self.company.customer_default_role_id, self.applicant)
        Plan = self.env["customer.policy.plan"].with_user(self.paul)
        plan = Plan.with_context(**action["context"]).create({})
        self.assertEqual((plan.whom, plan.policy), ("all", "enabled"))
        plan.action_run()
        self.assertEqual(self.company.customer_portal_default, "enabled")


class TestPolicyContacts(CustomerCase):
    """Contacts with a policy: found, merged, removed, taken over, imported."""

    def _can_sign_in(self, partner):
        found = self.env["res.partner"].search([("customer_can_sign_in", "=", True)])
        partner.invalidate_recordset()
        self.assertEqual(partner.customer_can_sign_in, partner in found)
        return partner in found

    def test_who_can_sign_in(self):
        self.assertFalse(self._can_sign_in(self.anna))
        access = self._create_access(self.anna, self.contact_person)
        self.assertTrue(self._can_sign_in(self.anna))
        self.assertFalse(self._can_sign_in(self.bo))
        self.company.customer_portal_default = "enabled"
        self.assertTrue(self._can_sign_in(self.bo))
        self.assertIn("by default", self.bo.customer_sign_in_note)
        self.anna.customer_portal_policy = "disabled"
        self.assertFalse(self._can_sign_in(self.anna))
        self.assertIn("disabled", self.anna.customer_sign_in_note)
        self.company.customer_portal_default = "disabled"
        self.anna.customer_portal_policy = "default"
        access.revoke()
        self.assertFalse(self._can_sign_in(self.anna))

    def test_merging_the_stricter_wins(self):
        self.anna.write(
            {"customer_portal_policy": "enabled", "customer_portal_role_id": self.applicant.id}
        )
        self.bo.write(
            {"customer_portal_policy": "disabled", "customer_portal_role_id": self.observer.id}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.anna | self.bo).ids, self.anna)
        self.assertEqual(self.anna.customer_portal_policy, "disabled")
        self.assertEqual(self.anna.customer_portal_role_id, self.observer)
        self.assertEqual(len(self.anna.customer_policy_ids), 1)
        self.assertIn("stricter", " ".join(self.anna.message_ids.mapped("body")))

    def test_merging_accesses_by_policy_and_by_hand(self):
        self.company.customer_portal_default = "enabled"
        self.company.customer_default_role_id = self.applicant
        by_policy = self.anna._customer_policy_access(self.company)
        by_hand = self._create_access(self.bo, self._role("timesheet_approver"), self.customer)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.anna | self.bo).ids, self.anna)
        access = self.anna.customer_access_ids
        self.assertEqual(access, by_policy.exists() | by_hand.exists())
        self.assertFalse(access.by_policy)
        self.assertEqual(access.role_id, self._role("timesheet_approver"))

    def test_removed_contacts_and_companies_leave_nothing(self):
        self.anna.customer_portal_policy = "disabled"
        self.bo.with_company(self.other_company).customer_portal_policy = "disabled"
        rows = (self.anna | self.bo).customer_policy_ids
        self.assertEqual(len(rows), 2)
        self.anna.unlink()
        self.other_company.unlink()
        self.assertFalse(rows.exists())

    def test_archived_contacts_cannot_sign_in(self):
        self.anna.customer_portal_policy = "enabled"
        self.anna.active = False
        self.assertFalse(self._can_sign_in(self.anna))
        self.assertFalse(self.anna._customer_ways_in(self.company))

    def test_earlier_portal_users_become_contacts(self):
        user = self.env["res.users"].create(
            {
                "name": "Bo",
                "login": "bo@berg.example",
                "partner_id": self.bo.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.project.message_subscribe(self.customer.ids)
        seen = self.env["project.project"].with_user(user).search([])
        self.assertIn(self.project, seen)
        paul = self.env["res.partner"].with_user(self.paul)
        earlier = paul.search(paul.action_customer_earlier_users()["domain"])
        self.assertIn(self.bo, earlier)
        self.assertNotIn(self.anna, earlier)
        self.bo.with_user(self.paul).action_customer_take_over()
        self.assertTrue(user._are_contacts())
        accesses = self.bo.customer_access_ids
        self.assertEqual(accesses.customer_id, self.customer)
        self.assertEqual(accesses.project_id, self.project)
        self.assertEqual(self.env["project.project"].with_user(user).search([]), seen)
        self.bo.with_user(self.paul).action_customer_take_over()
        self.assertEqual(self.bo.customer_access_ids, accesses)
        with self.assertRaises(AccessError):
            self.bo.with_user(self.sara).action_customer_take_over()

    def test_import_and_export(self):
        names = ["name", "customer_portal_policy", "customer_portal_role_id"]
        result = self.env["res.partner"].load(
            names, [["Ina Import", "Disabled", "Applicant"], ["Ivo Import", "", ""]]
        )
        self.assertFalse(result["messages"])
        ina, ivo = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(ina.customer_portal_policy, "disabled")
        self.assertEqual(ina.customer_portal_role_id, self.applicant)
        self.assertFalse(ivo.customer_policy_ids)
        self.assertEqual(
            (ina | ivo).export_data(names)["datas"],
            [["Ina Import", "Disabled", "Applicant"], ["Ivo Import", "Default", ""]],
        )
