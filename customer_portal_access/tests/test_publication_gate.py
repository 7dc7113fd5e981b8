from odoo.exceptions import UserError

from ..models.customer_publication import KINDS
from .common import CustomerCase
from .publication_common import PublicationData


class TestPublicationGate(CustomerCase, PublicationData):
    """Who sees what is published: role, kind, assurance, state, place, company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.publications = {kind: cls._create_publication(kind) for kind, _label in KINDS}

    def _seen(self, access, assurance):
        return set(access._publications(assurance).mapped("kind"))

    def test_matrix_of_role_kind_and_assurance(self):
        everything = set(self.publications)
        no_list = everything - {"list"}
        expected = {
            "applicant": {"link": set(), "code": everything, "account": everything},
            "contact_person": {"link": no_list, "code": everything, "account": everything},
            "timesheet_approver": {
                "link": {"page", "link"},
                "code": {"page", "link"},
                "account": {"page", "link"},
            },
        }
        for role, levels in expected.items():
            contact = self._create_contact(role, f"{role}@berg.example", "+47 406 12 349")
            access = self._create_access(contact, self._role(role))
            for assurance, kinds in levels.items():
                with self.subTest(role=role, assurance=assurance):
                    self.assertEqual(self._seen(access, assurance), kinds)
                    for kind, publication in self.publications.items():
                        found = access._publication(publication.id, assurance)
                        self.assertEqual(bool(found), kind in kinds)

    def test_observer_who_may_not_be_invited_sees_nothing(self):
        access = self._create_access(self.bo, self.observer)
        self.assertFalse(access._publications("account"))

    def test_draft_is_seen_by_nobody_closed_by_all(self):
        access = self._create_access(self.bo, self.contact_person)
        self.publications["offer"].sudo().state = "draft"
        self.publications["page"].sudo().state = "closed"
        self.assertEqual(self._seen(access, "link"), {"page", "link", "file"})

    def test_only_for_some_roles(self):
        access = self._create_access(self.bo, self.contact_person)
        self.publications["page"].role_ids = self.applicant
        self.assertNotIn("page", self._seen(access, "account"))
        self.publications["page"].role_ids |= self.contact_person
        self.assertIn("page", self._seen(access, "account"))

    def test_other_workspace(self):
        access = self._create_access(self.bo, self.contact_person, self.project)
        self.assertFalse(access._publications("account"))
        self.assertFalse(access._publication(self.publications["page"].id, "account"))

    def test_other_company_on_a_shared_opportunity(self):
        access = self._create_access(self.bo, self.contact_person)
        self.publications["page"].sudo().company_id = self.other_company
        self.assertNotIn("page", self._seen(access, "account"))

    def test_access_on_the_customer_by_all_workspaces(self):
        role = self.contact_person.copy({"code": "all"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_all_workspaces")
        access = self._create_access(self.bo, role, self.customer)
        self.assertFalse(access._publications("code"))
        opened = access._open_workspace("lead", self.lead.id, "code")
        self.assertEqual(self._seen(opened, "code"), set(self.publications))

    def test_revoked_access_sees_nothing(self):
        access = self._create_access(self.bo, self.contact_person)
        access.revoke()
        self.assertFalse(access._publications("account"))

    def test_link_leads_to_the_publication(self):
        access = self._create_access(self.bo, self.contact_person)
        offer = self.publications["offer"]
        access.create_link(publication_id=offer.id)
        link = access.link_ids
        self.assertEqual(link._target_path(), f"/my/customer/{access.id}/publication/{offer.id}")
        offer.sudo().state = "draft"
        self.assertEqual(link._target_path(), f"/my/customer/{access.id}")

    def test_link_to_what_the_contact_does_not_see(self):
        access = self._create_access(self.bo, self.contact_person)
        draft = self._create_publication("page", state="draft")
        with self.assertRaisesRegex(UserError, "does not see this publication"):
            access.create_link(publication_id=draft.id)
