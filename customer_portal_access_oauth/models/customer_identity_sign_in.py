from typing import NamedTuple
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.customer_portal_access.utils import NAME_LENGTH, own_transaction, strip_invisible

from ..utils import ProviderError

HOME = "/my/customer"


class VerifiedIdentity(NamedTuple):
    """What a sign-in is checked by: made here only, since what forms send are texts."""

    identity_id: int


class CustomerIdentity(models.Model):
    """Who has come back from a provider is signed in, told to wait, or may register."""

    _inherit = "customer.identity"

    # ------------------------------------------------------------
    # WHO HAS COME
    # ------------------------------------------------------------

    @api.model
    def _arrive(self, provider, answer):
        """Take a visitor who comes back from a provider as far as may be.

        :param provider: to whose address the visitor came
        :param dict answer: the query, as it came
        :return: ``status``: ``ok`` or ``register`` with ``path``, ``switch`` when somebody
            else is signed in here, or why nothing more can be done
        :rtype: dict
        """
        result = self.env["customer.provider.flow"]._finish(provider, answer)
        if result["status"] != "ok":
            return result
        claims = result["claims"]
        try:
            issuer, subject = provider._customer_subject(claims)
        except ProviderError as error:
            return provider._customer_failed(error)
        identity = self._find(issuer, subject)
        if identity._is_known():
            return identity._come_in(result["path"])
        company = self.env["res.company"].browse(result["company_id"])
        return self._newcomer(provider, company, issuer, subject, claims)

    @api.model
    def _newcomer(self, provider, company, issuer, subject, claims):
        """Let an account that nobody knows register, if the company takes registrations.

        An address that the provider has not verified proves nothing: such a person
        registers by e-mail.

        :rtype: dict
        """
        if not self.env["res.company"]._customer_registering(company.id):
            return {"status": "unknown"}
        email = claims.get("email")
        email = email_normalize(email) if isinstance(email, str) else False
        if not email or not provider._customer_proves_email(claims):
            return {"status": "unverified", "company": company}
        name = claims.get("name")
        name = strip_invisible(name)[:NAME_LENGTH] if isinstance(name, str) else ""
        self.env["ir.http"]._customer_keep(
            "customer_proof",
            {
                "provider": provider.name,
                "provider_id": provider.id,
                "company_id": company.id,
                "issuer": issuer,
                "subject": subject,
                "email": email,
                "name": name,
            },
        )
        return {"status": "register", "path": f"/customer/register?company={company.id}"}

    # ------------------------------------------------------------
    # COMING IN
    # ------------------------------------------------------------

    def _way_in(self):
        """Return the access by which the contact may come in now, as by a password.

        :return: one ``customer.access``, or none
        """
        self.ensure_one()
        Access = self.env["customer.access"]
        domain = Domain("partner_id", "=", self.partner_id.id) & ~Access._closed_domain()
        return (
            Access.search(domain, limit=1) or self.partner_id._customer_ways_in(self.company_id)[:1]
        )

    def _come_in(self, path=None, confirmed_switch=False):
        """Sign in the contact of this identity.

        :param str path: a local path to go to
        :param bool confirmed_switch: the visitor agrees to end another person's log-in
        :return: ``status``: ``ok`` with ``path`` and ``partner``, ``switch``, ``waiting``
            or ``closed``
        :rtype: dict
        """
        self.ensure_one()
        if not self.partner_id:
            return {"status": "waiting", "company": self.company_id}
        access = self._way_in()
        if not access:
            with own_transaction(self.env) as env:
                self.with_env(env)._log("identity_refused")
            return {"status": "closed"}
        ir_http = self.env["ir.http"]
        if confirmed_switch:
            ir_http._customer_agree(self.partner_id)
        if ir_http._customer_must_ask(self.partner_id):
            ir_http._customer_keep("customer_arrived", {"id": self.id, "path": path})
            return {"status": "switch"}
        with own_transaction(self.env) as env:
            partner = self.partner_id.with_env(env)
            login = partner._customer_user(access.company_id.with_env(env)).login
            self.with_env(env).last_used_at = fields.Datetime.now()
        # The user may be new: sign in on a snapshot that has it, as core does.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            path = self._open_session(login, path or HOME)
        except AccessDenied:
            return {"status": "closed"}
        return {"status": "ok", "path": path, "partner": self.partner_id}

    def _open_session(self, login, path):
        """Make this browser's session the contact's log-in.

        :return: where to go: the second factor first, if there is one to show
        :rtype: str
        :raises AccessDenied: when the user is none that customers have
        """
        ir_http, session = self.env["ir.http"], request.session
        ir_http._customer_make_way()
        for key in ("customer_arrived", "customer_proof", "customer_challenge", "customer_switch"):
            session.pop(key, None)
        credential = {
            "login": login,
            "type": "customer_identity",
            "customer_identity": VerifiedIdentity(self.id),
        }
        info = session.authenticate(request.env, credential)
        session["customer_identity"] = {"id": self.id, "uid": info["uid"]}
        if session.uid:
            return path
        user = self.env["res.users"].browse(session["pre_uid"])
        return f"{user._mfa_url()}?redirect={quote(path)}"

    @api.model
    def _switch(self):
        """Sign in who has arrived here, instead of whoever is signed in.

        :rtype: dict
        """
        return self._arrived()._come_in(self._arrived_path(), confirmed_switch=True)

    @api.model
    def _arrived(self):
        """Return the identity that waits for the visitor's word, or none."""
        kept = self.env["ir.http"]._customer_kept("customer_arrived")
        return self.browse(kept and kept["id"]).exists()

    @api.model
    def _arrived_path(self):
        return self.env["ir.http"]._customer_kept("customer_arrived")["path"]

    def _opens(self, user):
        """Say whether this identity signs in a user.

        :param user: whose log-in is asked for
        :rtype: bool
        """
        return bool(
            self.exists()
            and user.active
            and user.share
            and user._is_portal()
            and user.partner_id == self.partner_id
            and self._way_in()
        )
