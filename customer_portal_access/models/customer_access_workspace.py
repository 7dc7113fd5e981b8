from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..utils import MESSAGE_LENGTH, hash_secret, own_transaction

THREAD_SUBTYPES = (
    "customer_portal_access.mt_to_customer",
    "customer_portal_access.mt_from_customer",
)


class CustomerAccess(models.Model):
    """The workspace: what its contact sees and says there."""

    _inherit = "customer.access"

    in_charge_partner_id = fields.Many2one(
        "res.partner",
        compute="_compute_in_charge_partner_id",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="The person in charge, as its contacts see it.",
    )

    def _path(self):
        """Return the local path of this workspace."""
        return f"/my/customer/{self.id}"

    def _workspace_values(self, assurance):
        """Return what the workspace page shows to its contact.

        :param str assurance: the level the visitor has reached
        :return: plain values, and no record to follow further
        :rtype: dict
        """
        self.ensure_one()
        access_sudo = self.sudo()
        target_sudo = access_sudo._target()
        # an opportunity is wide: only what the page shows of it
        target_sudo.fetch(self._target_fields() & target_sudo._fields.keys())
        in_charge_sudo = access_sudo.in_charge_partner_id
        company = access_sudo.company_id
        return {
            "access": access_sudo,
            "title": access_sudo._workspace_title(),
            "kind": access_sudo.workspace_model,
            "role": access_sudo.role_id.name,
            "customer_manuals": access_sudo.role_id._manuals(),
            "customer": target_sudo.partner_id.commercial_partner_id.name
            if "partner_id" in target_sudo
            else access_sudo.res_name,
            "contact": access_sudo.partner_id.name,
            "company": company,
            "in_charge": {
                "name": in_charge_sudo.name or company.name,
                "phone": in_charge_sudo.phone or company.phone,
                "email": in_charge_sudo.email or company.email,
            },
            "assurance": assurance,
            "can_read_thread": access_sudo._may_talk(assurance),
            "read_only": access_sudo._is_read_only(),
        }

    def _target_fields(self):
        """Return the names of what the page shows of the record.

        :rtype: set[str]
        """
        return {"name", "active", "user_id", "partner_id"}

    @api.depends("person_in_charge_id")
    def _compute_in_charge_partner_id(self):
        partners = self.env["res.partner"].with_context(active_test=False)
        for access in self:
            user = access.person_in_charge_id
            # one query, of what the page shows: users and contacts are wide
            found = user and partners.search_fetch(
                [("user_ids", "in", user.ids)], ["name", "phone", "email", "tz"], limit=1
            )
            access.in_charge_partner_id = found or False

    def _in_charge_picture(self):
        """Return the picture of the person in charge, or the initial as Odoo draws it.

        What ``avatar_128`` is for whoever works here, without looking up whether one does.

        :return: in Base64; a false value when nobody is in charge
        """
        partner_sudo = self.sudo().in_charge_partner_id
        return partner_sudo and (partner_sudo.image_128 or partner_sudo._avatar_generate_svg())

    def _workspace_title(self):
        """Return the name of the workspace, without what is internal to it."""
        target = self._target()
        return target.name or ""

    # ------------------------------------------------------------
    # THREAD WITH THE TEAM
    # ------------------------------------------------------------

    def _may_talk(self, assurance):
        """Say whether the visitor may read the thread, and write: not by the link alone."""
        return assurance != "link" and self._check(None, assurance)

    def _is_read_only(self):
        """Say whether the workspace is archived: its contacts read it and write nothing."""
        return not self.sudo()._target().active

    def _thread_domain(self, target=None):
        """Return the domain of what staff marked "to customer" and customers wrote.

        :param target: the record whose thread it is, default: the workspace
        """
        target = target or self._target()
        subtypes = [self.env["ir.model.data"]._xmlid_to_res_id(xmlid) for xmlid in THREAD_SUBTYPES]
        return (
            Domain("model", "=", target._name)
            & Domain("res_id", "=", target.id)
            & Domain("subtype_id", "in", subtypes)
        )

    def _thread(self, limit=50, before=None, show_images=False, target=None):
        """Return the newest messages of the thread, oldest first.

        :param int limit: how many at most
        :param int before: only messages older than this id
        :param bool show_images: load pictures from elsewhere, too
        :param target: the record whose thread it is, default: the workspace
        :rtype: list[dict]
        """
        self.ensure_one()
        domain = self._thread_domain(target)
        if before:
            domain &= Domain("id", "<", before)
        # sudo: contacts have no right on the workspace's chatter; the domain is their share
        messages_sudo = self.env["mail.message"].sudo().search(domain, limit=limit, order="id desc")
        return [
            {
                "id": message.id,
                "author": message.author_id.name or message.email_from,
                "mine": message.author_id == self.partner_id,
                "date": message.date,
                **self._message_body(message, show_images),
                "attachments": [
                    {"id": file.id, "name": file.name, "size": file.file_size}
                    for file in message.attachment_ids
                ],
            }
            for message in reversed(messages_sudo)
        ]

    def _post_message(self, text, form_id, files=(), assurance="code", target=None):
        """Post what the contact wrote; the team is notified as its followers wish.

        :param str text: plain text; may be empty when there are files
        :param str form_id: the same form sent twice is one message
        :param files: werkzeug's ``FileStorage``, for whoever may upload
        :param str assurance: the level the visitor has reached
        :param target: the record whose thread it is, default: the workspace
        :return: the files that are not taken (as in ``_upload``); then nothing is posted
        :rtype: list[dict]
        :raises UserError: when there is nothing to post, or too much, or it is archived
        """
        self.ensure_one()
        files = [file for file in files if file.filename]
        text = self._message_text(text, files)
        if refused := self._message_refusal(files, assurance):
            return refused
        return self._send_form(
            form_id, lambda access: access._post_message_now(text, form_id, files, target)
        )

    def _message_refusal(self, files, assurance):
        """Say why none of the files of a form are taken.

        :param files: werkzeug's ``FileStorage``
        :param str assurance: the level the visitor has reached
        :return: as ``_upload`` says it
        :rtype: list[dict]
        """
        if not files:
            return []
        code = self._upload_refusal(files) if self._may_upload(assurance) else "not_allowed"
        return [{"name": "", "code": code}] if code else []

    def _send_form(self, form_id, send):
        """Do what a form asks for, once, however often it is sent.

        :param str form_id: tells one form from the next
        :param send: gets this access in a transaction of its own, and returns the files
            that are not taken; then nothing was done
        :return: those files
        :rtype: list[dict]
        """
        form_hash = hash_secret(self.env, None, f"{self.id}-{form_id}")
        quota = self.env["customer.quota"]
        if quota._take("message_form", form_hash):
            return []
        try:
            # on its own: if Odoo ran the request again, the form would be used up
            with own_transaction(self.env) as env:
                refused = send(self.with_env(env))
        except Exception:
            quota._give_back("message_form", form_hash)
            raise
        if refused:
            quota._give_back("message_form", form_hash)
        return refused

    def _post_message_now(self, text, form_id, files, target=None):
        """Post a message with all its files, or nothing.

        :return: the files that are not taken
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
        target = (target or self._target()).with_env(self.env)
        target.message_post(
            body=plaintext2html(text),  # escaped
            author_id=self.partner_id.id,
            message_type="comment",
            subtype_xmlid="customer_portal_access.mt_from_customer",
            partner_ids=self._told_of_messages(target).ids,
            attachment_ids=attachments.ids,
        )
        return []

    def _told_of_messages(self, target):
        """Return who is notified of a message, beside the followers.

        :param target: the record that it was written on
        :return: ``res.partner`` records
        """
        return self.person_in_charge_id.partner_id

    def _message_text(self, text, files):
        """Return the text of a message, clean.

        :raises UserError: as ``_post_message``
        """
        if self._is_read_only():
            raise UserError(self.env._("This is closed: you can read it, but not write here."))
        text = (text or "").replace("\0", "").strip()
        if not text and not files:
            raise UserError(self.env._("Please write a message first."))
        if len(text) > MESSAGE_LENGTH:
            raise UserError(
                self.env._(
                    "Your message is too long: please keep it below %(count)s characters.",
                    count=MESSAGE_LENGTH,
                )
            )
        return text

    def _message_attachment(self, attachment_id, target=None):
        """Return a file of the thread, or nothing when it is not part of it.

        :param int attachment_id: id of an ``ir.attachment``
        :param target: the record whose thread it is, default: the workspace
        """
        self.ensure_one()
        message_sudo = (
            self.env["mail.message"]
            .sudo()
            .search(
                self._thread_domain(target) & Domain("attachment_ids", "in", [attachment_id]),
                limit=1,
            )
        )
        return message_sudo.attachment_ids.filtered(
            lambda file: file.id == attachment_id and file.type == "binary"
        )
