import phonenumbers

from odoo import api, fields, models


class CustomerSmsChallenge(models.Model):
    """What a code proves: who comes in, or a number that replaces another one."""

    _inherit = "customer.sms.challenge"

    purpose = fields.Selection(
        [("enter", "Coming in"), ("old_number", "Old number"), ("new_number", "New number")],
        required=True,
        default="enter",
        help="What the code opens: a session, or a step in changing the number.",
    )

    def _expected_number(self):
        """Return where the code has to go: the number on record, or the one to be proven."""
        return self.number if self.purpose == "new_number" else self.access_id.code_number

    @api.model
    def _may_go_to(self, number, company):
        """Say whether a company sends codes to the country of a number.

        :param str number: in international form
        :param company: whose settings count
        :rtype: bool
        """
        allowed = company.customer_sms_country_ids
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
        return not allowed or self.env["res.partner"]._customer_country_id(region) in allowed.ids

    def _pause_key(self):
        """Return for whom sending pauses: the old and the new number follow each other."""
        partner_id = self.partner_id.id
        return f"{partner_id}-new" if self.purpose == "new_number" else partner_id
