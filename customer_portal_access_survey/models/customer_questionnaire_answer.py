from odoo import models

PAGE_KEYS = ("page_id", "question_id", "previous_page_id")


class CustomerQuestionnaire(models.Model):
    """What the contact does with a questionnaire: goes on, saves for later, hands in."""

    _inherit = "customer.questionnaire"

    def _path(self):
        """Return the local path of its page."""
        return f"{self.access_id._path()}/questionnaire/{self.id}"

    def _facts(self):
        """Return what the workspace shows of it.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "path": self._path(),
            "title": self.survey_name,
            "state": self.state,
            "date": self.answered_at,
            "is_open": self._is_open(),
        }

    def _is_open(self):
        """Say whether it can be answered now."""
        self.ensure_one()
        return (
            self.active
            and self.state != "done"
            and self.survey_id.active
            and not self.access_id._is_read_only()
        )

    def _names_strangers(self, values):
        """Say whether what a browser sent names pages of another survey.

        :param dict values: what was sent
        :rtype: bool
        """
        own = {str(page.id) for page in self.survey_id.question_and_page_ids}
        return any(key in values and str(values[key]) not in own for key in PAGE_KEYS)

    def _save_draft(self, answers):
        """Keep what is answered so far of the page at hand; what is not valid is left out.

        What was handed in before is changed only where the survey lets one go back.

        :param answers: question, answer and comment of each, as the survey reads them
        """
        self.ensure_one()
        answer, survey = self.answer_id, self.survey_id
        kept = answer.user_input_line_ids.question_id - self.draft_question_ids
        for question, value, comment in answers:
            if question in kept and not survey.users_can_go_back:
                continue
            known = question in kept or question in self.draft_question_ids
            if not (value or comment or known) or (
                (value or comment) and question.validate_question(value, comment)
            ):
                continue
            answer._save_lines(question, value, comment)
            if question not in kept:
                self.draft_question_ids |= question

    def _report_done(self):
        """Tell staff that a contact has answered all of it."""
        for questionnaire in self:
            access = questionnaire.access_id
            text = access._staff_env()._(
                "%(contact)s has answered “%(questionnaire)s”",
                contact=questionnaire.partner_id.name,
                questionnaire=questionnaire.survey_name,
            )
            access._report(
                "questionnaire_answered",
                text,
                activity=text,
                notify=True,
                reason=questionnaire.survey_name,
            )
