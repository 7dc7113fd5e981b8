from odoo import api, fields, models


class SurveyUserInput(models.Model):
    """The answers of a contact: they leave through the contact's own page only."""

    _inherit = "survey.user_input"

    customer_company_id = fields.Many2one(
        "res.company",
        string="Customer portal of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Answered in the customer portal: the token of this answer opens nothing.",
    )
    customer_questionnaire_ids = fields.One2many("customer.questionnaire", "answer_id")

    def _mark_done(self):
        res = super()._mark_done()
        # sudo: contacts have no rights on questionnaires
        self.sudo().customer_questionnaire_ids._report_done()
        return res

    def _save_lines(self, question, answer, comment=None, overwrite_existing=True):
        """Let a contact change what was saved, but not handed in yet."""
        # sudo: as above
        questionnaire_sudo = self.sudo().customer_questionnaire_ids
        is_draft = question in questionnaire_sudo.draft_question_ids
        res = super()._save_lines(question, answer, comment, overwrite_existing or is_draft)
        if is_draft:
            questionnaire_sudo.draft_question_ids -= question
        return res

    @api.private
    def _customer_answers(self):
        """Return what was answered, as staff read it.

        :return: for each question ``title`` and ``answers``, a list of texts
        :rtype: list[dict]
        """
        self.ensure_one()
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        questions = lines.question_id.sorted(lambda question: (question.sequence, question.id))
        return [
            {
                "title": question.title,
                "answers": [
                    line._customer_text()
                    for line in lines.filtered(
                        lambda line, asked=question: line.question_id == asked
                    )
                ],
            }
            for question in questions
        ]


class SurveyUserInputLine(models.Model):
    _inherit = "survey.user_input.line"

    def _customer_text(self):
        """Return one answer as a text.

        :rtype: str
        """
        if self.matrix_row_id:
            return f"{self.matrix_row_id.value}: {self.display_name}"
        return self.display_name or ""
