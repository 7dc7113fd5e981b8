from odoo.fields import Command

from odoo.addons.customer_portal_access.tests.common import CustomerData


class QuestionnaireData(CustomerData):
    """A survey of two pages that is offered to customers."""

    @classmethod
    def _create_survey(cls, **values):
        survey = cls.env["survey.survey"].create(
            {
                "title": "Your kitchen",
                "customer_offered": True,
                "access_mode": "token",
                "questions_layout": "page_per_question",
                "scoring_type": "no_scoring",
                "question_and_page_ids": [
                    Command.create(
                        {"title": "Name of your cat", "question_type": "char_box", "sequence": 1}
                    ),
                    Command.create(
                        {
                            "title": "How many of you cook?",
                            "question_type": "numerical_box",
                            "constr_mandatory": True,
                            "sequence": 2,
                        }
                    ),
                ],
                **values,
            }
        )
        return survey

    def _ask(self, access, survey=None):
        """Tick a questionnaire for a contact and return it."""
        access._choose_questionnaires(survey or self.survey)
        return access.questionnaire_ids.filtered(
            lambda asked: asked.survey_id == (survey or self.survey)
        )
