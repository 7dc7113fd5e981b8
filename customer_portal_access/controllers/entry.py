import secrets

from werkzeug.exceptions import NotFound

from odoo.http import request

from .page import find_access, workspace_route
from .publication import CustomerPublication

# What a script is answered with; whatever is not here is refused.
HTTP_STATUS = {"ok": 200, "invalid": 422, "conflict": 409, "gone": 410, "limit": 429}


class CustomerEntry(CustomerPublication):
    """The rows of a list: shown, added, changed, removed and put back."""

    @workspace_route("/publication/<int:publication_id>/entries", methods=["GET"])
    def customer_entries(
        self, access_id, publication_id, kind=None, target_id=None, page=None, **_kwargs
    ):
        """Return the rows for a script; lead everybody else to the page."""
        access_sudo, assurance, list_sudo = self._find_list(
            access_id, publication_id, kind, target_id
        )
        if not self._wants_json():
            return request.redirect(access_sudo._publication_path(list_sudo))
        return request.make_json_response(list_sudo._list_values(access_sudo, assurance, page))

    @workspace_route("/publication/<int:publication_id>/entries", methods=["POST"])
    def customer_entry(self, access_id, publication_id, kind=None, target_id=None, **posted):
        """Add, save, remove or restore a row; what is wrong is told at its field."""
        access_sudo, assurance, list_sudo = self._find_list(
            access_id, publication_id, kind, target_id
        )
        outcome = access_sudo._change_row(list_sudo, assurance, posted.get("action"), posted)
        if self._wants_json():
            return self._answer_script(access_sudo, list_sudo, posted, outcome)
        if outcome["status"] == "ok":
            path = access_sudo._publication_path(list_sudo)
            return request.redirect(f"{path}{list_sudo._list_query(posted, outcome)}#rows")
        return self._render_publication(
            access_sudo,
            list_sudo,
            assurance,
            **list_sudo._list_values(access_sudo, assurance, posted.get("page"), posted, outcome),
        )

    def _find_list(self, access_id, publication_id, kind, target_id):
        """Return the access, the assurance, and a list that this visitor may see.

        :raises NotFound: whether it does not exist, is no list or is not for this visitor
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        publication_sudo = access_sudo._publication(publication_id, assurance)
        list_sudo = publication_sudo.filtered(lambda publication: publication.kind == "list")
        if not list_sudo:
            raise NotFound()
        return access_sudo, assurance, list_sudo

    def _render_publication(self, access_sudo, publication_sudo, assurance, **values):
        query = request.httprequest.args
        shown = publication_sudo._list_values(
            access_sudo, assurance, query.get("page"), {"removed": query.get("removed")}
        )
        return super()._render_publication(
            access_sudo, publication_sudo, assurance, **{**shown, **values}
        )

    def _wants_json(self):
        """Say whether a script asks, not a form."""
        return request.httprequest.accept_mimetypes.best == "application/json"

    def _answer_script(self, access_sudo, list_sudo, posted, outcome):
        """Answer a script; a row that the page does not show yet comes as HTML."""
        answer = dict(outcome)
        if outcome["status"] == "ok" and posted.get("action") in ("add", "restore"):
            answer["form_id"] = secrets.token_hex(8)
            answer["html"] = request.env["ir.qweb"]._render(
                "customer_portal_access.portal_list_row",
                {
                    **list_sudo._row_page_values(access_sudo),
                    "row": outcome["row"],
                    "csrf": request.csrf_token(),
                },
            )
        return request.make_json_response(answer, status=HTTP_STATUS.get(outcome["status"], 403))
