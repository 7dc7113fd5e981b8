from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..utils import own_transaction, without_defaults

STATES = [
    ("draft", "Draft"),
    ("planned", "Planned"),
    ("running", "Running"),
    ("waiting", "After the pilot"),
    ("paused", "Paused"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
# Written by verbs only: who sends, and how far it is.
FACTS = {
    "state",
    "user_id",
    "company_id",
    "started_at",
    "ended_at",
    "next_at",
    "counted_from",
    "pilot_done",
    "pause_reason",
}
# What may still change once the batches run.
ADJUSTABLE = {"name", "mails_per_hour", "preview_line_id"}
MAILS_PER_HOUR = 1000


class CustomerInvitationJob(models.Model):
    """Many contacts at once: a plan to look at, then batches in the background.

    This file holds the facts and what staff click; ``customer_invitation_job_plan`` says
    beforehand what becomes of whom, ``customer_invitation_job_run`` does it,
    ``customer.invitation.job.line`` is one contact and what became of it.
    """

    _name = "customer.invitation.job"
    _inherit = ["mail.thread"]
    _description = "Bulk invitation"
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self._default_name())
    kind = fields.Selection(
        [("invitation", "Invite"), ("credentials", "Renew credentials")],
        required=True,
        default="invitation",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Sender",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        help="In whose name the mails go out, and whose rights count.",
    )
    whom = fields.Selection(
        [
            ("never", "Everybody who has never signed in"),
            ("all", "Everybody who may come in"),
            ("filter", "The contacts of a filter"),
            ("selection", "The selected contacts"),
        ],
        required=True,
        default="never",
    )
    domain = fields.Char(string="Filter", default="[]")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Selected contacts",
        context={"active_test": False},
    )
    partner_count = fields.Integer(
        string="Persons",
        compute="_compute_partner_count",
        help="Companies among the selected contacts get no mail.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Mail with a link",
        domain=[("model", "=", "customer.access")],
        ondelete="restrict",
        default=lambda self: self._default_template("mail_template_invitation"),
    )
    sign_in_template_id = fields.Many2one(
        "mail.template",
        string="Mail “come and sign in”",
        domain=[("model", "=", "res.partner")],
        ondelete="restrict",
        default=lambda self: self._default_template("mail_template_sign_in"),
    )
    include_seen = fields.Boolean(string="Also those who have signed in already")
    pilot = fields.Boolean(
        string="First 10 only, then wait",
        help="After the first ten the job waits until somebody says “Go on”.",
    )
    mails_per_hour = fields.Integer(
        string="Mails an hour",
        default=MAILS_PER_HOUR,
        help="The mails are spread so. 0: as fast as the mail server takes them.",
    )
    line_ids = fields.One2many("customer.invitation.job.line", "job_id", readonly=True)
    started_at = fields.Datetime(string="Started", readonly=True, copy=False)
    ended_at = fields.Datetime(string="Ended", readonly=True, copy=False)
    next_at = fields.Datetime(readonly=True, copy=False, help="When the next batch is due.")
    counted_from = fields.Datetime(
        readonly=True, copy=False, help="Failures count from here on: since it was last resumed."
    )
    pilot_done = fields.Boolean(readonly=True, copy=False)
    pause_reason = fields.Selection(
        [
            ("staff", "Paused by hand"),
            ("failures", "More than 5 % of the last mails failed"),
            ("sender", "The sender may not invite any more"),
        ],
        readonly=True,
        copy=False,
    )

    _mails_per_hour_positive = models.Constraint(
        "CHECK (mails_per_hour >= 0)", "The number of mails an hour cannot be negative."
    )

    @api.model
    def _default_name(self):
        date = fields.Date.context_today(self).isoformat()
        if self.env.context.get("default_kind") == "credentials":
            return self.env._("Credentials of %(date)s", date=date)
        return self.env._("Invitations of %(date)s", date=date)

    @api.model
    def _default_template(self, name):
        return self.env.ref(f"customer_portal_access.{name}", raise_if_not_found=False)

    @api.depends("partner_ids.is_company")
    def _compute_partner_count(self):
        for job in self:
            job.partner_count = len(
                job.partner_ids.filtered(lambda partner: not partner.is_company)
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_facts(vals)
        return super(CustomerInvitationJob, without_defaults(self, FACTS)).create(vals_list)

    def write(self, vals):
        self._check_facts(vals)
        if vals.keys() - FACTS - ADJUSTABLE and any(
            job.state not in ("draft", "planned") for job in self
        ):
            raise UserError(
                self.env._("This job has begun. Make a new one for what it shall do otherwise.")
            )
        replan = vals.keys() - FACTS - ADJUSTABLE - {"pilot"}
        if replan and (planned := self.filtered(lambda job: job.state == "planned")):
            planned._unplan()
        return super().write(vals)

    def _check_facts(self, names):
        """Refuse what only the verbs of this model write.

        :raises AccessError: unless the addon itself does it
        """
        if FACTS & set(names) and not self.env.su:
            raise AccessError(self.env._("How far a job is follows from its buttons only."))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_running(self):
        if any(job.state in ("running", "waiting", "paused") for job in self):
            raise UserError(self.env._("Cancel the job before you delete it."))

    # ------------------------------------------------------------
    # WHAT STAFF CLICK
    # ------------------------------------------------------------

    @api.model
    def action_for_contacts(self, partner_ids, kind="invitation"):
        """Begin a job for contacts that were selected in a list.

        :param list partner_ids: their ids
        :param str kind: what is done to them
        :rtype: dict
        """
        job = self.with_context(default_kind=kind).create(
            {"whom": "selection", "partner_ids": [fields.Command.set(partner_ids)]}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": job.id,
            "view_mode": "form",
        }

    def action_plan(self):
        """Find out what would become of whom; nothing is sent.

        :rtype: bool
        """
        self._plan()
        return True

    def action_start(self):
        """Let the batches run as planned.

        :rtype: bool
        :raises UserError: when there is nobody to write to
        """
        self._start()
        return True

    def action_pause(self):
        """Hold everything that has not left yet.

        :rtype: bool
        """
        self.check_access("write")
        self._pause("staff")
        return True

    def action_resume(self):
        """Go on after a pause or after the pilot.

        :rtype: bool
        """
        self._resume()
        return True

    def action_cancel(self):
        """End the job: whatever has not left stays.

        :rtype: bool
        """
        self._cancel()
        return True

    def action_retry_failed(self):
        """Try the failed rows once more.

        :rtype: bool
        :raises UserError: when none has failed
        """
        self.check_access("write")
        failed = self.line_ids.search(
            Domain("job_id", "in", self.ids) & Domain("state", "=", "failed")
        )
        if not failed:
            raise UserError(self.env._("No row has failed."))
        failed._again()
        return True

    def action_open_lines(self):
        """Show the rows, or those in the state of the context.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.customer_invitation_job_line_action"
        )
        states = self.env.context.get("customer_states")
        context = {f"search_default_{state}": 1 for state in states or ()}
        context["customer_kind"] = self.kind
        return {**action, "domain": [("job_id", "=", self.id)], "context": context}

    # ------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------

    def _start(self):
        """Let the batches run; a second click finds the first one's work.

        :raises UserError: when there is nobody to write to
        """
        self.ensure_one()
        self.check_access("write")
        # waits for the first one, after which Odoo runs the second one's request anew
        self.env.cr.execute(
            "SELECT 1 FROM customer_invitation_job WHERE id = %s FOR NO KEY UPDATE", [self.id]
        )
        if self.state == "draft":
            self._plan()
        if self.state != "planned":
            return
        if not self.line_ids.search_count(
            [("job_id", "=", self.id), ("state", "=", "waiting")], limit=1
        ):
            raise UserError(self.env._("There is nobody to write to: see the reasons in the plan."))
        now = fields.Datetime.now()
        self.sudo().write(  # sudo: facts are written by verbs only
            {
                "state": "running",
                # in whose name and with whose rights: who said "Start"
                "user_id": self.env.user.id,
                "started_at": now,
                "counted_from": now,
                "next_at": now,
            }
        )
        self._wake()

    def _pause(self, reason):
        """Hold everything that has not left yet; the mail in hand goes its way.

        In a transaction of its own, which waits for the batch that runs now and sees the
        mails it has made.

        :param str reason: one of ``pause_reason``
        :return: whether it ran
        :rtype: bool
        """
        self.env.flush_all()
        paused = False
        with own_transaction(self.env) as env:
            for job in self.with_env(env):
                env.cr.execute(
                    """
                    UPDATE customer_invitation_job SET state = 'paused', pause_reason = %s
                     WHERE id = %s AND state IN ('running', 'waiting') RETURNING id
                    """,
                    [reason, job.id],
                )
                if env.cr.fetchone():
                    paused = True
                    env.invalidate_all()
                    job._hold_mails()
        self.invalidate_recordset()
        return paused

    def _resume(self):
        """Go on after a pause or after the pilot."""
        self.check_access("write")
        for job in self.filtered(lambda job: job.state in ("paused", "waiting")):
            job.lock_for_update(allow_referencing=True)
            now = fields.Datetime.now()
            job.sudo().write(  # sudo: facts are written by verbs only
                {
                    "state": "running",
                    "pause_reason": False,
                    "user_id": self.env.user.id,
                    # what failed before, within the same second, too, is known
                    "counted_from": now + timedelta(seconds=1),
                    "next_at": now,
                    "ended_at": False,
                }
            )
            job._release_mails()
            job._wake()

    def _cancel(self):
        """End the job: whatever has not left stays."""
        self.check_access("write")
        self.env.flush_all()
        with own_transaction(self.env) as env:
            for job in self.with_env(env):
                env.cr.execute(
                    """
                    UPDATE customer_invitation_job
                       SET state = 'cancelled', ended_at = now() AT TIME ZONE 'UTC'
                     WHERE id = %s AND state IN ('planned', 'running', 'waiting', 'paused')
                    """,
                    [job.id],
                )
                env.cr.execute(
                    """
                    UPDATE customer_invitation_job_line SET state = 'cancelled'
                     WHERE job_id = %s AND state IN ('waiting', 'queued')
                    """,
                    [job.id],
                )
                env.invalidate_all()
                job._drop_mails()
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # MAILS IN THE QUEUE
    # ------------------------------------------------------------

    def _mails(self, state):
        """Return the mails of this job in the queue, without the one that leaves now."""
        mails_sudo = self.env["mail.mail"].sudo()  # sudo: the queue is nobody's to read
        return mails_sudo.search(
            [("customer_job_line_id.job_id", "=", self.id), ("state", "=", state)]
        ).try_lock_for_update()

    def _hold_mails(self):
        self._mails("outgoing").write({"state": "cancel"})

    def _release_mails(self):
        if mails := self._mails("cancel"):
            mails.write({"state": "outgoing"})
            mails._trigger_queue()

    def _drop_mails(self):
        (self._mails("outgoing") + self._mails("cancel")).unlink()
