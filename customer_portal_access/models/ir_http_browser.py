from odoo import models
from odoo.fields import Domain
from odoo.http import request

from ..utils import BROWSER_DAYS, own_transaction

# Where the cookies go to: neither workspaces nor anything of Odoo's ever sees them.
COOKIE_PATH = "/customer"
COOKIE_PREFIX = "customer_link_"


class IrHttp(models.AbstractModel):
    """A browser that comes in by a login-free link, comes back, and leaves."""

    _inherit = "ir.http"

    # ------------------------------------------------------------
    # COMING BACK
    # ------------------------------------------------------------

    @classmethod
    def _customer_cookie(cls, link):
        """Return the name of the cookie that remembers this browser for a link."""
        return f"{COOKIE_PREFIX}{link.id}"

    @classmethod
    def _customer_browser(cls, link):
        """Return what is remembered of this browser for a link, or none."""
        secret = request.httprequest.cookies.get(cls._customer_cookie(link))
        # sudo: whoever comes by a link has no rights of their own
        return request.env["customer.access.browser"].sudo()._recognise(link, secret)

    @classmethod
    def _customer_forget(cls, partners):
        """Remember this browser no more for any link of these contacts.

        :param partners: who logs out here
        """
        names = request.httprequest.cookies
        ids = [name.removeprefix(COOKIE_PREFIX) for name in names if name.startswith(COOKIE_PREFIX)]
        # sudo: whoever comes by a link has no rights of their own
        links = (
            request.env["customer.access.link"]
            .sudo()
            .search(
                Domain("id", "in", [int(id_) for id_ in ids if id_.isdecimal() and len(id_) < 10])
                & Domain("partner_id", "in", partners.ids)
            )
        )
        browsers = request.env["customer.access.browser"].sudo()  # as for links
        for link in links:
            browsers |= cls._customer_browser(link)
            cls._customer_set_cookie(link, "")
        if browsers:
            with own_transaction(request.env) as env:
                browsers.with_env(env).unlink()

    @classmethod
    def _customer_rows(cls):
        """Return the sessions by a link of this browser: at level 1, and as a log-in."""
        login = request.session.get("customer_login") or {}
        return cls._customer_session() | cls._customer_row(login.get("id"))

    @classmethod
    def _customer_is_in(cls, link):
        """Say whether a session that this very link opened is still open here.

        :rtype: bool
        """
        return link in cls._customer_rows().link_id

    @classmethod
    def _customer_begin(cls, link, browser=None):
        """Open level 1, and count the use: no log-in, whoever is signed in stays so.

        :param link: the ``customer.access.link`` that was redeemed
        :param browser: the ``customer.access.browser`` that comes back; none: this one
            is remembered from now on
        """
        session = request.session
        before = cls._customer_session()
        forgotten = None if browser else cls._customer_browser(link)
        for key in ("customer_ended", "customer_left"):
            session.pop(key, None)
        with own_transaction(link.with_company(link.company_id).env) as env:
            link._count_use(env)
            before.with_env(env)._close()
            if not browser:
                forgotten.with_env(env).unlink()
                browser, secret = env["customer.access.browser"]._remember(link)
                cls._customer_set_cookie(link, secret)
            session["customer_link"] = (
                env["customer.access.session"]._open(link, "link", browser).id
            )
        cls._customer_rotate()

    @classmethod
    def _customer_set_cookie(cls, link, secret):
        """Let this browser keep a secret for a link; no script and no other site gets it.

        :param str secret: empty: it shall be forgotten
        """
        request.future_response.set_cookie(
            cls._customer_cookie(link),
            secret,
            max_age=BROWSER_DAYS * 86400 if secret else 0,
            expires=None,
            path=COOKIE_PATH,
            secure=cls._customer_is_secure(),
            httponly=True,
            samesite="Lax",
        )

    @classmethod
    def _customer_is_secure(cls):
        """Say whether the browser came by https, maybe to a proxy in front.

        :rtype: bool
        """
        return request.httprequest.scheme == "https"

    @classmethod
    def _customer_drop_cookie(cls, link):
        """Take away the cookie for a link that works no more, if this browser has one."""
        if link and request.httprequest.cookies.get(cls._customer_cookie(link)):
            cls._customer_set_cookie(link, "")

    # ------------------------------------------------------------
    # GOING OUT
    # ------------------------------------------------------------

    @classmethod
    def _customer_end(cls, not_me=False):
        """Close what links opened in this browser, and remember it for them no more.

        A log-in that a link and a code led to ends, too; another person's stays.

        :param bool not_me: the visitor says that the link is somebody else's
        """
        session = request.session
        rows = cls._customer_rows()
        if not rows:
            return
        for link in rows.link_id:
            cls._customer_set_cookie(link, "")
        cls._customer_forget(rows.access_id.partner_id)
        with own_transaction(request.env) as env:
            rows.with_env(env)._leave("not_me" if not_me else "left")
        if session.get("customer_login"):
            cls._customer_log_out()
        for key in ("customer_link", "customer_challenge", "customer_ended"):
            session.pop(key, None)
        session["customer_left"] = rows[:1].link_id.id
        session["customer_not_me"] = not_me and rows[:1].link_id.id

    @classmethod
    def _customer_ended_link(cls):
        """Return the link whose session has just been ended here, or none."""
        Link = request.env["customer.access.link"].sudo()  # as in _customer_row
        return Link.browse(request.session.get("customer_ended") or []).exists()

    @classmethod
    def _customer_left_link(cls):
        """Return the link whose session was left here last, or none."""
        Link = request.env["customer.access.link"].sudo()  # as in _customer_row
        return Link.browse(request.session.get("customer_left") or []).exists()

    @classmethod
    def _customer_not_me_link(cls):
        """Return the link that a visitor left as somebody else's, while it still works."""
        Link = request.env["customer.access.link"].sudo()  # as in _customer_row
        link = Link.browse(request.session.get("customer_not_me") or []).exists()
        return link.filtered(lambda link: not link._refusal())
