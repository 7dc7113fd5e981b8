from odoo import fields, models


class CustomerQuestionnaireChoice(models.TransientModel):
    """Which questionnaires are for which contacts of an opportunity."""

    _name = "customer.questionnaire.choice"
    _description = "Choose questionnaires"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True, ondelete="cascade")
    line_ids = fields.One2many("customer.questionnaire.choice.line", "choice_id")

    def action_apply(self):
        """Ask each contact for what is ticked.

        :rtype: dict
        """
        self.ensure_one()
        for access, lines in self.line_ids.grouped("access_id").items():
            access._choose_questionnaires(lines.filtered("ticked").survey_id)
        return {"type": "ir.actions.act_window_close"}


class CustomerQuestionnaireChoiceLine(models.TransientModel):
    _name = "customer.questionnaire.choice.line"
    _description = "Choose questionnaires: one for one contact"

    choice_id = fields.Many2one(
        "customer.questionnaire.choice", required=True, readonly=True, ondelete="cascade"
    )
    access_id = fields.Many2one("customer.access", required=True, readonly=True, ondelete="cascade")
    contact_name = fields.Char(related="access_id.partner_id.name", string="Contact")
    role_name = fields.Char(related="access_id.role_id.name", string="Role")
    may_answer = fields.Boolean(
        compute="_compute_may_answer", help="The role may answer questionnaires."
    )
    survey_id = fields.Many2one("survey.survey", required=True, readonly=True, ondelete="cascade")
    survey_name = fields.Char(related="survey_id.title", string="Questionnaire")
    ticked = fields.Boolean(string="To answer")

    def _compute_may_answer(self):
        for line in self:
            line.may_answer = line.access_id.role_id._holds("answer_questionnaires")
