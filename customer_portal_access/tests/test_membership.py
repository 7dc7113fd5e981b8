from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.customer_access_text import Letter
from .common import CustomerCase


@tagged("post_install", "-at_install")
class TestMembership(CustomerCase):
    """Contacts on customers: shown, removed without accidents, put back."""

    def setUp(self):
        super().setUp()
        self.member = self._create_access(self.anna, self.contact_person, self.customer)

    def _remove(self, access, user=None):
        """Remove a line as the form does, once it is saved."""
        access.with_user(user or self.sara).write({"removed": True})

    # ------------------------------------------------------------
    # TABS
    # ------------------------------------------------------------

    def test_on_several_customers(self):
        other = self.env["res.partner"].create({"name": "Fjord AS", "is_company": True})
        self._create_access(self.anna, self.observer, other)
        self.assertEqual(self.customer.customer_member_ids, self.member)
        self.assertEqual(other.customer_member_ids.partner_id, self.anna)
        self.assertEqual(self.anna.parent_id, self.customer)
        self.assertEqual(self.anna.customer_access_ids.customer_id, self.customer | other)

    def test_a_line_is_added_on_the_customer(self):
        with (
            Form(self.customer.with_user(self.sara)) as form,
            form.customer_member_ids.new() as line,
        ):
            line.partner_id = self.bo
        self.assertEqual(self.customer.customer_member_ids.partner_id, self.anna | self.bo)

    def test_what_the_role_allows_is_told(self):
        self.assertIn("View offers", self._create_access(self.bo, self.observer).permission_names)

    def test_other_company_sees_no_member(self):
        colleague = self._create_staff("otto", "sales_team.group_sale_salesman")
        colleague.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        self.assertFalse(self.customer.with_user(colleague).customer_member_ids)
        self.assertFalse(self.anna.with_user(colleague).customer_access_ids)

    # ------------------------------------------------------------
    # REMOVE
    # ------------------------------------------------------------

    def test_free_contact_is_removed(self):
        self._remove(self.member)
        self.assertFalse(self.member.exists())
        self.assertTrue(self.anna.exists())

    def test_removed_in_the_form_and_saved(self):
        with (
            Form(self.customer.with_user(self.sara)) as form,
            form.customer_member_ids.edit(0) as line,
        ):
            line.removed = True
        self.assertFalse(self.member.exists())

    def test_removed_and_reinstated_before_saving(self):
        with Form(self.customer.with_user(self.sara)) as form:
            with form.customer_member_ids.edit(0) as line:
                line.removed = True
            with form.customer_member_ids.edit(0) as line:
                line.removed = False
        self.assertTrue(self.member.exists())

    def test_kept_while_on_an_opportunity(self):
        self._create_access(self.anna)
        with self.assertRaises(RedirectWarning) as caught:
            self._remove(self.member)
        message, action, _button, _context = caught.exception.args
        self.assertIn("Anna Berg: Kitchen for Berg", message)
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", self.lead.id))

    def test_kept_while_on_a_project(self):
        self._create_access(self.anna, target=self.project)
        with self.assertRaises(RedirectWarning) as caught:
            self._remove(self.member, self.pia)
        self.assertIn("Anna Berg: Office move", caught.exception.args[0])
        self.assertEqual(caught.exception.args[1]["res_model"], "project.project")

    def test_kept_while_on_both(self):
        self._create_access(self.anna)
        self._create_access(self.anna, target=self.project)
        with self.assertRaises(RedirectWarning) as caught:
            self._remove(self.member, self.paul)
        _message, action, _button, _context = caught.exception.args
        self.assertEqual(action["res_model"], "customer.access")

    def test_kept_by_what_the_user_may_not_see(self):
        self._create_access(self.anna, target=self.project)
        with self.assertRaises(RedirectWarning) as caught:
            self._remove(self.member, self.sara)
        self.assertNotIn("Office move", caught.exception.args[0])
        self.assertIn("1 more", caught.exception.args[0])

    def test_kept_by_an_opportunity_of_a_contact_of_the_customer(self):
        self.lead.partner_id = self.bo
        self._create_access(self.anna)
        with self.assertRaises(RedirectWarning):
            self._remove(self.member)

    def test_not_kept_by_another_customer(self):
        self.lead.partner_id = self.env["res.partner"].create(
            {"name": "Fjord AS", "is_company": True}
        )
        self._create_access(self.anna)
        self._remove(self.member)
        self.assertFalse(self.member.exists())

    def test_not_kept_by_another_company(self):
        lead = self.lead.copy({"company_id": self.other_company.id, "user_id": False})
        self._create_access(self.anna, target=lead)
        self._remove(self.member)
        self.assertFalse(self.member.exists())

    def test_not_kept_by_an_access_that_is_over(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        access = self._create_access(self.anna)
        for over in (
            {"date_until": yesterday, "date_from": yesterday},
            {"granted": False},
            {"revoked_at": fields.Datetime.now()},
        ):
            access.write({"date_until": False, "date_from": False, "granted": True})
            access.revoked_at = False
            self.assertTrue(self.member._kept_by())
            access.write(over)
            self.assertFalse(self.member._kept_by())

    def test_kept_by_an_access_that_begins_later(self):
        self._create_access(self.anna, date_from=fields.Date.today() + timedelta(days=9))
        self.assertTrue(self.member._kept_by())

    def test_removed_from_the_project_frees(self):
        access = self._create_access(self.anna)
        self._remove(access)
        self._remove(self.member)
        self.assertFalse(self.member.exists())

    def test_removed_from_both_at_once(self):
        accesses = self.member | self._create_access(self.anna)
        accesses.with_user(self.sara).unlink()
        self.assertFalse(accesses.exists())

    # ------------------------------------------------------------
    # UNDO
    # ------------------------------------------------------------

    def _undo(self, access, user=None):
        return self.env["customer.access"].with_user(user or self.sara).undo_removal(access.ids)

    def test_undone_with_its_role_and_dead_links(self):
        tomorrow = fields.Date.today() + timedelta(days=1)
        self.member.write({"role_id": self.observer.id, "date_until": tomorrow})
        self.member.role_id = self.contact_person
        token = self._token(self.member)
        self._remove(self.member)
        self.assertEqual(self._undo(self.member), 1)
        back = self.customer.customer_member_ids
        self.assertEqual(back.partner_id, self.anna)
        self.assertEqual(back.role_id, self.contact_person)
        self.assertEqual(back.date_until, tomorrow)
        self.assertEqual(back.state, "new")
        link, answer = self.env["customer.access.link"].sudo()._peek(token)
        self.assertEqual(answer, "refused")
        self.assertFalse(link)
        self.assertIn("reinstated", back.event_ids.mapped("kind"))

    def test_undone_on_an_opportunity(self):
        access = self._create_access(self.anna)
        self._remove(access)
        self.assertEqual(self._undo(access), 1)
        self.assertEqual(self.lead.customer_access_ids.partner_id, self.anna)

    def test_undone_once(self):
        self._remove(self.member)
        self._undo(self.member)
        self.assertEqual(self._undo(self.member), 0)

    def test_undone_too_late(self):
        self._remove(self.member)
        later = fields.Datetime.now() + timedelta(minutes=2)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.assertEqual(self._undo(self.member), 0)

    def test_undone_by_nobody_else(self):
        self._remove(self.member)
        self.assertEqual(self._undo(self.member, self.paul), 0)

    def test_removal_is_logged_for_its_company(self):
        self._remove(self.member)
        event = self.env["customer.access.event"].search([("kind", "=", "removed")], limit=1)
        self.assertEqual(event.partner_id, self.anna)
        self.assertEqual(event.company_id, self.company)
        self.assertEqual(event.user_id, self.sara)


@tagged("post_install", "-at_install")
class TestEditContact(CustomerCase):
    """The dialog behind the name, and what a new e-mail address does."""

    def setUp(self):
        super().setUp()
        self.access = self._create_access(self.anna)

    def _edit(self, **values):
        """Open the dialog as Sara, type and save."""
        action = self.access.with_user(self.sara).action_edit_contact()
        Edit = self.env[action["res_model"]].with_user(self.sara).with_context(**action["context"])
        with Form(Edit) as form:
            for field, value in values.items():
                form[field] = value
        with self.mock_mail_gateway():
            form.record.action_save()
        return form.record

    def test_name_and_numbers(self):
        self._edit(name="Anna\nBerg Dahl", phone="22 00 11 22", customer_mobile="406 12 300")
        self.assertEqual(self.anna.name, "Anna Berg Dahl")
        self.assertEqual(self.anna.phone, "+47 22 00 11 22")
        self.assertEqual(self.anna.customer_mobile, "+47 40 61 23 00")
        self.assertEqual(self.access.code_number, "+4740612300")

    def test_bad_phone_is_told_and_nothing_changes(self):
        with self.assertRaisesRegex(UserError, r"12 is no phone number.*looks like \+47"):
            self._edit(name="Other", phone="12")
        self.assertEqual(self.anna.name, "Anna Berg")

    def test_bad_mobile_is_told(self):
        with self.assertRaisesRegex(UserError, r"cannot receive codes by SMS.*\+47"):
            self._edit(customer_mobile="22 00 11 22")

    def test_numbers_that_were_there_are_not_checked_again(self):
        self.anna.phone = "ext. 12"
        self._edit(name="Anna B.")
        self.assertEqual(self.anna.phone, "ext. 12")

    def test_a_contact_who_is_not_theirs_is_not_told(self):
        self.bo.company_id = self.other_company
        Edit = self.env["customer.contact.edit"].with_user(self.sara)
        company_id = self.company.id
        with self.assertRaises(AccessError):
            Edit.create({"partner_id": self.bo.id, "company_id": company_id})
        edit = Edit.create({"partner_id": self.anna.id, "company_id": company_id})
        with self.assertRaises(AccessError):
            edit.partner_id = self.bo
            edit.flush_recordset()

    def test_warned_before(self):
        Edit = self.env["customer.contact.edit"]
        values = {"partner_id": self.anna.id, "company_id": self.company.id}
        edit = Edit.create({**values, "email": "anna@new.example"})
        self.assertFalse(edit.email_warning, "never invited: nothing to warn of")
        self.access.create_link()
        self.assertIn("Links sent so far stop working", edit._warning_text())
        self.assertNotIn("Signing in", edit._warning_text())
        self.anna._customer_user(self.company)
        self.assertIn("Signing in works with anna@new.example", edit._warning_text())
        self.assertFalse(Edit.create({**values, "email": "ANNA@berg.example"})._warning_text())

    # ------------------------------------------------------------
    # A NEW ADDRESS
    # ------------------------------------------------------------

    def test_links_codes_and_log_in_follow(self):
        user = self.anna._customer_user(self.company)
        token = self._token(self.access)
        link = self.access.link_ids
        session = self.env["customer.access.session"]._open(link, "link")
        challenge, _secret = self.env["customer.sms.challenge"]._open(self.anna, self.access, link)
        with self.mockSMSGateway():
            challenge._send()
        self.anna.signup_prepare("reset")
        reset = self.anna._generate_signup_token()
        self._edit(email="anna@new.example")
        self.assertEqual(self.anna.email, "anna@new.example")
        self.assertEqual(user.login, "anna@new.example")
        self.assertEqual(self.env["customer.access.link"]._peek(token)[1], "refused")
        self.assertFalse(session._is_alive())
        self.assertFalse(challenge.code_hash)
        self.assertFalse(self.env["res.partner"]._get_partner_from_token(reset))
        # nobody is locked out
        self.assertFalse(self.access.revoked_at)
        with self.mock_mail_gateway():
            [result] = self.access.with_user(self.sara).send_invitation()
        self.assertEqual(result["status"], "sent")
        self.assertEqual(self._mails[0]["email_to"], ['"Anna Berg" <anna@new.example>'])

    def test_old_and_new_address_are_told(self):
        token = self._token(self.access)
        self._edit(email="anna@new.example")
        mails = {mail["email_to"][0]: mail for mail in self._mails}
        self.assertEqual(
            mails.keys(),
            {'"Anna Berg" <anna@berg.example>', '"Anna Berg" <anna@new.example>'},
        )
        for mail in self._mails:
            self.assertNotIn(token, mail["body"])
            self.assertNotIn("/customer/link/", mail["body"])
            self.assertIn("Sara", mail["body"])
        self.assertNotIn("anna@new.example", mails['"Anna Berg" <anna@berg.example>']["body"])

    def test_never_invited_gets_no_mail(self):
        self._edit(email="anna@new.example")
        self.assertFalse(self._mails)
        self.assertEqual(self.anna.email, "anna@new.example")

    def test_mail_on_its_way_to_the_old_address_is_called_back(self):
        letter = Letter(self.access._invitation_template())
        mail = self.env["mail.mail"]._queue_letter(self.access._letter_mail(letter))
        self.access._mark_invited("invited")
        self._edit(email="anna@new.example")
        self.assertEqual(mail.state, "cancel")

    def test_plain_write_does_the_same(self):
        user = self.anna._customer_user(self.company)
        self.access.create_link()
        with self.mock_mail_gateway():
            self.anna.write({"email": "anna@new.example"})
        self.assertEqual(user.login, "anna@new.example")
        self.assertEqual(self.access.link_ids.state, "revoked")
        told = [mail["email_to"] for mail in self._mails if "e-mail address" in mail["subject"]]
        self.assertEqual(len(told), 2)

    def test_another_spelling_ends_nothing(self):
        self.access.create_link()
        with self.mock_mail_gateway():
            self.anna.email = "Anna@BERG.example"
        self.assertEqual(self.access.link_ids.state, "live")
        self.assertFalse(self._mails)

    def test_log_in_of_somebody_else_is_refused(self):
        user = self.anna._customer_user(self.company)
        self.bo._customer_user(self.company)
        self.access.create_link()
        with self.assertRaisesRegex(UserError, "is the log-in of somebody else"):
            self._edit(name="Other", email="BO@berg.example")
        self.assertEqual(user.login, "anna@berg.example")
        self.assertEqual(self.anna.email, "anna@berg.example")
        self.assertEqual(self.anna.name, "Anna Berg")
        self.assertEqual(self.access.link_ids.state, "live")

    def test_archived_log_in_of_somebody_else_is_refused(self):
        self.anna._customer_user(self.company)
        self.bo._customer_user(self.company).active = False
        with self.assertRaises(UserError):
            self.anna.email = "bo@berg.example"

    def test_one_address_for_two_log_ins_is_refused(self):
        self._create_access(self.bo)
        contacts = self.anna | self.bo
        for contact in contacts:
            contact._customer_user(self.company)
        with self.assertRaises(UserError):
            contacts.write({"email": "both@berg.example"})

    def test_log_in_needs_an_address(self):
        self.anna._customer_user(self.company)
        for address in (False, "", "anna"):
            with self.assertRaisesRegex(UserError, "type one valid address"):
                self.anna.email = address

    def test_without_log_in_the_address_may_go(self):
        self.access.create_link()
        with self.mock_mail_gateway():
            self.anna.email = False
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(self.access.link_ids.state, "revoked")

    def test_internal_log_in_is_never_touched(self):
        self._create_access(self.pia.partner_id)
        self.pia.login = "pia@seller.example"
        self.pia.partner_id.email = "pia@home.example"
        self.assertEqual(self.pia.login, "pia@seller.example")

    def test_log_in_that_is_no_address_stays(self):
        user = self.anna._customer_user(self.company)
        user.login = "anna"
        self.anna.email = "anna@new.example"
        self.assertEqual(user.login, "anna")

    def test_archived_log_in_follows(self):
        user = self.anna._customer_user(self.company)
        user.active = False
        self.anna.email = "anna@new.example"
        self.assertEqual(user.login, "anna@new.example")

    def test_shared_address_becomes_own(self):
        self.bo._customer_user(self.company)
        self.anna.email = "bo@berg.example"
        user = self.anna._customer_user(self.company)
        self.assertEqual(user.login, f"bo@berg.example#{self.anna.id}")
        self.anna.email = "anna@new.example"
        self.assertEqual(user.login, "anna@new.example")

    def test_links_in_another_company_end_too(self):
        lead = self.lead.copy({"company_id": self.other_company.id, "user_id": False})
        other = self._create_access(self.anna, target=lead)
        other.create_link()
        self._edit(email="anna@new.example")
        self.assertEqual(other.link_ids.state, "revoked")
