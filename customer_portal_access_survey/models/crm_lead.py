from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmLead(models.Model):
    """The questionnaires of an opportunity's contacts, as staff see them."""

    _inherit = "crm.lead"

    customer_questionnaire_ids = fields.One2many(
        "customer.questionnaire", "lead_id", string="Questionnaires", readonly=True, copy=False
    )

    def action_customer_questionnaires(self):
        """Open the dialog to tick which questionnaires are for which contacts.

        :rtype: dict
        :raises UserError: when there are no contacts, or nothing is offered to customers
        """
        self.ensure_one()
        self.check_access("write")
        accesses = self.customer_access_ids.filtered(lambda access: not access.revoked_at)
        if not accesses:
            raise UserError(self.env._("Add the contacts who should answer first."))
        # sudo: staff choose surveys by name, without rights on them
        surveys_sudo = self.env["survey.survey"].sudo()
        lines = []
        for access in accesses:
            ticked_sudo = access.sudo().questionnaire_ids.survey_id
            offered_sudo = surveys_sudo.search(
                surveys_sudo._customer_domain(access.company_id), order="title, id"
            )
            lines += [
                {
                    "access_id": access.id,
                    "survey_id": survey_sudo.id,
                    "ticked": survey_sudo in ticked_sudo,
                }
                for survey_sudo in offered_sudo | ticked_sudo
            ]
        if not lines:
            raise UserError(
                self.env._(
                    "No survey is offered to customers yet. In the Surveys app, open one and "
                    "tick “For customers” on its Options tab."
                )
            )
        choice = self.env["customer.questionnaire.choice"].create(
            {"lead_id": self.id, "line_ids": [Command.create(line) for line in lines]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Questionnaires"),
            "res_model": choice._name,
            "res_id": choice.id,
            "view_mode": "form",
            "target": "new",
        }
