from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .http_common import CustomerHttpCase


@tagged("post_install", "-at_install")
class TestCustomerWide(CustomerHttpCase):
    """An access on a customer: what it opens, and what it does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.keeper = cls.env["customer.contact.role"].create(
            {
                "name": "Key account",
                "code": "key_account",
                "requires_code": True,
                "permission_ids": [
                    Command.set(
                        [
                            cls.env.ref(f"customer_portal_access.permission_{code}").id
                            for code in ("all_workspaces", "view_tasks")
                        ]
                    )
                ],
            }
        )
        cls.customer.user_id = cls.sara
        cls.wide = cls._create_access(cls.anna, cls.keeper, cls.customer)
        cls.lead_path = f"/my/customer/{cls.wide.id}/lead/{cls.lead.id}"
        cls.project_path = f"/my/customer/{cls.wide.id}/project/{cls.project.id}"

    def _enter(self, access):
        self._enter_by_code(access)
        return self._get(self._path(access))

    def _create_other_lead(self, **values):
        return self.lead.copy({"name": "Hidden kitchen", **values})

    # -- the page of the customer --

    def test_page_shows_customer_role_and_who_is_in_charge(self):
        page = self._enter(self.wide)
        self.assertEqual(page.status_code, 200)
        for text in ("Berg AS", "Key account", "Sara", "Kitchen for Berg", "Office move"):
            self.assertIn(text, page.text)
        self.assertIn(self.lead_path, page.text)
        self.assertIn(self.project_path, page.text)

    def test_only_open_workspaces_of_this_customer_and_company_are_listed(self):
        hidden = self._create_other_lead(active=False)
        hidden |= self._create_other_lead(company_id=self.other_company.id, user_id=False)
        hidden |= self._create_other_lead(partner_id=self.env.user.partner_id.id)
        hidden |= self._create_other_lead(type="lead")
        listed = self.wide._workspace_list("code")
        self.assertEqual(
            [row["title"] for row in listed], ["Kitchen for Berg", "Office move"], listed
        )
        self._enter(self.wide)
        for lead in hidden:
            with self.subTest(lead=lead):
                path = f"/my/customer/{self.wide.id}/lead/{lead.id}"
                self.assertEqual(self._get(path).status_code, 404)

    def test_workspaces_of_the_customer_without_company_are_listed(self):
        self.project.company_id = False
        self.lead.partner_id = self.bo  # a contact of the customer
        self.assertEqual(len(self.wide._workspace_list("code")), 2)

    def test_without_permission_the_page_says_whom_to_ask(self):
        access = self._create_access(self.bo, self.applicant, self.customer)
        page = self._enter(access)
        self.assertIn("You are on no project or opportunity of", page.text)
        self.assertIn("please ask Sara", page.text)
        self.assertNotIn("Kitchen for Berg", page.text)
        path = f"/my/customer/{access.id}/lead/{self.lead.id}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_without_permission_own_workspaces_are_listed(self):
        access = self._create_access(self.bo, self.applicant, self.customer)
        own = self._create_access(self.bo, self.applicant, self.lead)
        page = self._enter(access)
        self.assertIn(f'href="{self._path(own)}"', page.text)
        self.assertNotIn("Office move", page.text)
        self.assertNotIn("please ask", page.text)

    def test_list_of_own_accesses_stays(self):
        self._enter(self.wide)
        page = self._get("/my/customer")
        self.assertIn(f'href="{self._path(self.wide)}"', page.text)
        self.assertNotIn("Office move", page.text)

    # -- what opens from there --

    def test_workspace_opens_with_the_role_of_the_access(self):
        self._enter(self.wide)
        for path, title in (
            (self.lead_path, "Kitchen for Berg"),
            (self.project_path, "Office move"),
        ):
            page = self._get(path)
            self.assertEqual(page.status_code, 200)
            self.assertIn(title, page.text)
            self.assertIn("Key account", page.text)
            self.assertEqual(page.headers["Cache-Control"], "no-store")
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_message_and_files_belong_to_the_workspace(self):
        message = self.project.message_post(
            body="The plan",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachments=[("plan.txt", b"the plan")],
        )
        self._enter(self.wide)
        page = self._get(self.project_path)
        file_path = f"{self.project_path}/file/{message.attachment_ids.id}"
        self.assertIn(file_path, page.text)
        self.assertEqual(self._get(file_path).content, b"the plan")
        lead_file = f"{self.lead_path}/file/{message.attachment_ids.id}"
        self.assertEqual(self._get(lead_file).status_code, 404)
        sent = self._post(
            f"{self.project_path}/message", self.project_path, text="Fine", form_id="1"
        )
        self.assertURLEqual(sent.headers["Location"], f"{self.project_path}#messages")
        sent = self.env.ref("customer_portal_access.mt_from_customer")
        answer = self.project.message_ids.filtered(lambda m: m.subtype_id == sent)
        self.assertIn("Fine", answer.body)
        self.assertEqual(answer.author_id, self.anna)
        self.assertFalse(self.customer.message_ids.filtered(lambda m: m.subtype_id == sent))

    def test_explicit_access_goes_first(self):
        own = self._create_access(self.anna, self.applicant, self.lead)
        page = self._enter(self.wide)
        self.assertNotIn(self.lead_path, page.text)
        self.assertIn(f'href="{self._path(own)}"', page.text)
        opened = self._get(self.lead_path)
        self.assertEqual(opened.status_code, 303)
        self.assertURLEqual(opened.headers["Location"], self._path(own))

    def test_explicit_access_that_has_ended_keeps_out(self):
        own = self._create_access(self.anna, self.applicant, self.lead)
        own.revoke()
        page = self._enter(self.wide)
        self.assertNotIn("Kitchen for Berg", page.text)
        self.assertEqual(self._get(self.lead_path).status_code, 404)

    def test_addresses_made_up_open_nothing(self):
        self._enter(self.wide)
        for path in (
            f"{self._path(self.wide)}/lead/{self.lead.id + 10_000}",
            f"{self._path(self.wide)}/partner/{self.customer.id}",
            f"{self._path(self.wide)}?kind=lead&target_id=x",
            f"{self._path(self.wide)}?kind=res.partner&target_id=1",
        ):
            with self.subTest(path=path):
                self.assertEqual(self._get(path).status_code, 404)

    def test_permission_taken_or_access_ended_closes_at_once(self):
        self._enter(self.wide)
        self.assertEqual(self._get(self.lead_path).status_code, 200)
        self.keeper.permission_ids = False
        self.assertEqual(self._get(self.lead_path).status_code, 404)
        self.assertNotIn("Kitchen for Berg", self._get(self._path(self.wide)).text)

    def test_an_access_on_a_workspace_opens_no_other_one(self):
        access = self._create_access(self.bo, self.keeper, self.lead)
        self._enter(access)
        path = f"/my/customer/{access.id}/project/{self.project.id}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_colleague_without_permission_gets_404(self):
        access = self._create_access(self.bo, self.applicant, self.lead)
        self._enter(access)
        self.assertEqual(self._get(self.lead_path).status_code, 404)
        self.assertEqual(self._get(self._path(self.wide)).status_code, 404)

    def test_level_link_gets_no_workspaces_whatever_is_set(self):
        self.env["customer.permission"].search([("code", "=", "all_workspaces")]).assurance = "link"
        self.keeper.requires_code = False
        self.assertFalse(self.wide._check("all_workspaces", "link"))
        self._enter_by_link(self.wide)
        page = self._get(self._path(self.wide))
        self.assertEqual(page.status_code, 200)
        self.assertIn("Berg AS", page.text)
        text = " ".join(page.text.split())
        self.assertIn("Confirm who you are to see the opportunities and projects", text)
        self.assertEqual(text.count("Confirm who you are"), 1)
        self.assertNotIn("Kitchen for Berg", page.text)
        self.assertEqual(self._get(self.lead_path).status_code, 404)

    def test_other_company(self):
        """An access in company 2 opens nothing of company 1, nor the other way round."""
        elsewhere = (
            self.env["customer.access"]
            .with_company(self.other_company)
            .create(
                {
                    "partner_id": self.bo.id,
                    "customer_id": self.customer.id,
                    "role_id": self.keeper.id,
                }
            )
        )
        self.assertEqual(elsewhere.company_id, self.other_company)
        self.assertFalse(elsewhere._open_workspace("lead", self.lead.id, "code"))
        self.assertEqual(elsewhere._workspace_list("code"), [])
        lead = self._create_other_lead(company_id=self.other_company.id, user_id=False)
        self.assertTrue(elsewhere._open_workspace("lead", lead.id, "code"))
        self.assertFalse(self.wide._open_workspace("lead", lead.id, "code"))

    def test_contexts_from_outside_change_no_target(self):
        access = self.wide.with_context(customer_opened=[self.wide.id, "crm.lead", self.lead.id])
        self.assertEqual(access._target(), self.customer)
        opened = self.wide._at(self.lead)
        self.assertEqual(opened._target(), self.lead)
        self.assertEqual(opened.person_in_charge_id, self.sara)
        other = self._create_access(self.bo, target=self.project)
        self.assertEqual(other.with_env(opened.env)._target(), self.project)

    # -- Odoo's own portal pages --

    def _visible_projects(self, *projects):
        user = self.anna._customer_user(self.company)
        found = self.env["project.project"].with_user(user)
        return found.search([("id", "in", [project.id for project in projects])])

    def test_core_rules_admit_projects_with_view_tasks(self):
        self.project.message_subscribe(self.customer.ids)
        task = self.env["project.task"].create(
            {"name": "Pack", "project_id": self.project.id, "customer_visible": True}
        )
        task.message_subscribe(self.customer.ids)
        self.assertEqual(self._visible_projects(self.project), self.project)
        user = self.anna.user_ids
        self.assertTrue(task.with_user(user).has_access("read"))
        self.keeper.permission_ids -= self.env.ref("customer_portal_access.permission_view_tasks")
        self.assertFalse(self._visible_projects(self.project))
        self.assertFalse(task.with_user(user).has_access("read"))

    def test_core_rules_ask_for_all_workspaces(self):
        self.project.message_subscribe(self.customer.ids)
        self.keeper.permission_ids -= self.env.ref(
            "customer_portal_access.permission_all_workspaces"
        )
        self.assertFalse(self._visible_projects(self.project))

    def test_core_rules_follow_the_explicit_access_and_the_dates(self):
        self.project.message_subscribe(self.customer.ids)
        own = self._create_access(self.anna, self._role("timesheet_approver"), self.project)
        self.assertFalse(self._visible_projects(self.project), "Its role may not view tasks.")
        own.unlink()
        self.assertTrue(self._visible_projects(self.project))
        self.wide.date_until = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertFalse(self._visible_projects(self.project))
        self.wide.date_until = False
        self.wide.revoke()
        self.assertFalse(self._visible_projects(self.project))

    def test_core_rules_stay_within_the_company_of_the_access(self):
        self.project.message_subscribe(self.customer.ids)
        user = self.anna._customer_user(self.company)
        user.company_ids += self.other_company
        self.wide.company_id = self.other_company
        projects = self.env["project.project"].with_user(user)
        both = (self.company + self.other_company).ids
        self.assertFalse(
            projects.with_context(allowed_company_ids=both).search([("id", "=", self.project.id)])
        )
