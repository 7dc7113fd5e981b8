from odoo import http
from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.addons.portal.controllers.portal import CustomerPortal

from ..utils import strip_invisible
from .page import enter, private_page, render_page, speak


class CustomerPassword(http.Controller):
    """A password is chosen: how good it is, and where it leads."""

    @http.route("/customer/password", type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def password(self, redirect=None, **_kwargs):
        """Let the contact choose a password.

        :param redirect: the local path that was asked for
        """
        return self._render(redirect)

    @http.route("/customer/password", type="http", auth="public", methods=["POST"], sitemap=False)
    @private_page
    def password_choose(self, password="", redirect=None, **_kwargs):
        """Set the password and go on to where the mail pointed."""
        way_sudo = request.env["ir.http"]._customer_password_way()
        partner_sudo = way_sudo.partner_id
        result = way_sudo._choose_password(password)
        if result["status"] == "ok":
            return enter(result["path"] or strip_invisible(redirect) or "/my", partner_sudo)
        return self._render(redirect, result.get("message"))

    def _render(self, redirect, error=None):
        """Render the password form, or say that there is none to choose any more."""
        way_sudo = request.env["ir.http"]._customer_password_way()
        speak(way_sudo.partner_id.lang)
        Users = request.env["res.users"]
        must_replace = Users._must_change(request.session.uid or 0)
        return render_page(
            "portal_password",
            {
                "is_open": way_sudo._may_choose_password(),
                "must_replace": must_replace,
                "was_given": must_replace and way_sudo.customer_must_change_password,
                "minimum": Users._password_minimum(),
                "hint": Users._password_hint(),
                "redirect": redirect,
                "error": error,
            },
            lang=way_sudo.partner_id.lang,
            company=way_sudo.company_id,
        )

    @http.route(
        "/customer/password/strength",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    @private_page
    def strength(self, password="", token=None, **_kwargs):
        """Say what the rules say, as JSON: ``ok``, ``score`` from 0 to 4, ``text``.

        :param token: of the page on which Odoo lets somebody choose a password
        """
        address = request.httprequest.remote_addr
        if request.env["customer.quota"].sudo()._take_address("password_meter", address):
            return request.make_json_response({}, status=429)
        partner_sudo = request.env["ir.http"]._customer_chooser(token)
        speak(request.env.lang if request.session.uid else partner_sudo.lang)
        Users = request.env["res.users"]
        verdict = Users._judge_password(password, partner_sudo)
        return request.make_json_response(
            {
                "ok": not verdict.code,
                "score": verdict.score,
                "text": Users._password_text(verdict),
            }
        )


class CustomerSecurity(CustomerPortal):
    """Odoo's page of one's own password: blanks at both ends are part of it."""

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["password_minimum_length"] = request.env["res.users"]._password_minimum()
        return values

    def _update_password(self, old, new1, new2):
        typed = request.httprequest.form
        return super()._update_password(
            typed.get("old", old), typed.get("new1", new1), typed.get("new2", new2)
        )


class CustomerSignup(AuthSignupHome):
    """Odoo's page on which a password is chosen by a token."""

    def get_auth_signup_config(self):
        config = super().get_auth_signup_config()
        config["password_minimum_length"] = request.env["res.users"]._password_minimum()
        return config
