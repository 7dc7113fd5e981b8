import json

from odoo.tools import mute_logger

from .test_questionnaire_pages import QuestionnairePageCase


class TestQuestionnaireDoors(QuestionnairePageCase):
    """Answers leave through the contact's own page, and through no other door."""

    def _begin(self):
        self._open_by_link()
        self._step("begin")
        self._fill(self.cat, "Luna")

    def _tokens(self, asked=None):
        answer = (asked or self.asked).answer_id
        return f"{answer.survey_id.access_token}/{answer.access_token}"

    def _core_pages(self, asked=None):
        survey, answer = self._tokens(asked).split("/")
        return [
            f"/survey/{survey}/{answer}",
            f"/survey/start/{survey}?answer_token={answer}",
            f"/survey/print/{survey}?answer_token={answer}",
            f"/survey/print/{survey}?answer_token={answer}&review=True",
            f"/survey/retry/{survey}/{answer}",
        ]

    def test_tokens_open_nothing(self):
        """To a stranger, a colleague, and the contact: Odoo's own pages know no revocation."""
        self._begin()
        user = self.bo._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        for login in (None, user.login):
            self._other_browser()
            if login:
                self._post("/web/login", login=login, password="a-good-pass-phrase")
            for path in self._core_pages():
                with self.subTest(path=path, login=login):
                    page = self.url_open(path)
                    self.assertNotIn("Luna", page.text)
                    self.assertNotIn("How many of you cook?", page.text)
        self.assertEqual(
            self.env["survey.user_input"].search_count([]), 2, "Nothing was begun anew."
        )

    def test_tokens_answer_nothing(self):
        self._begin()
        self._other_browser()
        for step in ("begin", "submit", "next_question"):
            answer = self.url_open(
                f"/survey/{step}/{self._tokens()}",
                json={
                    "jsonrpc": "2.0",
                    "params": {"question_id": self.cooks.id, str(self.cooks.id): "9"},
                },
            ).json()
            with self.subTest(step=step):
                self.assertEqual(answer["result"][1], {"error": "token_wrong"})
        self.assertNotIn(self.cooks, self._lines())

    def test_cookie_opens_nothing(self):
        self._begin()
        self._other_browser()
        survey, answer = self._tokens().split("/")
        self.opener.cookies.set(f"survey_{survey}", answer)
        self.assertNotIn("Luna", self.url_open(f"/survey/start/{survey}").text)

    def test_other_answers_keep_their_tokens(self):
        """Whoever was invited by the Surveys app goes on as before."""
        answer = self.survey._create_answer(email="guest@example.com")
        page = self.url_open(
            f"/survey/start/{self.survey.access_token}?answer_token={answer.access_token}"
        )
        self.assertIn("Start Survey", page.text)
        self.assertIn(f'data-answer-token="{answer.access_token}"', page.text)

    def test_colleague_sees_nothing(self):
        self._begin()
        carla = self._create_contact("Carla Berg", "carla@berg.example")
        for asked in (self.hers, self._ask(self._create_access(carla, self.contact_person))):
            own = self.asked._path().rpartition("/questionnaire/")[0]
            for path in (asked._path(), f"{own}/questionnaire/{asked.id}"):
                with self.subTest(path=path):
                    self.assertEqual(self._get(path).status_code, 404)
                    self.assertEqual(self._get(f"{path}/answers").status_code, 404)

    def test_passing_the_gate_opens_one_answer_only(self):
        """Another questionnaire of the same visitor is not reached by its tokens either."""
        self._begin()
        self.assertNotIn("Start Survey", self.url_open(f"/survey/{self._tokens(self.hers)}").text)

    def test_other_role(self):
        self._begin()
        self.guest.role_id = self._role("timesheet_approver")
        self.assertEqual(self._page().status_code, 404)
        self.assertNotIn("Your kitchen", self._get(self._path(self.guest)).text)

    def test_other_company(self):
        self._begin()
        foreign = self._create_access(
            self._create_contact("Carla", "carla@berg.example"),
            self.contact_person,
            self.env["crm.lead"].create(
                {
                    "name": "Foreign",
                    "type": "opportunity",
                    "partner_id": self.customer.id,
                    "company_id": self.other_company.id,
                }
            ),
        )
        self._ask(foreign)
        self.assertEqual(foreign.questionnaire_ids.company_id, self.other_company)
        self.assertEqual(
            foreign.questionnaire_ids.answer_id.customer_company_id, self.other_company
        )
        self.assertEqual(self._get(foreign.questionnaire_ids._path()).status_code, 404)

    def test_customer_wide_access_opens_nobodys_answers(self):
        self._begin()
        role = self.contact_person.copy({"code": "all"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_all_workspaces")
        carla = self._create_contact("Carla Berg", "carla@berg.example")
        wide = self._create_access(carla, role, self.customer)
        self.assertFalse(wide._at(self.lead)._questionnaires("code"))

    @mute_logger("odoo.http")
    def test_revoked_at_the_next_request(self):
        self._begin()
        token = self._form(self._page()).xpath("string(.//input[@name='csrf_token']/@value)")
        self.guest.revoke()
        values = {"csrf_token": token, "question_id": self.cooks.id, str(self.cooks.id): "2"}
        for step in ("submit", "save"):
            answer = self.url_open(
                f"{self.asked._path()}/{step}", json={"jsonrpc": "2.0", "params": values}
            ).json()
            self.assertIn("SessionExpired", answer["error"]["data"]["name"])
        self.assertNotIn(self.cooks, self._lines())
        self.assertURLEqual(self._page().headers["Location"], "/customer/recover")

    @mute_logger("odoo.http")
    def test_without_csrf_token(self):
        self._open_by_link()
        answer = self._step("begin", csrf=False)
        self.assertIn("error", answer)
        self.env.invalidate_all()
        self.assertEqual(self.asked.state, "new")

    @mute_logger("odoo.http")
    def test_pages_of_other_surveys_are_not_shown(self):
        """Odoo renders whatever question it is asked for."""
        secret = self._create_survey(title="Of somebody else")
        self._begin()
        for key in ("previous_page_id", "question_id", "page_id"):
            for step in ("submit", "next_question", "begin"):
                with self.subTest(key=key, step=step):
                    answer = self._step(step, **{key: secret.question_ids[0].id})
                    self.assertIn("error", answer)
                    self.assertNotIn("Name of your cat", json.dumps(answer))

    @mute_logger("odoo.http")
    def test_too_much_is_refused(self):
        self._open_by_link()
        self._step("begin")
        answer = self._step("save", **{str(self.cat.id): "x" * 300_000})
        self.assertIn("error", answer)
        self.assertFalse(self._lines())

    def test_private_headers(self):
        self._open_by_link()
        headers = self._page().headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_staff_with_the_surveys_app_read_answers_there(self):
        self._begin()
        officer = self._create_staff("olga", "survey.group_survey_user")
        officer.password = "a-good-pass-phrase"
        self._other_browser()
        self._post("/web/login", login=officer.login, password="a-good-pass-phrase")
        survey, answer = self._tokens().split("/")
        page = self.url_open(f"/survey/print/{survey}?answer_token={answer}")
        self.assertIn("Luna", page.text)
        officer.write({"company_ids": self.other_company.ids, "company_id": self.other_company.id})
        page = self.url_open(f"/survey/print/{survey}?answer_token={answer}")
        self.assertNotIn("Luna", page.text)
