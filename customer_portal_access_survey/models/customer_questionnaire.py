from odoo import api, fields, models
from odoo.exceptions import UserError

# Which of two answers to the same questionnaire is kept when contacts are merged.
PROGRESS = ("new", "in_progress", "done")


class CustomerQuestionnaire(models.Model):
    """A survey that one contact of an opportunity is asked to answer.

    Staff tick and untick it; ``customer_questionnaire_answer`` is the contact's side.
    Its state is the one of Odoo's own answer.
    """

    _name = "customer.questionnaire"
    _description = "Customer questionnaire"
    _order = "id"
    _rec_name = "survey_name"

    access_id = fields.Many2one(
        "customer.access", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, readonly=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(related="access_id.lead_id", store=True, index="btree_not_null")
    company_id = fields.Many2one(related="access_id.company_id", store=True, index=True)
    survey_id = fields.Many2one("survey.survey", required=True, readonly=True, ondelete="cascade")
    survey_name = fields.Char(related="survey_id.title", string="Questionnaire")
    answer_id = fields.Many2one(
        "survey.user_input", required=True, readonly=True, ondelete="cascade", index=True
    )
    state = fields.Selection(related="answer_id.state", store=True)
    answered_at = fields.Datetime(related="answer_id.end_datetime", string="Done on")
    active = fields.Boolean(default=True, readonly=True)
    draft_question_ids = fields.Many2many(
        "survey.question",
        string="Saved for later",
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Answered, but not handed in: may be answered otherwise.",
    )
    answers = fields.Html(compute="_compute_answers", sanitize=False)

    _once = models.UniqueIndex(
        "(access_id, survey_id) WHERE active",
        "This contact has this questionnaire already.",
    )

    @api.depends("answer_id.user_input_line_ids")
    @api.depends_context("lang")
    def _compute_answers(self):
        for questionnaire in self:
            # sudo: who may read the questionnaire may read its answers, without being a
            # user of the Surveys app
            answer_sudo = questionnaire.sudo().answer_id
            questionnaire.answers = self.env["ir.qweb"]._render(
                "customer_portal_access_survey.customer_questionnaire_answers",
                {"answers": answer_sudo._customer_answers() if answer_sudo else []},
            )

    # ------------------------------------------------------------
    # TICKED AND UNTICKED
    # ------------------------------------------------------------

    @api.model
    def _offer(self, access, surveys):
        """Ask a contact to answer surveys; what was withdrawn and begun is there again.

        :param access: the ``customer.access`` of the contact
        :param surveys: ``survey.survey`` records
        :return: the questionnaires, with ``sudo``
        """
        questionnaires_sudo = self.sudo()  # staff need no rights on surveys; asked before
        kept_sudo = (
            access.sudo()
            .with_context(active_test=False)
            .questionnaire_ids.filtered(lambda kept: kept.partner_id == access.partner_id)
        )
        for survey_sudo in surveys.sudo():
            withdrawn_sudo = kept_sudo.filtered(
                lambda kept, wanted=survey_sudo: kept.survey_id == wanted
            )[-1:]
            if withdrawn_sudo:
                withdrawn_sudo.active = True
                questionnaires_sudo |= withdrawn_sudo
                continue
            answer_sudo = survey_sudo._create_answer(
                partner=access.partner_id.sudo(),
                check_attempts=False,
                customer_company_id=access.company_id.id,
            )
            questionnaires_sudo |= questionnaires_sudo.create(
                {
                    "access_id": access.id,
                    "partner_id": access.partner_id.id,
                    "survey_id": survey_sudo.id,
                    "answer_id": answer_sudo.id,
                }
            )
        return questionnaires_sudo

    def _withdraw(self):
        """Ask for these no longer; what was begun is kept for staff."""
        begun = self.filtered(lambda questionnaire: questionnaire.state != "new")
        begun.sudo().active = False  # written by verbs only
        begun.flush_recordset(["active"])  # a unique index knows one that is active
        (self - begun).sudo().answer_id.unlink()  # and the questionnaires with them

    def _hand_over(self, access):
        """Move these to the access that stays when two become one.

        :param access: the ``customer.access`` that stays
        """
        for questionnaire in self:
            twin = access.questionnaire_ids.filtered(
                lambda twin, moved=questionnaire: twin.survey_id == moved.survey_id
            )
            if twin and questionnaire.active:
                pair = (twin | questionnaire).sorted(lambda one: PROGRESS.index(one.state))
                pair[0]._withdraw()
            if questionnaire.exists():
                questionnaire.access_id = access

    # ------------------------------------------------------------
    # WHAT STAFF CLICK
    # ------------------------------------------------------------

    def action_reopen(self):
        """Let the contacts change and complete what they have answered.

        :rtype: dict
        :raises UserError: when one is not done
        """
        self.access_id.check_access("write")
        for questionnaire_sudo in self.sudo():  # written by verbs only
            if questionnaire_sudo.state != "done":
                raise UserError(
                    self.env._(
                        "%(contact)s has not handed in “%(questionnaire)s” yet.",
                        contact=questionnaire_sudo.partner_id.name,
                        questionnaire=questionnaire_sudo.survey_name,
                    )
                )
            questionnaire_sudo._reopen()
        return self.access_id._notification(
            "success",
            self.env._("It can be answered again. Click Remind to tell the contact."),
        )

    def _reopen(self):
        """Begin again at the first question, with all that was answered."""
        answer = self.answer_id
        answer.write(
            {
                "state": "in_progress",
                "start_datetime": fields.Datetime.now(),
                "end_datetime": False,
                "last_displayed_page_id": False,
                "survey_first_submitted": False,
            }
        )
        if self.survey_id.questions_selection == "all":  # done, it lost what did not apply
            answer.predefined_question_ids = (
                self.survey_id._prepare_user_input_predefined_questions()
            )
        self.draft_question_ids = answer.user_input_line_ids.question_id
        self.access_id._target()._message_log(
            body=self.env._(
                "“%(questionnaire)s” reopened for %(contact)s",
                questionnaire=self.survey_name,
                contact=self.partner_id.name,
            )
        )

    def action_remind(self):
        """Mail each contact once that answers are missing, with a fresh link.

        :rtype: dict
        :raises UserError: when nothing is missing, or a contact cannot be let in
        """
        accesses = self.access_id
        accesses.check_access("write")
        waiting = accesses.filtered(lambda access: access._questionnaires_to_answer())
        if not waiting:
            raise UserError(self.env._("Nothing is missing: everything is answered."))
        for access in waiting:
            if reason := access._refusal(reinstate=False):
                raise UserError(
                    self.env._("%(name)s: %(reason)s", name=access.partner_id.name, reason=reason)
                )
        template = self.env.ref("customer_portal_access_survey.mail_template_questionnaire")
        waiting.send_invitation(template.id)
        return accesses._notification(
            "success",
            self.env._(
                "A mail is on its way to %(names)s.",
                names=", ".join(waiting.partner_id.mapped("name")),
            ),
        )

    def action_open_answers(self):
        """Open what the contact has answered.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.survey_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
