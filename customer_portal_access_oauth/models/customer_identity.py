from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class CustomerIdentity(models.Model):
    """An account at a provider by which one contact signs in.

    Issuer and subject say who it is, for good; an e-mail address never does. It is made
    with a registration, and signs nobody in before that is approved.
    """

    _name = "customer.identity"
    _description = "Customer's account at a provider"
    _order = "id desc"
    _rec_name = "provider_id"

    provider_id = fields.Many2one(
        "auth.oauth.provider", readonly=True, ondelete="set null", index="btree_not_null"
    )
    provider_name = fields.Char(readonly=True, required=True)
    issuer = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    subject = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Whom it signs in; empty until the registration is approved.",
    )
    registration_id = fields.Many2one(
        "customer.registration",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="What it came with.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    last_used_at = fields.Datetime(string="Last sign-in", readonly=True)

    _issuer_subject_unique = models.UniqueIndex("(issuer, subject)")

    @api.model
    def _find(self, issuer, subject):
        """Return the identity of a person at a provider, or none."""
        return self.search([("issuer", "=", issuer), ("subject", "=", subject)], limit=1)

    @api.model
    def _await(self, registration, proof):
        """Keep the account that a registration came with; it signs nobody in yet.

        One that is a contact's already stays that contact's.

        :param registration: a ``customer.registration`` that counts
        :param dict proof: what a provider said
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_identity AS identity
                       (provider_id, provider_name, issuer, subject, registration_id, company_id)
                VALUES (%(provider_id)s, %(provider)s, %(issuer)s, %(subject)s,
                        %(registration)s, %(company)s)
                ON CONFLICT (issuer, subject) DO UPDATE
                   SET provider_id = EXCLUDED.provider_id,
                       provider_name = EXCLUDED.provider_name,
                       registration_id = EXCLUDED.registration_id,
                       company_id = EXCLUDED.company_id
                 WHERE identity.partner_id IS NULL
                """,
                **{key: proof[key] for key in ("provider_id", "provider", "issuer", "subject")},
                registration=registration.id,
                company=registration.company_id.id,
            )
        )
        self.env.invalidate_all()

    def _link(self, partner):
        """Let these identities sign in a contact from now on.

        :param partner: the contact of the registration they came with
        """
        waiting = self.filtered(lambda identity: not identity.partner_id)
        waiting.partner_id = partner
        for identity in waiting:
            identity._log("identity_linked")

    def action_remove(self):
        """Take the account away: it signs nobody in any more, open log-ins by it end.

        :return: true
        """
        if not self.env.user.has_group("customer_portal_access.group_customer_admin"):
            raise AccessError(
                self.env._("Only the administrators of the customer portal take it away.")
            )
        self.check_access("read")
        self.sudo()._remove("staff")  # nobody has the right to delete one otherwise
        return True

    def _remove(self, reason):
        for identity in self:
            identity._log("identity_removed", reason)
        self.unlink()

    def _is_known(self):
        """Say whether this account is a contact's, or waits for an approval.

        :rtype: bool
        """
        return bool(self.partner_id) or self.registration_id.state == "pending"

    @api.autovacuum
    def _gc_identities(self):
        """Forget accounts that belong to nobody: their registration was deleted."""
        self.search([("partner_id", "=", False), ("registration_id", "=", False)]).unlink()

    def _log(self, kind, reason=None):
        """Write a line of the log: about a contact, not about one of its accesses."""
        self.ensure_one()
        return self.env["customer.access.event"]._log(
            kind,
            reason=" ".join(filter(None, [self.provider_name, reason])),
            partner=self.partner_id,
            company_id=self.company_id.id,
        )
