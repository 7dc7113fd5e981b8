import secrets

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.func import lazy

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..utils import readable_size
from .page import (
    allow_pictures,
    find_access,
    html_data,
    private_page,
    render_page,
    time_zone,
    workspace_route,
)

MESSAGES_A_PAGE = 30


class CustomerWorkspace(CustomerPortal):
    """The workspaces of the visitor, who may hold a link only or be signed in."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "customer_access_count" in counters:
            accesses_sudo, _assurance = request.env["ir.http"]._customer_accesses()
            values["customer_access_count"] = len(accesses_sudo)
        return values

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """Refuse a new e-mail or phone number that nobody has proven to be the contact's.

        Links and codes go there: whoever sits at an open session could take it over.
        """
        invalid_fields, missing_fields, error_messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        changed = self._unproven_changes(address_values, partner_sudo)
        if changed:
            invalid_fields |= changed
            error_messages.append(
                request.env._(
                    "Your links and codes go to this e-mail address and phone number. Open one "
                    "of your workspaces and choose “Your e-mail and number” to change them."
                )
            )
        return invalid_fields, missing_fields, error_messages

    def _unproven_changes(self, address_values, partner_sudo):
        """Return the fields that would change the address or number of a contact."""
        if not partner_sudo.customer_access_ids:
            return set()
        changed = {
            field
            for field in address_values.keys() & {"email", "phone"}
            if (address_values[field] or "") != (partner_sudo[field] or "").strip()
        }
        # in another country a number typed without prefix is another number
        country = address_values.get("country_id", partner_sudo.country_id.id)
        if partner_sudo._customer_number_depends_on(country):
            changed.add("country_id")
        return changed

    def _prepare_portal_layout_values(self):
        """Add the manuals of the visitor's roles, looked up where a page shows them."""
        values = super()._prepare_portal_layout_values()
        return {**values, "customer_manuals": lazy(self._customer_manuals)}

    def _customer_manuals(self):
        """Return the manuals of all roles that this visitor holds."""
        accesses_sudo, _assurance = request.env["ir.http"]._customer_accesses()
        return accesses_sudo.role_id._manuals()

    def _prepare_customer_layout_values(self):
        """Return what the layout of a contact's pages needs."""
        signed_in = request.session.uid is not None
        link_values = {"sales_user": None, "customer_manuals": lazy(self._customer_manuals)}
        return {
            # what it looks up of a portal user's own record, a visitor by a link does not have
            **(self._prepare_portal_layout_values() if signed_in else link_values),
            "html_data": html_data(),
            "page_name": "customer",
            "customer_preview": request.env["ir.http"]._customer_preview_banner(),
        }

    @http.route(
        "/my/customer",
        type="http",
        auth="customer",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    @private_page
    def customer_workspaces(self, **_kwargs):
        """List the visitor's workspaces."""
        accesses_sudo, assurance = request.env["ir.http"]._customer_accesses()
        return request.render(
            "customer_portal_access.portal_my_customer",
            {
                **self._prepare_customer_layout_values(),
                "assurance": assurance,
                "workspaces": [
                    {
                        **self._prepare_workspace_values(access_sudo, assurance, limit=1),
                        "path": access_sudo._path(),
                    }
                    for access_sudo in accesses_sudo._listed(assurance)
                ],
                "whom_to_ask": accesses_sudo._whom_to_ask(),
            },
        )

    @workspace_route(methods=["GET"])
    def customer_workspace(
        self,
        access_id,
        kind=None,
        target_id=None,
        before=None,
        asked=None,
        images=None,
        **_kwargs,
    ):
        """Show one workspace; a customer's, by the access that goes first there.

        :param images: ``1``: load pictures from elsewhere, too
        :param asked: what the last form asked for; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        if access_sudo.id != access_id:
            return request.redirect(access_sudo._path())
        access_sudo._seen()
        return self._render_workspace(
            access_sudo, assurance, before=before, show_images=images == "1", asked=asked
        )

    @workspace_route("/message", methods=["POST"], customer_upload="messages")
    def customer_message(
        self, access_id, kind=None, target_id=None, text="", form_id="", **_kwargs
    ):
        """Write to the team; the same form sent twice is one message."""
        access_sudo, assurance = self._talking_access(access_id, kind, target_id)
        files = request.httprequest.files.getlist("files")
        try:
            refused = access_sudo._post_message(text, form_id, files, assurance)
        except UserError as error:
            return self._render_workspace(access_sudo, assurance, text=text, error=str(error))
        if refused:
            return self._render_workspace(
                access_sudo, assurance, text=text, message_refused=refused
            )
        return request.redirect(f"{access_sudo._path()}#messages")

    @workspace_route("/file/<int:attachment_id>", methods=["GET"])
    def customer_file(self, access_id, attachment_id, kind=None, target_id=None, **_kwargs):
        """Download a file of the thread; never shown inline."""
        access_sudo, _assurance = self._talking_access(access_id, kind, target_id)
        attachment_sudo = access_sudo._message_attachment(attachment_id)
        if not attachment_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
        return stream.get_response(as_attachment=True)

    @workspace_route("/confirm", methods=["POST"])
    def customer_confirm(
        self,
        access_id,
        kind=None,
        target_id=None,
        switch=None,
        publication_id=None,
        section=None,
        **_kwargs,
    ):
        """Go and confirm who one is by an SMS code, and come back to the same page.

        :param publication_id: the publication whose page asks for it
        :param section: the part of the workspace that asks for it
        """
        access_sudo, _assurance = find_access(access_id, kind, target_id)
        page = access_sudo._return_page(publication_id, section)
        path = request.env["ir.http"]._customer_step_up(access_sudo, page, switch == "1")
        if path:
            return request.redirect(path)
        return render_page(
            "portal_link_switch",
            {"access": access_sudo, "kept": page},
            lang=access_sudo.partner_id.lang,
            company=access_sudo.company_id,
        )

    def _render_waiting(self, access_sudo, assurance, **page):
        """Ask the visitor to confirm who one is, without a word about what waits.

        :param page: where to come back to: ``publication_id`` or ``section``
        """
        return request.render(
            "customer_portal_access.portal_waits",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                "page": page,
            },
        )

    def _talking_access(self, access_id, kind=None, target_id=None):
        """Return the access and the assurance of a visitor who may use the thread."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        if not access_sudo._may_talk(assurance):
            raise NotFound()
        return access_sudo, assurance

    def _render_workspace(self, access_sudo, assurance, before=None, show_images=False, **values):
        """Render a workspace.

        :param str before: id of the message before which older ones are shown
        :param bool show_images: load pictures from elsewhere, too
        :param values: what was typed in and what is wrong with it
        """
        return request.render(
            "customer_portal_access.portal_workspace",
            {
                **self._prepare_customer_layout_values(),
                **self._prepare_workspace_values(
                    access_sudo, assurance, before=before, show_images=show_images
                ),
                "picture": access_sudo._in_charge_picture(),
                "before": before if (before or "").isdecimal() else "",
                **access_sudo._workspace_page_values(assurance),
                **values,
            },
        )

    def _prepare_workspace_values(
        self, access_sudo, assurance, limit=MESSAGES_A_PAGE, before=None, show_images=False
    ):
        """Return what a page shows of a workspace; later stages add their sections here."""
        values = access_sudo._workspace_values(assurance)
        messages = []
        if values["can_read_thread"]:
            before = int(before) if (before or "").isdecimal() else None
            messages = access_sudo._thread(limit, before, show_images)
            allow_pictures(messages, show_images)
        return {
            "messages": messages,
            "earlier": messages[0]["id"] if len(messages) == limit else None,
            "form_id": secrets.token_hex(8),
            "readable_size": readable_size,
            "time_zone": time_zone(access_sudo),
            **values,
        }
