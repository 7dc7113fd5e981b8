from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..models.customer_registration_form import FORM_FIELDS
from .page import private_page, render_page, speak


class CustomerRegister(http.Controller):
    """Self-registration: the form, and the click that proves the address."""

    @http.route("/customer/register", type="http", auth="public", methods=["GET"], sitemap=False)
    @private_page
    def register(self, company=None, sent=None, **_kwargs):
        """Show the form, or that a mail is on its way."""
        company_sudo = self._company(company)
        return self._render_form(company_sudo, sent=bool(sent))

    @http.route("/customer/register", type="http", auth="public", methods=["POST"], sitemap=False)
    @private_page
    def register_submit(self, company=None, website="", stamp="", **post):
        """Take the form; what is wrong is told at its field and nothing typed is lost.

        :param website: a field that people do not see; programs fill it in
        :param stamp: when the form was shown, signed
        """
        company_sudo = self._company(company)
        speak()
        registrations_sudo = self._registrations(company_sudo)
        proof = registrations_sudo._proof()
        typed = {field: post.get(field, "") for field in FORM_FIELDS}
        if not proof and not company_sudo.customer_registration_by_email:
            raise NotFound()
        if website:
            return self._redirect(company_sudo, "sent=1")
        if error := registrations_sudo._stamp_error(stamp):
            return self._render_form(company_sudo, typed=typed, errors={"form": error})
        result = registrations_sudo._take_form(typed, proof)
        if result["status"] == "error":
            return self._render_form(
                company_sudo, typed=typed, errors=result["errors"], stamp=stamp
            )
        if not proof:
            return self._redirect(company_sudo, "sent=1")
        registrations_sudo._drop_proof()
        return self._render_done(company_sudo, result["status"])

    @http.route(
        "/customer/register/confirm/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    @private_page
    def confirm(self, token, **_kwargs):
        """Show what is confirmed; mail scanners come here, so it changes nothing."""
        confirmation_sudo = self._confirmations()._peek(token)
        if not confirmation_sudo:
            return self._render_refused()
        registration_sudo = confirmation_sudo.registration_id
        return render_page(
            "portal_register_confirm",
            {
                "token": token,
                "typed": confirmation_sudo._summary(),
                "has_background": bool(
                    registration_sudo.company_id.customer_registration_background
                ),
            },
            lang=confirmation_sudo.typed.get("lang"),
            company=registration_sudo.company_id,
        )

    @http.route(
        "/customer/register/confirm/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    @private_page
    def confirm_submit(self, token, **_kwargs):
        """Let the registration count, once."""
        confirmations_sudo = self._confirmations()
        confirmation_sudo = confirmations_sudo._peek(token)
        company_sudo = confirmation_sudo.registration_id.company_id
        lang = confirmation_sudo.typed and confirmation_sudo.typed.get("lang")
        status = confirmations_sudo._confirm(token)
        if status == "refused" and not company_sudo:
            return self._render_refused()
        return self._render_done(company_sudo, status, lang)

    @http.route(
        "/customer/register/background/<int:company_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def background(self, company_id, **_kwargs):
        """Serve the image behind the form of a company that takes registrations."""
        company_sudo = request.env["res.company"]._customer_registering(company_id)
        if not company_sudo.customer_registration_background:
            raise NotFound()
        stream = request.env["ir.binary"]._get_image_stream_from(
            company_sudo, "customer_registration_background"
        )
        return stream.get_response(
            as_attachment=False,
            content_security_policy="default-src 'none'; style-src 'unsafe-inline'",
        )

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    def _company(self, company_id):
        """Return the company to register at; while it takes nobody, there is no such page."""
        company_sudo = request.env["res.company"]._customer_registering(company_id)
        if not company_sudo:
            raise NotFound()
        return company_sudo

    def _registrations(self, company_sudo):
        # sudo: visitors have no rights on registrations
        return request.env["customer.registration"].sudo().with_company(company_sudo)

    def _confirmations(self):
        # sudo: visitors have no rights on registrations
        return request.env["customer.registration.confirmation"].sudo()

    def _redirect(self, company_sudo, query):
        return request.redirect(f"/customer/register?company={company_sudo.id}&{query}")

    def _render_form(self, company_sudo, *, sent=False, typed=None, errors=None, stamp=None):
        speak()
        registrations_sudo = self._registrations(company_sudo)
        proof = registrations_sudo._proof()
        values = registrations_sudo._form_values(proof, typed, request.geoip.country_code)
        return render_page(
            "portal_register",
            {
                **values,
                "sent": sent,
                "errors": errors or {},
                "stamp": stamp or registrations_sudo._stamp(),
                "proof": proof,
                "by_email": company_sudo.customer_registration_by_email,
                "has_background": bool(company_sudo.customer_registration_background),
            },
            company=company_sudo,
        )

    def _render_done(self, company_sudo, status, lang=None):
        return render_page(
            "portal_register_done",
            {
                "outcome": status,
                "has_background": bool(company_sudo.customer_registration_background),
            },
            lang=lang,
            company=company_sudo,
        )

    def _render_refused(self):
        """Render the one page for every link that does not work, whatever the reason."""
        return render_page(
            "portal_register_refused",
            {"open": request.env["res.company"]._customer_registering()},
            status=410,
        )
