from odoo.tests import Form

from .common import CustomerCase


class TestAccessLists(CustomerCase):
    """What the lists and forms of accesses ask of the model."""

    def test_group_by_state_agrees_with_each(self):
        anna = self._create_access(self.anna)
        self._create_access(self.bo, self.observer)
        self._create_access(self.bo, target=self.project).revoke()
        anna.create_link()
        Access = self.env["customer.access"]
        accesses = self.lead.customer_access_ids | self.project.customer_access_ids
        groups = Access._read_group(
            [("id", "in", accesses.ids)], ["state"], ["id:recordset"], order="state"
        )
        self.assertEqual({state: records for state, records in groups}, accesses.grouped("state"))
        self.assertTrue(Access.fields_get(["state"])["state"]["groupable"])

    def test_group_by_state_in_the_list(self):
        self._create_access(self.anna)
        result = (
            self.env["customer.access"]
            .with_user(self.sara)
            .web_read_group([("lead_id", "=", self.lead.id)], ["state"], ["__count"])
        )
        self.assertEqual([group["state"] for group in result["groups"]], ["new"])

    def test_group_by_customer(self):
        self._create_access(self.anna)
        self._create_access(self.bo)
        [(customer, count)] = self.env["customer.access"]._read_group(
            [("lead_id", "=", self.lead.id)], ["commercial_partner_id"], ["__count"]
        )
        self.assertEqual((customer, count), (self.customer, 2))

    def test_added_on_the_opportunity_tab(self):
        with (
            Form(self.lead.with_user(self.sara)) as form,
            form.customer_access_ids.new() as line,
        ):
            line.partner_id = self.anna
            line.role_id = self.applicant
        access = self.lead.customer_access_ids
        self.assertEqual((access.partner_id, access.state), (self.anna, "new"))

    def test_mended_on_the_line(self):
        self.anna.write({"email": False, "phone": False})
        access = self._create_access(self.anna)
        self.assertEqual(access.state, "blocked")
        with (
            Form(self.lead.with_user(self.sara)) as form,
            form.customer_access_ids.edit(0) as line,
        ):
            line.email = "anna@new.example"
            line.code_number_input = "406 12 345"
        self.assertEqual(access.state, "new")
        self.assertEqual(self.anna.email, "anna@new.example")
        self.assertEqual(self.anna.customer_mobile, "+47 40 61 23 45")

    def test_unticked_on_the_line_is_revoked(self):
        access = self._create_access(self.anna)
        access.create_link()
        with (
            Form(self.lead.with_user(self.sara)) as form,
            form.customer_access_ids.edit(0) as line,
        ):
            line.granted = False
        self.assertEqual(access.link_ids.state, "revoked")

    def test_the_way_from_the_tasks(self):
        access = self._create_access(self.anna, target=self.project)
        task = self.env["project.task"].create({"name": "Pack", "project_id": self.project.id})
        Task = self.env["project.task"].with_user(self.pia)
        for tasks in (
            Task.browse(task.id),
            Task.with_context(default_project_id=self.project.id),
        ):
            action = tasks.action_customer_centre()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found, access)
