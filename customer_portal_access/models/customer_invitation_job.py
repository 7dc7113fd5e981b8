from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..utils import without_defaults

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

    This file holds the facts; ``customer_invitation_job_plan`` says beforehand what becomes
    of whom, ``customer_invitation_job_run`` does it, ``customer_invitation_job_state`` starts
    and stops it, ``customer.invitation.job.line`` is one contact and what became of it.
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
