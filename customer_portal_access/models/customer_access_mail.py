from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr, html2plaintext, is_html_empty

from ..utils import own_transaction
from .customer_access_text import EXPIRY_MARK, LINK_MARK, Letter

# More mails than that leave by the scheduled action.
SEND_AT_ONCE = 50


class CustomerAccess(models.Model):
    """Mails to contacts: queued without their link, which is made when they leave."""

    _inherit = "customer.access"

    def _send(
        self,
        template,
        subject=None,
        body=None,
        publications=None,
        has_link=True,
        event=None,
        section=None,
    ):
        """Queue one mail a contact; one who cannot get it never stops the others.

        :param template: a ``mail.template`` for accesses
        :param str subject: replaces the template's subject, as plain text
        :param str body: replaces the template's body, as HTML; never run as code
        :param publications: published ``customer.publication`` records that the mail is
            about: each contact reads of those it may see; a single one is where the link
            leads. Empty: an invitation to the workspace
        :param bool has_link: ``False``: the mail holds the address of the page, where the
            contact signs in, in place of a personal link
        :param str event: the kind of line for the log; default: ``published`` with
            publications, else ``invited``
        :param str section: the part of the workspace that the link leads to
        :return: for each access ``access_id``, ``status`` (``sent`` or ``skipped``) and
            ``reason`` (a sentence, empty when sent)
        :rtype: list[dict]
        :raises UserError: when the text is at fault and nobody can get it
        """
        letter = Letter(template, subject, body, publications or (), has_link, section)
        event = event or ("published" if publications else "invited")
        values, reasons, faults = self._letter_values(letter)
        if faults and not values:
            raise faults[0]
        mails_sudo = self.env["mail.mail"]._queue_letters(list(values.values()))
        self.filtered(lambda access: access in values)._mark_sent(letter, event)
        if len(mails_sudo) <= SEND_AT_ONCE:
            mails_sudo.send_after_commit()
        else:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return [
            {
                "access_id": access.id,
                "status": "skipped" if access in reasons else "sent",
                "reason": reasons.get(access, ""),
            }
            for access in self
        ]

    def _letter_values(self, letter):
        """Make the mails of these contacts, and say who cannot get one.

        :return: the values of a mail by access, why there is none by access, and the
            errors in the text, which concern one language, say
        :rtype: tuple[dict, dict, list]
        """
        values, faults = {}, []
        reasons = self._letter_refusals(letter)
        for access in self:
            if access in reasons:
                continue
            try:
                values[access] = access._letter_mail(
                    letter._replace(publications=access._seen_in(letter))
                )
            except UserError as fault:
                faults.append(fault)
                reasons[access] = str(fault)
        return values, reasons, faults

    def _letter_refusals(self, letter):
        """Return why some of these contacts cannot get a mail, as a sentence by access.

        :rtype: dict
        """
        # a mail about publications lets nobody in again who was revoked
        refusals = self._refusals(reinstate=not letter.publications)
        reasons = {access: refusals[access.id] for access in self if refusals[access.id]}
        if letter.publications:
            for access in self:
                if access not in reasons and not access._seen_in(letter):
                    reasons[access] = self.env._(
                        "The role %(role)s does not see it", role=access.role_id.name
                    )
        return reasons

    def _seen_in(self, letter):
        """Return what this contact may see of what a mail is about."""
        return self._visible(letter.publications) if letter.publications else ()

    def _mark_sent(self, letter, event):
        """Note for each contact, and in the chatter, that a mail is on its way."""
        titles = self._titles_text(letter.publications) or None
        if letter.has_link:
            self._mark_invited(event, titles)
        else:
            self.env["customer.access.event"]._log(event, self, titles)
        if event == "published":
            self._note_published(letter.publications)
        else:
            self._note_invited()

    def _note_published(self, publications):
        """Note in the chatter of each workspace what was sent to whom, never the link."""
        for target, accesses in self.grouped(lambda access: access._target()).items():
            names = ", ".join(
                f"{access.partner_id.name} ({access.role_id.name})" for access in accesses
            )
            target._message_log(
                body=self.env._(
                    "Sent to %(names)s: %(titles)s",
                    names=names,
                    titles=", ".join(publications.mapped("name")),
                )
            )

    def _mail_values(self, letter, email_to):
        """Return the values of a mail in the company's layout, from the user's address."""
        subject, body = self._letter_text(letter)
        lang_self = self.with_context(lang=self._invitation_lang())
        body = letter.template.with_context(lang=lang_self.env.lang)._render_encapsulate(
            "customer_portal_access.mail_layout",
            body,
            add_context={
                "company": self.company_id,
                "record_name": self.sudo().res_name,
                "model_description": lang_self.env._("page"),
                "subtitles": [self.sudo().res_name],
                "message": self._layout_message(body),
            },
            context_record=lang_self,
        )
        sender = self.env.user.email_formatted or self.company_id._customer_sender()
        return {
            "subject": subject,
            "body_html": body,
            "email_from": sender,
            "reply_to": sender,
            "email_to": email_to,
            "auto_delete": True,
            "mail_server_id": letter.template.mail_server_id.id,
            "message_type": "user_notification",
            "record_company_id": self.company_id.id,
        }

    def _layout_message(self, body):
        """Return the message that the layout shows.

        Its preview, which an inbox shows beside the subject, is cut short: marks in it
        could not be filled in any more. It ends before the link.
        """
        text, _link, rest = str(body).partition(f'<a href="{LINK_MARK}')
        if is_html_empty(text):
            text = rest
        text = text.replace(LINK_MARK, "").replace(EXPIRY_MARK, "")
        preview = " ".join(html2plaintext(text).split())[:190]
        return self.env["mail.message"].sudo().new({"body": body, "preview": preview})

    def _letter_mail(self, letter):
        """Return the mail of this contact; its personal link is put in when it leaves.

        :rtype: dict
        """
        address = formataddr((self._contact_name(), email_normalize(self.email)))
        return {
            **self._mail_values(letter, address),
            "customer_access_id": self.id,
            "customer_publication_ids": [
                Command.link(publication.id) for publication in letter.publications
            ],
            "customer_has_link": letter.has_link,
            "customer_section": letter.section,
        }

    def _queue(self, letter):
        """Queue the mail of this contact."""
        return self.env["mail.mail"]._queue_letter(self._letter_mail(letter))

    def _send_test(self, letter):
        """Mail the user what this contact would get, with a link that opens nothing.

        :raises UserError: when the user has no e-mail address
        """
        self.ensure_one()
        if not self.env.user.email_normalized:
            raise UserError(self.env._("You have no e-mail address. Add one in your preferences."))
        values = self._mail_values(letter, self.env.user.email_formatted)
        values["body_html"] = self._fill_marks(
            values["body_html"],
            self.get_base_url(),
            self._link_end(self.link_kind, self.env.cr.now()),
        )
        self.env["mail.mail"].sudo().create(values).send_after_commit()

    # ------------------------------------------------------------
    # WHEN IT LEAVES
    # ------------------------------------------------------------

    def _withhold(self, publications, sender):
        """Say whether a mail that leaves now must stay, and note why.

        :param publications: what it is about
        :param sender: the ``res.users`` who sent it, who is told when it was withdrawn
        :rtype: bool
        """
        self.ensure_one()
        # a transaction of its own sees what was changed a moment ago, and keeps the line
        with own_transaction(self.env) as env:
            access = self.with_env(env).exists()
            if not access:
                return True
            code = access._block()
            gone = publications if code else publications - access._visible(publications)
            if not code and not gone:
                return False
            env["customer.access.event"]._log("withheld", access, code or "publication")
            if not code:
                access._tell_withheld(gone.with_env(env), sender.with_env(env))
            return True

    def _is_misdirected(self, emails):
        """Say whether a mail would leave for another address than the contact's, and note it.

        :param list[dict] emails: what is handed to the mail server
        :rtype: bool
        """
        addresses = {address for email in emails for address in email["email_to_normalized"]}
        if addresses <= {self.partner_id.email_normalized}:
            return False
        self.env["customer.access.event"]._log_at_once("withheld", self, "email")
        return True

    def _tell_withheld(self, publications, sender):
        """Tell who sent a mail that it stays, since something in it was withdrawn.

        :param publications: what the contact does not see any more
        :param sender: a ``res.users``
        """
        self._tell(
            sender,
            self.env._("A mail to %(contact)s did not leave", contact=self.partner_id.name),
            self.env._(
                "Not for this contact any more: %(titles)s. Send the rest again.",
                titles=self._titles_text(publications),
            ),
        )

    def _release_link(self, publications, section=None):
        """Make the link for a mail that leaves now.

        :param publications: what the mail is about; a single one is where the link leads
        :param str section: the part of the workspace that the link leads to
        :return: the URL and its end
        :rtype: tuple
        """
        self.ensure_one()
        publication = publications if len(publications) == 1 else None
        return self.env["customer.access.link"]._issue(
            self, self.link_kind, "mail", publication, section
        )

    def _mail_failed(self, failure, reason=None):
        """Show on the line that the mail did not arrive, and tell who sent it.

        In a transaction of its own: the mail's has other rows to save.

        :param str failure: ``failed`` or ``bounced``
        :param str reason: what the mail server said
        """
        text = " ".join((reason or "").split())[:200]
        with own_transaction(self.env) as env:
            for access in self.with_env(env):
                access.write({"mail_failure": failure, "mail_failure_text": text})
                env["customer.access.event"]._log(f"mail_{failure}", access, text)
                summary = env._(
                    "The mail to %(contact)s did not arrive", contact=access.partner_id.name
                )
                access._tell(access.invited_by_id, summary, text)
        self.invalidate_recordset()
