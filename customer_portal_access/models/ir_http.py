from werkzeug.exceptions import NotFound, abort

from odoo import api, models
from odoo.fields import Domain
from odoo.http import STORED_SESSION_BYTES, SessionExpiredException, request, root

from ..utils import own_transaction

# What Odoo's session keeps for us:
#   customer_link       id of the customer.access.session of a visitor by a link (level 1)
#   customer_login      {"id": customer.access.session, "uid": whose log-in it led to}
#   customer_factor     id of the user who has shown a second factor
#   customer_renew      id of the user who came in when another password was asked for
#   customer_switch     ids of the user whose log-in the visitor agreed to end, and of the
#                       contact for whom
#   customer_challenge  {"id": customer.sms.challenge, "secret": what ties it to the browser}
#   customer_password   id of the invitation that leads to choosing a password
#   customer_password_link  id of the customer.password.link that was redeemed here
#   customer_number     {"id": customer.number.change, "secret": what ties it to the browser}
#   customer_ended      id of the link whose session was just ended, for a new link
#   customer_left       id of the link whose session the visitor has left
#   customer_not_me     the same, when the visitor said that it is somebody else's


class IrHttp(models.AbstractModel):
    """The visitor: who is here, by which link, and how surely we know."""

    _inherit = "ir.http"

    # ------------------------------------------------------------
    # EVERY REQUEST
    # ------------------------------------------------------------

    @classmethod
    def _authenticate(cls, endpoint):
        """End a session whose link or access has ended, before anything is served."""
        session = request.session
        login = session.get("customer_login")
        if login and login["uid"] != session.uid:
            session.pop("customer_login")  # somebody else has signed in since
        elif login and not cls._customer_row(login["id"])._is_alive():
            ended = cls._customer_row(login["id"]).link_id
            cls._customer_log_out()
            cls._customer_expire(endpoint, ended, ("customer", "user"))
        link = session.get("customer_link")
        if link and not cls._customer_row(link)._is_alive():
            session.pop("customer_link")
            cls._customer_expire(endpoint, cls._customer_row(link).link_id, ("customer",))
        return super()._authenticate(endpoint)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Lead a form with more than Odoo takes in one request back, with a sentence.

        Reading it would end in a bare error page, and all its files would have to come
        in first.
        """
        super()._pre_dispatch(rule, args)
        anchor = rule.endpoint.routing.get("customer_upload")
        http = request.httprequest
        if not anchor or (http.content_length or 0) <= (http.max_content_length or float("inf")):
            return
        path = http.path.rpartition("/")[0]
        abort(request.redirect(f"{path}?asked=too_large#{anchor}"))

    @classmethod
    def _auth_method_customer(cls):
        """Let in a portal log-in, or a visitor by a link, who stays nobody to Odoo."""
        if request.session.uid is None and not request.session.get("customer_link"):
            raise SessionExpiredException("Neither signed in nor here by a link")
        if cls._customer_owes_code():
            cls._customer_ask_code()
        cls._auth_method_public()

    @classmethod
    def _customer_log_out(cls):
        """End the log-in at hand, for the rest of this request as well."""
        request.session.logout(keep_db=True)
        cls._customer_be_nobody()

    @classmethod
    def _customer_be_nobody(cls):
        """Go on as a stranger: ``env(user=None)`` would keep the user."""
        request.env = api.Environment(request.env.cr, None, request.session.context)
        cls._auth_method_public()

    @classmethod
    def _customer_expire(cls, endpoint, link, auths):
        """Lead a page that needs the session that ended to a new link."""
        request.session["customer_ended"] = link.id
        if endpoint.routing["type"] == "http" and endpoint.routing["auth"] in auths:
            abort(request.redirect("/customer/recover"))

    @classmethod
    def _customer_row(cls, session_id):
        """Return a session of ours, or none when it is gone with its access."""
        # sudo: a visitor by a link has no rights of their own
        sessions_sudo = request.env["customer.access.session"].sudo()
        return sessions_sudo.search_fetch(
            [("id", "=", session_id)], ["access_id", "link_id", "browser_id", "ended_at"]
        )

    @classmethod
    def _customer_session(cls):
        """Return the level 1 session of this browser, or none; ``_authenticate`` has seen it."""
        # sudo: as in _customer_row
        sessions_sudo = request.env["customer.access.session"].sudo()
        return sessions_sudo.browse(request.session.get("customer_link") or [])

    @classmethod
    def _customer_owes_code(cls):
        """Say whether who is signed in has to show the code, which was not asked then.

        The role, or the access, may have come after the sign-in.
        """
        session = request.session
        if not session.uid or session.uid == session.get("customer_factor"):
            return False
        user = request.env["res.users"].browse(session.uid)
        return bool(user._customer_code_accesses()) and user._mfa_type() == "customer_sms"

    @classmethod
    def _customer_ask_code(cls):
        """Make the log-in at hand wait for the code, and come back here."""
        session = request.session
        session.update({"pre_uid": session.uid, "pre_login": session.login, "uid": None})
        cls._customer_be_nobody()
        path = {"redirect": request.httprequest.path}
        abort(request.redirect_query("/customer/verify", path))

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
    def _customer_login_assurance(cls):
        """Return the assurance of the log-in at hand: by link and code, or an account's."""
        return "code" if request.session.get("customer_login") else "account"

    @classmethod
    def _customer_accesses(cls):
        """Return the workspaces this visitor may list, and the assurance reached.

        :rtype: tuple
        """
        session = cls._customer_session()
        Access = request.env["customer.access"].sudo()
        partner = cls._customer_partner()
        if not partner:
            # the role may ask for the code since
            return session.access_id.filtered(lambda access: access._check(None, "link")), "link"
        accesses = Access.search(Domain("partner_id", "=", partner.id) & ~Access._closed_domain())
        assurance = cls._customer_login_assurance()
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
        access = session.access_id
        if access.id != access_id:
            access = access.search_fetch([("id", "=", access_id)])
        if access and access.partner_id == cls._customer_partner():
            assurance = cls._customer_login_assurance()
        elif access and access == session.access_id:
            assurance = "link"
        else:
            raise NotFound()
        if not access._check(None, assurance):
            cls._customer_lead_to_code(access)
            raise NotFound()
        return access, assurance

    @classmethod
    def _customer_lead_to_code(cls, access):
        """Lead on to the code if the role has come to ask for it since the visitor came in.

        :param access: which is not open to this visitor
        """
        if access._check(None, "code"):
            path = cls._customer_step_up(access, access._return_page())
            if path:
                abort(request.redirect(path))

    @classmethod
    def _customer_other(cls, partner):
        """Return the user signed in here, if it is not this contact."""
        user = request.env["res.users"].sudo().browse(request.session.uid or [])
        return user.filtered(lambda user: user.partner_id != partner)

    # ------------------------------------------------------------
    # COMING IN
    # ------------------------------------------------------------

    @classmethod
    def _customer_open_login(cls, link):
        """Note in the database the log-in that a link and a code led to.

        What the same link opened at level 1 becomes this session.

        :return: the id of the row
        :rtype: int
        """
        before = cls._customer_session()
        request.session.pop("customer_link", None)
        request.session.pop("customer_ended", None)
        browser = before.filtered(lambda row: row.link_id == link).browser_id
        with own_transaction(link.with_company(link.company_id).env) as env:
            before.with_env(env)._close()
            return env["customer.access.session"]._open(link, "code", browser).id

    @classmethod
    def _customer_rotate(cls):
        """Give the session a new id now: revoking finds a log-in by it."""
        session = request.session
        root.session_store.rotate(session, request.env)
        if login := session.get("customer_login"):
            with own_transaction(request.env) as env:
                row = env["customer.access.session"].browse(login["id"])
                row.identifier = session.sid[:STORED_SESSION_BYTES]

    @classmethod
    def _customer_must_ask(cls, partner):
        """Say whether another log-in is here which nobody agreed to end."""
        other = cls._customer_other(partner)
        agreed = request.session.get("customer_switch")
        return bool(other) and agreed != [other.id, partner.id]

    @classmethod
    def _customer_agree(cls, partner):
        """Note that the visitor agrees to end the log-in that is here for this contact's."""
        request.session["customer_switch"] = [request.session.uid, partner.id]

    @classmethod
    def _customer_open_challenge(cls, partner, access, link, page):
        """Begin a code for this browser, unless one is under way for the same link.

        :param dict page: where the code leads, see ``customer.access._return_page``
        """
        challenge = cls._customer_challenge()
        if (
            challenge
            and challenge.link_id == link
            and challenge.access_id == access
            and challenge._state() not in ("closed", "number")
        ):
            challenge.write(page)
            return
        challenge, secret = (
            request.env["customer.sms.challenge"].sudo()._open(partner, access, link, page)
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
        if challenge and (challenge.partner_id == user.partner_id if user else challenge.link_id):
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
        for key in ("customer_challenge", "customer_switch"):
            session.pop(key, None)
        session.update({"pre_uid": user.id, "pre_login": user_sudo.login, "uid": None})
        session.finalize(request.env)
        request.update_env(user=user.id)
        request.env["res.users"]._update_last_login()
        session["customer_factor"] = user.id
        user_sudo._come_to_renew()
        cls._customer_note_identity()
        session["customer_login"] = {
            "id": cls._customer_open_login(link),
            "uid": user.id,
        }
        cls._customer_rotate()

    @classmethod
    def _customer_finish_sign_in(cls):
        """Finish a password sign-in whose code was right."""
        request.session.pop("customer_challenge", None)
        request.session.finalize(request.env)
        request.session["customer_factor"] = request.session.uid
        cls._customer_note_identity()
        request.update_env(user=request.session.uid)
        request.update_context(**request.session.context)
