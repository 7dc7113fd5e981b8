from odoo import fields, models
from odoo.exceptions import UserError


class CustomerAccess(models.Model):
    """Which questionnaires a contact is asked to answer."""

    _inherit = "customer.access"

    questionnaire_ids = fields.One2many("customer.questionnaire", "access_id", readonly=True)

    def _choose_questionnaires(self, surveys):
        """Ask the contact for these questionnaires, and for no others.

        :param surveys: ``survey.survey`` records
        :raises UserError: when one is not offered to customers here, or this is not on an
            opportunity
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: staff choose surveys by name, without rights on them
        surveys_sudo = surveys.sudo()
        mine_sudo = self.sudo().questionnaire_ids
        added_sudo = surveys_sudo - mine_sudo.survey_id
        offered_sudo = added_sudo.filtered_domain(surveys_sudo._customer_domain(self.company_id))
        if added_sudo != offered_sudo or (added_sudo and not self.lead_id):
            raise UserError(self.env._("This questionnaire is not offered to customers here."))
        mine_sudo.filtered(lambda mine: mine.survey_id not in surveys_sudo)._withdraw()
        self.env["customer.questionnaire"]._offer(self, added_sudo)

    def _forget(self):
        """Ask whoever takes this place for nothing that was asked before."""
        self.sudo().questionnaire_ids._withdraw()  # written by verbs only
        return super()._forget()

    def _absorb(self, other):
        # sudo: who may merge moves what hangs on the accesses
        other.sudo().with_context(active_test=False).questionnaire_ids._hand_over(self.sudo())
        return super()._absorb(other)
