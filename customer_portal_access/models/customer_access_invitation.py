import logging
from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import groupby

# The facts of an access whose contact has not been invited, or has to be again.
NOT_INVITED = {
    "invited_at": False,
    "reminded_at": False,
    "link_expires_at": False,
    "last_seen_at": False,
    "mail_failure": False,
    "mail_failure_text": False,
}

_logger = logging.getLogger(__name__)

REMIND_BEFORE = timedelta(days=2)


class CustomerAccess(models.Model):
    """Invitations: mails with a personal link, links to copy, and their end."""

    _inherit = "customer.access"

    # ------------------------------------------------------------
    # PUBLIC VERBS
    # ------------------------------------------------------------

    def send_invitation(self, template_id=None, subject=None, body=None):
        """Mail each contact a personal link; who was revoked is let in again.

        The link itself is made when the mail leaves, after this transaction.

        :param int template_id: a ``mail.template`` for accesses, default: the invitation
        :param str subject: replaces the template's subject, as plain text
        :param str body: replaces the template's body, as HTML; never run as code
        :return: for each access ``access_id``, ``status`` (``sent`` or ``skipped``) and
            ``reason`` (a sentence, empty when sent)
        :rtype: list[dict]
        :raises UserError: when the text lacks the link
        """
        self.browse().check_access("write")
        template = self._invitation_template(template_id)
        if subject is not None or body is not None:
            self._check_invitation_text(subject, body)
        return self._send(template, subject, body)

    def create_link(self, kind=None, publication_id=None):
        """Make a personal link to paste into one's own mail. It is shown once.

        :param str kind: ``login_free`` or ``invitation``, default: what the role and the
            company's settings ask for
        :param int publication_id: id of the ``customer.publication`` it leads to, default:
            the workspace
        :return: the URL
        :rtype: str
        :raises UserError: when the contact cannot be let in, or not by this kind, or does
            not see the publication
        """
        self.ensure_one()
        publication = self._publication(publication_id, "account") if publication_id else None
        if publication_id and not publication:
            raise UserError(
                self.env._(
                    "%(contact)s does not see this publication: publish it here, for the "
                    "role %(role)s.",
                    contact=self.partner_id.name,
                    role=self.role_id.name,
                )
            )
        if reason := self._refusal():
            raise UserError(reason)
        if kind == "invitation" and self._invitation_asks_code() and not self.code_number:
            raise UserError(self._block_text("number"))
        if kind == "login_free" and self.link_kind != "login_free":
            raise UserError(
                self.env._("Login-free links are switched off, or the role asks for a code.")
            )
        self._mark_invited("link_copied")
        # sudo: staff may not write links, only have them made
        url, self.sudo().link_expires_at = (
            self.env["customer.access.link"]
            .sudo()
            ._issue(self, kind or self.link_kind, "copy", publication)
        )
        return url

    def revoke(self, reason=None):
        """End the access: its links and open sessions stop working at once.

        :param str reason: a note for the log
        :return: what stopped working: the number of ``links`` and of ``sessions``
        :rtype: dict
        """
        self.check_access("write")
        return self._end(reason)

    # ------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------

    def _refusal(self, reinstate=True):
        """Return why the user may not send anything to this contact, as a sentence, or ``""``.

        :param bool reinstate: it would let in again who was revoked
        """
        self.ensure_one()
        return self._refusals(reinstate)[self.id]

    def _refusals(self, reinstate=True):
        """Return the same for several contacts, by the id of the access.

        :rtype: dict[int, str]
        """
        writable = self._filtered_access("write")
        codes = writable._blocks(ignore=("revoked",) if reinstate else ())
        refusals = {}
        for access in self:
            if access not in writable:
                refusals[access.id] = self.env._(
                    "You may not invite here. Ask %(name)s or an administrator.",
                    name=access.sudo().person_in_charge_id.name or "",
                )
            else:
                code = codes.get(access.id)
                refusals[access.id] = access._block_text(code) if code else ""
        return refusals

    def _mark_invited(self, event, reason=None):
        """Note that a link is on its way, by whom and until when.

        :param str event: the kind of line for the log
        :param str reason: a short text for the log
        """
        now = fields.Datetime.now()
        self.filtered("revoked_at")._reinstate()
        for access in self:
            access.sudo().write(  # sudo: facts are written by verbs only
                {
                    "invited_at": now,
                    "invited_by_id": self.env.uid,
                    "link_expires_at": access._link_end(access.link_kind, now),
                    "mail_failure": False,
                    "mail_failure_text": False,
                }
            )
        self.env["customer.access.event"]._log(event, self, reason)

    def _invitation_asks_code(self):
        """Say whether an invitation, as opposed to a login-free link, asks for the code."""
        return self.role_id.requires_code or self.company_id.customer_require_sms_code

    def _link_end(self, kind, start):
        """Return when a link that is made at ``start`` ends, ``False``: never."""
        company = self.company_id
        if kind == "login_free":
            days = company.customer_link_days
            return days and start + timedelta(days=days)
        return start + timedelta(days=company.customer_invitation_days)

    def _end(self, reason=None):
        """Revoke, and say how many links and sessions stopped working."""
        ended = self._end_links(reason)
        # sudo: facts are written by verbs only
        self.sudo().filtered(lambda access: not access.revoked_at).write(
            {"revoked_at": fields.Datetime.now()}
        )
        return ended

    def _ending(self):
        """Return how many ``links`` and ``sessions`` would stop working.

        :rtype: dict
        """
        return {"links": len(self.link_ids._alive()), "sessions": len(self.session_ids._alive())}

    def _end_links(self, reason=None):
        """Kill links and sessions; the access itself stands."""
        # sudo: links and sessions are written by verbs only
        links_sudo = self.sudo().link_ids.filtered(lambda link: not link.revoked_at)
        ended = {"links": len(links_sudo._alive()), "sessions": self.sudo().session_ids._close()}
        links_sudo.revoked_at = fields.Datetime.now()
        self.env["customer.access.event"]._log("revoked", self, reason)
        return ended

    def _reinstate(self):
        """Let in again who was revoked; the old links stay dead."""
        revoked = self.filtered("revoked_at")
        revoked.sudo().write({"revoked_at": False, **NOT_INVITED})
        self.env["customer.access.event"]._log("reinstated", revoked)

    def _forget(self):
        """Begin anew: another contact takes this place, the old one's links die."""
        # sudo: sessions and facts are the verbs'
        known_sudo = self.sudo().filtered(
            lambda access: access.invited_at or access.link_ids or access.session_ids
        )
        known_sudo._end_links("swapped")
        known_sudo.write({**NOT_INVITED, "first_seen_at": False, "visit_untold": False})

    # ------------------------------------------------------------
    # TELLING STAFF, REMINDING
    # ------------------------------------------------------------

    def _tell(self, user, summary, note=""):
        """Give a user one activity on the workspace, unless it is there already.

        :param user: ``res.users``; empty: the person in charge
        :return: the activity
        """
        self.ensure_one()
        target_sudo = self.sudo()._target()
        candidates = (user, self.person_in_charge_id, self.env.ref("base.user_admin"))
        user = next(user for user in candidates if user and user.active)
        known = target_sudo.activity_ids.filtered(
            lambda activity: activity.summary == summary and activity.user_id == user
        )
        return known[:1] or target_sudo.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, note=escape(note), user_id=user.id
        )

    def _note_invited(self):
        """Note in the chatter of each workspace who was invited, never the link."""
        bodies = {}
        for target, accesses in self.grouped(lambda access: access._target()).items():
            names = ", ".join(
                f"{access.partner_id.name} ({access.role_id.name})" for access in accesses
            )
            bodies[target] = self.env._("Invited to the customer portal: %(names)s", names=names)
        for model, targets in groupby(bodies, lambda target: target._name):
            self.env[model].union(*targets)._message_log_batch(
                bodies={target.id: bodies[target] for target in targets}
            )

    @api.model
    def _cron_remind(self):
        """Remind those who never came in of invitations that end within two days."""
        now = fields.Datetime.now()
        due = self.search(
            Domain("company_id.customer_invitation_reminder", "=", True)
            & Domain("state", "=", "invited")
            & Domain("first_seen_at", "=", False)
            & Domain("reminded_at", "=", False)
            & Domain("link_expires_at", "<=", now + REMIND_BEFORE)
        )
        template = self.env.ref("customer_portal_access.mail_template_reminder")
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for access in due:
            sender = access.invited_by_id or self.env.user
            try:
                with self.env.cr.savepoint():
                    access.with_user(sender).send_invitation(template.id)
            except UserError:  # a template that lacks the link, say: the others go on
                _logger.exception("A reminder could not be sent (access %s)", access.id)
            access.reminded_at = now
            if not self.env["ir.cron"]._commit_progress(1):
                break
