from odoo import SUPERUSER_ID, Command, models
from odoo.tools import plaintext2html

from ..utils import MESSAGE_LENGTH, NAME_LENGTH, strip_invisible


class CustomerAccess(models.Model):
    """A contact sends a request: a task in the first stage, told to whom it concerns."""

    _inherit = "customer.access"

    def _may_request(self, assurance):
        """Say whether the visitor may send a request here.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return (
            self._is_project()
            and self._check("create_tasks", assurance)
            and not self._is_read_only()
        )

    def _request_waits(self, assurance):
        """Say whether the visitor may send one after confirming who one is."""
        return not self._may_request(assurance) and self._may_request("account")

    def _request_job(self, title, text, form_id, files=(), assurance="code"):
        """Make a task of what the contact asks for; the same form sent twice is one.

        :param str title: one line
        :param str text: plain text, may be empty
        :param str form_id: tells one form from the next
        :param files: werkzeug's ``FileStorage``, for whoever may upload
        :param str assurance: the level the visitor has reached
        :return: ``status`` (``ok``, ``no`` or ``error``), ``errors`` (a sentence a field)
            and ``refused``, the files that are not taken; then nothing is made
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_request(assurance) or self.env.context.get("customer_preview"):
            return {"status": "no"}
        files = [file for file in files if file.filename]
        title = strip_invisible(title or "")
        text = (text or "").replace("\0", "").strip()
        if errors := self._request_errors(title, text):
            return {"status": "error", "errors": errors, "refused": []}
        if refused := self._message_refusal(files, assurance):
            return {"status": "error", "errors": {}, "refused": refused}
        refused = self._send_form(
            form_id, lambda access: access._make_job(title, text, form_id, files)
        )
        return {"status": "error" if refused else "ok", "errors": {}, "refused": refused}

    def _request_errors(self, title, text):
        """Return what is wrong with a request: a sentence a field.

        :rtype: dict
        """
        errors = {}
        if not title:
            errors["title"] = self.env._("Please say in a few words what it is about.")
        elif len(title) > NAME_LENGTH:
            errors["title"] = self.env._(
                "This is too long: please keep it below %(count)s characters.", count=NAME_LENGTH
            )
        if len(text) > MESSAGE_LENGTH:
            errors["text"] = self.env._(
                "This is too long: please keep it below %(count)s characters.",
                count=MESSAGE_LENGTH,
            )
        if not errors and self.env["customer.quota"]._take("job_request", self.id):
            errors["title"] = self.env._("That was very often. Please wait an hour.")
        return errors

    def _make_job(self, title, text, form_id, files):
        """Make the task with its files, tell the person in charge, and confirm by mail.

        :return: the files that are not taken; then nothing is made
        :rtype: list[dict]
        """
        attachments = self.env["ir.attachment"]
        if files:
            self._lock_files()
            result = self._keep_files(files, "message", form_id)
            attachments = result["attachments"]
            if result["refused"]:
                attachments.unlink()
                return result["refused"]
        # Whoever makes a task follows it: the person in charge, and not the contact. With
        # nobody in charge OdooBot makes it, which is archived, and so follows nothing.
        maker = self.person_in_charge_id.filtered("active").id or SUPERUSER_ID
        task = (
            self.env["project.task"]
            .with_user(maker)
            .sudo()  # the contact has no rights on tasks
            .create(
                {
                    "name": title,
                    "project_id": self._target().id,
                    "description": plaintext2html(text),  # escaped
                    "user_ids": [Command.clear()],  # not for who makes it, as Odoo has it
                    "customer_visible": True,
                    "customer_access_id": self.id,
                    "customer_requested_by": self.partner_id.name,
                }
            )
            .with_env(self.env)
        )
        task.message_post(
            body=plaintext2html(text or title),  # escaped
            author_id=self.partner_id.id,
            message_type="comment",
            subtype_xmlid="customer_portal_access.mt_from_customer",
            attachment_ids=attachments.ids,
        )
        self._report_request(task)
        self._mail_request_received(task)
        return []

    def _report_request(self, task):
        """Give the person in charge an activity on the task, and note it in the log."""
        self.env["customer.access.event"]._log("job_requested", self, task.name)
        env = self._staff_env()
        candidates = (self.person_in_charge_id, self.env.ref("base.user_admin"))
        user = next(user for user in candidates if user and user.active)
        task.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=env._("Request from %(contact)s", contact=self.partner_id.name),
            user_id=user.id,
        )
