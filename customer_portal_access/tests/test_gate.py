from odoo.exceptions import UserError

from .common import CustomerCase

PERMISSIONS = {
    "applicant": "view_offers respond_offers view_files upload_files view_pages view_lists "
    "edit_lists edit_data",
    "contact_person": "view_offers respond_offers view_files upload_files view_pages "
    "view_lists edit_lists view_tasks create_tasks",
    "timesheet_approver": "view_pages",
    "observer": "view_offers view_files view_pages",
}
BY_LINK = {"view_offers", "respond_offers", "view_files", "view_pages", "view_tasks"}


class TestGate(CustomerCase):
    def test_role_by_permission_by_assurance(self):
        # glue addons add permissions, and test theirs
        permissions = self.env["customer.permission"].search([])
        codes = [
            permission.code
            for permission in permissions
            if permission.get_external_id()[permission.id].startswith("customer_portal_access.")
        ]
        self.assertIn("view_offers", codes)
        for role_code, held in PERMISSIONS.items():
            role = self._role(role_code)
            access = self._create_access(self._create_contact(role_code, "x@y.example"), role)
            for code in codes:
                for assurance in ("link", "code", "account"):
                    with self.subTest(role=role_code, permission=code, assurance=assurance):
                        allowed = (
                            role.can_be_invited
                            and code in held.split()
                            and (
                                assurance != "link" or (code in BY_LINK and not role.requires_code)
                            )
                        )
                        self.assertEqual(access._check(code, assurance), allowed)

    def test_what_a_role_holds_changes_at_once(self):
        access = self._create_access(self.anna, self.contact_person)
        permission = self.env["customer.permission"].create(
            {"name": "Tea", "code": "drink_tea", "assurance": "link"}
        )
        self.assertFalse(access._check("drink_tea", "account"))
        self.contact_person.permission_ids += permission
        self.assertTrue(access._check("drink_tea", "link"))
        permission.assurance = "account"
        self.assertFalse(access._check("drink_tea", "code"))
        self.assertTrue(access._check("drink_tea", "account"))
        self.contact_person.permission_ids -= permission
        self.assertFalse(access._check("drink_tea", "account"))
        self.contact_person.permission_ids += permission
        self.assertTrue(access._check("drink_tea", "account"))
        permission.unlink()
        self.assertFalse(access._check("drink_tea", "account"))

    def test_lists_never_by_link(self):
        self.env["customer.permission"].search([("code", "=", "view_lists")]).assurance = "link"
        access = self._create_access(self.anna, self.contact_person)
        self.assertFalse(access._check("view_lists", "link"))
        self.assertTrue(access._check("view_lists", "code"))

    def test_company_may_ask_for_the_code_to_respond(self):
        access = self._create_access(self.anna, self.contact_person)
        self.assertTrue(access._check("respond_offers", "link"))
        self.company.customer_require_code_to_respond = True
        self.assertFalse(access._check("respond_offers", "link"))
        self.assertTrue(access._check("respond_offers", "code"))

    def test_closed_access_allows_nothing(self):
        access = self._create_access(self.anna, self.contact_person)
        self.assertTrue(access._check(None, "link"))
        access.revoke()
        self.assertFalse(access._check(None, "account"))

    def test_explain_says_why(self):
        access = self._create_access(self.anna)
        explained = access.with_user(self.sara).explain("view_offers")
        self.assertTrue(explained["allowed"])
        self.assertEqual(explained["assurance"], "code")
        explained = access.explain("create_tasks")
        self.assertFalse(explained["allowed"])
        self.assertIn("Applicant", " ".join(explained["because"]))
        self.anna.phone = False
        access.revoke()
        self.assertIn("Revoked", " ".join(access.explain("view_offers")["because"]))
        with self.assertRaises(UserError):
            access.explain("fly")
