from odoo.fields import Command
from odoo.tools import mute_logger

from .test_questionnaire_pages import PIXEL, QuestionnairePageCase

OURS = "odoo.addons.customer_portal_access_survey.controllers.questionnaire"
STEPS = ("begin", "submit", "next_question", "save")


class TestQuestionnaireRoutes(QuestionnairePageCase):
    """Every route of ours, for everybody who has no business there."""

    def setUp(self):
        super().setUp()
        choice = self.env["survey.question"].create(
            {
                "survey_id": self.survey.id,
                "title": "Which front?",
                "question_type": "simple_choice",
                "sequence": 0,
                "suggested_answer_ids": [Command.create({"value": "Oak", "value_image": PIXEL})],
            }
        )
        self.asked.answer_id.predefined_question_ids |= choice
        picture = f"/image/{choice.id}/{choice.suggested_answer_ids.id}"
        self.pages = {
            "": "",
            "/answers": "/answers",
            "/image/<int:question_id>/<int:suggested_answer_id>": picture,
        }
        self.token = ""

    def _answer_step(self, path, step):
        """Send a step as if the page with its form had been there."""
        values = {
            "csrf_token": self.token,
            "question_id": self.cat.id,
            str(self.cat.id): "Intruder",
        }
        return self.url_open(f"{path}/{step}", json={"jsonrpc": "2.0", "params": values}).json()

    def _assert_closed(self, asked, why, path=None, outside=False):
        """Let every route tell nothing and change nothing.

        :param path: of the questionnaire; by default its own
        :param bool outside: whether the visitor is nobody here; else pages are not found
        """
        path = path or asked._path()
        for page in self.pages.values():
            with self.subTest(page=page, why=why):
                answer = self._get(f"{path}{page}")
                if outside:
                    self._assert_outside(answer)
                else:
                    self.assertEqual(answer.status_code, 404)
                self.assertNotIn(self.survey.title, answer.text)
        for step in STEPS:
            with self.subTest(step=step, why=why):
                self.assertIn("error", self._answer_step(path, step))
        self.env.invalidate_all()
        self.assertFalse(
            asked.answer_id.user_input_line_ids.filtered(
                lambda line: line.value_char_box == "Intruder"
            ),
            why,
        )

    def _take_token(self):
        """Take the token of a form that the visitor is shown."""
        self.token = self._form(self._page()).xpath("string(.//input[@name='csrf_token']/@value)")

    def test_every_route_is_looked_at_here(self):
        page = "/questionnaire/<int:questionnaire_id>"
        paths = {*self.pages, f"/<any({','.join(STEPS)}):step>"}
        self.assertEqual(self._rules_of(OURS), {f"{page}{path}" for path in paths})

    @mute_logger("odoo.http")
    def test_stranger(self):
        self._assert_closed(self.asked, "nobody is here", outside=True)

    @mute_logger("odoo.http")
    def test_colleague(self):
        """Under the colleague's own address, and under that of one's own workspace."""
        self._open_by_link()
        self._take_token()
        self._assert_closed(self.hers, "a colleague's")
        own = self.asked._path().rpartition("/")[0]
        self._assert_closed(self.hers, "below one's own", path=f"{own}/{self.hers.id}")

    @mute_logger("odoo.http")
    def test_other_role(self):
        self._open_by_link()
        self._take_token()
        self.guest.role_id = self._role("timesheet_approver")
        self._assert_closed(self.asked, "the role lacks it")

    @mute_logger("odoo.http")
    def test_other_company(self):
        self._open_by_link()
        self._take_token()
        foreign = {"company_id": self.other_company.id, "user_id": False, "team_id": False}
        lead = self.lead.copy({"name": "Foreign", **foreign})
        foreign = self._ask(self._create_access(self.bo, self.contact_person, lead))
        self.assertEqual(foreign.company_id, self.other_company)
        self._assert_closed(foreign, "another company's")
        own = self.asked._path().rpartition("/")[0]
        self._assert_closed(foreign, "below one's own", path=f"{own}/{foreign.id}")

    @mute_logger("odoo.http")
    def test_revoked_while_inside(self):
        self._open_by_link()
        self._take_token()
        self.guest.revoke()
        self._assert_closed(self.asked, "revoked", outside=True)

    def test_they_are_open_to_whom_they_are_for(self):
        """What the others were refused works: the answers above mean something."""
        self._open_by_link()
        self._take_token()
        self.assertNotIn("error", self._answer_step(self.asked._path(), "begin"))
        self.assertEqual(self._page().status_code, 200)
        picture = list(self.pages.values())[2]
        self.assertEqual(self._page(path=picture).status_code, 200)
