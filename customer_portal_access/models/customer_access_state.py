from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import babel_locale_parse

from ..utils import in_turn
from .customer_access import STATES


class CustomerAccess(models.Model):
    """An access's state, and what keeps it there, in the reader's words."""

    _inherit = "customer.access"

    block_reason = fields.Selection(selection="_selection_block_reason", compute="_compute_state")
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    state_reason = fields.Char(compute="_compute_state_reason")
    requires_code = fields.Boolean(
        compute="_compute_link_kind", help="The next link asks for a code by SMS."
    )
    link_kind = fields.Selection(
        [("login_free", "Login-free link"), ("invitation", "Invitation")],
        compute="_compute_link_kind",
    )
    login_note = fields.Char(compute="_compute_login_note")

    @api.model
    def _state_domains(self):
        """Return a domain for each state; the first that matches is the state."""
        now = fields.Datetime.now()
        reasons = {**self._closed_domains(), **self._unreachable_domains()}
        revoked = reasons.pop("revoked")
        blocked = [(domain, True) for domain in reasons.values()]
        return {
            "revoked": revoked,
            "blocked": in_turn(blocked, lambda access: access.state == "blocked"),
            "active": Domain("last_seen_at", "!=", False),
            "expired": Domain("invited_at", "!=", False) & Domain("link_expires_at", "<=", now),
            "invited": Domain("invited_at", "!=", False),
            "new": Domain.TRUE,
        }

    @api.depends(
        "granted",
        "revoked_at",
        "invited_at",
        "link_expires_at",
        "last_seen_at",
        "date_from",
        "date_until",
        "code_number",
        "role_id.can_be_invited",
        "role_id.requires_code",
        "partner_id.email_normalized",
        "partner_id.active",
        "partner_id.name",
    )
    def _compute_state(self):
        reasons, domains = self._blocks(), self._state_domains()
        del domains["revoked"], domains["blocked"]
        open_accesses = self.filtered(lambda access: access._ids[0] not in reasons)
        states = open_accesses._first_match(domains)
        for access in self:
            reason = access.block_reason = reasons.get(access._ids[0], False)
            if reason:
                access.state = "revoked" if reason == "revoked" else "blocked"
            else:
                access.state = states[access._ids[0]]

    @api.depends("state", "mail_failure", "stuck", "link_ids.is_off")
    @api.depends_context("lang", "tz")
    def _compute_state_reason(self):
        now = fields.Datetime.now()
        for access in self:
            access.state_reason = access._state_text(now)

    def _compute_link_kind(self):
        by_code = self.sudo().filtered_domain(self._code_domain())
        login_free = self.sudo().filtered_domain(self._login_free_domain(True)) - by_code
        for access in self:
            access.requires_code = access.sudo() in by_code
            access.link_kind = "login_free" if access.sudo() in login_free else "invitation"

    @api.depends("partner_id.email_normalized")
    def _compute_login_note(self):
        for access in self:
            owner = access.partner_id.sudo()._customer_login_owner()
            access.login_note = bool(owner) and self.env._(
                "Signing in with a password belongs to %(name)s, who has the same e-mail address.",
                name=owner.name,
            )

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _state_text(self, now):
        if self.block_reason:
            return self._block_text(self.block_reason)
        if self.mail_failure:
            label = dict(self._fields["mail_failure"]._description_selection(self.env))
            text = label[self.mail_failure]
            return f"{text}: {self.mail_failure_text}" if self.mail_failure_text else text
        if self.stuck == "code_failed":
            return dict(self._fields["stuck"]._description_selection(self.env))[self.stuck]
        if self.last_seen_at:
            return self.env._("Last seen %(ago)s ago", ago=self._span(now - self.last_seen_at))
        if not self.invited_at:
            return self.env._("Not invited yet")
        if self.sudo().link_ids[:1].is_off:  # sudo: the state is told to whoever sees the access
            return self.env._("Link switched off: send a new one")
        if not self.link_expires_at:
            return self.env._("Invited %(ago)s ago", ago=self._span(now - self.invited_at))
        if self.link_expires_at <= now:
            return self.env._("Expired on %(date)s", date=self._day(self.link_expires_at))
        return self.env._("Expires in %(span)s", span=self._span(self.link_expires_at - now))

    def _span(self, delta):
        """Return a length of time in words: "5 days", in the reader's language."""
        locale = babel_locale_parse(self.env.lang or "en_US")
        # "10 days" rather than "1 week": up to twice a unit the smaller one says more
        return format_timedelta(delta, threshold=2, locale=locale)

    @api.model
    def _selection_block_reason(self):
        return [
            ("revoked", self.env._("Revoked")),
            ("disabled", self.env._("Disabled by policy")),
            ("archived", self.env._("Archived")),
            ("internal", self.env._("Internal user")),
            ("role", self.env._("Role may not be invited")),
            ("not_granted", self.env._("Not ticked")),
            ("dates", self.env._("Outside its dates")),
            ("name", self.env._("No name")),
            ("email", self.env._("No valid e-mail address")),
            ("number", self.env._("No mobile number")),
            ("country", self.env._("Country not allowed for SMS")),
            ("shared_login", self.env._("E-mail is another log-in")),
        ]

    def _block_text(self, code):
        """Say in the reader's words why this contact is kept out, and the way to mend it.

        :param str code: what ``_block`` returned
        :rtype: str
        """
        self.ensure_one()
        role, email = self.role_id.name, self.email or ""
        return {
            "revoked": lambda: self.env._("Revoked on %(date)s", date=self._day(self.revoked_at)),
            "archived": lambda: self.env._("The contact or its user is archived"),
            "internal": lambda: self.env._("Works here: signs in as an internal user"),
            "role": lambda: self.env._("Role %(role)s may not be invited", role=role),
            "not_granted": lambda: self.env._("Not ticked: gets no access"),
            "dates": self._dates_text,
            "name": lambda: self.env._("No name"),
            "email": lambda: (
                self.env._("No valid e-mail address")
                if not email
                else self.env._("%(email)s is not one valid e-mail address", email=email)
            ),
            "number": lambda: (
                self.env._("No mobile number")
                if not (self.partner_id.customer_mobile or self.partner_id.phone)
                else self.env._(
                    "%(number)s cannot receive SMS",
                    number=self.partner_id.customer_mobile or self.partner_id.phone,
                )
            ),
            "country": lambda: self.env._(
                "No SMS to %(country)s: see the settings",
                country=self.code_country_id.name,
            ),
            "shared_login": lambda: self.env._(
                "%(email)s is the user name of somebody else", email=email
            ),
        }[code]()

    def _dates_text(self):
        if self.date_from and self.date_from > fields.Date.context_today(self):
            return self.env._("Begins on %(date)s", date=format_date(self.env, self.date_from))
        return self.env._("Ended on %(date)s", date=format_date(self.env, self.date_until))

    def _day(self, moment):
        return format_datetime(self.env, moment, tz=self.env.context.get("tz"), dt_format="short")
