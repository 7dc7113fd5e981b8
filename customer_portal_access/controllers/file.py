import tempfile

from werkzeug.exceptions import NotFound

from odoo.http import Stream, request

from .page import find_access, workspace_route
from .workspace import CustomerWorkspace

ZIP_REFUSED = {"empty": 404, "size": 413, "often": 429}


class CustomerFile(CustomerWorkspace):
    """Files: of a publication, and those that contacts upload."""

    @workspace_route("/publication/<int:publication_id>/file/<int:attachment_id>", methods=["GET"])
    def customer_publication_file(
        self, access_id, publication_id, attachment_id, kind=None, target_id=None, **_kwargs
    ):
        """Download a file of a publication; never shown inline."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        publication_sudo = access_sudo._publication(publication_id, assurance)
        return self._send_file(publication_sudo._file(attachment_id))

    @workspace_route("/publication/<int:publication_id>/zip", methods=["GET"])
    def customer_publication_zip(
        self, access_id, publication_id, kind=None, target_id=None, **_kwargs
    ):
        """Download all files of a publication as one."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        publication_sudo = access_sudo._publication(publication_id, assurance)
        if not publication_sudo:
            raise NotFound()
        return self._send_zip(access_sudo, publication_sudo._attached(), publication_sudo.name)

    @workspace_route("/upload/<int:attachment_id>", methods=["GET"])
    def customer_upload_file(self, access_id, attachment_id, kind=None, target_id=None, **_kwargs):
        """Download a file that a contact has uploaded."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        return self._send_file(access_sudo._upload_file(attachment_id, assurance))

    @workspace_route("/upload/zip", methods=["GET"])
    def customer_upload_zip(self, access_id, kind=None, target_id=None, **_kwargs):
        """Download all that contacts have uploaded as one."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        name = access_sudo._workspace_title()
        return self._send_zip(access_sudo, access_sudo._uploads(assurance), name)

    @workspace_route("/upload", methods=["POST"], customer_upload="files")
    def customer_upload(self, access_id, kind=None, target_id=None, form_id="", **_kwargs):
        """Upload files; those that are refused are told with the reason."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        if not access_sudo._may_upload(assurance):
            raise NotFound()
        result = access_sudo._upload(request.httprequest.files.getlist("files"), form_id)
        if not result["refused"]:
            return request.redirect(f"{access_sudo._path()}?asked=upload#files")
        values = access_sudo._workspace_page_values(assurance)
        return self._render_workspace(
            access_sudo,
            assurance,
            files=access_sudo._with_kept(values["files"], result["kept"]),
            files_refused=result["refused"],
            files_kept=result["kept"],
        )

    @workspace_route("/upload/<int:attachment_id>/remove", methods=["POST"])
    def customer_upload_remove(
        self, access_id, attachment_id, kind=None, target_id=None, **_kwargs
    ):
        """Take back a file of one's own."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        removed = access_sudo._remove_file(attachment_id, assurance)
        asked = "file_removed" if removed else "file_kept"
        return request.redirect(f"{access_sudo._path()}?asked={asked}#files")

    def _send_file(self, attachment_sudo):
        """Answer with a file, as something to save.

        :param attachment_sudo: one file that the gate has let pass, or none
        :raises NotFound: when there is none
        """
        if not attachment_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
        return stream.get_response(as_attachment=True)

    def _send_zip(self, access_sudo, attachments_sudo, name):
        """Answer with files as one zip, which is put together on disk.

        :param attachments_sudo: files that the gate has let pass
        :param str name: what to call it
        """
        if refused := access_sudo._zip_refusal(attachments_sudo):
            return request.render(
                "customer_portal_access.portal_zip_refused",
                {
                    **self._prepare_customer_layout_values(),
                    **self._prepare_workspace_values(access_sudo, "link", limit=1),
                    "refused": refused,
                },
                status=ZIP_REFUSED[refused],
            )
        with tempfile.NamedTemporaryFile(suffix=".zip") as file:
            attachments_sudo._customer_zip(file)
            file.flush()
            stream = Stream(
                type="path",
                path=file.name,
                mimetype="application/zip",
                download_name=attachments_sudo._customer_zip_name(name),
            )
            # the answer opens it now, and goes on reading when its name is gone
            return stream.get_response(as_attachment=True)
