from werkzeug.exceptions import NotFound

from odoo.http import content_disposition, request

from ..models.customer_publication_text import INLINE_TYPES
from ..utils import readable_size
from .page import allow_pictures, find_access, time_zone, workspace_route
from .workspace import CustomerWorkspace

ANSWER_FIELDS = ("decision", "comment", "signed_by", "signature", "version")


class CustomerPublication(CustomerWorkspace):
    """The page of each publication."""

    @workspace_route("/publication/<int:publication_id>", methods=["GET"])
    def customer_publication(
        self,
        access_id,
        publication_id,
        kind=None,
        target_id=None,
        images=None,
        answered=None,
        **_kwargs,
    ):
        """Show one publication, or the way to confirm who one is first.

        :param images: ``1``: load pictures from elsewhere, too
        :param answered: what became of an answer; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        publication_sudo = self._find_publication(access_sudo, publication_id, assurance)
        access_sudo._seen()
        if not publication_sudo:
            return self._render_waiting(access_sudo, assurance, publication_id=publication_id)
        access_sudo._open_publication(publication_sudo)
        return self._render_publication(
            access_sudo, publication_sudo, assurance, show_images=images == "1", told=answered
        )

    @workspace_route("/publication/<int:publication_id>/respond", methods=["POST"])
    def customer_publication_respond(
        self, access_id, publication_id, kind=None, target_id=None, **post
    ):
        """Accept or decline an offer; what is wrong is told at its field."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        publication_sudo = self._find_publication(access_sudo, publication_id, assurance)
        if not publication_sudo:
            return self._render_waiting(access_sudo, assurance, publication_id=publication_id)
        typed = {field: post.get(field, "") for field in ANSWER_FIELDS}
        result = publication_sudo._respond(access_sudo, **typed, assurance=assurance)
        status = result["status"]
        if status == "no":
            raise NotFound()
        if status == "waits":
            return self._render_waiting(access_sudo, assurance, publication_id=publication_id)
        if status in ("error", "changed"):
            return self._render_publication(
                access_sudo,
                publication_sudo,
                assurance,
                typed=typed,
                errors=result.get("errors", {}),
                told=status,
            )
        path = access_sudo._publication_path(publication_sudo)
        return request.redirect(f"{path}?answered={status}#answer")

    @workspace_route("/publication/<int:publication_id>/embedded/<int:file_id>", methods=["GET"])
    def customer_publication_embedded(
        self, access_id, publication_id, file_id, kind=None, target_id=None, **_kwargs
    ):
        """Serve a picture of the text; files that are no picture are downloaded."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        publication_sudo = access_sudo._publication(publication_id, assurance)
        files_sudo = publication_sudo and publication_sudo._embedded()
        file_sudo = files_sudo and files_sudo.filtered(lambda file: file.id == file_id)
        if not file_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(file_sudo)
        return stream.get_response(
            as_attachment=file_sudo.mimetype not in INLINE_TYPES,
            content_security_policy="default-src 'none'",
        )

    @workspace_route("/publication/<int:publication_id>/pdf", methods=["GET"])
    def customer_publication_pdf(
        self, access_id, publication_id, kind=None, target_id=None, **_kwargs
    ):
        """Download an offer as PDF."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        publication_sudo = self._find_publication(access_sudo, publication_id, assurance)
        if not publication_sudo:
            return self._render_waiting(access_sudo, assurance, publication_id=publication_id)
        pdf = publication_sudo._pdf(access_sudo)
        if pdf is None:
            raise NotFound()
        return request.make_response(
            pdf,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{publication_sudo.name}.pdf")),
                ("Content-Security-Policy", "default-src 'none'"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _find_publication(self, access_sudo, publication_id, assurance):
        """Return a publication, or none when the visitor has to confirm who one is first.

        :raises NotFound: whether it does not exist or is not for this visitor
        """
        publication_sudo = access_sudo._publication(publication_id, assurance)
        if not publication_sudo and not access_sudo._publication_waits(publication_id, assurance):
            raise NotFound()
        return publication_sudo

    def _render_publication(
        self, access_sudo, publication_sudo, assurance, show_images=False, **values
    ):
        """Render the page of a publication.

        :param bool show_images: load pictures from elsewhere, too
        :param values: what was typed in and what is wrong with it
        """
        page = access_sudo._publication_page_values(publication_sudo, assurance, show_images)
        allow_pictures([page["publication"]], show_images)
        return request.render(
            "customer_portal_access.portal_publication",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                **page,
                "readable_size": readable_size,
                "time_zone": time_zone(access_sudo),
                **values,
            },
        )
