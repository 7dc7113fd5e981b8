import time

from werkzeug.exceptions import abort

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request

# What is served while a password has to be replaced: the page of it, and what it is made of.
SERVED_PATHS = (
    "/customer/password",
    "/customer/password/strength",
    "/web/session/logout",
    "/logo.png",
)
SERVED_BUNDLES = "/web/assets/"


class IrHttp(models.AbstractModel):
    """Who chooses a password in this browser, and who has to."""

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        """Serve nothing but the page of the password, while another one must be chosen."""
        super()._authenticate(endpoint)
        uid, path = request.session.uid, request.httprequest.path
        if not uid or path in SERVED_PATHS or path.startswith(SERVED_BUNDLES):
            return
        if not request.env["res.users"]._must_change(uid):
            return
        if endpoint.routing["type"] == "http" and request.httprequest.method == "GET":
            abort(request.redirect_query("/customer/password", {"redirect": cls._asked_path()}))
        raise AccessDenied(request.env._("Choose a password first."))

    @classmethod
    def _asked_path(cls):
        """Return the local path that was asked for, with its query."""
        http = request.httprequest
        query = http.query_string.decode(errors="replace")
        return f"{http.path}?{query}" if query else http.path

    @classmethod
    def _customer_password_way(cls):
        """Return by what a password may be chosen in this browser.

        :return: a ``customer.password.link`` or ``customer.access.link`` that was redeemed
            here, or the ``res.users`` that is signed in; maybe none
        """
        session, env = request.session, request.env
        if session.uid and env["res.users"]._must_change(session.uid):
            return env["res.users"].sudo().browse(session.uid)
        # sudo: nobody is signed in yet
        if way := session.get("customer_password_link"):
            return env["customer.password.link"].sudo().browse(way).exists()
        if session.uid and not session.get("customer_password"):
            return env["res.users"].sudo().browse(session.uid)
        return (
            env["customer.access.link"].sudo().browse(session.get("customer_password") or [])
        ).exists()

    @classmethod
    def _customer_chooser(cls, token=None):
        """Return the contact whose password is chosen here, none when nobody's.

        :param str token: of the page on which Odoo lets somebody choose a password
        """
        Partner = request.env["res.partner"].sudo()  # nobody is signed in yet
        if token:
            try:
                return Partner._get_partner_from_token(token) or Partner
            except ValueError:  # no token at all
                return Partner
        return cls._customer_password_way().partner_id or cls._customer_partner()

    @classmethod
    def _customer_note_identity(cls):
        """Count a code that was right as Odoo counts a password typed again, for ten minutes.

        Who came by a link has none to type, and may want a passkey instead of codes.
        """
        request.session["identity-check-last"] = time.time()
