import functools

from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge

from odoo import http
from odoo.http import request

from odoo.addons.customer_portal_access.controllers.page import find_access, private_page
from odoo.addons.survey.controllers.main import Survey

PAGE = "/my/customer/<int:access_id>/questionnaire/<int:questionnaire_id>"
STEPS = "begin,submit,next_question,save"
BYTES_A_STEP = 256 * 1024


def questionnaire_route(path="", *, methods, kind="http"):
    """Route a page of one questionnaire, for the contact who is asked to answer it."""

    def decorate(endpoint):
        @functools.wraps(endpoint)
        def found(self, access_id, questionnaire_id, **kwargs):
            access_sudo, assurance = find_access(access_id)
            questionnaire_sudo = access_sudo._questionnaire(questionnaire_id, assurance)
            if not questionnaire_sudo:
                raise NotFound()
            # On the request, where no browser can put it: Odoo's survey pages serve this
            # one answer, as long as the request lasts.
            request.customer_questionnaire = questionnaire_sudo
            return endpoint(self, questionnaire_sudo, **kwargs)

        route = http.route(
            f"{PAGE}{path}",
            type=kind,
            auth="customer",
            methods=methods,
            website=True,
            sitemap=False,
        )
        return route(private_page(found))

    return decorate


class CustomerQuestionnaire(Survey):
    """Odoo's survey pages for the questionnaires of a contact, behind the gate."""

    @questionnaire_route(methods=["GET"])
    def customer_questionnaire(self, questionnaire_sudo, **_kwargs):
        """Show where the contact is in a questionnaire; lead back when it is closed."""
        access_sudo, answer_sudo = questionnaire_sudo.access_id, questionnaire_sudo.answer_id
        access_sudo._seen()
        if not questionnaire_sudo._is_open() and questionnaire_sudo.state != "done":
            return request.redirect(f"{access_sudo._path()}#questionnaires")
        lang = self._get_lang_with_fallback(answer_sudo)
        request.update_context(lang=lang.code)
        survey_sudo = questionnaire_sudo.survey_id.with_context(lang=lang.code)
        values = self._prepare_survey_data(survey_sudo, answer_sudo.with_context(lang=lang.code))
        return request.render("survey.survey_page_fill", values)

    @questionnaire_route("/answers", methods=["GET"])
    def customer_questionnaire_answers(self, questionnaire_sudo, **_kwargs):
        """Show what the contact has answered."""
        if questionnaire_sudo.state != "done":
            return request.redirect(questionnaire_sudo._path())
        survey_sudo, answer_sudo = questionnaire_sudo.survey_id, questionnaire_sudo.answer_id
        response = self.survey_print(
            survey_sudo.access_token, answer_token=answer_sudo.access_token
        )
        response.qcontext.update(self._customer_values(questionnaire_sudo))
        return response

    @questionnaire_route("/image/<int:question_id>/<int:suggested_answer_id>", methods=["GET"])
    def customer_questionnaire_image(
        self, questionnaire_sudo, question_id, suggested_answer_id, **_kwargs
    ):
        """Serve a picture to choose."""
        return self.survey_get_question_image(
            questionnaire_sudo.survey_id.access_token,
            questionnaire_sudo.answer_id.access_token,
            question_id,
            suggested_answer_id,
        )

    @questionnaire_route(f"/<any({STEPS}):step>", methods=["POST"], kind="jsonrpc")
    def customer_questionnaire_step(self, questionnaire_sudo, step, csrf_token=None, **values):
        """Take one step, as Odoo's survey pages do: begin, hand in a page, or save it."""
        if not request.validate_csrf(csrf_token):
            raise BadRequest()
        if (request.httprequest.content_length or 0) > BYTES_A_STEP:
            raise RequestEntityTooLarge()
        if questionnaire_sudo._names_strangers(values):
            raise NotFound()
        if not questionnaire_sudo._is_open():
            return {}, {"error": "closed"}
        if step == "save":
            return self._customer_save(questionnaire_sudo, values)
        take = {
            "begin": self.survey_begin,
            "submit": self.survey_submit,
            "next_question": self.survey_next_question,
        }[step]
        tokens = (
            questionnaire_sudo.survey_id.access_token,
            questionnaire_sudo.answer_id.access_token,
        )
        return take(*tokens, **values)

    def _customer_save(self, questionnaire_sudo, values):
        """Keep what is typed so far."""
        if questionnaire_sudo.state == "in_progress":
            questions_sudo = questionnaire_sudo.answer_id.predefined_question_ids
            questionnaire_sudo._save_draft(
                (question, *self._extract_comment_from_answers(question, values[str(question.id)]))
                for question in questions_sudo
                if str(question.id) in values
            )
        return {}, {}

    def _customer_values(self, questionnaire_sudo):
        """Return what the survey pages need to stay below the workspace."""
        access_sudo = questionnaire_sudo.access_id
        return {
            "customer_path": questionnaire_sudo._path(),
            "customer_back": f"{access_sudo._path()}#questionnaires",
            "customer_workspace": access_sudo._workspace_title(),
        }

    # ------------------------------------------------------------
    # ODOO'S SURVEY PAGES
    # ------------------------------------------------------------

    def _fetch_from_access_token(self, survey_token, answer_token):
        """Refuse the tokens of contacts' answers: they know nothing of a revocation."""
        survey_sudo, answer_sudo = super()._fetch_from_access_token(survey_token, answer_token)
        if answer_sudo.customer_company_id and not self._may_open(answer_sudo):
            answer_sudo = answer_sudo.browse()
        return survey_sudo, answer_sudo

    def _may_open(self, answer_sudo):
        """Say whether this request has passed the gate to it, or is by staff who may read it."""
        opened = getattr(request, "customer_questionnaire", None)
        if opened is not None:
            return opened.answer_id == answer_sudo
        user = request.env.user
        return user._is_internal() and answer_sudo.with_user(user).has_access("read")

    def _get_access_data(self, survey_token, answer_token, ensure_token=True, check_partner=True):
        opened = getattr(request, "customer_questionnaire", None)
        return super()._get_access_data(
            survey_token,
            answer_token,
            ensure_token=ensure_token,
            # who is here by a link is not signed in as the contact, but maybe as somebody else
            check_partner=check_partner and opened is None,
        )

    def _prepare_survey_data(self, survey_sudo, answer_sudo, **post):
        values = super()._prepare_survey_data(survey_sudo, answer_sudo, **post)
        opened = getattr(request, "customer_questionnaire", None)
        return values if opened is None else {**values, **self._customer_values(opened)}
