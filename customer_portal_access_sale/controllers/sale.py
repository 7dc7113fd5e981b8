from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from odoo.addons.customer_portal_access.controllers.page import (
    find_access,
    time_zone,
    workspace_route,
)
from odoo.addons.customer_portal_access.controllers.workspace import CustomerWorkspace

ANSWER_FIELDS = ("decision", "comment", "signed_by", "signature", "version")
# What follows the role of a contact, whatever token is shown.
BY_ROLE = ("sale.order", "account.move")


class CustomerSale(CustomerWorkspace):
    """Quotations, orders and invoices in the workspace; Odoo's own pages follow the role."""

    @workspace_route("/quotations", methods=["GET"])
    def customer_quotations(self, access_id, kind=None, target_id=None, page=None, **_kwargs):
        """List all quotations and orders.

        :param page: from 1
        """
        return self._render_sale_page("orders", access_id, kind, target_id, page)

    @workspace_route("/invoices", methods=["GET"])
    def customer_invoices(self, access_id, kind=None, target_id=None, page=None, **_kwargs):
        """List all invoices.

        :param page: from 1
        """
        return self._render_sale_page("invoices", access_id, kind, target_id, page)

    @workspace_route("/quotation/<int:order_id>", methods=["GET"])
    def customer_quotation(
        self, access_id, order_id, kind=None, target_id=None, answered=None, **_kwargs
    ):
        """Show a quotation, or the way to confirm who one is first.

        :param answered: what became of an answer; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = access_sudo._find_order(order_id, assurance)
        access_sudo._seen()
        if not order_sudo:
            return self._render_quotation_waits(access_sudo, order_id, assurance)
        access_sudo._open_order(order_sudo)
        return self._render_quotation(access_sudo, order_sudo, assurance, told=answered)

    @workspace_route("/quotation/<int:order_id>/respond", methods=["POST"])
    def customer_quotation_respond(self, access_id, order_id, kind=None, target_id=None, **post):
        """Accept or decline a quotation; what is wrong is told at its field."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = access_sudo._find_order(order_id, assurance)
        typed = {field: post.get(field, "") for field in ANSWER_FIELDS}
        if not order_sudo:
            raise NotFound()
        result = order_sudo._customer_respond(access_sudo, **typed, assurance=assurance)
        status = result["status"]
        if status == "no":
            raise NotFound()
        if status in ("error", "changed"):
            return self._render_quotation(
                access_sudo,
                order_sudo,
                assurance,
                typed=typed,
                errors=result.get("errors", {}),
                told=status,
            )
        return request.redirect(
            f"{access_sudo._path()}/quotation/{order_id}?answered={status}#answer"
        )

    @workspace_route("/quotation/<int:order_id>/option", methods=["POST"])
    def customer_quotation_option(
        self, access_id, order_id, kind=None, target_id=None, line_id="", quantity="", **_kwargs
    ):
        """Take or leave an option."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = access_sudo._find_order(order_id, assurance)
        if not (order_sudo and line_id.isdecimal() and quantity.isdecimal()):
            raise NotFound()
        if not order_sudo._customer_choose(
            access_sudo, int(line_id), int(quantity), assurance=assurance
        ):
            raise NotFound()
        return request.redirect(f"{access_sudo._path()}/quotation/{order_id}#lines")

    @workspace_route("/quotation/<int:order_id>/pdf", methods=["GET"])
    def customer_quotation_pdf(self, access_id, order_id, kind=None, target_id=None, **_kwargs):
        """Download a quotation or order as PDF."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        order_sudo = access_sudo._find_order(order_id, assurance)
        return self._send_pdf(order_sudo, order_sudo and order_sudo._customer_pdf(access_sudo))

    @workspace_route("/invoice/<int:invoice_id>/pdf", methods=["GET"])
    def customer_invoice_pdf(self, access_id, invoice_id, kind=None, target_id=None, **_kwargs):
        """Download an invoice as PDF."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        invoice_sudo = access_sudo._find_invoice(invoice_id, assurance)
        return self._send_pdf(
            invoice_sudo,
            invoice_sudo and access_sudo._print("account.account_invoices", invoice_sudo),
        )

    def _send_pdf(self, document_sudo, pdf):
        """Answer with a PDF, never shown inline."""
        if not pdf:
            raise NotFound()
        name = document_sudo.name.replace("/", "-")
        return request.make_response(
            pdf,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{name}.pdf")),
                ("Content-Security-Policy", "default-src 'none'"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _render_sale_page(self, name, access_id, kind, target_id, page):
        access_sudo, assurance = find_access(access_id, kind, target_id)
        values = access_sudo._sale_page(name, assurance, page)
        if values is None:
            return request.redirect(access_sudo._path())
        access_sudo._seen()
        return request.render(
            f"customer_portal_access_sale.portal_all_{name}",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                **values,
            },
        )

    def _render_quotation(self, access_sudo, order_sudo, assurance, **values):
        may = access_sudo._check("respond_quotations", assurance)
        is_open = order_sudo._customer_is_open()
        page = order_sudo._customer_page_values(access_sudo)
        return request.render(
            "customer_portal_access_sale.portal_quotation",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                "publication": page,
                "decisions": ["accepted", "declined"] if may and is_open else [],
                "may_choose": may and is_open,
                "may_pay": may and page["payment"] == "now",
                "typed": {"signed_by": access_sudo.partner_id.name},
                "errors": {},
                "time_zone": time_zone(access_sudo),
                **values,
            },
        )

    def _render_quotation_waits(self, access_sudo, order_id, assurance):
        """Ask the visitor to confirm who one is, without a word about what waits.

        :raises NotFound: whether it does not exist or is not for this visitor
        """
        if not access_sudo._find_order(order_id, "account"):
            raise NotFound()
        return request.render(
            "customer_portal_access_sale.portal_quotation_waits",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
            },
        )

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Let no token stand in for the role of a contact who is signed in."""
        if model_name not in BY_ROLE:
            return super()._document_check_access(model_name, document_id, access_token)
        user = request.env.user
        if user.has_group("customer_portal_access.group_customer_contact"):
            assurance = request.env["ir.http"]._customer_login_assurance()
            document_sudo = request.env["customer.access"]._portal_document(
                model_name, document_id, user.partner_id, assurance
            )
            is_open = bool(document_sudo)
        else:
            document_sudo = super()._document_check_access(model_name, document_id, access_token)
            is_open = not document_sudo._customer_is_closed() or (
                request.env[model_name].browse(document_id).has_access("read")
            )
        if not is_open:
            raise AccessError(request.env._("This document is opened in the customer portal."))
        return document_sudo
