from markupsafe import Markup

from odoo import models

PERMISSION = "answer_questionnaires"


class CustomerAccess(models.Model):
    """What a contact sees of the questionnaires, in the workspace and in mails."""

    _inherit = "customer.access"

    def _questionnaires(self, assurance):
        """Return the questionnaires that the visitor sees.

        :param str assurance: the level the visitor has reached
        :return: ``customer.questionnaire`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # contacts have no rights on questionnaires
        if self._opened() or not self._check(PERMISSION, assurance):
            return access_sudo.questionnaire_ids.browse()
        return access_sudo.questionnaire_ids.filtered(
            lambda questionnaire: questionnaire.partner_id == access_sudo.partner_id
        )

    def _questionnaire(self, questionnaire_id, assurance):
        """Return one questionnaire, or none when it is not this visitor's.

        :param int questionnaire_id: from the URL
        :param str assurance: the level the visitor has reached
        """
        return self._questionnaires(assurance).filtered(
            lambda questionnaire: questionnaire.id == questionnaire_id
        )

    def _questionnaires_to_answer(self):
        """Return what the contact has not handed in yet.

        :return: ``customer.questionnaire`` records, with ``sudo``
        """
        return self._questionnaires("account").filtered(
            lambda questionnaire: questionnaire._is_open()
        )

    def _workspace_page_values(self, assurance):
        shown = self._questionnaires(assurance)
        return {
            **super()._workspace_page_values(assurance),
            "questionnaires": [questionnaire._facts() for questionnaire in shown],
            "questionnaires_wait": not shown and bool(self._questionnaires("account")),
        }

    def _section_path(self, section):
        if section == "questionnaires":
            return "#questionnaires"
        return super()._section_path(section)

    def _link_html(self, publications=()):
        """Name, above the link, what the contact is asked to answer."""
        html = super()._link_html(publications)
        titles = self._questionnaires_to_answer().mapped("survey_name")
        if not titles:
            return html
        lines = Markup("").join(Markup("<br/>• %s") % title for title in titles)
        return Markup("<strong>%s</strong>%s<br/><br/>%s") % (
            self.env._("Please answer there:"),
            lines,
            html,
        )
