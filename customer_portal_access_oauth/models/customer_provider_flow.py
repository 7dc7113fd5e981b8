from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

from odoo.addons.customer_portal_access.utils import hash_secret, new_token, own_transaction

from ..utils import FLOW_MINUTES, FLOWS_AT_ONCE, ProviderError


class CustomerProviderFlow(models.Model):
    """One way to a provider and back: of one browser, for a while, once.

    The browser's own session (Odoo's) keeps state, nonce and verifier; this row makes that
    they serve once, whatever requests come at the same time.
    """

    _name = "customer.provider.flow"
    _description = "Sign-in at a provider under way"
    _order = "id desc"

    provider_id = fields.Many2one(
        "auth.oauth.provider", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    state_hash = fields.Char(required=True, groups=fields.NO_ACCESS)
    path = fields.Char(help="Where to go afterwards.")
    expires_at = fields.Datetime(required=True)
    used_at = fields.Datetime()

    _state_hash_unique = models.UniqueIndex("(state_hash)")

    @api.model
    def _begin(self, provider, company, path=None):
        """Send the visitor at hand to a provider.

        :param provider: one that the company offers
        :param company: whose page the visitor comes from
        :param str path: a local path to go to afterwards
        :return: ``status`` (``ok``, ``limit`` or ``provider``) and ``url``
        :rtype: dict
        """
        address = request.httprequest.remote_addr
        if self.env["customer.quota"]._take_address("provider_address", address):
            return {"status": "limit"}
        state, nonce, verifier = new_token(), new_token(), new_token() + new_token()
        try:
            url = provider._customer_client().authorization_url(state, nonce, verifier)
        except ProviderError as error:
            return provider._customer_failed(error)
        with own_transaction(self.env) as env:
            env[self._name].create(
                {
                    "provider_id": provider.id,
                    "company_id": company.id,
                    "state_hash": hash_secret(env, None, state),
                    "path": path,
                    "expires_at": fields.Datetime.now() + timedelta(minutes=FLOW_MINUTES),
                }
            )
        kept = list((request.session.get("customer_provider") or {}).items())
        kept = kept[1 - FLOWS_AT_ONCE :] if len(kept) >= FLOWS_AT_ONCE else kept
        flow = {"nonce": nonce, "verifier": verifier}
        request.session["customer_provider"] = {**dict(kept), state: flow}
        return {"status": "ok", "url": url}

    @api.model
    def _finish(self, provider, answer):
        """Take what the provider sent the visitor back with.

        :param provider: to whose address it came
        :param dict answer: the query, as it came
        :return: ``status``: ``ok`` with ``claims``, ``company_id`` and ``path``; ``state``
            (not this browser's, too late, or used), ``denied`` or ``provider``
        :rtype: dict
        """
        denied = answer.get("error") == "access_denied"
        flow, kept = self._use(provider, answer.get("state"))
        if not flow:  # some providers send no state back when they are told not to
            return {"status": "denied" if denied and "state" not in answer else "state"}
        client = provider._customer_client()
        try:
            if client.is_other_issuer(answer.get("iss")):
                return provider._customer_failed("an answer of another issuer")
            if denied:
                return {"status": "denied"}
            if answer.get("error") or not answer.get("code"):
                return provider._customer_failed("an error in place of a code")
            claims = client.fetch_claims(answer["code"], kept["nonce"], kept["verifier"])
        except ProviderError as error:
            return provider._customer_failed(error)
        return {"status": "ok", "claims": claims, **flow}

    @api.model
    def _use(self, provider, state):
        """Use a flow up, if this browser began it with this provider a short while ago.

        :param str state: from the query
        :return: ``company_id`` and ``path``, and what the session kept; both empty if not
        :rtype: tuple[dict, dict]
        """
        flows = dict(request.session.get("customer_provider") or {})
        kept = flows.pop(state, None) if isinstance(state, str) else None
        if not kept:
            return {}, {}
        request.session["customer_provider"] = flows
        now = fields.Datetime.now()
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_provider_flow SET used_at = %(now)s
                     WHERE state_hash = %(hash)s AND provider_id = %(provider)s
                       AND used_at IS NULL AND expires_at > %(now)s
                    RETURNING company_id, path
                    """,
                    now=now,
                    hash=hash_secret(env, None, state),
                    provider=provider.id,
                )
            )
            row = env.cr.fetchone()
        return ({"company_id": row[0], "path": row[1]}, kept) if row else ({}, {})

    @api.autovacuum
    def _gc_flows(self):
        limit = fields.Datetime.now() - timedelta(days=1)
        self.search([("create_date", "<", limit)]).unlink()
