from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


def _ids(held, with_password=False):
    """Return the ids of the users that ``_take_stock`` found."""
    return [uid for users, known in held.values() for uid in users if known or not with_password]


class CustomerInvitationJobLine(models.Model):
    """What a job for credentials does to one contact, and what it found."""

    _inherit = "customer.invitation.job.line"

    has_password = fields.Boolean(string="Password", readonly=True, help="Has one.")
    session_count = fields.Integer(
        string="Sessions", readonly=True, help="Open when it was planned; later: when it was done."
    )
    link_count = fields.Integer(
        string="Links", readonly=True, help="Live when it was planned; later: when it was done."
    )
    renewed_at = fields.Datetime(
        string="Renewed", readonly=True, help="Done once, however often the mail is tried."
    )

    def _do(self):
        if self.job_id.kind != "credentials":
            return super()._do()
        due = self.filtered(lambda line: not line.renewed_at)
        lines = self - due + due._renew()
        told = lines.filtered("way")
        (lines - told)._note_done()
        links = told.filtered(lambda line: line.way == "link")
        links._queue_renewal_links()
        (told - links)._queue_ways_to_password()
        return None

    # ------------------------------------------------------------
    # THE DEED
    # ------------------------------------------------------------

    def _renew(self):
        """Do what is ticked to these contacts, after a last look at what they hold.

        :return: the rows to which it was done
        """
        job = self.job_id
        held = self._take_stock()
        lines = self.filtered(lambda line: line.id in held)
        (self - lines)._note("skipped", "changed")
        # sudo: users, sessions and links are written by verbs only
        env = self.env(su=True)
        persons = lines.partner_id.with_env(env)
        if job.new_password:
            env["res.users"].browse(_ids(held, with_password=True))._ask_new_password()
        if job.end_sessions:
            env["res.users"].browse(_ids(held))._end_sessions()
            persons._customer_end_visits(job.company_id)
        if job.revoke_links:
            persons._customer_revoke_links(job.company_id)
        env["customer.access.event"]._log(
            "renewed", partner=persons, reason=job._ticks_text(), company_id=job.company_id.id
        )
        return lines

    def _take_stock(self):
        """Note on these rows what their contacts hold now, and that it is renewed.

        Whoever has become an internal user, or another company's, is left out.

        :return: the users of each row, and whether they have a password, by id of the row
        :rtype: dict
        """
        job = self.job_id
        Partner_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        ours = Partner_sudo._search(
            Domain("id", "in", self.partner_id.ids)
            & Domain("company_id", "in", (job.company_id.id, False))
            & Domain("is_company", "=", False)
            & ~Partner_sudo._customer_internal_domain()
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_invitation_job_line AS line
                   SET has_password = held.has_password, session_count = held.sessions,
                       link_count = held.links, renewed_at = now() AT TIME ZONE 'UTC'
                  FROM (%s) AS held
                 WHERE line.partner_id = held.id AND line.id = ANY(%s)
             RETURNING line.id, held.user_ids, held.has_password
                """,
                job._credentials_query(ours.select()),
                self.ids,
            )
        )
        held = {line_id: (users or [], known) for line_id, users, known in self.env.cr.fetchall()}
        self.invalidate_recordset()
        return held

    def _note_done(self):
        for reason, lines in self.grouped("reason").items():
            lines._note("done", reason)

    # ------------------------------------------------------------
    # THE MAIL
    # ------------------------------------------------------------

    def _queue_ways_to_password(self):
        """Queue the mails that lead to a new password, once."""
        company = self.job_id.company_id
        links_sudo = (
            self.env["customer.password.link"]
            .sudo()
            .create(
                [
                    {
                        "partner_id": line.partner_id.id,
                        "company_id": company.id,
                        "email": line.partner_id.email_normalized,
                    }
                    for line in self
                ]
            )
        )
        self._queue_renewals(
            {
                line: {"customer_password_link_id": link.id}
                for line, link in zip(self, links_sudo, strict=True)
            }
        )

    def _queue_renewal_links(self):
        """Queue the mails with a new personal link, after a last look at who may have one."""
        gone = self.filtered(lambda line: not line.access_id)
        gone._note("done", "gone")
        ready = self - gone
        for access, reason in ready.access_id._refusals(reinstate=False).items():
            if reason:
                refused = ready.filtered(lambda line, access=access: line.access_id.id == access)
                refused._note("done", "changed", reason)
                ready -= refused
        ready._queue_renewals({line: {"customer_access_id": line.access_id.id} for line in ready})
        ready.access_id._mark_invited("invited")

    def _queue_renewals(self, values):
        """Queue the mails of these rows.

        :param dict values: of the mail beside its text, by row
        """
        job = self.job_id
        vals_list = [
            {
                **line.partner_id._customer_sign_in_mail(
                    job.renewal_template_id,
                    job.company_id,
                    lambda partner, line=line: job._renewal_words(line, partner),
                ),
                **values[line],
                "customer_job_line_id": line.id,
            }
            for line in self
        ]
        self.env["mail.mail"]._queue_letters(vals_list)
        self._note("queued")
        if self:
            self.env["mail.mail"]._trigger_queue()
