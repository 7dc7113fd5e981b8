from odoo import api, fields, models
from odoo.fields import Domain

from ..utils import CODE_TRIES, first_of


class CustomerAccess(models.Model):
    """Who got stuck on the way in, where, and what helps."""

    _inherit = "customer.access"

    challenge_ids = fields.One2many("customer.sms.challenge", "access_id", readonly=True)
    stuck = fields.Selection(
        selection="_selection_stuck", compute="_compute_stuck", search="_search_stuck"
    )
    stuck_hint = fields.Char(string="What helps", compute="_compute_stuck")
    customer_step = fields.Char(string="Where the customer is", compute="_compute_customer_step")

    def _number_changed(self):
        """Tell whoever is concerned that codes go to another number from now on.

        A number that somebody else has put in opens what is theirs: the contact hears of
        it by mail, and so do those in charge of the other workspaces.
        """
        self.env["customer.access.event"]._log("number_changed", self)
        for contact, accesses in self.grouped("partner_id").items():
            self.env["customer.sms.challenge"].sudo()._void(contact)
            invited = accesses.filtered("invited_at")
            if invited and contact.email_normalized:
                contact._customer_mail(invited, {"number_changed": contact.email_normalized})
            for access in invited.filtered(
                lambda access: access.person_in_charge_id not in (self.env.user, False)
            ):
                access._tell(
                    None,
                    self.env._("%(contact)s has another number for codes", contact=contact.name),
                )

    @api.model
    def _selection_stuck(self):
        return [
            ("bounced", self.env._("Mail did not arrive")),
            ("code_failed", self.env._("Code failed")),
            ("not_entered", self.env._("Opened, not entered")),
            ("expired", self.env._("Expired unused")),
        ]

    @api.model
    def _stuck_domains(self):
        """Return a domain for each way to be stuck; the first that matches counts."""
        waiting = Domain("first_seen_at", "=", False) & Domain("revoked_at", "=", False)
        return {
            "bounced": waiting & Domain("mail_failure", "!=", False),
            "code_failed": waiting
            & Domain(
                "challenge_ids",
                "any!",  # staff see that it failed, not the challenge
                Domain("consumed_at", "=", False)
                & (
                    Domain("tries", ">=", CODE_TRIES)
                    | Domain("closed_at", "!=", False)
                    | Domain("failed_at", "!=", False)
                ),
            ),
            "not_entered": waiting & Domain("link_ids.first_used_at", "!=", False),
            "expired": waiting & Domain("state", "=", "expired"),
        }

    def _compute_stuck(self):
        hints = self._stuck_hints()
        found = self._first_match(self._stuck_domains())
        for access in self:
            access.stuck = found.get(access._ids[0], False)
            access.stuck_hint = hints.get(access.stuck, "")

    def _stuck_hints(self):
        return {
            "bounced": self.env._("Correct the e-mail address and invite again."),
            "code_failed": self.env._("Check the number, then ask to open the link again."),
            "not_entered": self.env._("Call: the link was opened, but no code was typed."),
            "expired": self.env._("Invite again: the link ended before it was used."),
        }

    @api.model
    def _search_stuck(self, operator, value):
        if operator != "in":
            return NotImplemented
        return first_of(self._stuck_domains(), value)

    def _open_challenge(self):
        """Return the challenge a customer is at right now, or none."""
        now = fields.Datetime.now()
        return self.challenge_ids.filtered(
            lambda challenge: (
                not challenge.consumed_at
                and not challenge.closed_at
                and (challenge.expires_at or fields.Datetime.add(challenge.create_date, hours=1))
                > now
            )
        )[:1]

    def _compute_customer_step(self):
        for access in self:
            access.customer_step = access.sudo()._step_text()

    def _step_text(self):
        challenge = self._open_challenge()
        if not challenge:
            return ""
        if not challenge.sent_at:
            return self.env._("At the code page, no code sent yet")
        return self.env._(
            "Code sent %(ago)s ago, %(tries)s wrong tries",
            ago=self._span(fields.Datetime.now() - challenge.sent_at),
            tries=challenge.tries,
        )
