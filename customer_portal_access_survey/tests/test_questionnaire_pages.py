from lxml import html

from odoo.fields import Command

from odoo.addons.customer_portal_access.tests.portal_common import PortalPageCase

from .common import QuestionnaireData

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class QuestionnairePageCase(PortalPageCase, QuestionnaireData):
    """Bo is here by a link alone, Anna by the code; both have something to answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls._create_survey()
        cls.cat, cls.cooks = cls.survey.question_ids

    def setUp(self):
        super().setUp()
        self.asked = self._ask(self.guest)
        self.hers = self._ask(self.access)

    def _page(self, asked=None, path=""):
        return self._get(f"{(asked or self.asked)._path()}{path}")

    def _form(self, page):
        return html.fromstring(page.content).xpath("//form[@data-customer-path]")[0]

    def _step(self, step, asked=None, csrf=True, **values):
        """Take a step as the page's script does; return what it answers."""
        token = ""
        if csrf:
            token = self._form(self._page(asked)).xpath(
                "string(.//input[@name='csrf_token']/@value)"
            )
        answer = self.url_open(
            f"{(asked or self.asked)._path()}/{step}",
            json={"jsonrpc": "2.0", "params": {"csrf_token": token, **values}},
        )
        return answer.json()

    def _fill(self, question, value, **values):
        answer = self._step(
            "submit", question_id=question.id, **{str(question.id): value}, **values
        )
        return answer["result"][1]

    def _lines(self):
        self.env.invalidate_all()
        return {
            line.question_id: line.value_char_box or line.value_numerical_box
            for line in self.asked.answer_id.user_input_line_ids
            if not line.skipped
        }


