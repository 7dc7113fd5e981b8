from werkzeug.exceptions import NotFound, abort

from odoo import models
from odoo.fields import Domain
from odoo.http import STORED_SESSION_BYTES, SessionExpiredException, request, root

from ..utils import own_transaction

# What Odoo's session keeps for us:
#   customer            {"id": customer.access.session, "level": "link" or "code"}
#   customer_challenge  {"id": customer.sms.challenge, "secret": what ties it to the browser}
#   customer_password   id of the invitation that leads to choosing a password
#   customer_ended      id of the access whose session was just ended, for a new link


class IrHttp(models.AbstractModel):
    """The visitor: who is here, by which link, and how surely we know."""

    _inherit = "ir.http"

    # ------------------------------------------------------------
    # EVERY REQUEST
    # ------------------------------------------------------------

    @classmethod
    def _authenticate(cls, endpoint):
        """End a session whose link or access has ended, before anything is served."""
        if request.session.get("customer") and not cls._customer_session()._is_alive():
            cls._customer_expire(endpoint)
        return super()._authenticate(endpoint)

    @classmethod
    def _auth_method_customer(cls):
        """Let in a portal log-in, or a visitor by a link, who stays nobody to Odoo."""
        if request.session.uid is None and not request.session.get("customer"):
            raise SessionExpiredException("Neither signed in nor here by a link")
        cls._auth_method_public()

    @classmethod
    def _customer_expire(cls, endpoint):
        """Close the session at hand; a page that needs it leads to a new link."""
        ended = cls._customer_session()
        access = ended.access_id
        if ended.level == "link":
            request.session.pop("customer")
        else:
            request.session.logout(keep_db=True)
            request.env = request.env(user=None)
        request.session["customer_ended"] = access.id
        routing = endpoint.routing
        if routing["type"] == "http" and routing["auth"] in ("customer", "user"):
            abort(request.redirect("/customer/recover"))

    @classmethod
    def _customer_session(cls):
        """Return the link session of this browser, or none."""
        # sudo: a visitor by a link has no rights of their own
        Session = request.env["customer.access.session"].sudo()
        kept = request.session.get("customer")
        return Session.browse(kept and kept["id"]).exists()

    # ------------------------------------------------------------
    # WHO IS HERE
    # ------------------------------------------------------------

    @classmethod
    def _customer_partner(cls):
        """Return the contact who is signed in, or none at level ``link``."""
        return (
            request.env.user.partner_id.sudo()
            if request.session.uid
            else (request.env["res.partner"].sudo())
        )

    @classmethod
    def _customer_accesses(cls):
        """Return the workspaces this visitor may list, and the assurance reached.

        :rtype: tuple
        """
        session = cls._customer_session()
        Access = request.env["customer.access"].sudo()
        partner = cls._customer_partner()
        if not partner:
            return session.access_id, "link"
        accesses = Access.search(Domain("partner_id", "=", partner.id) & ~Access._closed_domain())
        assurance = "code" if session.level == "code" else "account"
        return accesses.filtered(lambda access: access._check(None, assurance)), assurance

    @classmethod
    def _customer_access(cls, access_id):
        """Return one access of this visitor, and the assurance reached.

        A log-in goes before a link session in the same browser.

        :param int access_id: from the URL
        :rtype: tuple
        :raises NotFound: whether it does not exist or is somebody else's
        """
        session = cls._customer_session()
        access = request.env["customer.access"].sudo().browse(access_id).exists()
        if access and access.partner_id == cls._customer_partner():
            assurance = "code" if session.level == "code" else "account"
        elif access and access == session.access_id:
            assurance = "link"
        else:
            raise NotFound()
        if not access._check(None, assurance):
            raise NotFound()
        return access, assurance

    @classmethod
    def _customer_other(cls, partner):
        """Return the user signed in here, if it is not this contact."""
        user = request.env["res.users"].sudo().browse(request.session.uid or [])
        return user.filtered(lambda user: user.partner_id != partner)

    # ------------------------------------------------------------
    # COMING IN
    # ------------------------------------------------------------

    @classmethod
    def _customer_begin(cls, link):
        """Open level 1: no log-in, the browser keeps whoever was signed in.

        :param link: the ``customer.access.link`` that was redeemed
        """
        cls._customer_keep(link, "link")
        request.session.should_rotate = True

    @classmethod
    def _customer_keep(cls, link, level):
        """Note this browser's session, here and in the database, and return it."""
        with own_transaction(request.env) as env:
            session = env["customer.access.session"]._open(link.with_env(env), level)
            request.session["customer"] = {"id": session.id, "level": level}
            request.session.pop("customer_ended", None)
            return request.env["customer.access.session"].sudo().browse(session.id)

    @classmethod
    def _customer_open_challenge(cls, partner, access, link):
        """Begin a code for this browser, unless one is under way for the same link."""
        challenge = cls._customer_challenge()
        if (
            challenge
            and challenge.link_id == link
            and challenge.access_id == access
            and challenge._state() not in ("closed", "number")
        ):
            return
        challenge, secret = (
            request.env["customer.sms.challenge"].sudo()._open(partner, access, link)
        )
        request.session["customer_challenge"] = {"id": challenge.id, "secret": secret}

    @classmethod
    def _customer_challenge(cls):
        """Return the code this browser has to show, or none.

        After a password sign-in by a contact whose role asks for the code, it begins here.
        """
        kept = request.session.get("customer_challenge")
        Challenge = request.env["customer.sms.challenge"].sudo()
        challenge = Challenge._resume(kept["id"], kept["secret"]) if kept else Challenge
        user = cls._customer_pre_user()
        # One person's code must not finish another one's sign-in.
        if challenge and (challenge.link_id or challenge.partner_id == user.partner_id):
            return challenge
        access = user._customer_code_accesses()[:1] if user else None
        if not access:
            return Challenge
        no_link = request.env["customer.access.link"].sudo()
        challenge, secret = Challenge._open(user.partner_id, access, no_link)
        request.session["customer_challenge"] = {"id": challenge.id, "secret": secret}
        return challenge

    @classmethod
    def _customer_pre_user(cls):
        """Return the user who gave the password and still owes the second factor."""
        if request.session.uid or not request.session.get("pre_uid"):
            return request.env["res.users"].sudo()
        user = request.env["res.users"].sudo().browse(request.session["pre_uid"])
        return user.filtered(lambda user: user._mfa_type() == "customer_sms")

    @classmethod
    def _customer_step_up(cls, access, confirmed_switch=False):
        """Begin the way from level 1 to the code, and back to the same page.

        :param access: the access of the visitor's link
        :param bool confirmed_switch: the visitor agrees to end another person's log-in
        :return: the local path to go to; ``None`` to ask for that first
        :rtype: str | None
        """
        session = cls._customer_session()
        if not confirmed_switch and cls._customer_other(access.partner_id):
            return None
        if not access.code_number or session.access_id != access:
            return f"/web/login?redirect={access._path()}"
        cls._customer_open_challenge(access.partner_id, access, session.link_id)
        return "/customer/verify"

    @classmethod
    def _customer_finish(cls, user, link):
        """Make this session the log-in of the contact's portal user.

        It keeps the link's session, so that it ends with the link.

        :param user: the contact's ``res.users``
        :param link: the link that led here
        :raises NotFound: when the user may not come in by a link
        """
        user_sudo = user.sudo()
        if (
            not user_sudo.active
            or not user_sudo.share
            or not user_sudo.has_group("base.group_portal")
            or user_sudo.partner_id != link.partner_id
        ):
            raise NotFound()
        session = request.session
        session.pop("customer_challenge", None)
        session.update({"pre_uid": user.id, "pre_login": user_sudo.login, "uid": None})
        session.finalize(request.env)
        request.update_env(user=user.id)
        request.env["res.users"]._update_last_login()
        # Rotate now: revoking must find the session by the id it will have.
        kept = cls._customer_keep(link, "code")
        root.session_store.rotate(session, request.env)
        with own_transaction(request.env) as env:
            kept.with_env(env).identifier = session.sid[:STORED_SESSION_BYTES]

    @classmethod
    def _customer_finish_sign_in(cls):
        """Finish a password sign-in whose code was right."""
        request.session.pop("customer_challenge", None)
        request.session.finalize(request.env)
        request.update_env(user=request.session.uid)
        request.update_context(**request.session.context)

    # ------------------------------------------------------------
    # GOING OUT
    # ------------------------------------------------------------

    @classmethod
    def _customer_end(cls):
        """Close the link session of this browser; a level 1 visitor is out then."""
        session = cls._customer_session()
        if session:
            with own_transaction(request.env) as env:
                session.with_env(env)._close()
                env["customer.access.event"]._log("left", session.access_id.with_env(env))
        request.session.pop("customer", None)
        request.session.pop("customer_challenge", None)
