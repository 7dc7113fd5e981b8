from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CustomerCase
from .portal_common import PortalPageCase


@tagged("post_install", "-at_install")
class TestMerge(CustomerCase):
    """Two contacts become one: nothing is lost, nothing stays open, nothing dangles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merger = cls._create_staff(
            "mette", "sales_team.group_sale_manager", "base.group_partner_manager"
        )
        cls.bo.email = cls.anna.email  # otherwise merging is for Odoo's administrators

    def _merge(self, *contacts, into=None):
        """Merge as a colleague who may, and forget what was read before."""
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.merger)
        ids = [contact.id for contact in contacts]
        wizard._merge(ids, (into or contacts[0]).with_user(self.merger))
        self.env.invalidate_all()

    def _portal_user(self, contact):
        return contact._customer_user(self.company)

    def _assert_nothing_dangles(self):
        """Check that each access, link and session has its contact, by the database."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT count(*)
              FROM customer_access a
              LEFT JOIN res_partner p ON p.id = a.partner_id
              LEFT JOIN customer_access_link l ON l.access_id = a.id
             WHERE p.id IS NULL OR l.partner_id != a.partner_id
                OR a.commercial_partner_id != p.commercial_partner_id
            """
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    # -- accesses --

    def test_accesses_of_both_are_kept(self):
        one = self._create_access(self.anna)
        two = self._create_access(self.bo, self.contact_person, self.project)
        three = self._create_access(self.bo, self.contact_person, self.customer)
        token = self._token(two)
        self._merge(self.anna, self.bo)
        self.assertEqual(self.anna.customer_access_ids, one | two | three)
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")
        self.assertIn("merged", two.event_ids.mapped("kind"))
        self.assertIn("Bo Berg", two.event_ids.filtered(lambda e: e.kind == "merged").reason)
        self._assert_nothing_dangles()

    def test_the_stronger_role_wins(self):
        for weak, strong in ((self.anna, self.bo), (self.bo, self.anna)):
            with self.subTest(strong=strong.name), self.cr.savepoint() as savepoint:
                self._create_access(weak, self._role("timesheet_approver"))
                self._create_access(strong, self.applicant)
                self._merge(self.anna, self.bo)
                self.assertEqual(self.anna.customer_access_ids.role_id, self.applicant)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_is_over_makes_nobody_stronger(self):
        self._create_access(self.anna, self._role("timesheet_approver"))
        self._create_access(self.bo, self.applicant).revoke()
        self._merge(self.anna, self.bo)
        access = self.anna.customer_access_ids
        self.assertEqual(access.role_id.code, "timesheet_approver")
        self.assertFalse(access.revoked_at)

    def test_what_is_over_ends_nothing(self):
        self._create_access(self.anna, self.applicant).revoke()
        self._create_access(self.bo, self.contact_person, date_until="2999-12-31")
        self._merge(self.anna, self.bo)
        access = self.anna.customer_access_ids
        self.assertEqual(access.role_id, self.contact_person)
        self.assertFalse(access.revoked_at)
        self.assertEqual(str(access.date_until), "2999-12-31")

    def test_the_longer_time_wins(self):
        self._create_access(self.anna, date_from="2020-01-01", date_until="2999-01-01")
        self._create_access(self.bo, date_from="2021-01-01")
        self._merge(self.anna, self.bo)
        access = self.anna.customer_access_ids
        self.assertEqual(str(access.date_from), "2020-01-01")
        self.assertFalse(access.date_until)

    def test_accesses_of_another_company_move_along(self):
        lead = self.env["crm.lead"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id, "user_id": False}
        )
        access = self._create_access(self.bo, target=lead)
        self._merge(self.anna, self.bo)
        self.assertEqual(access.partner_id, self.anna)
        self._assert_nothing_dangles()

    # -- users --

    def test_one_portal_user_moves_along(self):
        user = self._portal_user(self.bo)
        self._create_access(self.bo)
        self._merge(self.anna, self.bo)
        self.assertEqual(user.partner_id, self.anna)
        self.assertTrue(user.active)

    def test_two_portal_users_become_one(self):
        kept, archived = self._portal_user(self.anna), self._portal_user(self.bo)
        archived.login = "bo@berg.example"
        self._create_access(self.bo)
        with self.mock_mail_gateway():
            self._merge(self.anna, self.bo)
        self.assertNotSentEmail()
        self.assertFalse(self._new_mails, "nobody is told of a log-in that nobody uses")
        self.assertTrue(kept.active)
        self.assertFalse(archived.active)
        users = self.env["res.users"].with_context(active_test=False)
        self.assertEqual(users.search([("partner_id", "=", self.anna.id)]), kept)
        self.assertFalse(archived.partner_id.active)
        self.assertFalse(archived.partner_id.email)
        self.assertFalse(archived.partner_id.customer_access_ids)
        self.assertFalse(users.search([("login", "=", "bo@berg.example")]), "free again")
        self.assertFalse(self.bo.exists())

    def test_the_user_who_can_sign_in_is_kept(self):
        archived, kept = self._portal_user(self.anna), self._portal_user(self.bo)
        archived.active = False
        self._merge(self.anna, self.bo)
        self.assertEqual(self.anna.user_ids, kept)
        self.assertTrue(kept.active)
        self.assertNotEqual(archived.partner_id, self.anna)

    def test_sessions_of_both_end(self):
        sessions = self.env["customer.access.session"]
        for contact in (self.anna, self.bo):
            self._portal_user(contact)
            access = self._create_access(contact)
            access.create_link()
            sessions |= sessions._open(access.link_ids, "code")
        self._merge(self.anna, self.bo)
        left = sessions.exists()
        self.assertTrue(all(left.mapped("ended_at")))
        self.assertFalse(any(session._is_alive() for session in left))

    def test_three_portal_users_become_one(self):
        dora = self._create_contact("Dora", self.anna.email)
        users = [self._portal_user(contact) for contact in (self.anna, self.bo, dora)]
        self._merge(self.anna, self.bo, dora)
        self.assertEqual([user.active for user in users], [True, False, False])
        self.assertEqual(self.anna.user_ids, users[0])

    def test_internal_users_are_never_merged(self):
        self._portal_user(self.anna)
        colleague = new_test_user(
            self.env, "berg-colleague", "base.group_user", partner_id=self.bo.id
        )
        with self.assertRaisesRegex(UserError, "cannot be merged"):
            self._merge(self.anna, self.bo)
        self.assertTrue(colleague.active)

    def test_users_of_contacts_that_odoo_refuses_stay(self):
        user = self._portal_user(self.bo)
        self._portal_user(self.anna)
        self.bo.email = "other@berg.example"
        with self.assertRaises(UserError), self.cr.savepoint():
            self._merge(self.anna, self.bo)
        self.env.invalidate_all()
        self.assertTrue(user.active)
        self.assertEqual(user.partner_id, self.bo)


@tagged("post_install", "-at_install")
class TestArchive(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.anna)

    def _enter(self, access):
        access.create_link()
        return self.env["customer.access.session"]._open(access.link_ids[:1], "code")

    def test_archiving_a_contact_ends_access(self):
        user = self.anna._customer_user(self.company)
        session = self._enter(self.access)
        self.sara.group_ids |= self.env.ref("base.group_partner_manager")
        self.anna.with_user(self.sara).action_archive()
        self.assertFalse(user.active)
        self.assertFalse(self.anna.active)
        self.assertEqual(self.access.link_ids.state, "revoked")
        self.assertTrue(session.ended_at)
        self.assertTrue(self.access.revoked_at)
        line = self.access.event_ids.filtered(lambda event: event.kind == "revoked")
        self.assertEqual((line.reason, line.user_id), ("archived", self.sara))

    def test_archiving_ends_access_in_other_companies_too(self):
        lead = self.env["crm.lead"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id, "user_id": False}
        )
        other = self._create_access(self.anna, target=lead)
        self._enter(other)
        self.sara.group_ids |= self.env.ref("base.group_partner_manager")
        self.anna.with_user(self.sara).active = False
        self.assertEqual(other.link_ids.state, "revoked")

    def test_unarchiving_brings_no_link_back(self):
        user = self.anna._customer_user(self.company)
        self._enter(self.access)
        token = self._token(self.access)
        self.anna.active = False
        self.anna.active = True
        self.assertTrue(user.active, "came with its contact")
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")
        self.assertEqual(self.access.state, "revoked")
        with self.mock_mail_gateway():
            self.assertEqual(self.access.send_invitation()[0]["status"], "sent")
        self.assertEqual(self.access.state, "invited")
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")

    def test_a_user_archived_before_stays_archived(self):
        user = self.anna._customer_user(self.company)
        user.active = False
        self.anna.active = False
        self.anna.active = True
        self.assertFalse(user.active)

    def test_unarchiving_the_user_brings_the_contact(self):
        user = self.anna._customer_user(self.company)
        self.anna.active = False
        user.active = True
        self.assertTrue(self.anna.active)
        self.assertTrue(user.active)

    def test_without_access_odoo_decides(self):
        stranger = self._create_contact("Stranger", "s@berg.example")
        user = new_test_user(self.env, "stranger", "base.group_portal", partner_id=stranger.id)
        with self.assertRaises(RedirectWarning):
            stranger.active = False
        self.assertTrue(user.active)

    def test_internal_users_cannot_be_archived_so(self):
        new_test_user(self.env, "anna-works", "base.group_user", partner_id=self.anna.id)
        with self.assertRaises(RedirectWarning):
            self.anna.active = False

    def test_who_may_not_write_contacts_archives_nothing(self):
        self._enter(self.access)
        nobody = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal-only",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(UserError):
            self.anna.with_user(nobody).active = False
        self.assertEqual(self.access.link_ids.state, "live")


@tagged("post_install", "-at_install")
class TestArchivedWorkspace(PortalPageCase):
    def test_archived_opportunity_is_read_only(self):
        self.lead.message_post(
            body="The first drawing", subtype_xmlid="customer_portal_access.mt_to_customer"
        )
        page = self._open_by_code()
        self.assertIn('name="text"', page.text)
        self.lead.action_archive()
        answer = self._submit(page, text="Too late")
        self.assertEqual(answer.status_code, 200)
        self.assertIn('id="read_only"', answer.text)
        page = self.url_open(self._path(self.access))
        self.assertIn("The first drawing", page.text)
        self.assertIn('id="read_only"', page.text)
        self.assertNotIn('name="text"', page.text)
        self.assertNotIn("Too late", self.lead.message_ids.mapped("preview"))
        self.lead.action_unarchive()
        self.assertIn('name="text"', self.url_open(self._path(self.access)).text)

    def test_archived_project_is_read_only(self):
        access = self._create_access(self.anna, target=self.project)
        self.assertFalse(access._is_read_only())
        self.project.active = False
        self.assertTrue(access._is_read_only())
        self.assertTrue(access._may_talk("code"))
        with self.assertRaises(UserError):
            access._post_message("Too late", "form")


@tagged("post_install", "-at_install")
class TestDelete(CustomerCase):
    def test_refused_while_there_is_access(self):
        self._create_access(self.anna)
        self._create_access(self.anna, target=self.project)
        self._create_access(self.anna, self.contact_person, self.customer)
        cases = [
            (self.anna, "Kitchen for Berg.*\n.*Office move|Office move.*\n.*Kitchen"),
            (self.lead, "Anna Berg"),
            (self.project, "Anna Berg"),
            (self.customer, "Anna Berg"),
        ]
        for record, named in cases:
            with self.subTest(record=record), self.assertRaisesRegex(UserError, named):
                record.unlink()
            self.assertTrue(record.exists())

    def test_who_may_not_see_the_access_is_told_how_many(self):
        self._create_access(self.anna)
        self.pia.group_ids |= self.env.ref("base.group_partner_manager")
        with self.assertRaisesRegex(UserError, "1 more") as caught:
            self.anna.with_user(self.pia).unlink()
        self.assertNotIn("Kitchen", str(caught.exception))

    def test_access_that_is_over_does_not_block(self):
        for change in (
            lambda access: access.revoke(),
            lambda access: access.write({"date_until": "2020-01-01"}),
            lambda access: access.write({"granted": False}),
        ):
            for record in (self.anna, self.lead, self.project):
                with self.subTest(record=record), self.cr.savepoint() as savepoint:
                    target = self.lead if record == self.anna else record
                    access = self._create_access(self.anna, target=target)
                    access.create_link()
                    change(access)
                    record.unlink()
                    self.env.flush_all()
                    self.assertFalse(access.exists())
                    self.assertFalse(record.exists())
                    log = self.env["customer.access.event"].search([], limit=1)
                    self.assertEqual(log.kind, "removed")
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_archived_contact_can_be_deleted(self):
        access = self._create_access(self.bo)
        access.create_link()
        self.bo.active = False
        self.bo.unlink()
        self.assertFalse(access.exists())

    def test_deleting_without_access_is_as_before(self):
        self.bo.unlink()
        self.lead.unlink()
        self.project.unlink()
        self.assertFalse(self.bo.exists() or self.lead.exists() or self.project.exists())
