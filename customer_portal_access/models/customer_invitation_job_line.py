from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..utils import own_transaction

LINE_STATES = [
    ("waiting", "Waiting"),
    ("queued", "In the mail queue"),
    ("sending", "Leaving now"),
    ("sent", "Sent"),
    ("done", "Done"),
    ("skipped", "Skipped"),
    ("failed", "Failed"),
    ("unsure", "May have been sent"),
    ("cancelled", "Cancelled"),
]
OPEN = ("waiting", "queued", "sending")


class CustomerInvitationJobLine(models.Model):
    """One contact of a job, and what became of it.

    The state is also what keeps a mail from leaving twice: it is noted as leaving in a
    transaction of its own just before the mail server gets it, and as sent right after
    the server took it. A worker that dies between the two leaves the note, and nobody
    sends that mail again by itself.
    """

    _name = "customer.invitation.job.line"
    _description = "Row of a bulk invitation"
    _order = "id"
    _rec_name = "partner_id"
    _log_access = False

    job_id = fields.Many2one(
        "customer.invitation.job", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, ondelete="cascade", index=True
    )
    email = fields.Char(related="partner_id.email", string="E-mail")
    access_id = fields.Many2one(
        "customer.access", readonly=True, ondelete="set null", index="btree_not_null"
    )
    way = fields.Selection(
        [
            ("link", "Personal link"),
            ("sign_in", "Come and sign in"),
            ("password", "Way to a new password"),
        ],
        string="Gets",
        readonly=True,
    )
    state = fields.Selection(LINE_STATES, required=True, readonly=True)
    reason = fields.Char(readonly=True, help="A code: why this row was skipped.")
    detail = fields.Char(readonly=True, help="What the mail server said, or what went wrong.")
    done_at = fields.Datetime(string="When", readonly=True)
    reason_text = fields.Char(string="Why", compute="_compute_reason_text")
    company_id = fields.Many2one(related="job_id.company_id")

    _job_state_index = models.Index("(job_id, state, id)")

    @api.depends("reason", "detail")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        texts = self.env["customer.invitation.job"]._reason_texts()
        for line in self:
            reason = texts.get(line.reason, line.reason) if line.reason else ""
            line.reason_text = ": ".join(part for part in (reason, line.detail) if part)

    def action_again(self):
        """Try rows once more that failed, or of which nobody knows whether they arrived.

        :rtype: bool
        :raises UserError: when there is none among them
        """
        self.job_id.check_access("write")
        if not self._again():
            raise UserError(self.env._("Only failed or unsure rows are tried once more."))
        return True

    def _again(self):
        """Let failed and unsure rows wait anew, and their jobs run.

        :return: the rows
        """
        rows_sudo = self.filtered(lambda line: line.state in ("failed", "unsure")).sudo()
        rows_sudo.write({"state": "waiting", "reason": False, "detail": False, "done_at": False})
        for job in rows_sudo.job_id.sudo(False):
            job._reopen()
        return rows_sudo

    # ------------------------------------------------------------
    # WHILE THE MAIL LEAVES
    # ------------------------------------------------------------

    def _take(self):
        """Note that the mail leaves now; it does so only if the row waits for it.

        A row that was leaving already belongs to a worker that died at it.

        :return: whether the mail may leave
        :rtype: bool
        """
        if self._mark("sending", ("queued",)):
            return True
        self._mark("unsure", ("sending",))
        return False

    def _mark(self, state, before, reason=None, detail=None):
        """Note what became of the row, whatever becomes of the mail's own transaction.

        :param str state: the new state
        :param tuple before: it takes one of these
        :param str reason: a code
        :param str detail: what the mail server said
        :return: whether it did
        :rtype: bool
        """
        with own_transaction(self.env) as env:
            env.cr.execute(
                """
                UPDATE customer_invitation_job_line
                   SET state = %s, reason = %s, detail = %s,
                       done_at = clock_timestamp() AT TIME ZONE 'UTC'
                 WHERE id = %s AND state IN %s
             RETURNING job_id
                """,
                [state, reason or None, (detail or "")[:500] or None, self.id, before],
            )
            row = env.cr.fetchone()
            if row and state not in OPEN:
                env.invalidate_all()
                env["customer.invitation.job"].browse(row[0])._settle()
        # not flushed: the mail's own transaction may be lost, and has nothing of these
        self.invalidate_recordset(flush=False)
        return bool(row)

    def _may_leave(self, emails):
        """Say whether a mail without an access may leave now: only who may come gets it.

        :param list[dict] emails: what is handed to the mail server
        :rtype: bool
        """
        addresses = {address for email in emails for address in email["email_to_normalized"]}
        # a transaction of its own sees what was changed a moment ago
        with own_transaction(self.env) as env:
            line = self.with_env(env)
            company = line.job_id.company_id
            partner = line.partner_id.with_company(company)
            if addresses != {partner.email_normalized}:
                return False
            if line.way == "password":
                return partner._customer_may_have_password(company)
            enabled = Domain("id", "=", partner.id) & partner._customer_enabled_domain(company)
            return bool(partner.search_count(enabled, limit=1))
