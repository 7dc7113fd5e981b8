from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import CustomerCase


class TestInvitationWizard(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].create({"name": "Test", "smtp_host": "smtp.example"})
        cls.env["ir.config_parameter"].set_param("sms.endpoint", "https://sms.example")
        cls.env["res.lang"]._activate_lang("nb_NO")
        cls.bo.lang = "nb_NO"
        cls.template = cls.env.ref("customer_portal_access.mail_template_invitation")
        cls.anna_access = cls._create_access(cls.anna)
        cls.bo_access = cls._create_access(cls.bo, cls.contact_person)

    def _open(self, accesses=None, user=None):
        """Open the wizard as the button does."""
        accesses = (accesses or self.lead.customer_access_ids).with_user(user or self.sara)
        action = accesses.action_send_invitation()
        wizard = self.env[action["res_model"]].with_user(user or self.sara)
        return Form(wizard.with_context(**action["context"]))

    def _send(self, form):
        """Send, and return the notification's text."""
        with self.mock_mail_gateway():
            return form.save().action_send()["params"]["message"]

    def test_send_tells_the_result(self):
        self.assertEqual(self._send(self._open()), "2 sent")
        self.assertEqual(self.anna_access.state, "invited")
        self.assertEqual(self.anna_access.invited_by_id, self.sara)

    def test_untouched_texts_leave_as_one_invitation(self):
        self._send(self._open())
        self.assertIn("Anna Berg (Applicant), Bo Berg", self.lead.message_ids[0].preview)

    def test_who_is_in_or_revoked_is_asked_for_by_a_click(self):
        self.anna_access._seen()
        self.bo_access.revoke()
        form = self._open()
        self.assertEqual([line["ticked"] for line in form.line_ids._records], [False, False])
        form = self._open(self.bo_access)
        self.assertEqual([line["ticked"] for line in form.line_ids._records], [True])
        self.assertEqual(self._send(form), "1 sent")
        self.assertEqual(self.bo_access.state, "invited")

    def test_a_line_tells_nothing_of_a_foreign_access(self):
        foreign = self._create_access(self.anna, target=self.lead.copy({"user_id": self.paul.id}))
        action = self.anna_access.with_user(self.sara).action_send_invitation()
        wizard = self.env["customer.invitation"].with_user(self.sara)
        wizard = wizard.with_context(**action["context"]).create({})
        with self.assertRaises(AccessError):
            self.env["customer.invitation.line"].with_user(self.sara).create(
                {"invitation_id": wizard.id, "access_id": foreign.id}
            )
        with self.assertRaises(AccessError):
            wizard.line_ids.access_id = foreign

    def test_skip_reasons(self):
        self.anna.phone = False
        form = self._open()
        reasons = {line["name"]: line["reason"] for line in form.line_ids._records}
        self.assertEqual(reasons["Anna Berg"], "No mobile number")
        self.assertFalse(reasons["Bo Berg"])
        self.assertEqual(self._send(form), "1 sent, 1 skipped: Anna Berg: No mobile number")

    def test_mended_meanwhile_is_sent(self):
        self.anna.phone = False
        form = self._open()
        self.anna.phone = "+47 406 12 345"
        self.assertEqual(self._send(form), "2 sent")

    def test_unticked_gets_nothing(self):
        form = self._open()
        with form.line_ids.edit(0) as line:
            line.ticked = False
        self.assertEqual(self._send(form), "1 sent")
        self.assertEqual(self.anna_access.state, "new")

    def test_nobody_ticked(self):
        form = self._open(self.anna_access)
        with form.line_ids.edit(0) as line:
            line.ticked = False
        self.assertFalse(form.can_send)
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "Tick at least one contact"):
            wizard.action_send()

    def test_nobody_invitable(self):
        self.anna.email = False
        self.assertFalse(self._open(self.anna_access).can_send)

    def test_revoked_may_be_invited_again(self):
        self.anna_access.revoke()
        form = self._open(self.anna_access)
        self.assertTrue(form.can_send)
        self.assertEqual(self._send(form), "1 sent")

    def test_damaged_link_refused(self):
        for body in ("<p>Hello [name]</p>", "<p>Hello [link</p>", "<p>[ link ]</p>"):
            with self.subTest(body=body):
                form = self._open()
                form.body = body
                self.assertRegex(form.text_problem, "The text has no link")
                wizard = form.save()
                with self.assertRaisesRegex(UserError, r"The text has no link: .* \[link\]"):
                    wizard.action_send()
        self.assertEqual(self.lead.customer_access_ids.mapped("state"), ["new", "new"])

    def test_damaged_text_cannot_be_tested(self):
        form = self._open()
        form.body = "<p>Hello</p>"
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "The text has no link"):
            wizard.action_test()

    def test_one_text_a_language(self):
        form = self._open()
        self.assertEqual(form.langs, ["en_US", "nb_NO"])
        form.lang = "nb_NO"
        form.subject = "Hei [name]"
        self.assertEqual(form.preview_access_id, self.bo_access)
        self.assertEqual(form.preview_subject, "Hei Bo Berg")
        form.lang = "en_US"
        self.assertEqual(form.subject, self.template.subject)
        wizard = form.save()
        self.assertEqual(wizard.text_ids.filtered("edited").mapped("lang"), ["nb_NO"])
        with self.mock_mail_gateway():
            wizard.action_send()
        subjects = {mail.customer_access_id.partner_id: mail.subject for mail in self._new_mails}
        self.assertEqual(subjects[self.bo], "Hei Bo Berg")
        self.assertEqual(subjects[self.anna], "Sara invites you to Kitchen for Berg")

    def test_language_left_alone_uses_the_template(self):
        self.template.with_context(lang="nb_NO").subject = "Velkommen, [name]"
        form = self._open()
        form.lang = "nb_NO"
        self.assertEqual(form.preview_subject, "Velkommen, Bo Berg")
        self.assertFalse(any(form.save().text_ids.mapped("edited")))

    def test_another_template_replaces_the_texts(self):
        form = self._open()
        form.subject = "Mine"
        form.template_id = self.env.ref("customer_portal_access.mail_template_reminder")
        self.assertEqual(form.subject, "Your page is waiting: [workspace]")

    def test_nothing_typed_is_evaluated(self):
        form = self._open(self.anna_access)
        form.subject = "{{ 654 * 321 }} for [name]"
        form.body = "<p>[link] <t t-out='654 * 321'/>${654 * 321}</p>"
        self.assertEqual(form.preview_subject, "{{ 654 * 321 }} for Anna Berg")
        self.assertNotIn("209934", form.preview_body)

    def test_names_are_escaped(self):
        self.anna.name = "<b>Anna</b>"
        self.assertIn("&lt;b&gt;Anna", self._open(self.anna_access).preview_body)

    def test_dynamic_template_is_sent_as_it_is(self):
        self.template.body_html = "<p>[link]<t t-out='object.role_id.name'/></p>"
        form = self._open(self.anna_access)
        self.assertTrue(form.is_dynamic)
        with self.assertRaises(AssertionError):
            form.subject = "Mine"
        self.assertIn("Applicant", form.preview_body)
        self.assertEqual(self._send(form), "1 sent")

    def test_ordinary_words_are_not_dynamic(self):
        self.template.body_html = "<p>[link] a t-shirt and a t-test</p>"
        self.assertFalse(self._open(self.anna_access).is_dynamic)

    def test_to_myself(self):
        form = self._open(self.anna_access)
        form.subject = "For [name]"
        with self.mock_mail_gateway():
            message = form.save().action_test()["params"]["message"]
        self.assertEqual(message, "A test is on its way to sara@seller.example.")
        self.assertEqual(self._new_mails.subject, "For Anna Berg")
        self.assertIn("sara@seller.example", self._new_mails.email_to)
        self.assertFalse(self.anna_access.link_ids)
        self.assertEqual(self.anna_access.state, "new")

    def test_warning_edit_data(self):
        self.assertTrue(self._open(self.anna_access).has_edit_data)
        self.assertFalse(self._open(self.bo_access).has_edit_data)

    def test_warning_login_free(self):
        self.assertFalse(self._open().has_login_free)
        self.company.customer_login_free = True
        self.assertTrue(self._open().has_login_free)
        self.assertFalse(self._open(self.anna_access).has_login_free)

    def test_setup_problem_is_told_before(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://shop.example")
        form = self._open()
        self.assertIn("not encrypted", form.setup_warning)
        self.assertTrue(form.can_send, "It works, if badly.")

    def test_hopeless_setup_disables_sending(self):
        self.env["ir.config_parameter"].set_param("sms.endpoint", False)
        self.env["iap.account"].search([("service_name", "=", "sms")]).unlink()
        form = self._open()
        self.assertIn("no registered account for SMS", form.setup_warning)
        self.assertFalse(form.can_send, "All of them need the code.")
        self.company.customer_require_sms_code = False
        self.assertTrue(self._open().can_send, "Bo needs no code.")

    def test_project_user_invites_on_projects(self):
        access = self._create_access(self.anna, target=self.project)
        self.assertEqual(self._send(self._open(access, self.pia)), "1 sent")

    def test_other_company(self):
        self.sara.write({"company_ids": [(4, self.other_company.id)]})
        lead = self.lead.copy({"company_id": self.other_company.id})
        access = self._create_access(self.anna, target=lead)
        self.other_company.email = False
        self.sara.email = False
        self.assertTrue(self._open(access).can_send)  # in the name of the company, by the admin
        self.other_company.alias_domain_id = False
        self.env.ref("base.user_admin").email = False
        self.env.invalidate_all()
        form = self._open(access)
        self.assertIn("no e-mail address", form.setup_warning)
        self.assertFalse(form.can_send)

    def test_stranger_cannot_send(self):
        wizard = self._open(self.anna_access).save()
        self.lead.user_id = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            wizard.action_send()
