from odoo.addons.mail.tests.common import MailCommon

from .registration_common import NEW, RegistrationCase


class TestRegistrationCrm(RegistrationCase, MailCommon):
    """A proven address comes into the CRM: linked when it is sure, proposed when likely."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"vat": "NO974760673MVA", "country_id": cls.env.ref("base.no").id})
        cls.colleague = cls._create_contact("Old Berg", "old@bergkitchen.example")

    def _partners(self):
        return self.env["res.partner"].search_count([])

    def _result(self, **changes):
        """Return how the customer was found, and which, for a form that was confirmed."""
        registration = self._take(**{"vat": "", "company_name": "", **changes})
        return registration.match, registration.customer_id

    # -- sure --

    def test_number_is_sure_however_it_is_written(self):
        for index, number in enumerate(("974760673", "no 974 760 673 mva", "NO974760673")):
            with self.subTest(number):
                found = self._result(vat=number, email=f"n{index}@gmail.com")
                self.assertEqual(found, ("vat", self.customer))

    def test_own_domain_is_sure(self):
        registration = self._take(vat="", email="nina@bergkitchen.example")
        self.assertEqual(registration.match, "domain")
        self.assertEqual(registration.customer_id, self.customer)
        self.assertEqual(registration.partner_id.parent_id, self.customer)
        self.assertTrue(registration.partner_is_new)
        self.assertFalse(registration.customer_is_new)

    def test_domain_of_the_web_page_is_sure(self):
        self.customer.website = "https://www.berg-as.example/en"
        self.assertEqual(self._result(email="n@berg-as.example"), ("domain", self.customer))
        self.assertEqual(self._result(email="n@as.example")[0], "none")

    def test_number_goes_before_domain(self):
        other = self.env["res.partner"].create(
            {"name": "Other", "is_company": True, "email": "post@other.example"}
        )
        found = self._result(vat="974760673", email="n@other.example")
        self.assertEqual(found, ("vat", self.customer))
        self.assertNotEqual(found[1], other)

    # -- likely --

    def test_free_mail_joins_nobody(self):
        self._create_contact("Private Berg", "private.berg@gmail.com")
        registration = self._take(vat="", company_name="", email="nina@gmail.com")
        self.assertEqual(registration.match, "none")
        self.assertFalse(registration.customer_id)
        self.assertFalse(registration.partner_id.parent_id)

    def test_name_and_country_only_propose(self):
        registration = self._take(vat="", company_name="berg as", email="nina@gmail.com")
        self.assertEqual(registration.match, "likely")
        self.assertFalse(registration.customer_id)
        self.assertFalse(registration.partner_id.parent_id)
        self.assertIn(self.customer, registration.proposed_customer_ids)
        self.assertEqual(registration.partner_id.company_name, "berg as")

    def test_two_with_the_domain_are_proposed(self):
        twin = self.env["res.partner"].create(
            {"name": "Berg Holding", "is_company": True, "email": "x@bergkitchen.example"}
        )
        registration = self._take(vat="", email="nina@bergkitchen.example")
        self.assertEqual(registration.match, "likely")
        self.assertFalse(registration.customer_id)
        self.assertLessEqual(
            {twin.id, self.customer.id}, set(registration.proposed_customer_ids.ids)
        )

    def test_two_with_the_number_are_proposed(self):
        self.customer.copy({"name": "Berg Branch", "vat": "974760673"})
        self.assertEqual(self._result(vat="974760673", email="n@gmail.com")[0], "likely")

    def test_another_number_is_another_company_of_the_group(self):
        registration = self._take(vat="923609016", email="nina@bergkitchen.example")
        self.assertEqual(registration.match, "likely")
        self.assertFalse(registration.customer_id)
        self.assertIn(self.customer, registration.proposed_customer_ids)

    def test_wildcards_in_a_domain_or_name_find_nobody(self):
        self.assertEqual(self._result(email="n@bergkitche_.example")[0], "none")
        self.assertEqual(self._result(company_name="Berg%", email="m@gmail.com")[0], "none")

    def test_own_company_is_nobodys_customer(self):
        self.company.partner_id.write({"email": "post@seller.example", "vat": "923609016"})
        found = self._result(vat="923609016", email="nina@seller.example")
        self.assertEqual(found[0], "none")
        self.assertNotEqual(found[1], self.company.partner_id)

    def test_customer_of_another_company_is_not_found(self):
        hidden = self.env["res.partner"].create(
            {
                "name": "Hidden AS",
                "is_company": True,
                "vat": "NO923609016MVA",
                "email": "post@hidden.example",
                "company_id": self.other_company.id,
            }
        )
        registration = self._take(
            vat="923609016", email="nina@hidden.example", company_name="hidden as"
        )
        self.assertEqual(registration.match, "none")
        self.assertNotIn(hidden, registration.proposed_customer_ids | registration.customer_id)

    # -- new and known --

    def test_nobody_is_found_customer_and_contact_are_made(self):
        registration = self._take(vat="923609016")
        self.assertEqual(registration.match, "none")
        self.assertRecordValues(
            registration.customer_id,
            [
                {
                    "name": "Holm AS",
                    "is_company": True,
                    "vat": "923609016",
                    "country_id": self.env.ref("base.no").id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(
            registration.partner_id,
            [
                {
                    "name": "Nina Holm",
                    "email": NEW,
                    "phone": "+47 40 61 23 99",
                    "parent_id": registration.customer_id.id,
                    "company_id": self.company.id,
                    "is_company": False,
                }
            ],
        )
        self.assertFalse(registration.partner_id.user_ids)
        self.assertFalse(registration.partner_id.customer_access_ids)

    def test_nobody_gets_in_by_the_default_before_the_approval(self):
        self.company.customer_portal_default = "enabled"
        registration = self._take()
        for partner in (registration.partner_id, self._take(email="late@holm.example").partner_id):
            self.assertEqual(partner.customer_portal_policy, "disabled")
            self.assertFalse(partner._customer_may_come_in(self.company))
            self.assertFalse(partner._customer_policy_access(self.company))
        self.assertEqual(registration.role_id, self.company.customer_default_role_id)

    def test_known_contact_waits_too(self):
        registration = self._take(email=self.bo.email)
        self.assertEqual(registration.partner_id.customer_portal_policy, "disabled")
        self.assertEqual(self.anna.customer_portal_policy, "default")

    def test_contact_whom_the_policy_lets_in_need_not_wait(self):
        self.company.customer_portal_default = "enabled"
        with self.mock_mail_gateway():
            self._submit_form(email=self.bo.email)
        self._run_registration_cron()
        self.assertIn("/web/login", str(self._mails_to(self.bo.email)))
        self.assertFalse(self._open(self.bo.email))
        self.assertEqual(self.bo.customer_portal_policy, "default")

    def test_known_contact_is_linked_and_not_overwritten(self):
        before = self._partners()
        values = self.bo.read()[0]
        registration = self._take(
            email=self.bo.email, name="Another Name", phone="406 99 999", vat="923609016"
        )
        self.assertEqual(registration.partner_id, self.bo)
        self.assertEqual(registration.match, "contact")
        self.assertEqual(registration.customer_id, self.customer)
        self.assertEqual(self._partners(), before)
        after = self.bo.read(["name", "email", "phone", "parent_id", "vat", "country_id", "lang"])[
            0
        ]
        self.assertEqual(after, {key: values[key] for key in after})

    def test_known_contact_without_company_keeps_to_itself(self):
        lone = self.env["res.partner"].create({"name": "Lone", "email": "lone@gmail.com"})
        registration = self._take(email="lone@gmail.com", vat="974760673")
        self.assertEqual(registration.partner_id, lone)
        self.assertEqual(registration.customer_id, self.customer)
        self.assertFalse(lone.parent_id)

    def test_hint_names_that_a_customer_may_be_meant(self):
        registration = self._take(vat="", company_name="Berg AS", email="nina@gmail.com")
        self.assertEqual(registration.proposed_customer_ids, self.customer)
        self.assertIn("one may be meant", registration.hint)
        self.assertIn("Berg AS is made as a new one", registration.hint)
        registration.customer_id = self.customer
        self.assertIn("comes in as a contact of Berg AS", registration.hint)

    def test_columns_stand_in_the_order_of_the_states(self):
        self._take(email="late@holm.example")
        registration = self._take()
        self.registrations.create({"name": "Una", "email": "una@holm.example"})
        registration.with_user(self.paul).reject("no", send_mail=False)
        groups = self.registrations.with_context(read_group_expand=True).formatted_read_group(
            [("company_id", "in", (self.company | self.env.company).ids)], ["state"], ["__count"]
        )
        states = [group["state"] for group in groups]
        self.assertEqual(states, ["unverified", "pending", "rejected"])

    def test_several_contacts_with_the_address_wait_for_a_choice(self):
        twin = self._create_contact("Anna Twin", self.anna.email)
        before = self._partners()
        registration = self._take(email=self.anna.email)
        self.assertFalse(registration.partner_id)
        self.assertEqual(registration.known_partner_ids, self.anna | twin)
        self.assertIn("choose one", registration.hint)
        self.assertEqual(self._partners(), before)

    def test_archived_contact_is_linked_and_stays_archived(self):
        self.bo.action_archive()
        registration = self._take(email=self.bo.email)
        self.assertEqual(registration.partner_id, self.bo)
        self.assertFalse(self.bo.active)

    # -- opportunity and staff --

    def test_opportunity_if_wished(self):
        self.assertFalse(self._take().lead_id)
        self.company.customer_registration_lead = True
        lead = self._take(email="nora@holm2.example", company_name="Holm 2").lead_id
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.source_id.name, "Self-registration")
        self.assertEqual(lead.partner_id.email, "nora@holm2.example")
        self.assertEqual(lead.company_id, self.company)
        self.assertIn("kitchen", lead.description)
        self.assertFalse(lead.customer_access_ids)

    def test_message_is_no_html(self):
        self.company.customer_registration_lead = True
        lead = self._take(message="<img src=x onerror=alert(1)>\nsecond").lead_id
        self.assertNotIn("<img", lead.description)
        self.assertIn("&lt;img", lead.description)

    def test_salesperson_of_the_customer_is_in_charge(self):
        self.customer.user_id = self.sara
        registration = self._take(vat="974760673")
        self.assertEqual(registration.user_id, self.sara)
        self.assertEqual(registration.activity_ids.user_id, self.sara)
        self.assertIn("Nina Holm of Holm AS", registration.activity_ids.summary)

    def test_first_who_is_told_is_in_charge_the_others_are_notified(self):
        self.company.customer_registration_user_ids |= self.pia
        registration = self._take()
        told = self.company.customer_registration_user_ids
        self.assertEqual(registration.user_id, told[0])
        self.assertEqual(registration.activity_ids.user_id, told[0])
        notified = self.env["mail.notification"].search(
            [
                ("mail_message_id.model", "=", registration._name),
                ("mail_message_id.res_id", "=", registration.id),
            ]
        )
        self.assertIn(told[1].partner_id, notified.res_partner_id)

    def test_it_is_in_the_log(self):
        registration = self._take()
        event = self.env["customer.access.event"].search([("kind", "=", "registered")])
        self.assertEqual(event.partner_id, registration.partner_id)
        self.assertEqual(event.company_id, self.company)
