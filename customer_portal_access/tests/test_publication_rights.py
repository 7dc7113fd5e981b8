from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import mute_logger

from .common import CustomerCase
from .publication_common import PublicationData

MODELS = (
    "customer.publication",
    "customer.publication.entry",
    "customer.publication.version",
    "customer.publication.response",
    "customer.publication.recipient",
)
BUTTONS = ("action_publish", "action_close", "action_draft", "action_reopen", "action_duplicate")


class TestPublicationRights(CustomerCase, PublicationData):
    """Who may do what with publications: each kind of user, by CRUD and by button."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bella = cls._create_staff("bella", "sales_team.group_sale_salesman")
        cls.boss = cls._create_staff("boss", "sales_team.group_sale_salesman_all_leads")
        cls.clerk = cls._create_staff("clerk")
        cls.olga = cls._create_staff("olga", "sales_team.group_sale_manager")
        cls.olga.write(
            {
                "company_ids": [Command.set(cls.other_company.ids)],
                "company_id": cls.other_company.id,
            }
        )
        cls.kari = cls.env["res.users"].create(
            {
                "name": "Kari",
                "login": "kari-test",
                "partner_id": cls.anna.id,
                "group_ids": [
                    Command.set(cls.env.ref("customer_portal_access.group_customer_contact").ids)
                ],
            }
        )
        cls.access = cls._create_access(cls.bo)
        cls.on_lead = cls._create_publication(body="<p>Oak</p>")
        cls.on_project = cls._create_publication("page", cls.project, body="<p>Terms</p>")
        cls._create_response(cls.on_lead, cls.access)

    def _may(self, user, operation, publication):
        records = publication.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return bool(records._filtered_access(operation))

    def test_matrix_of_users_and_workspaces(self):
        expected = {  # user: on Sara's opportunity, on Pia's project
            self.sara: (True, False),
            self.bella: (False, False),
            self.boss: (True, False),
            self.pia: (False, True),
            self.paul: (True, True),
            self.clerk: (False, False),
            self.olga: (False, False),
            self.kari: (False, False),
        }
        for user, (on_lead, on_project) in expected.items():
            for operation in ("read", "write", "unlink"):
                with self.subTest(user=user.name, operation=operation):
                    self.assertEqual(self._may(user, operation, self.on_lead), on_lead)
                    self.assertEqual(self._may(user, operation, self.on_project), on_project)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_create(self):
        expected = {
            self.sara: (True, False),
            self.bella: (False, False),
            self.boss: (True, False),
            self.pia: (False, True),
            self.paul: (True, True),
            self.clerk: (False, False),
            self.olga: (False, False),
            self.kari: (False, False),
        }
        places = ({"lead_id": self.lead.id}, {"project_id": self.project.id})
        for user, allowed in expected.items():
            publications = self.env["customer.publication"].with_user(user)
            for place, may in zip(places, allowed, strict=True):
                with self.subTest(user=user.name, place=place):
                    vals = {"name": "New", "kind": "page", **place}
                    if may:
                        self.assertTrue(publications.create(vals))
                    else:
                        with self.assertRaises(AccessError), self.cr.savepoint():
                            publications.create(vals)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_buttons_ask_for_the_right_to_write(self):
        for user in (self.bella, self.pia, self.clerk, self.olga, self.kari):
            for button in BUTTONS:
                with self.subTest(user=user.name, button=button):
                    offer = self.on_lead.with_user(user)
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        getattr(offer, button)()
        self.assertEqual(self.on_lead.state, "published")
        self.assertTrue(self.on_lead.is_locked)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_portal_users_have_no_rights_at_all(self):
        self._create_access(self.anna, self.contact_person)
        for model in MODELS:
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    records = self.env[model].with_user(self.kari)
                    self.assertFalse(records.has_access(operation))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_what_customers_did_is_written_by_nobody(self):
        for user in (self.sara, self.boss, self.pia, self.paul):
            for model in MODELS[2:]:
                for operation in ("write", "create", "unlink"):
                    with self.subTest(user=user.name, model=model, operation=operation):
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_publication_cannot_be_moved(self):
        other = self.lead.copy({"user_id": self.bella.id})
        mine = self.lead.copy({"user_id": self.sara.id})
        page = self._create_publication("page", state="draft").with_user(self.sara)
        for vals in (
            {"lead_id": other.id},
            {"lead_id": mine.id},
            {"lead_id": False, "project_id": self.project.id},
            {"company_id": self.other_company.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError), self.cr.savepoint():
                page.write(vals)
        with self.assertRaises(AccessError), self.cr.savepoint():
            mine.with_user(self.sara).customer_publication_ids = [Command.link(page.id)]
        with self.assertRaises(AccessError), self.cr.savepoint():
            mine.with_user(self.sara).write(
                {"customer_publication_ids": [Command.update(self.on_project.id, {"name": "Ha"})]}
            )
        page.write({"lead_id": self.lead.id, "name": "Stays"})
        self.assertEqual(page.lead_id, self.lead)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_what_customers_did_is_not_written_through_the_publication_either(self):
        offer = self.on_lead.with_user(self.sara)
        response, version = self.on_lead.response_ids, self.on_lead.version_ids
        for vals in (
            {"response_ids": [Command.create({"decision": "accepted"})]},
            {"response_ids": [Command.update(response.id, {"is_current": False})]},
            {"response_ids": [Command.delete(response.id)]},
            {"response_ids": [Command.clear()]},
            {"version_ids": [Command.update(version.id, {"amount": 1})]},
            {"recipient_ids": [Command.create({"access_id": self.access.id})]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError), self.cr.savepoint():
                offer.write(vals)
        self.assertTrue(response.is_current)

    def test_the_company_is_that_of_the_workspace(self):
        publications = self.env["customer.publication"].with_user(self.sara)
        with self.assertRaises(AccessError):
            publications.create(
                {
                    "name": "New",
                    "kind": "page",
                    "lead_id": self.lead.id,
                    "company_id": self.other_company.id,
                }
            )

    def test_everybody_on_a_workspace_sees_how_much_is_published(self):
        self.assertEqual(self.project.with_user(self.clerk).customer_publication_count, 1)
        self.assertEqual(self.lead.with_user(self.sara).customer_publication_count, 1)

    def test_texts_are_sanitized(self):
        page = (
            self.env["customer.publication"]
            .with_user(self.sara)
            .create(
                {
                    "name": "Page",
                    "kind": "page",
                    "lead_id": self.lead.id,
                    "body": '<p onclick="x()">Hi<script>alert(1)</script>'
                    '<a href="javascript:alert(1)">x</a><iframe src="//x"></iframe></p>',
                }
            )
        )
        for bad in ("onclick", "script", "iframe"):
            self.assertNotIn(bad, page.body)