class TestQuestionnairePages(QuestionnairePageCase):
    """A contact answers in as many sittings as wished."""

    def test_workspace_shows_what_is_to_answer(self):
        page = self._open_by_link()
        section = html.fromstring(page.content).xpath("string(//section[@id='questionnaires'])")
        self.assertIn("Your kitchen", section)
        self.assertIn("To answer", section)
        self.assertIn(self.asked._path(), page.text)
        self.assertNotIn(self.hers._path(), page.text)

    def test_nothing_to_answer_no_section(self):
        self.guest._choose_questionnaires(self.survey.browse())
        self.assertNotIn('id="questionnaires"', self._open_by_link().text)

    def test_answered_in_two_sittings(self):
        self._open_by_link()
        self.assertIn("Start Survey", self._page().text)
        self._step("begin", lang_code="en_US")
        self._fill(self.cat, "Luna")
        self.assertEqual(self.asked.state, "in_progress")
        self._other_browser()
        page = self._open_by_link()
        self.assertIn("Begun: your answers so far are kept", page.text)
        page = self._page()
        self.assertIn("How many of you cook?", page.text)
        self.assertNotIn("Name of your cat", page.text)
        self._fill(self.cooks, "2")
        self.env.invalidate_all()
        self.assertEqual(self.asked.state, "done")
        page = self._get(self._path(self.guest))
        self.assertIn("Answered,", page.text)
        self.assertIn(f"{self.asked._path()}/answers", page.text)
        answers = self._page(path="/answers")
        self.assertIn("Luna", answers.text)
        self.assertEqual(self.hers.state, "new", "Each contact answers on his own.")

    def test_after_the_code(self):
        self._open_by_code()
        self._step("begin", self.hers)
        self.env.invalidate_all()
        self.assertEqual(self.hers.state, "in_progress")

    def test_opening_begins_nothing(self):
        self._open_by_link()
        self._page()
        self.env.invalidate_all()
        self.assertEqual(self.asked.state, "new")

    def test_what_is_wrong_is_told_at_its_question(self):
        self._open_by_link()
        self._step("begin")
        self._fill(self.cat, "Luna")
        answer = self._fill(self.cooks, "many")
        self.assertEqual(answer["error"], "validation")
        self.assertIn(str(self.cooks.id), answer["fields"])

    def test_half_a_page_is_kept(self):
        self.survey.questions_layout = "one_page"
        self._open_by_link()
        self._step("begin")
        self._step("save", **{str(self.cat.id): "Luna", str(self.cooks.id): ""})
        self.assertEqual(self._lines(), {self.cat: "Luna"})
        self.assertEqual(self.asked.state, "in_progress")
        self.assertIn('value="Luna"', self._page().text)
        # and is changed when it is handed in, though one may not go back
        self._step("submit", **{str(self.cat.id): "Mons", str(self.cooks.id): "3"})
        self.assertEqual(self._lines(), {self.cat: "Mons", self.cooks: 3})
        self.assertEqual(self.asked.state, "done")

    def test_what_is_not_valid_is_not_kept(self):
        self._open_by_link()
        self._step("begin")
        self._step("save", **{str(self.cooks.id): "many"})
        self.assertFalse(self._lines())

    def test_what_was_handed_in_is_not_saved_over(self):
        self._open_by_link()
        self._step("begin")
        self._fill(self.cat, "Luna")
        self._step("save", **{str(self.cat.id): "Mons"})
        self.assertEqual(self._lines(), {self.cat: "Luna"})
        self.survey.users_can_go_back = True
        self._step("save", **{str(self.cat.id): "Mons"})
        self.assertEqual(self._lines(), {self.cat: "Mons"})

    def test_handed_in_twice(self):
        self._open_by_link()
        self._step("begin")
        self._fill(self.cat, "Luna")
        token = self._form(self._page()).xpath("string(.//input[@name='csrf_token']/@value)")
        values = {"csrf_token": token, "question_id": self.cooks.id, str(self.cooks.id): "2"}
        for expected in (None, "closed"):
            answer = self.url_open(
                f"{self.asked._path()}/submit", json={"jsonrpc": "2.0", "params": values}
            ).json()
            self.assertEqual(answer["result"][1].get("error"), expected)
        self.env.invalidate_all()
        self.assertEqual(len(self.lead.activity_ids), 1)

    def test_closed_survey_and_archived_opportunity(self):
        self._open_by_link()
        self._step("begin")
        for record in (self.survey, self.lead):
            with self.subTest(record=record):
                page = self._page()
                self.assertEqual(page.status_code, 200)
                record.active = False
                page = self._page()
                self.assertURLEqual(
                    page.headers["Location"], f"{self._path(self.guest)}#questionnaires"
                )
                self.assertIn("Closed", self._get(self._path(self.guest)).text)
                record.active = True

    def test_way_back_and_no_token_on_the_page(self):
        self._open_by_link()
        for state in ("new", "in_progress"):
            page = self._page()
            self.assertIn("Kitchen for Berg", page.text)
            self.assertNotIn(self.asked.answer_id.access_token, page.text, state)
            self._step("begin")
        self._fill(self.cat, "Luna")
        self._fill(self.cooks, "2")
        for path in ("", "/answers"):
            self.assertNotIn(self.asked.answer_id.access_token, self._page(path=path).text)

    def test_picture_to_choose(self):
        question = self.env["survey.question"].create(
            {
                "survey_id": self.survey.id,
                "title": "Which front?",
                "question_type": "simple_choice",
                "sequence": 0,
                "suggested_answer_ids": [Command.create({"value": "Oak", "value_image": PIXEL})],
            }
        )
        self.asked.answer_id.predefined_question_ids |= question
        self._open_by_link()
        self._step("begin")
        [source] = html.fromstring(self._page().content).xpath(
            "//div[contains(@class, 'o_survey_choice_img')]/img/@src"
        )
        self.assertEqual(
            source, f"{self.asked._path()}/image/{question.id}/{question.suggested_answer_ids.id}"
        )
        self.assertEqual(self._get(source).headers["Content-Type"], "image/png")

    def test_permission_that_asks_for_the_code(self):
        permission = self.env.ref("customer_portal_access_survey.permission_answer_questionnaires")
        permission.assurance = "code"
        page = self._open_by_link()
        self.assertNotIn("Your kitchen", page.text)
        self.assertIn("Confirm who you are to see what we would like to know", page.text)
        self.assertEqual(self._page().status_code, 404)
        answer = self.url_open(
            f"{self._path(self.guest)}/confirm",
            data={
                "csrf_token": html.fromstring(page.content).xpath(
                    "string(//section[@id='questionnaires']//input[@name='csrf_token']/@value)"
                ),
                "section": "questionnaires",
            },
            allow_redirects=False,
        )
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")
        self.assertEqual(
            self.guest._return_path({"publication_id": False, "section": "questionnaires"}),
            f"{self._path(self.guest)}#questionnaires",
        )
