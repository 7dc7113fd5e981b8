from werkzeug.exceptions import NotFound, abort

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.misc import get_lang

# What Odoo's session keeps of a preview, and of no customer's visit:
#   customer_preview  {"id": customer.access, "level": assurance, "uid": who looks}
READS = ("GET", "HEAD", "OPTIONS")


class IrHttp(models.AbstractModel):
    """Staff who see the pages of a contact: as that contact, and read only.

    The level is played for our own pages alone: who is signed in stays who it is.
    """

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Refuse whatever a preview would change, before the page is asked for it."""
        res = super()._pre_dispatch(rule, args)
        if (
            request.httprequest.method not in READS
            and cls._customer_is_ours(rule.endpoint)
            and cls._customer_previewed()
        ):
            cls._customer_refuse_in_preview(rule.endpoint)
        return res

    @classmethod
    def _customer_is_ours(cls, endpoint):
        """Say whether a route is one of the pages that a preview shows."""
        routing = endpoint.routing
        return routing["auth"] == "customer" or any(
            f"{route}/".startswith("/my/customer/") for route in routing["routes"]
        )

    @classmethod
    def _customer_preview(cls):
        """Return what the session keeps of the preview of who is signed in, or ``None``."""
        preview = request.session.get("customer_preview")
        return preview if preview and preview["uid"] == request.session.uid else None

    @classmethod
    def _customer_begin_preview(cls, access, level):
        """Keep in the session what its user looks at, and how."""
        request.session["customer_preview"] = {
            "id": access.id,
            "level": level,
            "uid": request.session.uid,
        }

    @classmethod
    def _customer_end_preview(cls):
        """Forget the preview.

        :return: the id of the access that was looked at, if any
        :rtype: int | None
        """
        preview = request.session.pop("customer_preview", None)
        return preview and preview["id"]

    @classmethod
    def _customer_previewed(cls):
        """Return the access that is looked at, while who looks may read it; else none."""
        # sudo: as for the contact; _may_preview asks for the user's own rights
        Access = request.env["customer.access"].sudo()
        preview = cls._customer_preview()
        if not preview:
            return Access
        access = Access.browse(preview["id"]).exists()
        if not access or not access._may_preview():
            cls._customer_end_preview()
            return Access
        return access.with_context(customer_preview=True)

    @classmethod
    def _customer_accesses(cls):
        access = cls._customer_previewed()
        if not access:
            return super()._customer_accesses()
        level = cls._customer_preview()["level"]
        accesses = access
        if level != "link":  # a link shows its one access
            accesses = access.search([("partner_id", "=", access.partner_id.id)])
        return accesses.filtered(lambda own: own._check(None, level) and own._may_preview()), level

    @classmethod
    def _customer_access(cls, access_id):
        previewed = cls._customer_previewed()
        if not previewed:
            return super()._customer_access(access_id)
        level = cls._customer_preview()["level"]
        access = previewed
        if access_id != access.id:  # the contact's others are open after the code
            access = access.browse(access_id).exists()
            if (
                level == "link"
                or access.partner_id != previewed.partner_id
                or not access._may_preview()
            ):
                raise NotFound()
        if problem := access._preview_problem():
            cls._customer_show_preview("portal_preview_closed", access, problem=problem)
        if step := access._preview_step(level):
            cls._customer_show_preview("portal_preview_step", access, step=step)
        lang = get_lang(request.env, access.partner_id.lang).code
        request.update_context(lang=lang)
        return access.with_context(lang=lang), level

    @classmethod
    def _customer_preview_banner(cls):
        """Return what the banner of the preview says, in the words of who looks; or ``None``.

        :rtype: markupsafe.Markup | None
        """
        access = cls._customer_previewed()
        if not access:
            return None
        lang = get_lang(request.env, request.env.user.lang).code
        return (
            request.env["ir.qweb"]
            .with_context(lang=lang)
            ._render(
                "customer_portal_access.portal_preview_banner",
                {
                    "contact": access.partner_id.name,
                    "level": cls._customer_preview()["level"],
                    "request": request,
                },
            )
        )

    @classmethod
    def _customer_show_preview(cls, template, access, status=200, **values):
        """Answer with a page about the preview instead of one of the contact's.

        :param str template: name of one of our templates
        :raises HTTPException: which carries the page
        """
        response = request.render(
            f"customer_portal_access.{template}",
            {
                "access": access,
                "no_breadcrumbs": True,
                "customer_preview": cls._customer_preview_banner(),
                **values,
            },
            status=status,
        )
        response.flatten()
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        abort(response)

    @classmethod
    def _customer_refuse_in_preview(cls, endpoint):
        """Say that a preview changes nothing.

        :raises HTTPException: with a page, or UserError where no page is asked for
        """
        if endpoint.routing["type"] != "http":
            raise UserError(request.env._("You see this as the customer. Nothing is saved."))
        if not endpoint.routing.get("website"):  # it has no layout to say so in
            abort(request.redirect("/customer/preview/refused"))
        cls._customer_show_refusal()

    @classmethod
    def _customer_show_refusal(cls):
        """Answer that nothing was saved.

        :raises HTTPException: which carries the page
        :raises NotFound: where there is no preview
        """
        access = cls._customer_previewed()
        if not access:
            raise NotFound()
        cls._customer_show_preview("portal_preview_refused", access, status=403)
