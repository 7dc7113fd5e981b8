from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form

from .common import CustomerCase
from .publication_common import PublicationData

COLUMNS = [
    {"name": "person", "string": "Name", "type": "char"},
    {"name": "desk", "string": "Desk", "type": "integer"},
]


class TestPublicationCopy(CustomerCase, PublicationData):
    """Copies are drafts with files of their own; what customers did stays behind."""

    def setUp(self):
        super().setUp()
        self.access = self._create_access(self.anna)
        file = self.env["ir.attachment"].create({"name": "plan.txt", "raw": b"plan"})
        self.offer = self._create_publication(
            body="<p>Oak</p>",
            amount=100,
            role_ids=self.applicant,
            attachment_ids=[Command.link(file.id)],
        )
        self._create_response(self.offer, self.access)
        self.list = self._create_publication("list", columns_definition=COLUMNS, sequence=20)
        self.row = self._create_row("Ours", 1)
        self.customers_row = self._create_row("Theirs", 2)
        self.customers_row.sudo().access_id = self.access
        self.target = self.lead.copy({"name": "Bathroom for Berg"})
        self.target.type = "opportunity"

    def _create_row(self, person, desk):
        return self.env["customer.publication.entry"].create(
            {"publication_id": self.list.id, "values": {"person": person, "desk": desk}}
        )

    def _wizard(self, user=None, **values):
        wizards = self.env["customer.publication.copy"].with_user(user or self.sara)
        return wizards.create(
            {"lead_id": self.target.id, "source": "lead", "source_lead_id": self.lead.id, **values}
        )

    def test_a_single_copy_is_a_draft(self):
        offer = self.offer.with_user(self.sara)
        offer.action_duplicate()
        draft = self.lead.customer_publication_ids - self.offer - self.list
        self.assertEqual((draft.state, draft.version), ("draft", 1))
        self.assertEqual(draft.name, "The offer (copy)")
        self.assertEqual((draft.body, draft.amount), ("<p>Oak</p>", 100))
        self.assertEqual(draft.role_ids, self.applicant)
        self.assertFalse(draft.response_ids or draft.version_ids or draft.recipient_ids)
        self.assertFalse(draft.published_at)

    def test_a_copy_has_files_of_its_own(self):
        draft = self.offer.with_user(self.sara).copy()
        self.assertNotEqual(draft.attachment_ids, self.offer.attachment_ids)
        self.assertEqual(draft.attachment_ids.raw, b"plan")
        self.assertEqual(draft.attachment_ids.res_id, draft.id)

    def test_all_is_ticked_at_first(self):
        with Form(
            self.env["customer.publication.copy"]
            .with_user(self.sara)
            .with_context(default_lead_id=self.target.id)
        ) as form:
            form.source = "lead"
            form.source_lead_id = self.lead
            self.assertEqual(form.publication_ids[:], self.offer | self.list)
            form.publication_ids.remove(self.offer.id)
        form.record.action_copy()
        self.assertEqual(self.target.customer_publication_ids.mapped("kind"), ["list"])

    def test_copies_are_drafts_in_the_same_order(self):
        first = self._create_publication("page", self.target, sequence=7)
        result = self._wizard().action_copy()
        self.assertIn("2", result["params"]["message"])
        page, offer, rows = self.target.customer_publication_ids.sorted()
        self.assertEqual(page, first)
        self.assertEqual((offer.name, rows.name), ("The offer", "The list"))
        self.assertEqual((offer | rows).mapped("state"), ["draft", "draft"])
        self.assertEqual(rows.columns_definition, self.list.columns_definition)
        self.assertFalse(rows.entry_ids or offer.response_ids)

    def test_rows_that_staff_filled_in_go_along_if_wished(self):
        self._wizard(with_rows=True).action_copy()
        rows = self.target.customer_publication_ids.filtered(lambda copy: copy.kind == "list")
        self.assertEqual(
            [dict(row["values"]) for row in rows.entry_ids], [{"person": "Ours", "desk": 1}]
        )

    def test_names_in_the_dialog_say_the_kind(self):
        shown = self.offer.with_context(customer_publication_kind=True)
        self.assertEqual(shown.display_name, "The offer (Offer)")
        self.assertEqual(self.offer.display_name, "The offer")

    def test_from_a_project_to_an_opportunity(self):
        self._create_publication("page", self.project, "draft", body="<p>Terms</p>")
        wizard = self._wizard(
            self.env.user, source="project", source_lead_id=False, source_project_id=self.project.id
        )
        wizard.action_copy()
        self.assertEqual(self.target.customer_publication_ids.mapped("kind"), ["page"])
        self.assertFalse(self.target.customer_publication_ids.project_id)

    def test_from_what_the_user_may_not_read(self):
        self.lead.user_id = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(UserError, "Choose where to copy from"):
            self._wizard().action_copy()
        self.assertFalse(self.target.customer_publication_ids)

    def test_to_where_the_user_may_not_write(self):
        wizard = self._wizard()
        self.target.user_id = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            wizard.action_copy()

    def test_smuggled_ticks_are_not_copied(self):
        foreign = self._create_publication("page", self.project, body="<p>Secret</p>")
        wizard = self._wizard()
        wizard.sudo().publication_ids = foreign
        with self.assertRaisesRegex(UserError, "tick what to copy"):
            wizard.action_copy()

    def test_a_role_of_another_company_is_not_dropped_silently(self):
        role = self.applicant.copy({"company_id": self.company.id, "code": "ours"})
        self.offer.role_ids = role
        self.target.write({"user_id": False, "company_id": self.other_company.id})
        with self.assertRaisesRegex(ValidationError, "role of another company"):
            self.offer._copy_to(self.target)

    def test_a_project_from_a_template_takes_them_along(self):
        template = self.project.copy({"is_template": True})
        page = self._create_publication("page", template, "draft", body="<p>Terms</p>")
        project = template.action_create_from_template({"name": "New office"})
        copied = project.customer_publication_ids
        self.assertEqual((copied.name, copied.body, copied.state), (page.name, page.body, "draft"))
        self.assertEqual(template.customer_publication_ids, page)

    def test_a_template_from_a_project_takes_them_along(self):
        self._create_publication("page", self.project, body="<p>Terms</p>")
        self.project.action_create_template_from_project()
        template = self.env["project.project"].search([("is_template", "=", True)], order="id desc")
        self.assertEqual(template[0].customer_publication_ids.mapped("state"), ["draft"])

    def test_copying_a_project_leaves_them_behind(self):
        self._create_publication("page", self.project, body="<p>Terms</p>")
        self.assertFalse(self.project.copy().customer_publication_ids)
