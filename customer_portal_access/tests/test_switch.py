from odoo.exceptions import AccessError
from odoo.tests import Form

from .common import CustomerCase
from .publication_common import PublicationData


class TestSwitch(CustomerCase, PublicationData):
    """The switch of login-free links: said before, told after, for a whole company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.anna, cls.contact_person, invited_by_id=cls.sara.id)
        cls.access.create_link("login_free")

    def _page(self, on, **values):
        """Return the settings page with the switch as it shall be."""
        form = Form(self.env["customer.portal.settings"].with_user(self.paul))
        form.customer_login_free = on
        for name, value in values.items():
            form[name] = value
        return form.save()

    def _requests(self):
        return self.env["customer.link.request"].search([("switched_off", "=", True)])

    def test_on_says_who_gets_links_and_who_keeps_the_code(self):
        self.company.customer_login_free = False
        self._create_access(self.bo, self.applicant)
        page = self._page(True)
        self.assertEqual(
            page.login_free_contacts,
            self.env["customer.access"].search_count(
                [
                    ("company_id", "=", self.company.id),
                    ("role_id.requires_code", "=", False),
                    ("role_id.can_be_invited", "=", True),
                    ("granted", "=", True),
                ]
            ),
        )
        self.assertIn("Contact Person", page.login_free_roles)
        self.assertNotIn("Contact Person", page.code_roles)
        self.assertIn("Applicant", page.code_roles)
        self.assertNotIn("Observer", page.login_free_roles, "It may not be invited.")

    def test_off_asks_for_new_links_of_holders_only(self):
        revoked = self._create_access(self.bo, self.contact_person)
        revoked.create_link("login_free")
        revoked.revoke()
        unticked = self._create_access(self.bo, self.contact_person, self.project)
        unticked.create_link("login_free")
        unticked.granted = False
        by_code = self._create_access(self.anna, self.applicant, self.project)
        by_code.create_link()
        self.access.create_link("login_free")
        page = self._page(False)
        self.assertEqual(page.live_link_holders, 1)
        page.action_confirm()
        self.assertEqual(self._requests().link_id.access_id, self.access)
        self.assertEqual(len(self._requests()), 1, "One a contact, however many links.")

    def test_off_without_new_links(self):
        page = self._page(False)
        page.send_new_links = False
        page.action_confirm()
        self.assertFalse(self._requests())
        self.assertEqual(self.access.link_ids.mapped("state"), ["off"])

    def test_off_is_told_on_the_line(self):
        self._page(False).action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.access.state_reason, "Link switched off: send a new one")
        self.access.send_invitation()
        self.access.create_link()
        self.env.invalidate_all()
        self.assertIn("Expires in", self.access.state_reason)

    def test_off_tells_what_it_did(self):
        action = self._page(False).action_confirm()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("Those of 1 people stopped working", action["params"]["message"])
        self.assertIn("1 mails with a new link", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["tag"], "soft_reload")

    def test_off_tells_who_cannot_get_a_mail(self):
        self.anna.phone = False
        action = self._page(False).action_confirm()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("1 cannot get one", action["params"]["message"])
        self.assertNotIn("mails with a new link", action["params"]["message"])
        self._run_cron("recovery")
        self.assertFalse(self._mails)
        [activity] = self.lead.activity_ids.filtered(
            lambda activity: "switched off" in activity.summary
        )
        self.assertIn("No mobile number", activity.note)

    def test_on_to_on_and_other_settings_ask_nothing(self):
        page = self._page(True, customer_invitation_days=9)
        self.assertEqual(page.execute()["tag"], "soft_reload")
        self.assertFalse(self._requests())

    def test_new_links_are_invitations_with_a_code(self):
        self._page(False).action_confirm()
        self._run_cron("recovery")
        [mail] = self._mails
        self.assertIn("anna@berg.example", mail["email_to"][0])
        self.assertIn("/customer/link/", mail["body"])
        self.assertIn("no longer works", mail["body"])
        link = self.access.link_ids.sorted("id")[-1]
        self.assertEqual((link.kind, link.requires_code), ("invitation", True))
        self.assertFalse(self._requests())

    def test_new_links_lead_where_the_newest_one_led(self):
        offer = self._create_publication()
        self.access.create_link("login_free", publication_id=offer.id)
        self._page(False).action_confirm()
        self._run_cron("recovery")
        [link] = self.access.link_ids.filtered(lambda link: link.kind == "invitation")
        self.assertEqual(link.publication_id, offer)

    def test_new_links_lead_to_a_password_without_codes(self):
        self._page(False, customer_require_sms_code=False).action_confirm()
        self._run_cron("recovery")
        link = self.access.link_ids.sorted("id")[-1]
        self.assertEqual((link.kind, link.requires_code), ("invitation", False))

    def test_limits_of_visitors_do_not_count(self):
        for _time in range(5):
            self.env["customer.quota"]._take("recovery_access", self.access.id)
        self._page(False).action_confirm()
        self._run_cron("recovery")
        self.assertEqual(len(self._mails), 1)
        self.assertNotIn("recovery", self.access.event_ids.mapped("kind"))

    def test_whoever_was_revoked_meanwhile_gets_nothing(self):
        self._page(False).action_confirm()
        self.access.revoke()
        self._run_cron("recovery")
        self.assertFalse(self._mails)
        self.assertFalse(self.lead.activity_ids)
        self.assertTrue(self.access.revoked_at)

    def test_visitors_go_before_the_many(self):
        self._page(False).action_confirm()
        asked = self.env["customer.link.request"].create({"email": "bo@berg.example"})
        self.assertEqual(self.env["customer.link.request"].search([], limit=1), asked)

    def test_off_on_leaves_old_links_dead(self):
        link = self.access.link_ids
        self._page(False).action_confirm()
        self._page(True).action_confirm()
        self.assertEqual(link.state, "off")
        self._page(False).action_confirm()
        self.assertEqual(link.state, "off")

    def test_nobody_counts_the_switch_back(self):
        self.paul.group_ids |= self.env.ref("base.group_system")
        company = self.company.with_user(self.paul)
        company.customer_login_free = False
        with self.assertRaises(AccessError):
            company.customer_login_free_epoch = 0

    def test_other_companies_links_live_on(self):
        self.other_company.customer_login_free = True
        lead = self.env["crm.lead"].create(
            {"name": "Abroad", "type": "opportunity", "company_id": self.other_company.id}
        )
        other = self._create_access(self.bo, self.contact_person, lead)
        other.create_link("login_free")
        page = self._page(False)
        self.assertEqual(page.live_link_holders, 1)
        page.action_confirm()
        self.assertEqual(other.link_ids.state, "live")
        self.assertEqual(self._requests().link_id.access_id, self.access)

    def test_nobody_but_an_administrator(self):
        page = self._page(False)
        with self.assertRaises(AccessError):
            page.with_user(self.sara).action_confirm()
        self.assertTrue(self.company.customer_login_free)
        self.assertFalse(self._requests())

    def test_code_before_an_answer_is_saved(self):
        self._page(True, customer_require_code_to_respond=True).execute()
        self.assertTrue(self.company.customer_require_code_to_respond)


class TestHonesty(CustomerCase):
    """Staff are told what a login-free link means."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.anna, cls.contact_person)

    def _note(self, accesses):
        wizard = self.env["customer.invitation"].with_user(self.sara)
        return Form(wizard.with_context(default_access_ids=accesses.ids)).login_free_note

    def test_names_who_gets_such_a_link(self):
        applicant = self._create_access(self.bo)
        note = self._note(self.access | applicant)
        self.assertIn("Anna Berg", note)
        self.assertNotIn("Bo Berg", note)
        self.assertIn("answer the offer", note)

    def test_an_answer_that_takes_a_code(self):
        self.company.customer_require_code_to_respond = True
        self.assertIn("Answering an offer takes a code", self._note(self.access))

    def test_silent_while_off(self):
        self.company.customer_login_free = False
        self.assertFalse(self._note(self.access))

    def test_many_are_counted(self):
        accesses = self.access
        for number in range(6):
            contact = self._create_contact(f"Person {number}", f"p{number}@berg.example")
            accesses |= self._create_access(contact, self.contact_person)
        self.assertIn("and 2 more", self._note(accesses))
