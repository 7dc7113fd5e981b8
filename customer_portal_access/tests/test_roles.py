from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CustomerCase


@tagged("post_install", "-at_install")
class TestRoles(CustomerCase):
    """Roles: who holds them, and what a change does to whom, before it is saved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["customer.contact.role"].create(
            {
                "name": "Reader",
                "code": "reader",
                "permission_ids": [
                    Command.set(
                        cls._permission("view_files").ids + cls._permission("view_pages").ids
                    )
                ],
            }
        )

    @classmethod
    def _permission(cls, code):
        return cls.env.ref(f"customer_portal_access.permission_{code}")

    def _impact(self, change):
        """Return the sentences of the role's form after a change, not saved."""
        form = Form(self.role.with_user(self.paul))
        self.assertFalse(form.impact)
        change(form)
        return (form.impact or "").splitlines()

    def _people(self, count):
        contacts = [self._create_contact(f"P{n}", f"p{n}@berg.example") for n in range(count)]
        return [self._create_access(contact, self.role) for contact in contacts]

    def test_role_shows_who_holds_it(self):
        accesses = self._people(2)
        role = self.role.with_user(self.paul)
        self.assertEqual(set(role.holder_ids), set(accesses))
        self.assertEqual(role.access_count, 2)
        form = Form(role)
        self.assertEqual(len(form.holder_ids), 2)
        action = role.action_open_accesses()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(found), set(accesses))

    def test_losing_and_gaining_permissions_is_told_before_saving(self):
        self._people(3)

        def change(form):
            form.permission_ids.remove(index=0)
            form.permission_ids.add(self._permission("view_tasks"))

        name = self.role.permission_ids[0].name
        self.assertEqual(
            self._impact(change),
            [f"3 contacts lose “{name}”.", "3 contacts get “View tasks”."],
        )

    def test_nothing_is_told_once_it_is_saved(self):
        self._people(1)
        with Form(self.role.with_user(self.paul)) as form:
            form.permission_ids.add(self._permission("view_tasks"))
            self.assertEqual(form.impact, "1 contact gets “View tasks”.")
        self.assertFalse(Form(self.role.with_user(self.paul)).impact)

    def test_taking_back_a_change_tells_nothing(self):
        self._people(1)

        def change(form):
            form.permission_ids.add(self._permission("view_tasks"))
            form.permission_ids.remove(id=self._permission("view_tasks").id)

        self.assertEqual(self._impact(change), [])

    def test_accesses_that_are_over_do_not_count(self):
        revoked, ended, unticked, archived, _running, later = self._people(6)
        revoked.revoke()
        ended.date_until = "2020-01-01"
        unticked.granted = False
        archived.partner_id.active = False
        later.date_from = "2999-01-01"
        self.assertEqual(
            self._impact(lambda form: form.permission_ids.add(self._permission("view_tasks"))),
            ["2 contacts get “View tasks”."],
        )

    def test_a_contact_counts_once(self):
        self._create_access(self.anna, self.role)
        self._create_access(self.anna, self.role, self.project)
        self.assertEqual(
            self._impact(lambda form: form.permission_ids.add(self._permission("view_tasks"))),
            ["1 contact gets “View tasks”."],
        )

    def test_contacts_of_other_companies_count(self):
        lead = self.env["crm.lead"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id, "user_id": False}
        )
        self._create_access(self.anna, self.role, lead)
        self.assertEqual(
            self._impact(lambda form: form.permission_ids.add(self._permission("view_tasks"))),
            ["1 contact gets “View tasks”."],
        )

    def test_no_longer_invited(self):
        self._people(2)
        [sentence] = self._impact(lambda form: setattr(form, "can_be_invited", False))
        self.assertIn("2 contacts lose access", sentence)
        self.role.can_be_invited = False
        [sentence] = self._impact(lambda form: setattr(form, "can_be_invited", True))
        self.assertIn("2 contacts get access", sentence)

    def test_without_invitation_permissions_change_nothing(self):
        self._people(2)
        self.role.can_be_invited = False
        self.assertEqual(
            self._impact(lambda form: form.permission_ids.add(self._permission("view_tasks"))), []
        )

    def test_the_code_and_who_has_no_number_for_it(self):
        self._people(2)
        self._create_access(self.anna, self.role)
        sentences = self._impact(lambda form: setattr(form, "requires_code", True))
        self.assertEqual(len(sentences), 2)
        self.assertIn("3 contacts need a code", sentences[0])
        self.assertIn("2 of them have no number", sentences[1])
        self.role.requires_code = True
        [sentence] = self._impact(lambda form: setattr(form, "requires_code", False))
        self.assertIn("without a code", sentence)

    def test_a_new_role_changes_nothing(self):
        form = Form(self.env["customer.contact.role"].with_user(self.paul))
        form.name, form.code = "New", "new"
        form.permission_ids.add(self._permission("view_tasks"))
        self.assertFalse(form.impact)


@tagged("post_install", "-at_install")
class TestQuestion(CustomerCase):
    """Can they see this?"""

    def _ask(self, contact, permission, access=None, user=None):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.customer_access_question_action"
        )
        model = self.env[action["res_model"]].with_user(user or self.sara)
        form = Form(model.with_context(default_partner_id=contact.id))
        if access:
            form.access_id = access.with_user(user or self.sara)
        form.permission_id = self.env.ref(f"customer_portal_access.permission_{permission}")
        return form

    def test_yes_and_why(self):
        access = self._create_access(self.anna)
        form = self._ask(self.anna, "view_files")
        self.assertEqual(form.access_id, access)
        self.assertEqual(form.allowed, "yes")
        self.assertEqual(form.because.splitlines(), access.explain("view_files")["because"])

    def test_no_and_why(self):
        access = self._create_access(self.anna)
        form = self._ask(self.anna, "manage_colleagues")
        self.assertEqual(form.allowed, "no")
        self.assertIn("does not hold", form.because)
        access.revoke()
        form = self._ask(self.anna, "view_files", access)
        self.assertEqual(form.allowed, "no")
        self.assertIn("Revoked", form.because)

    def test_one_access_of_several(self):
        self._create_access(self.anna)
        other = self._create_access(self.anna, self.observer, self.customer)
        form = self._ask(self.anna, "upload_files", other)
        self.assertEqual(form.allowed, "no")

    def test_nothing_is_answered_before_it_is_asked(self):
        form = self._ask(self.bo, "view_files")
        self.assertFalse(form.access_id)
        self.assertFalse(form.allowed)

    def test_accesses_of_others_are_not_proposed(self):
        self._create_access(self.anna)
        question = self.env["customer.access.question"].with_user(self.pia)
        self.assertFalse(
            question.create({"partner_id": self.anna.id}).read(["access_id"])[0]["access_id"]
        )

    def test_accesses_of_others_are_not_told(self):
        access = self._create_access(self.anna)
        with self.assertRaises(AccessError):
            self.env["customer.access.question"].with_user(self.pia).create(
                {
                    "partner_id": self.anna.id,
                    "access_id": access.id,
                    "permission_id": self.env.ref(
                        "customer_portal_access.permission_view_files"
                    ).id,
                }
            ).allowed.upper()

    def test_button_on_the_contact(self):
        self.assertFalse(self.anna.customer_is_contact)
        self._create_access(self.anna).revoke()
        self.assertTrue(self.anna.customer_is_contact, "also to learn that it is over")
        arch = self.env["res.partner"].with_user(self.sara).get_view(view_type="form")["arch"]
        self.assertIn("see this?", arch)
