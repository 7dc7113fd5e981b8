from io import BytesIO

from openpyxl import Workbook

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CustomerCase

HEADS = ["id", "partner_id/id", "customer_id/id", "lead_id/id", "role_id/id", "date_until"]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROLE = "customer_portal_access.role_contact_person"


@tagged("post_install", "-at_install")
class TestImport(CustomerCase):
    """Accesses and contacts through Odoo's own import, with external ids."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("customer", "anna", "bo", "lead", "project"):
            cls.env["ir.model.data"].create(
                {
                    "module": "old_crm",
                    "name": name,
                    "model": getattr(cls, name)._name,
                    "res_id": getattr(cls, name).id,
                }
            )

    def _load(self, rows, heads=HEADS, model="customer.access", user=None, **context):
        records = self.env[model].with_user(user or self.env.user)
        with mute_logger("odoo.sql_db"):  # it logs what the database refuses
            return records.with_context(import_file=True, **context).load(heads, rows)

    def _import(self, csv, heads, model="customer.access", dryrun=False, **options):
        """Import a file as the dialog does; return ids and messages."""
        wizard = self.env["base_import.import"].create(
            {
                "res_model": model,
                "file": csv.encode(),
                "file_type": "text/csv",
                "file_name": "accesses.csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True, **options}
        with mute_logger("odoo.sql_db"):
            return wizard.execute_import(heads, heads, options, dryrun=dryrun)

    def _row(self, name, contact, target="lead", role=ROLE, until=""):
        """Return a row of a file of accesses."""
        contact = contact and f"old_crm.{contact}"
        return [
            f"old_crm.{name}",
            contact,
            f"old_crm.{target}" if target == "customer" else "",
            f"old_crm.{target}" if target == "lead" else "",
            role,
            until,
        ]

    def _errors(self, result):
        """Return line and message of each error, and check that nothing was kept."""
        self.assertFalse(result["ids"])
        self.assertFalse(self.lead.customer_access_ids)
        return [
            (message["rows"]["from"], message["message"])
            for message in result["messages"]
            if message["type"] == "error"
        ]

    def test_excel_ok(self):
        workbook, file = Workbook(), BytesIO()
        for row in (HEADS, self._row("x1", "anna"), self._row("x2", "bo", "customer")):
            workbook.active.append(row)
        workbook.save(file)
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "customer.access",
                "file": file.getvalue(),
                "file_type": EXCEL,
                "file_name": "accesses.xlsx",
            }
        )
        result = wizard.execute_import(HEADS, HEADS, {"has_headers": True, "sheet": "Sheet"})
        self.assertFalse(result["messages"])
        accesses = self.env["customer.access"].browse(result["ids"])
        self.assertEqual(accesses.mapped("partner_id"), self.anna | self.bo)

    def test_accesses_ok(self):
        result = self._load(
            [self._row("a1", "anna"), self._row("a2", "bo", "customer")], user=self.sara
        )
        self.assertFalse(result["messages"])
        accesses = self.env["customer.access"].browse(result["ids"])
        self.assertEqual(accesses.mapped("partner_id"), self.anna | self.bo)
        self.assertEqual(accesses.mapped("state"), ["new", "new"])
        self.assertEqual(accesses.company_id, self.company)
        self.assertEqual(accesses.event_ids.mapped("kind"), ["created", "created"])

    def test_the_same_file_again_changes_and_doubles_nothing(self):
        rows = [self._row("a1", "anna"), self._row("a2", "bo")]
        first = self._load(rows)["ids"]
        rows[1][4] = "customer_portal_access.role_applicant"
        self.assertEqual(self._load(rows)["ids"], first)
        roles = self.env["customer.access"].browse(first).mapped("role_id.code")
        self.assertEqual(roles, ["contact_person", "applicant"])

    def test_people_and_roles_by_name_or_code(self):
        heads = ["partner_id", "lead_id", "role_id"]
        rows = [
            ["anna@berg.example", self.lead.name, "Applicant"],
            [self.bo.display_name, self.lead.name, "guarantor"],
        ]
        result = self._load(rows, heads)
        self.assertFalse(result["messages"])
        accesses = self.env["customer.access"].browse(result["ids"])
        self.assertEqual(accesses.mapped("role_id.code"), ["applicant", "guarantor"])
        self.assertEqual(accesses.partner_id, self.anna | self.bo)

    def test_contacts_with_customers_and_roles(self):
        heads = [
            "id",
            "name",
            "email",
            "customer_access_ids/id",
            "customer_access_ids/customer_id/id",
            "customer_access_ids/lead_id/id",
            "customer_access_ids/role_id/id",
        ]
        rows = [
            ["old_crm.eva", "Eva", "eva@x.example", "old_crm.e1", "old_crm.customer", "", ROLE],
            ["", "", "", "old_crm.e2", "", "old_crm.lead", ROLE],
            ["old_crm.finn", "Finn", "finn@x.example", "old_crm.f1", "", "old_crm.lead", ROLE],
        ]
        for _twice in range(2):
            result = self._load(rows, heads, "res.partner")
            self.assertFalse(result["messages"])
        eva, finn = self.env["res.partner"].browse(result["ids"])
        targets = [access._target() for access in eva.customer_access_ids.sorted("id")]
        self.assertEqual(targets, [self.customer, self.lead])
        self.assertEqual(finn.customer_access_ids.lead_id, self.lead)
        self.assertEqual(self.env.ref("old_crm.e2").partner_id, eva)

    def test_bad_rows_are_reported_with_line_and_reason(self):
        two = self._row("b", "bo")
        two[2] = "old_crm.customer"
        cases = {
            "No matching record found for external id 'old_crm.nobody'": self._row("b", "nobody"),
            "No matching record found for external id 'x.nope'": self._row(
                "b", "bo", role="x.nope"
            ),
            "exactly one customer, opportunity or project": two,
            "Missing required value for the field 'Contact'": self._row("b", ""),
            "Missing required value for the field 'Role'": self._row("b", "bo", role=""),
            "already": self._row("b", "anna"),
            "last year": self._row("b", "bo", until="last year"),
        }
        for reason, row in cases.items():
            with self.subTest(reason=reason):
                errors = self._errors(self._load([self._row("a", "anna"), row]))
                lines = [line for line, message in errors if reason in message]
                self.assertEqual(lines, [1], errors)

    def test_no_target_and_dates_are_reported(self):
        none = self._row("b", "bo", "nowhere")
        errors = self._errors(self._load([self._row("a", "anna"), none]))
        self.assertIn(
            (1, "An access belongs to exactly one customer, opportunity or project."), errors
        )
        heads = ["partner_id/id", "lead_id/id", "role_id/id", "date_from", "date_until"]
        row = ["old_crm.bo", "old_crm.lead", ROLE, "2026-05-02", "2026-05-01"]
        errors = self._errors(self._load([row], heads))
        self.assertEqual(errors, [(0, "The access ends before it begins.")])

    def test_role_of_another_company_is_reported(self):
        self.applicant.copy({"code": "theirs", "company_id": self.other_company.id})
        heads = ["partner_id/id", "lead_id/id", "role_id"]
        errors = self._errors(self._load([["old_crm.bo", "old_crm.lead", "theirs"]], heads))
        self.assertIn("belongs to another company", errors[0][1])

    def test_reasons_are_readable_when_contacts_are_imported(self):
        heads = ["id", "name", *(f"customer_access_ids/{name}" for name in HEADS[2:5])]
        both = ["old_crm.eva", "Eva", "old_crm.customer", "old_crm.lead", ROLE]
        twice = [
            ["old_crm.finn", "Finn", "", "old_crm.lead", ROLE],
            ["", "", "", "old_crm.lead", ROLE],
        ]
        [(line, message)] = self._errors(self._load([both], heads, "res.partner"))
        self.assertEqual(line, 0)
        self.assertEqual(
            message, "An access belongs to exactly one customer, opportunity or project."
        )
        [(line, message)] = self._errors(self._load(twice, heads, "res.partner"))
        self.assertEqual(message, "This contact is on the opportunity already.")

    def test_reasons_are_readable_when_opportunities_are_imported(self):
        heads = ["name", "customer_access_ids/partner_id/id", "customer_access_ids/role_id/id"]
        rows = [["Import", "old_crm.anna", ROLE], ["", "old_crm.anna", ROLE]]
        [(_line, message)] = self._errors(self._load(rows, heads, "crm.lead"))
        self.assertEqual(message, "This contact is on the opportunity already.")

    def test_staff_import_what_they_may(self):
        self.lead.user_id = self.paul
        [(line, _message)] = self._errors(self._load([self._row("a", "anna")], user=self.sara))
        self.assertEqual(line, 0)

    # -- Odoo's dialog --

    CSV = (
        "Contact,Opportunity,Role\n"
        f"old_crm.anna,old_crm.lead,{ROLE}\n"
        f"old_crm.nobody,old_crm.lead,{ROLE}\n"
        f"old_crm.bo,old_crm.lead,{ROLE}\n"
    )
    COLUMNS = ("partner_id/id", "lead_id/id", "role_id/id")

    def test_file_refused_as_a_whole(self):
        result = self._import(self.CSV, list(self.COLUMNS))
        self.assertEqual({line for line, _message in self._errors(result)}, {1})

    def test_good_rows_kept_bad_ones_skipped(self):
        result = self._import(self.CSV, list(self.COLUMNS), import_skip_records=["partner_id"])
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 2)
        self.assertEqual(self.lead.customer_access_ids.partner_id, self.anna | self.bo)

    def test_rows_with_an_unknown_role_or_target_skipped(self):
        csv = self.CSV.replace("old_crm.nobody,old_crm.lead", "old_crm.anna,old_crm.nowhere")
        csv = csv.replace(f"old_crm.bo,old_crm.lead,{ROLE}", "old_crm.bo,old_crm.lead,x.nope")
        result = self._import(csv, list(self.COLUMNS), import_skip_records=["lead_id", "role_id"])
        self.assertFalse(result["messages"])
        self.assertEqual(self.lead.customer_access_ids.partner_id, self.anna)

    def test_skipping_hides_no_other_reason(self):
        csv = self.CSV.replace("old_crm.bo", "old_crm.anna")
        result = self._import(csv, list(self.COLUMNS), import_skip_records=["partner_id"])
        self.assertEqual(self._errors(result), [(2, "This contact is on the opportunity already.")])

    def test_trying_it_out_changes_nothing(self):
        result = self._import(
            self.CSV, list(self.COLUMNS), dryrun=True, import_skip_records=["partner_id"]
        )
        self.assertFalse(result["messages"])
        self.assertFalse(self.lead.customer_access_ids)

    def test_dialog_offers_to_skip(self):
        tree = self.env["base_import.import"].get_fields_tree("customer.access")
        required = {field["name"] for field in tree if field.get("required")}
        self.assertFalse(required & {"partner_id", "role_id"})
        partner = self.env["base_import.import"].get_fields_tree("res.partner")
        accesses = next(field for field in partner if field["name"] == "customer_access_ids")
        names = {field["name"] for field in accesses["fields"]}
        required = {field["name"] for field in accesses["fields"] if field.get("required")}
        self.assertLessEqual({"role_id", "customer_id", "lead_id", "project_id"}, required)
        self.assertLessEqual({"id", "role_id", "customer_id", "lead_id", "project_id"}, names)
