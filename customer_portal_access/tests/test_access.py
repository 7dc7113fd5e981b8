from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import CustomerCase


class TestAccess(CustomerCase):
    def test_one_target_exactly(self):
        values = {"partner_id": self.anna.id, "role_id": self.applicant.id}
        targets = {"lead_id": self.lead.id, "project_id": self.project.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["customer.access"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["customer.access"].create({**values, **targets})

    def test_once_by_contact_and_target(self):
        self._create_access(self.anna)
        self._create_access(self.anna, target=self.project)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._create_access(self.anna)

    def test_dates_in_order(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._create_access(self.anna, date_from="2026-02-01", date_until="2026-01-01")

    def test_company_is_the_targets(self):
        access = self._create_access(self.anna)
        self.assertEqual(access.company_id, self.lead.company_id)
        self.lead.company_id = False
        other = self.env["customer.access"].with_company(self.other_company)
        access = other.create(
            {"partner_id": self.bo.id, "role_id": self.applicant.id, "lead_id": self.lead.id}
        )
        self.assertEqual(access.company_id, self.other_company)

    def test_company_can_be_named_but_not_against_the_target(self):
        self.project.company_id = False
        access = self._create_access(
            self.anna, target=self.project, company_id=self.other_company.id
        )
        self.assertEqual(access.company_id, self.other_company)
        with self.assertRaises(ValidationError):
            self._create_access(self.bo, company_id=self.other_company.id)

    def test_contact_of_another_company_refused(self):
        self.anna.company_id = self.other_company
        with self.assertRaises(ValidationError):
            self._create_access(self.anna)

    def test_own_contact_is_proposed_as_primary_applicant(self):
        form = Form(self.env["crm.lead"].with_user(self.sara))
        form.name = "Bathroom"
        form.partner_id = self.anna
        lead = form.save()
        self.assertEqual(lead.customer_access_ids.partner_id, self.anna)
        self.assertEqual(lead.customer_access_ids.role_id, self._role("primary_applicant"))
        self.assertFalse(lead.customer_proposed_id)
        self.lead.partner_id = self.bo
        self.assertEqual(self.lead.customer_proposed_id, self.bo)
        self.lead.with_user(self.sara).action_customer_add_proposed()
        self.assertEqual(self.lead.customer_access_ids.partner_id, self.bo)

    def test_granted_follows_the_role(self):
        self.assertTrue(self._create_access(self.anna).granted)
        self.assertFalse(self._create_access(self.bo, self.observer).granted)

    def test_state_through_life(self):
        access = self._create_access(self.anna)
        self.assertEqual(access.state, "new")
        with self.mock_mail_gateway():
            access.send_invitation()
        self.assertEqual(access.state, "invited")
        access._seen()
        self.assertEqual(access.state, "active")
        access.revoke()
        self.assertEqual(access.state, "revoked")
        with self.mock_mail_gateway():
            access.send_invitation()
        self.assertEqual(access.state, "invited", "Sending again lets in again.")

    def test_invitation_lasts_168_hours(self):
        access = self._create_access(self.anna)
        # Norway's clocks go back in this week
        with freeze_time("2026-10-22 12:00:00"):
            access.create_link()
            self.assertEqual(access.link_expires_at, fields.Datetime.now() + timedelta(hours=168))
        with freeze_time("2026-10-29 11:59:59"):
            self.assertEqual(access.state, "invited")
            self.assertEqual(access.link_ids.state, "live")
        with freeze_time("2026-10-29 12:00:00"):
            access.invalidate_recordset()
            access.link_ids.invalidate_recordset()
            self.assertEqual(access.state, "expired")
            self.assertEqual(access.link_ids.state, "expired")

    def test_each_reason_blocks_and_search_agrees(self):
        access = self._create_access(self.anna)
        cases = {
            "role": lambda: access.write({"role_id": self.observer.id, "granted": True}),
            "not_granted": lambda: access.write({"granted": False}),
            "dates": lambda: access.write({"date_until": "2020-01-01"}),
            "email": lambda: self.anna.write({"email": "anna@berg.example, x@y.example"}),
            "number": lambda: self.anna.write({"phone": "+47 22 12 34 56"}),
            "country": lambda: self.company.write(
                {"customer_sms_country_ids": [(6, 0, self.env.ref("base.se").ids)]}
            ),
            "archived": lambda: self.anna.write({"active": False}),
            "internal": lambda: access.write({"partner_id": self.sara.partner_id.id}),
        }
        for reason, change in cases.items():
            with self.subTest(reason=reason), self.cr.savepoint() as savepoint:
                change()
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(access.block_reason, reason)
                self.assertEqual(access.state, "blocked")
                self.assertTrue(access.state_reason)
                Access = self.env["customer.access"]
                self.assertIn(access, Access.search([("state", "=", "blocked")]))
                self.assertNotIn(access, Access.search([("state", "!=", "blocked")]))
                with self.mock_mail_gateway():
                    result = access.send_invitation()[0]
                self.assertEqual(result["status"], "skipped")
                self.assertEqual(result["reason"], access.state_reason)
                with self.assertRaisesRegex(UserError, ".+"):
                    access.create_link()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_number_is_not_needed_without_code(self):
        self.anna.phone = False
        self.company.customer_require_sms_code = False
        self.assertFalse(self._create_access(self.anna, self.contact_person)._block())
        self.assertEqual(
            self._create_access(self.anna, self.applicant, self.project)._block(), "number"
        )

    def test_shared_address_without_code_is_blocked(self):
        self.anna._customer_user(self.company)
        twin = self._create_contact("Twin", "anna@berg.example", "+47 406 12 347")
        access = self._create_access(twin, self.contact_person)
        self.assertFalse(access._block(), "By code each gets in on their own.")
        self.assertIn("Anna Berg", access.login_note)
        self.company.customer_require_sms_code = False
        self.assertEqual(access._block(), "shared_login")
        blocked = self.env["customer.access"].search(
            [("state", "=", "blocked"), ("lead_id", "=", self.lead.id)]
        )
        self.assertEqual(blocked, access)

    def test_one_failing_record_never_stops_the_rest(self):
        good, bad = self._create_access(self.anna), self._create_access(self.bo)
        self.bo.email = False
        with self.mock_mail_gateway():
            results = (bad | good).send_invitation()
        self.assertEqual([result["status"] for result in results], ["skipped", "sent"])
        self.assertEqual([result["access_id"] for result in results], [bad.id, good.id])

    def test_unticking_ends_links_and_sessions(self):
        access = self._create_access(self.anna)
        access.create_link()
        self.env["customer.access.session"]._open(access.link_ids, "code")
        access.granted = False
        self.assertEqual(access.link_ids.state, "revoked")
        self.assertTrue(access.session_ids.ended_at)
        access.granted = True
        self.assertEqual(access.state, "new")
        self.assertEqual(access.link_ids.state, "revoked", "Old links stay dead.")

    def test_revoke_counts_what_stopped(self):
        access = self._create_access(self.anna)
        access.create_link()
        access.create_link()
        self.env["customer.access.session"]._open(access.link_ids[0], "code")
        self.assertEqual(access.revoke(), {"links": 2, "sessions": 1})
        self.assertEqual(access.revoke(), {"links": 0, "sessions": 0})

    def test_removed_and_added_again_the_old_link_stays_dead(self):
        access = self._create_access(self.anna)
        token = self._token(access)
        Link = self.env["customer.access.link"]
        self.assertEqual(Link._peek(token)[1], "ok")
        access.unlink()
        self._create_access(self.anna)
        self.assertEqual(Link._peek(token)[1], "refused")

    def test_another_contact_on_the_line_gets_none_of_the_old_links(self):
        access = self._create_access(self.anna)
        token = self._token(access)
        access.partner_id = self.bo
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")
        self.assertEqual(access.state, "new")

    def test_facts_are_written_by_verbs_only(self):
        access = self._create_access(self.anna).with_user(self.sara)
        access.revoke()
        for field, value in {
            "revoked_at": False,
            "invited_by_id": self.paul.id,
            "invited_at": False,
            "last_seen_at": "2026-01-01 00:00:00",
            "code_number": "+4740699999",
        }.items():
            with self.subTest(field=field):
                with self.assertRaises(AccessError):
                    access.write({field: value})
                with self.assertRaises(AccessError):
                    access.create({"partner_id": self.bo.id, "lead_id": self.lead.id, field: value})
        self.assertEqual(access.state, "revoked")

    def test_an_access_stays_where_it_is(self):
        access = self._create_access(self.anna).with_user(self.sara)
        foreign = self.lead.copy({"user_id": self.paul.id})
        for values in (
            {"lead_id": foreign.id},
            {"lead_id": False, "project_id": self.project.id},
            {"company_id": self.other_company.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                access.write(values)
        access.write({"lead_id": self.lead.id, "sequence": 3})  # as the web client does

    def test_any_false_value_unticks(self):
        access = self._create_access(self.anna)
        token = self._token(access)
        access.granted = 0
        access.granted = 1
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")

    def test_a_new_role_does_not_tick_again(self):
        access = self._create_access(self.anna)
        access.granted = False
        access.role_id = self.contact_person
        self.assertFalse(access.granted)

    def test_staff_see_their_own_opportunities_and_projects(self):
        lead_access = self._create_access(self.anna)
        project_access = self._create_access(self.anna, target=self.project)
        other_lead = self.lead.copy({"user_id": self.paul.id})
        foreign = self._create_access(self.anna, target=other_lead)
        everything = lead_access | project_access | foreign
        for user, visible in {
            self.sara: lead_access,
            self.pia: project_access,
            self.paul: everything,
        }.items():
            with self.subTest(user=user.name):
                found = self.env["customer.access"].with_user(user).search([])
                self.assertEqual(found & everything, visible)
        result = foreign.with_user(self.sara).send_invitation()
        self.assertEqual(result[0]["status"], "skipped")
        with self.assertRaises(AccessError):
            foreign.with_user(self.sara).revoke()

    def test_staff_see_links_and_log_of_their_own_only(self):
        lead_access = self._create_access(self.anna)
        project_access = self._create_access(self.anna, target=self.project)
        (lead_access | project_access).mapped(lambda access: access.create_link())
        for user, visible in {self.sara: lead_access, self.pia: project_access}.items():
            for model in ("customer.access.link", "customer.access.event"):
                with self.subTest(user=user.name, model=model):
                    found = (
                        self.env[model].with_user(user).search([("partner_id", "=", self.anna.id)])
                    )
                    self.assertEqual(found.access_id, visible)

    def test_company_2_sees_nothing_of_company_1(self):
        access = self._create_access(self.anna)
        access.create_link()
        self.paul.write(
            {"company_ids": [(6, 0, self.other_company.ids)], "company_id": self.other_company.id}
        )
        for model in ("customer.access", "customer.access.link", "customer.access.event"):
            with self.subTest(model=model):
                records = self.env[model].with_user(self.paul).search([])
                self.assertFalse(records.filtered(lambda record: record.company_id == self.company))

    def test_role_of_another_company_refused(self):
        role = self.applicant.copy({"company_id": self.other_company.id})
        with self.assertRaises(ValidationError):
            self._create_access(self.anna, role)

    def test_settings_for_administrators_only(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.sara).sudo(False).customer_login_free = True
        with self.assertRaises(AccessError):
            self.env["customer.contact.role"].with_user(self.sara).create(
                {"name": "Role", "code": "role"}
            )

    def test_merging_contacts_keeps_the_stronger_role_and_kills_links(self):
        weak = self._create_access(self.anna, self.observer)
        strong = self._create_access(self.bo, self.applicant)
        token = self._token(strong)
        other = self._create_access(self.bo, self.contact_person, self.project)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.anna | self.bo).ids, self.anna, extra_checks=False)
        accesses = self.anna.customer_access_ids
        self.assertEqual(accesses, weak | other)
        self.assertEqual(weak.role_id, self.applicant)
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")
        self.assertIn("merged", weak.event_ids.mapped("kind"))

    def test_merging_customers_moves_their_accesses(self):
        twin = self.customer.copy({"name": "Berg A/S"})
        access = self._create_access(self.anna, self.contact_person, twin)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.customer | twin).ids, self.customer, extra_checks=False)
        self.assertEqual(access.customer_id, self.customer)

    def test_merging_opportunities_moves_accesses(self):
        self._create_access(self.anna)
        tail = self.lead.copy({"name": "Bathroom"})
        moved = self._create_access(self.bo, target=tail)
        twin = self._create_access(self.anna, target=tail)
        head = (self.lead | tail).merge_opportunity()
        self.assertEqual(len(head.customer_access_ids), 2)
        self.assertTrue(moved.exists() or twin.exists())
        self.assertEqual(head.customer_access_ids.partner_id, self.anna | self.bo)

    def test_unsaved_access_tells_nothing_of_a_foreign_opportunity(self):
        foreign = self.lead.copy({"name": "Secret", "user_id": self.paul.id})
        Access = self.env["customer.access"].with_user(self.sara)
        self.assertEqual(Access.new({"lead_id": self.lead.id}).res_name, self.lead.name)
        unsaved = Access.new({"lead_id": foreign.id})
        self.assertFalse(unsaved.res_name)
        self.assertFalse(unsaved.person_in_charge_id)
        self.assertNotIn("Secret", unsaved.display_name)
