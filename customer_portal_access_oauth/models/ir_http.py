import time

from odoo import models
from odoo.http import request

from ..utils import ARRIVAL_MINUTES, PROOF_MINUTES

# What Odoo's session keeps for us, beside what the core addon names:
#   customer_provider  {state: {"nonce", "verifier"}} of ways to a provider under way
#   customer_identity  {"id": customer.identity, "uid": whose log-in it led to}
#   customer_arrived   {"id": customer.identity, "path", "at"}: asks before it switches
#   customer_proof     who a provider says the visitor is, for the form of registration


class IrHttp(models.AbstractModel):
    """Log-ins by a provider end when the identity is taken away."""

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        session = request.session
        kept = session.get("customer_identity")
        if kept and session.uid and kept["uid"] != session.uid:
            session.pop("customer_identity")  # somebody else has signed in since
        elif kept and session.uid and not cls._customer_identity_of(session.uid, kept["id"]):
            cls._customer_log_out()
        return super()._authenticate(endpoint)

    @classmethod
    def _customer_identity_of(cls, uid, identity_id):
        """Return an identity, if it is this user's."""
        # sudo: asked at every request, for whoever it is
        identity_sudo = request.env["customer.identity"].sudo().browse(identity_id).exists()
        user_sudo = request.env["res.users"].sudo().browse(uid)
        return identity_sudo.filtered(lambda identity: identity.partner_id == user_sudo.partner_id)

    @classmethod
    def _customer_keep(cls, key, values):
        """Keep something in this browser's session, with the time."""
        request.session[key] = {**values, "at": time.time()}

    @classmethod
    def _customer_kept(cls, key):
        """Return what this browser's session keeps, unless it is too old."""
        minutes = {"customer_arrived": ARRIVAL_MINUTES, "customer_proof": PROOF_MINUTES}[key]
        kept = request.session.get(key)
        return kept if kept and time.time() - kept["at"] < minutes * 60 else None
