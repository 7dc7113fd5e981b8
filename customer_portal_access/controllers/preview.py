from odoo import http
from odoo.http import request


class CustomerPreview(http.Controller):
    """The banner of staff who see a workspace as its contact."""

    @http.route("/customer/preview/level", type="http", auth="user", methods=["POST"])
    def customer_preview_level(self, level="", **_kwargs):
        """See the same workspace at another level."""
        return request.redirect(request.env["customer.access"]._change_preview(level))

    @http.route(
        "/customer/preview/refused",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def customer_preview_refused(self, **_kwargs):
        """Say that nothing was saved, where the refused address has no layout to say so."""
        request.env["ir.http"]._customer_show_refusal()

    @http.route("/customer/preview/end", type="http", auth="user", methods=["POST"])
    def customer_preview_end(self, **_kwargs):
        """Leave the preview, and go back to the record."""
        return request.redirect(request.env["customer.access"]._end_preview())
