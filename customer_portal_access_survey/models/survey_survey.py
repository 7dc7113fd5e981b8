from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SurveySurvey(models.Model):
    """A survey that is offered to the contacts of opportunities as a questionnaire."""

    _inherit = "survey.survey"

    customer_offered = fields.Boolean(
        string="For customers",
        help="Can be ticked for the contacts of an opportunity, on its Customer Centre tab.",
    )
    customer_company_id = fields.Many2one(
        "res.company", string="For customers of", help="Empty: of every company."
    )

    @api.constrains("customer_offered", "survey_type", "users_login_required", "certification")
    def _check_customer_offered(self):
        for survey in self.filtered("customer_offered"):
            if survey.survey_type == "live_session":
                raise ValidationError(
                    self.env._("A live session is held at one time: it is no questionnaire.")
                )
            if survey.users_login_required or survey.certification:
                raise ValidationError(
                    self.env._(
                        "“%(survey)s” asks for a log-in or gives certificates. Customers answer "
                        "without a log-in: switch both off first.",
                        survey=survey.title,
                    )
                )

    @api.model
    def _customer_domain(self, company):
        """Return the domain of what staff may tick for the customers of a company.

        :param company: a ``res.company``
        """
        return Domain("customer_offered", "=", True) & Domain(
            "customer_company_id", "in", [company.id, False]
        )
