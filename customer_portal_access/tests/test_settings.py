from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .common import CustomerCase


class TestSettings(CustomerCase):
    def _open(self, user=None):
        return Form(self.env["customer.portal.settings"].with_user(user or self.paul))

    def _checks(self, user=None):
        checks = self.env["customer.portal.settings"].with_user(user or self.paul)._setup_checks()
        return {check["key"]: check for check in checks}

    def test_page_shows_the_company(self):
        self.company.write(
            {
                "customer_invitation_days": 9,
                "customer_sms_country_ids": self.env.ref("base.no").ids,
            }
        )
        form = self._open()
        self.assertEqual(form.customer_invitation_days, 9)
        self.assertEqual(form.customer_sms_country_ids[:], self.env.ref("base.no"))

    def test_portal_administrator_saves(self):
        self.assertFalse(self.paul.has_group("base.group_system"))
        form = self._open()
        form.customer_invitation_days = 3
        form.customer_sms_country_ids.add(self.env.ref("base.se"))
        form.save().execute()
        self.assertEqual(self.company.customer_invitation_days, 3)
        self.assertEqual(self.company.customer_sms_country_ids, self.env.ref("base.se"))

    def test_writes_nothing_else(self):
        company = self.company.with_user(self.paul)
        with self.assertRaises(AccessError):
            company.name = "Mine"

    def test_portal_administrator_edits_templates(self):
        template = self.env.ref("customer_portal_access.mail_template_invitation")
        template.with_user(self.paul).subject = "Come in, [name]"
        self.assertEqual(template.subject, "Come in, [name]")

    def test_other_templates_are_none_of_theirs(self):
        template = self.env.ref("auth_signup.set_password_email").with_user(self.paul)
        self.env.ref("base.group_user").implied_ids -= self.env.ref(
            "mail.group_mail_template_editor"
        )
        with self.assertRaises(AccessError):
            template.subject = "Mine"

    def test_current_company_only(self):
        self.paul.company_ids += self.other_company
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        form = Form(settings.with_company(self.other_company))
        form.customer_invitation_days = 3
        form.save().execute()
        self.assertEqual(self.other_company.customer_invitation_days, 3)
        self.assertEqual(self.company.customer_invitation_days, 7)

    def test_salesperson_cannot_open(self):
        with self.assertRaises(AccessError):
            self._open(self.sara)

    def test_salesperson_cannot_save(self):
        wizard = self._open().save().with_user(self.sara)
        with self.assertRaises(AccessError):
            wizard.execute()

    def test_salesperson_cannot_confirm(self):
        wizard = self._open().save().with_user(self.sara).sudo()
        with self.assertRaises(AccessError):
            wizard.sudo(False).action_confirm()

    def test_salesperson_cannot_spend_sms(self):
        settings = self.env["customer.portal.settings"].with_user(self.sara)
        with self.assertRaises(AccessError):
            settings.action_test_sms()

    def test_login_free_asks_first(self):
        form = self._open()
        form.customer_login_free = True
        wizard = form.save()
        action = wizard.execute()
        self.assertEqual((action["res_model"], action["target"]), (wizard._name, "new"))
        self.assertFalse(self.company.customer_login_free)
        wizard.action_confirm()
        self.assertTrue(self.company.customer_login_free)

    def test_login_free_off_counts_and_kills_live_links(self):
        self.company.customer_login_free = True
        contact_person = self.contact_person
        anna = self._create_access(self.anna, contact_person)
        bo = self._create_access(self.bo, contact_person)
        anna.create_link()
        anna.create_link()
        self._create_access(self.anna, contact_person, self.project).create_link()
        bo.create_link()
        bo.revoke()
        form = self._open()
        form.customer_login_free = False
        wizard = form.save()
        self.assertEqual(wizard.live_link_holders, 1, "Anna holds three, Bo's is dead.")
        wizard.action_confirm()
        self.assertEqual(set(anna.link_ids.mapped("state")), {"off"})
        self.assertEqual(self._open().save().live_link_holders, 0)

    def test_check_mail_server(self):
        self.env["ir.mail_server"].search([]).active = False
        with patch("socket.create_connection", side_effect=OSError):
            check = self._checks()["mail"]
        self.assertIs(check["ok"], False)
        self.assertIn("nothing answers", check["text"])
        self.env["ir.mail_server"].create({"name": "Post", "smtp_host": "smtp.example"})
        self.assertTrue(self._checks()["mail"]["ok"])

    def test_check_sender(self):
        self.assertIn("paul@seller.example", self._checks()["sender"]["text"])
        self.paul.email = False
        self.company.email = "info@seller.example"
        self.assertIsNone(self._checks()["sender"]["ok"])
        self.company.write({"email": False, "alias_domain_id": False})
        self.env.ref("base.user_admin").email = "boss@seller.example"
        self.assertIsNone(self._checks()["sender"]["ok"])
        self.assertIn("boss@seller.example", self._checks()["sender"]["text"])
        self.env.ref("base.user_admin").email = False
        self.assertIs(self._checks()["sender"]["ok"], False)

    def test_check_company_email(self):
        self.company.email = "info@seller.example"
        self.assertTrue(self._checks()["company_email"]["ok"])
        self.company.write({"email": False, "alias_domain_id": False})
        self.company.customer_registration_user_ids = self.pia
        check = self._checks()["company_email"]
        self.assertIsNone(check["ok"])
        self.assertIn(self.pia.email, check["text"])
        self.company.customer_registration_user_ids = False
        self.env.ref("base.user_admin").email = False
        self.assertIs(self._checks()["company_email"]["ok"], False)

    def test_check_sms_gateway_and_credit(self):
        self.env["ir.config_parameter"].set_param("sms.endpoint", "https://sms.example")
        self.assertIn("sms.example", self._checks()["sms"]["text"])
        self.env["ir.config_parameter"].set_param("sms.endpoint", False)
        self.env["iap.account"].search([("service_name", "=", "sms")]).unlink()
        self.assertIs(self._checks()["sms"]["ok"], False)
        account = self.env["iap.account"].create(
            {"service_id": self.env.ref("sms.iap_service_sms").id, "state": "registered"}
        )
        self.assertIsNone(self._checks()["sms"]["ok"])
        account.balance = "0 Credits"
        self.assertIn("no credit left", self._checks()["sms"]["text"])
        account.balance = "12.5 Credits"
        self.assertTrue(self._checks()["sms"]["ok"])

    def test_another_companys_settings_are_not_theirs(self):
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        page = settings.create({"company_id": self.other_company.id})
        with self.assertRaises(AccessError):
            page.action_confirm()

    def test_check_base_url(self):
        params = self.env["ir.config_parameter"]
        for url, frozen, ok in (
            ("https://portal.example", "True", True),
            ("http://localhost:8069", "True", True),
            ("https://portal.example", False, None),
            ("http://portal.example", "True", False),
        ):
            with self.subTest(url=url, frozen=frozen):
                params.set_param("web.base.url", url)
                params.set_param("web.base.url.freeze", frozen)
                self.assertIs(self._checks()["base_url"]["ok"], ok)

    def test_check_phone(self):
        self.assertTrue(self._checks()["phone"]["ok"])
        self.company.phone = False
        self.assertIs(self._checks()["phone"]["ok"], False)

    def test_mended_by_those_who_may(self):
        self.assertFalse(self._checks()["mail"]["action"])
        admin = new_test_user(self.env, "root2", groups="base.group_system")
        self.assertEqual(self._checks(admin)["mail"]["action"]["res_model"], "ir.mail_server")

    def test_mail_to_myself(self):
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        with self.mock_mail_gateway():
            action = settings.action_test_mail()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("paul@seller.example", self._mails[0]["email_to"][0])

    def test_mail_to_myself_fails(self):
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        error = MailDeliveryException("Mail Delivery Failed", "550 refused")
        with patch.object(self.env.registry["mail.mail"], "send", side_effect=error):
            params = settings.action_test_mail()["params"]
        self.assertEqual((params["type"], params["message"]), ("danger", "550 refused"))

    def test_sms_to_myself(self):
        self.paul.partner_id.phone = "+47 406 12 399"
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        with self.mockSMSGateway():
            params = settings.action_test_sms()["params"]
        self.assertEqual(params["type"], "success")
        self.assertSMSIapSent(["+4740612399"])

    def test_sms_to_myself_fails(self):
        self.paul.partner_id.phone = "+47 406 12 399"
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        with self.mockSMSGateway(sim_error="credit"):
            params = settings.action_test_sms()["params"]
        self.assertEqual(params["type"], "danger")

    def test_sms_to_myself_without_number(self):
        settings = self.env["customer.portal.settings"].with_user(self.paul)
        with self.assertRaisesRegex(UserError, "no mobile number"):
            settings.action_test_sms()
