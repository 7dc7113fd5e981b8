from odoo import http
from odoo.http import content_disposition, request

from .page import PRIVATE_HEADERS

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv;charset=utf-8",
}


class CustomerListExport(http.Controller):
    """Files for staff."""

    @http.route(
        "/customer/list/<int:publication_id>/<any(xlsx,csv):extension>",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
    )
    def customer_list_export(self, publication_id, extension, **_kwargs):
        """Download the rows of a list."""
        publication = request.env["customer.publication"].browse(publication_id)
        name, content = publication._export(extension)
        return request.make_response(
            content,
            headers={
                **PRIVATE_HEADERS,
                "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
                "Content-Type": CONTENT_TYPES[extension],
                "Content-Disposition": content_disposition(name),
                "X-Content-Type-Options": "nosniff",
            },
        )
