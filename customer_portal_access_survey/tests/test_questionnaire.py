from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from odoo.addons.customer_portal_access.models.customer_access_text import Letter
from odoo.addons.customer_portal_access.tests.common import CustomerCase

from .common import QuestionnaireData


class TestQuestionnaire(CustomerCase, QuestionnaireData):
    """Staff tick questionnaires, see states and answers, remind and reopen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls._create_survey()
        cls.access = cls._create_access(cls.anna)
        cls.guest = cls._create_access(cls.bo, cls.contact_person)

    def _answer(self, questionnaire, cat="Luna", cooks="2"):
        answer = questionnaire.answer_id
        answer._mark_in_progress()
        for question, value in zip(self.survey.question_ids, (cat, cooks), strict=True):
            answer._save_lines(question, value)
        answer._mark_done()

    # ------------------------------------------------------------
    # TICKING
    # ------------------------------------------------------------

    def test_ticked_in_the_dialog(self):
        action = self.lead.with_user(self.sara).action_customer_questionnaires()
        choice = self.env[action["res_model"]].with_user(self.sara).browse(action["res_id"])
        self.assertEqual(choice.line_ids.mapped("contact_name"), ["Anna Berg", "Bo Berg"])
        self.assertEqual(choice.line_ids.mapped("survey_name"), ["Your kitchen"] * 2)
        with Form(choice) as form, form.line_ids.edit(1) as line:
            line.ticked = True
        choice.action_apply()
        self.assertFalse(self.access.questionnaire_ids)
        [asked] = self.guest.questionnaire_ids
        self.assertEqual((asked.state, asked.partner_id), ("new", self.bo))
        self.assertEqual(self.lead.customer_questionnaire_ids, asked)

    def test_ticked_twice_is_one(self):
        self._ask(self.access)
        asked = self._ask(self.access)
        self.assertEqual(len(asked), 1)

    def test_unticked_before_it_was_begun_is_gone(self):
        answer = self._ask(self.access).answer_id
        self.access._choose_questionnaires(self.survey.browse())
        self.assertFalse(answer.exists())
        self.assertFalse(self.access.with_context(active_test=False).questionnaire_ids)

    def test_unticked_after_it_was_begun_is_kept_for_staff(self):
        asked = self._ask(self.access)
        self._answer(asked)
        self.access._choose_questionnaires(self.survey.browse())
        self.assertFalse(self.access._questionnaires("code"))
        self.assertTrue(asked.exists().answer_id.user_input_line_ids)
        self.assertEqual(self._ask(self.access), asked, "Unticked by mistake.")

    def test_only_what_is_offered_here(self):
        hidden = self._create_survey(customer_offered=False)
        foreign = self._create_survey(customer_company_id=self.other_company.id)
        for survey in (hidden, foreign):
            with self.subTest(survey=survey), self.assertRaises(UserError):
                self.access.with_user(self.sara)._choose_questionnaires(survey)

    def test_only_on_opportunities(self):
        access = self._create_access(self.anna, target=self.project)
        with self.assertRaises(UserError):
            access._choose_questionnaires(self.survey)

    def test_survey_with_log_in_certificate_or_session_is_not_offered(self):
        for values in (
            {"users_login_required": True},
            {"certification": True, "scoring_type": "scoring_without_answers"},
            {"survey_type": "live_session"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._create_survey(**values)

    def test_nothing_offered_says_where_to_offer(self):
        self.env["survey.survey"].search([]).customer_offered = False
        with self.assertRaisesRegex(UserError, "Surveys app"):
            self.lead.action_customer_questionnaires()

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_role_matrix(self):
        asked = self._ask(self.access)
        portal = self.anna._customer_user(self.company)
        allowed = {self.sara: True, self.paul: True, self.pia: False, portal: False}
        for user, may_read in allowed.items():
            with self.subTest(user=user.name):
                as_user = asked.with_user(user)
                self.assertEqual(as_user.has_access("read"), may_read)
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(as_user.has_access(operation))

    def test_salesperson_of_another_opportunity(self):
        asked = self._ask(self.access)
        other = self._create_staff("olav", "sales_team.group_sale_salesman")
        self.assertFalse(asked.with_user(other).has_access("read"))
        with self.assertRaises(AccessError):
            self.lead.with_user(other).action_customer_questionnaires()
        with self.assertRaises(AccessError):
            self.access.with_user(other)._choose_questionnaires(self.survey)
        with self.assertRaises(AccessError):
            asked.with_user(other).action_reopen()
        with self.assertRaises(AccessError):
            asked.with_user(other).action_remind()

    def test_other_company(self):
        asked = self._ask(self.access)
        admin = self._create_staff(
            "otto", "customer_portal_access.group_customer_admin", "survey.group_survey_manager"
        )
        admin.write({"company_ids": self.other_company.ids, "company_id": self.other_company.id})
        self._answer(asked)
        for record in (asked, asked.answer_id, asked.answer_id.user_input_line_ids):
            with self.subTest(model=record._name):
                self.assertFalse(record.with_user(admin).has_access("read"))
        admin.write({"company_ids": self.company.ids, "company_id": self.company.id})
        self.assertTrue(asked.answer_id.with_user(admin).has_access("read"))

    def test_salesperson_reads_answers_without_the_surveys_app(self):
        asked = self._ask(self.access)
        self._answer(asked)
        answers = asked.with_user(self.sara).answers
        self.assertIn("Name of your cat", answers)
        self.assertIn("Luna", answers)

    def test_answers_are_escaped(self):
        asked = self._ask(self.access)
        self._answer(asked, cat="<script>evil()</script>")
        self.assertNotIn("<script>", asked.answers)

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    def _mail(self, access, action):
        with self.mock_mail_gateway():
            action()
            self.env["mail.mail"].search([("email_to", "ilike", access.email)]).send()
        return next(
            mail["body"] for mail in self._mails if access.partner_id.email in str(mail["email_to"])
        )

    def test_invitation_names_them(self):
        self._ask(self.access)
        letter = self.access._preview(Letter(self.access._invitation_template()))
        self.assertIn("Please answer there:", letter["body"])
        self.assertIn("• Your kitchen", letter["body"])

    def test_invitation_of_others_does_not(self):
        self._ask(self.access)
        self.assertFalse("answer" in self.guest._link_html())

    def test_invitation_after_all_is_answered_does_not(self):
        self._answer(self._ask(self.access))
        self.assertNotIn("Your kitchen", self.access._link_html())

    def test_invitation_of_a_role_that_may_not_answer_does_not(self):
        self._ask(self.access)
        self.access.role_id = self._role("timesheet_approver")
        self.assertNotIn("Your kitchen", self.access._link_html())

    def test_title_is_escaped_in_mails(self):
        self.survey.title = "<b>x</b>"
        self._ask(self.access)
        self.assertIn("&lt;b&gt;x", self.access._link_html())

    def test_remind(self):
        asked = self._ask(self.access)
        body = self._mail(self.access, asked.action_remind)
        self.assertIn("Your kitchen", body)
        self.assertIn("/customer/link/", body)

    def test_remind_lets_nobody_in_again(self):
        asked = self._ask(self.access)
        self.access.revoke()
        with self.assertRaises(UserError):
            asked.action_remind()
        self.assertTrue(self.access.revoked_at)

    def test_remind_of_what_is_done(self):
        asked = self._ask(self.access)
        self._answer(asked)
        with self.assertRaisesRegex(UserError, "Nothing is missing"):
            asked.action_remind()

    # ------------------------------------------------------------
    # DONE, REOPENED
    # ------------------------------------------------------------

    def test_done_is_told(self):
        asked = self._ask(self.access)
        self._answer(asked)
        self.assertEqual(asked.state, "done")
        self.assertTrue(asked.answered_at)
        [activity] = self.lead.activity_ids
        self.assertEqual(activity.summary, "Anna Berg has answered “Your kitchen”")
        self.assertEqual(activity.user_id, self.sara)
        self.assertIn("questionnaire_answered", self.access.event_ids.mapped("kind"))

    def test_reopen(self):
        asked = self._ask(self.access)
        self._answer(asked)
        asked.with_user(self.sara).action_reopen()
        self.assertEqual(asked.state, "in_progress")
        self.assertFalse(asked.answered_at)
        # what was handed in can be changed, though the survey does not let one go back
        self.assertFalse(self.survey.users_can_go_back)
        question = self.survey.question_ids[0]
        asked.answer_id._save_lines(question, "Mons", overwrite_existing=False)
        lines = asked.answer_id.user_input_line_ids
        self.assertEqual(
            lines.filtered(lambda line: line.question_id == question).value_char_box, "Mons"
        )
        with self.assertRaises(UserError):
            asked.answer_id._save_lines(question, "Pus", overwrite_existing=False)

    def test_reopen_what_is_not_done(self):
        with self.assertRaises(UserError):
            self._ask(self.access).action_reopen()

    # ------------------------------------------------------------
    # OTHERS TAKE THE PLACE
    # ------------------------------------------------------------

    def test_another_contact_in_this_place_sees_no_answers(self):
        asked = self._ask(self.access)
        self._answer(asked)
        carla = self._create_contact("Carla Berg", "carla@berg.example", "+47 406 12 347")
        self.access.partner_id = carla
        self.assertFalse(self.access._questionnaires("code"))
        asked.sudo().active = True
        self.assertFalse(self.access._questionnaires("code"))

    def test_merged_contacts_keep_the_further_answer(self):
        carla = self._create_contact("Carla Berg", "carla@berg.example", "+47 406 12 347")
        double = self._create_access(carla)
        done = self._ask(double)
        self._answer(done)
        self._ask(self.access)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.anna + carla).ids, self.anna
        )
        [kept] = self.access.questionnaire_ids
        self.assertEqual(kept, done)
        self.assertEqual(self.access._questionnaires("code"), done)

    def test_removed_access_leaves_answers_closed(self):
        asked = self._ask(self.access)
        self._answer(asked)
        answer = asked.answer_id
        self.access.unlink()
        self.assertFalse(asked.exists())
        self.assertEqual(answer.customer_company_id, self.company)
