import secrets

from werkzeug.exceptions import NotFound

from odoo.exceptions import UserError
from odoo.http import request

from ..utils import readable_size
from .page import allow_pictures, find_access, time_zone, workspace_route
from .workspace import MESSAGES_A_PAGE, CustomerWorkspace


class CustomerJob(CustomerWorkspace):
    """The jobs of a project: list, page, thread, requests."""

    @workspace_route("/tasks", methods=["GET"])
    def customer_jobs(
        self,
        access_id,
        kind=None,
        target_id=None,
        show=None,
        search=None,
        page=None,
        **_kwargs,
    ):
        """List jobs.

        :param show: ``open``, ``done``, ``all`` or ``mine``
        :param search: words of the title
        :param page: from 1
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        values = access_sudo._job_page(assurance, show, search, page)
        if values is None:
            return request.redirect(access_sudo._path())
        access_sudo._seen()
        return self._render_jobs("portal_jobs", access_sudo, assurance, **values)

    @workspace_route("/task/<int:task_id>", methods=["GET"])
    def customer_job(
        self,
        access_id,
        task_id,
        kind=None,
        target_id=None,
        before=None,
        images=None,
        asked=None,
        **_kwargs,
    ):
        """Show one job and its thread.

        :param images: ``1``: load pictures from elsewhere, too
        :param asked: what the last form asked for; only chooses a sentence
        """
        access_sudo, assurance, task_sudo = self._find_job(access_id, task_id, kind, target_id)
        access_sudo._seen()
        return self._render_job(
            access_sudo, assurance, task_sudo, before=before, images=images == "1", asked=asked
        )

    @workspace_route("/task/<int:task_id>/message", methods=["POST"], customer_upload="messages")
    def customer_job_message(
        self, access_id, task_id, kind=None, target_id=None, text="", form_id="", **_kwargs
    ):
        """Write to the team about a job; the same form sent twice is one message."""
        access_sudo, assurance, task_sudo = self._find_job(access_id, task_id, kind, target_id)
        if not access_sudo._may_talk(assurance):
            raise NotFound()
        files = request.httprequest.files.getlist("files")
        try:
            refused = access_sudo._post_message(text, form_id, files, assurance, task_sudo)
        except UserError as error:
            return self._render_job(access_sudo, assurance, task_sudo, text=text, error=str(error))
        if refused:
            return self._render_job(
                access_sudo, assurance, task_sudo, text=text, message_refused=refused
            )
        return request.redirect(f"{access_sudo._path()}/task/{task_id}#messages")

    @workspace_route("/task/<int:task_id>/file/<int:attachment_id>", methods=["GET"])
    def customer_job_file(
        self, access_id, task_id, attachment_id, kind=None, target_id=None, **_kwargs
    ):
        """Download a file of a job's thread; never shown inline."""
        access_sudo, assurance, task_sudo = self._find_job(access_id, task_id, kind, target_id)
        attachment_sudo = access_sudo._message_attachment(attachment_id, task_sudo)
        if not access_sudo._may_talk(assurance) or not attachment_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
        return stream.get_response(as_attachment=True)

    @workspace_route("/request", methods=["GET"])
    def customer_request(self, access_id, kind=None, target_id=None, asked=None, **_kwargs):
        """Show the form of a request, or the way to confirm who one is.

        :param asked: what the last form asked for; only chooses a sentence
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        return self._render_request(access_sudo, assurance, asked=asked)

    @workspace_route("/request/send", methods=["POST"], customer_upload="request")
    def customer_request_send(
        self, access_id, kind=None, target_id=None, title="", text="", form_id="", **_kwargs
    ):
        """Send a request; the same form sent twice is one."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        files = request.httprequest.files.getlist("files")
        result = access_sudo._request_job(title, text, form_id, files, assurance)
        if result["status"] == "error":
            return self._render_request(
                access_sudo,
                assurance,
                typed={"title": title, "text": text},
                errors=result["errors"],
                message_refused=result["refused"],
            )
        if result["status"] == "no":
            raise NotFound()
        return request.redirect(f"{access_sudo._path()}?asked=request#jobs")

    @workspace_route("/me/notices", methods=["POST"])
    def customer_me_notices(self, access_id, kind=None, target_id=None, job_notice="", **_kwargs):
        """Choose which mails to get."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        result = access_sudo._choose_notices(assurance, job_notice)
        return request.redirect_query(f"{access_sudo._path()}/me", {"status": result["status"]})

    def _find_job(self, access_id, task_id, kind, target_id):
        """Return the access, the assurance, and a task that the visitor may see.

        :raises NotFound: whether it does not exist or is not shown to this visitor
        """
        access_sudo, assurance = find_access(access_id, kind, target_id)
        task_sudo = access_sudo._job(task_id, assurance) if task_id < 2**31 else None
        if not task_sudo:
            raise NotFound()
        return access_sudo, assurance, task_sudo

    def _render_jobs(self, template, access_sudo, assurance, **values):
        """Render a page about jobs, with what all of them need."""
        return request.render(
            f"customer_portal_access.{template}",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                "form_id": secrets.token_hex(8),
                "readable_size": readable_size,
                "time_zone": time_zone(access_sudo),
                **values,
            },
        )

    def _render_job(self, access_sudo, assurance, task_sudo, before=None, images=False, **values):
        """Render the page of one job.

        :param str before: id of the message before which older ones are shown
        :param bool images: load pictures from elsewhere, too
        :param values: what was typed in and what is wrong with it
        """
        job = access_sudo._job_values(task_sudo)
        may_talk = access_sudo._may_talk(assurance)
        older = int(before) if (before or "").isdecimal() else None
        messages = (
            access_sudo._thread(MESSAGES_A_PAGE, older, images, task_sudo) if may_talk else []
        )
        allow_pictures(messages, images)
        return self._render_jobs(
            "portal_job",
            access_sudo,
            assurance,
            job=job,
            messages=messages,
            earlier=messages[0]["id"] if len(messages) == MESSAGES_A_PAGE else None,
            before=before if older else "",
            can_read_thread=may_talk,
            thread_path=job["path"],
            files_may_upload=access_sudo._may_upload(assurance),
            file_limits=access_sudo._file_limits(),
            **values,
        )

    def _render_request(self, access_sudo, assurance, **values):
        """Render the form of a request; the workspace to whom it is not open."""
        if not access_sudo._may_request(assurance) and not access_sudo._request_waits(assurance):
            return request.redirect(access_sudo._path())
        return self._render_jobs(
            "portal_request",
            access_sudo,
            assurance,
            **{
                "waits": access_sudo._request_waits(assurance),
                "files_may_upload": access_sudo._may_upload(assurance),
                "file_limits": access_sudo._file_limits(),
                "errors": {},
                "typed": {},
                **values,
            },
        )
