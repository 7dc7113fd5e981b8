from odoo import fields, models
from odoo.fields import Domain
from odoo.http import DEFAULT_MAX_CONTENT_LENGTH
from odoo.tools import SQL

from ..utils import (
    BYTES_A_WORKSPACE,
    FILE_SIZE,
    FILE_UNDO_MINUTES,
    FILES_A_WORKSPACE,
    FILES_AT_ONCE,
    TYPES,
    clean_file_name,
    examine,
    hash_secret,
    own_transaction,
)

FORM_SIZE = 256 * 1024  # what a form has beside its files


class CustomerAccess(models.Model):
    """Files from the contacts of a workspace."""

    _inherit = "customer.access"

    def _workspace_page_values(self, assurance):
        values = {"files": None, **super()._workspace_page_values(assurance)}
        if self._may_see_files(assurance) or self._check("upload_files", assurance):
            uploads = self._uploads(assurance)
            values["files"] = [self._file_values(file) for file in uploads]
            values["files_zip"] = uploads._customer_zip_refusal() is None
            values["files_may_upload"] = self._may_upload(assurance)
            values["file_limits"] = self._file_limits()
        return values

    # ------------------------------------------------------------
    # WHO SEES WHICH
    # ------------------------------------------------------------

    def _takes_files(self):
        """Say whether this is an opportunity or a project, where files are kept."""
        return self.sudo()._target()._name in ("crm.lead", "project.project")

    def _may_see_files(self, assurance):
        """Say whether the visitor may see what all contacts uploaded here.

        Nobody does by a link alone: it is passed on, and these may be anybody's papers.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return self._takes_files() and assurance != "link" and self._check("view_files", assurance)

    def _may_upload(self, assurance):
        """Say whether the visitor may upload here now.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return (
            self._takes_files()
            and self._check("upload_files", assurance)
            and not self._is_read_only()
        )

    def _file_domain(self):
        """Return the domain of what contacts have sent to this workspace."""
        target = self._target()
        return (
            Domain("res_model", "=", target._name)
            & Domain("res_id", "=", target.id)
            & Domain("res_field", "=", False)
            & Domain("type", "=", "binary")
            & Domain("customer_source", "!=", False)
            & Domain("company_id", "=", self.company_id.id)
        )

    def _uploads(self, assurance):
        """Return the uploaded files that the visitor sees: one's own, or everybody's.

        :param str assurance: the level the visitor has reached
        :return: ``ir.attachment`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # contacts have no right on the workspace's files
        Attachment = access_sudo.env["ir.attachment"]
        if not self._may_see_files(assurance) and not self._check("upload_files", assurance):
            return Attachment
        domain = access_sudo._file_domain() & Domain("customer_source", "=", "upload")
        if not self._may_see_files(assurance):
            domain &= Domain("customer_access_id", "=", self.id)
        return Attachment.search(domain, order="id desc")

    def _file_values(self, file):
        """Return what the page shows of an uploaded file.

        :return: plain values: those of a file, its ``path``, ``by`` whom, ``date``, and
            whether it is ``removable``
        :rtype: dict
        """
        return {
            **file._customer_file_values(),
            "path": f"{self._path()}/upload/{file.id}",
            "by": file.customer_name,
            "date": file.create_date,
            "removable": self._may_remove(file),
        }

    def _with_kept(self, files, kept):
        """Return what the page shows, right after an upload.

        The request's own transaction began before it and does not see what was kept.

        :param files: as the page shows them
        :param kept: what ``_upload`` has just kept
        :rtype: list[dict]
        """
        known = {file["id"] for file in kept}
        return [*reversed(kept), *(file for file in files if file["id"] not in known)]

    def _zip_refusal(self, attachments):
        """Say why the visitor cannot have these files as one zip now.

        :param attachments: files that the gate has let pass
        :return: ``empty``, ``size``, ``often``, or ``None`` when they can
        :rtype: str | None
        """
        if refused := attachments._customer_zip_refusal():
            return refused
        return "often" if self.env["customer.quota"]._take("zip", self.id) else None

    def _upload_file(self, attachment_id, assurance):
        """Return one uploaded file, or none when the visitor does not see it.

        :param int attachment_id: from the URL
        :param str assurance: the level the visitor has reached
        """
        return self._uploads(assurance).filtered(lambda file: file.id == attachment_id)

    # ------------------------------------------------------------
    # LIMITS
    # ------------------------------------------------------------

    def _request_size(self):
        """Return how many bytes Odoo takes in one request."""
        Parameter = self.env["ir.config_parameter"].sudo()  # visitors may not read it
        value = Parameter.get_param("web.max_file_upload_size", "")
        return int(value) if value.isdecimal() else DEFAULT_MAX_CONTENT_LENGTH

    def _file_limits(self):
        """Return what is said before somebody chooses files.

        :return: ``size`` of a file and ``together`` in bytes, ``count``, and the
            ``extensions`` that are taken
        :rtype: dict
        """
        together = max(0, self._request_size() - FORM_SIZE)
        return {
            "size": min(FILE_SIZE, together),
            "together": min(together, FILES_AT_ONCE * FILE_SIZE),
            "count": FILES_AT_ONCE,
            "minutes": FILE_UNDO_MINUTES,
            "extensions": [f".{extension}" for extension in TYPES],
        }

    def _lock_files(self):
        """Let one upload after the other count and keep files here, until the end of it.

        Not a lock on the record: staff go on working on it meanwhile.
        """
        target = self._target()
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                f"customer_files_{target._name}",
                target.id,
            )
        )

    def _room(self):
        """Return how many ``files`` and ``bytes`` may still be added to this workspace.

        :rtype: dict
        """
        [(count, size)] = self.env["ir.attachment"]._read_group(
            self._file_domain(), aggregates=["__count", "file_size:sum"]
        )
        return {"files": FILES_A_WORKSPACE - count, "bytes": BYTES_A_WORKSPACE - (size or 0)}

    # ------------------------------------------------------------
    # UPLOADING
    # ------------------------------------------------------------

    def _upload(self, files, form_id):
        """Keep what the contact uploads: what cannot be kept does not stop the others.

        The same form with the same files sent twice is one set.

        :param files: werkzeug's ``FileStorage``, of which those without a name are none
        :param str form_id: tells one form from the next
        :return: ``refused``: for each its ``name`` and a ``code``; ``kept``: values of
            each file that was kept
        :rtype: dict
        """
        self.ensure_one()
        files = [file for file in files if file.filename]
        if code := self._upload_refusal(files):
            return {"kept": [], "refused": [{"name": "", "code": code}]}
        with own_transaction(self.env) as env:
            access = self.with_env(env)
            access._lock_files()
            result = access._keep_files(files, "upload", form_id)
            access._report_upload(result.pop("attachments"))
        return result

    def _upload_refusal(self, files):
        """Say why none of the files are taken.

        :return: a code, or ``None``
        :rtype: str | None
        """
        if self._is_read_only():
            return "read_only"
        if not files:
            return "none"
        if len(files) > FILES_AT_ONCE:
            return "many"
        if self.env["customer.quota"]._take("upload", self.id):
            self.env["customer.access.event"]._log_at_once("limit_hit", self, "upload")
            return "often"
        return None

    def _keep_files(self, files, source, form_id):
        """Make attachments of files, one by one.

        To be called under ``_lock_files``, in a transaction that sees what others have
        committed since.

        :param files: werkzeug's ``FileStorage``
        :param str source: ``upload`` or ``message``
        :param str form_id: tells one form from the next
        :return: ``attachments``, ``kept`` and ``refused`` as in ``_upload``
        :rtype: dict
        """
        room, attachments, refused = self._room(), self.env["ir.attachment"], []
        for index, file in enumerate(files):
            name = clean_file_name(file.filename)
            data = file.read(FILE_SIZE + 1)
            # with the source: the forms of one page may share their id
            key = f"{source}-{form_id}-{index}-{name}-{len(data)}"
            form_hash = hash_secret(self.env, None, key)
            if self._is_kept(form_hash):
                continue
            code, mimetype = examine(name, data)
            if not code and (room["files"] < 1 or room["bytes"] < len(data)):
                code = "full"
            if code:
                refused.append({"name": name, "code": code})
                continue
            room = {"files": room["files"] - 1, "bytes": room["bytes"] - len(data)}
            values = {"name": name, "raw": data, "mimetype": mimetype}
            attachments |= self._keep_file(
                customer_source=source, customer_form=form_hash, **values
            )
        kept = [self._file_values(attachment) for attachment in attachments]
        return {"attachments": attachments, "kept": kept, "refused": refused}

    def _is_kept(self, form_hash):
        """Say whether this very file of this very form is here already.

        :param str form_hash: made of both
        :rtype: bool
        """
        domain = self._file_domain() & Domain("customer_access_id", "=", self.id)
        domain &= Domain("customer_form", "=", form_hash)
        return bool(self.env["ir.attachment"].search_count(domain, limit=1))

    def _keep_file(self, **values):
        """Make an attachment of the workspace; what was sent is kept as it is.

        :param values: fields of the ``ir.attachment``
        :return: the attachment
        """
        target = self._target()
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        return Attachment.create(
            {
                "res_model": target._name,
                "res_id": target.id,
                "company_id": self.company_id.id,
                "customer_access_id": self.id,
                "customer_name": self.partner_id.name,
                **values,
            }
        )

    def _report_upload(self, attachments):
        """Tell staff, once for the files of one go, in their language."""
        if not attachments:
            return
        staff = self.person_in_charge_id
        lang_self = self.with_context(lang=staff.lang or self.company_id.partner_id.lang)
        names = ", ".join(attachments.mapped("name"))
        contact = self.partner_id.name
        lang_self._report(
            "file_uploaded",
            lang_self.env._("%(contact)s uploaded: %(names)s", contact=contact, names=names),
            activity=lang_self.env._("Look at the files from %(contact)s", contact=contact),
            reason=names,
        )

    # ------------------------------------------------------------
    # TAKING BACK
    # ------------------------------------------------------------

    def _may_remove(self, file):
        """Say whether this contact may still take a file back.

        :param file: an ``ir.attachment``
        :rtype: bool
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=FILE_UNDO_MINUTES)
        return (
            file.customer_source == "upload"
            and file.customer_access_id == self
            and file.create_date >= since
            and not self._is_read_only()
        )

    def _remove_file(self, attachment_id, assurance):
        """Take back a file of one's own, within the time for it.

        :param int attachment_id: from the URL
        :param str assurance: the level the visitor has reached
        :return: whether it is gone; ``False``: it is too late
        :rtype: bool
        """
        file_sudo = self._upload_file(attachment_id, assurance)
        if not file_sudo or not self._may_remove(file_sudo):
            return False
        name = file_sudo.name
        file_sudo.unlink()
        lang = self.person_in_charge_id.lang or self.company_id.partner_id.lang
        lang_self = self.with_context(lang=lang)
        text = lang_self.env._(
            "%(contact)s took back: %(names)s", contact=self.partner_id.name, names=name
        )
        lang_self._report("file_removed", text, reason=name)
        return True
