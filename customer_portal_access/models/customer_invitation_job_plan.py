from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse
from odoo.tools.safe_eval import safe_eval

from ..utils import case_sql, has_one
from .customer_access_text import Letter


class CustomerInvitationJob(models.Model):
    """The plan: who gets what, who is skipped and why, how long it takes."""

    _inherit = "customer.invitation.job"

    line_count = fields.Integer(string="Rows", compute="_compute_counts")
    link_count = fields.Integer(string="Personal links", compute="_compute_counts")
    sign_in_count = fields.Integer(string="Come and sign in", compute="_compute_counts")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    queued_count = fields.Integer(string="In the mail queue", compute="_compute_counts")
    sent_count = fields.Integer(string="Sent", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    unsure_count = fields.Integer(string="Unsure", compute="_compute_counts")
    cancelled_count = fields.Integer(string="Cancelled", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", help="In percent of who was not skipped.")
    skipped_text = fields.Text(string="Skipped because", compute="_compute_plan_texts")
    duration_text = fields.Char(string="Takes about", compute="_compute_plan_texts")
    sms_text = fields.Char(string="Codes by SMS", compute="_compute_plan_texts")
    sms_over_budget = fields.Boolean(compute="_compute_plan_texts")
    preview_line_id = fields.Many2one(
        "customer.invitation.job.line",
        string="Preview for",
        copy=False,
        ondelete="set null",
        domain="[('job_id', '=', id), ('state', '=', 'waiting')]",
    )
    preview_email_to = fields.Char(string="To", compute="_compute_preview")
    preview_subject = fields.Char(string="Subject", compute="_compute_preview")
    preview_body = fields.Html(compute="_compute_preview", sanitize="email_outgoing")
    preview_problem = fields.Char(compute="_compute_preview")

    # ------------------------------------------------------------
    # MAKING IT
    # ------------------------------------------------------------

    def _plan(self):
        """Make a row for each contact, by one statement, whatever their number."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "planned"):
            return
        self._check_wishes()
        self._unplan()
        self.env.flush_all()
        self.env.cr.execute(self._plan_query())
        self.env.invalidate_all()
        first = self.line_ids.search([("job_id", "=", self.id), ("state", "=", "waiting")], limit=1)
        # sudo: facts are written by verbs only
        self.sudo().write(
            {"state": "planned", "user_id": self.env.user.id, "preview_line_id": first.id}
        )

    def _check_wishes(self):
        """Refuse a job that asks for nothing."""

    def _unplan(self):
        """Forget the rows of a plan: what it shall do has changed."""
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM customer_invitation_job_line WHERE job_id IN %s", [tuple(self.ids)]
        )
        self.env.invalidate_all()
        self.sudo().write({"state": "draft", "preview_line_id": False})

    def _contacts_domain(self):
        """Return the domain of the contacts that the job is for."""
        persons = Domain("is_company", "=", False)
        if self.whom == "selection":
            return persons & Domain("id", "in", self.partner_ids.ids)
        if self.whom == "filter":
            return persons & Domain(safe_eval(self.domain or "[]"))
        if self.whom == "all":
            return persons & self._all_domain()
        return persons & self._never_domain()

    def _all_domain(self):
        """Return the domain of contacts who may come in one day."""
        accesses = Domain("customer_access_ids", "any!", [("company_id", "=", self.company_id.id)])
        return accesses | self.env["res.partner"]._customer_enabled_domain(self.company_id)

    def _never_domain(self):
        """Return the domain of contacts who may come in one day and never did."""
        return self._all_domain() & Domain("email_normalized", "!=", False) & ~self._seen_domain()

    def _seen_domain(self):
        """Return the domain of contacts who have signed in or come by a link."""
        here = Domain("company_id", "=", self.company_id.id)
        return has_one("customer_access_ids", here & Domain("first_seen_at", "!=", False)) | (
            has_one("user_ids", has_one("log_ids", Domain.TRUE))
        )

    def _plan_query(self):
        """Return the statement that makes the rows.

        :rtype: SQL
        """
        Partner = self.env["res.partner"]
        return SQL(
            """
            WITH contact AS MATERIALIZED (
                %(contacts)s
            ), place AS (
                SELECT DISTINCT ON (access.partner_id) access.*
                  FROM (%(accesses)s) AS access
                 ORDER BY access.partner_id, access.reason IS NOT NULL, access.seen, access.id DESC
            ), choice AS (
                SELECT contact.*, place.id AS access_id, place.reason,
                       %(include_seen)s OR NOT contact.seen AS is_new,
                       contact.email_normalized IS NULL AS no_email,
                       place.id IS NOT NULL AND place.reason IS NULL AS sendable,
                       row_number() OVER (
                           PARTITION BY contact.email_normalized,
                                        place.id IS NOT NULL AND place.reason IS NULL
                           ORDER BY contact.id) > 1 AS again
                  FROM contact LEFT JOIN place ON place.partner_id = contact.id
            )
            INSERT INTO customer_invitation_job_line
                        (job_id, partner_id, access_id, way, state, reason)
            SELECT %(job)s, id,
                   CASE WHEN sendable THEN access_id END,
                   CASE WHEN code IS NULL THEN
                        CASE WHEN sendable THEN 'link' ELSE 'sign_in' END END,
                   CASE WHEN code IS NULL THEN 'waiting' ELSE 'skipped' END,
                   code
              FROM (SELECT *, CASE WHEN sendable AND is_new THEN NULL
                                   WHEN sendable THEN 'seen'
                                   WHEN internal THEN 'internal'
                                   WHEN reason IN ('revoked', 'archived') THEN reason
                                   WHEN NOT enabled THEN COALESCE(reason, 'policy')
                                   WHEN no_email THEN 'email'
                                   WHEN NOT is_new THEN 'seen'
                                   WHEN again THEN 'double' END AS code
                      FROM choice) AS planned
             ORDER BY id
            """,
            contacts=self._contacts_query(
                seen=self._seen_domain(),
                enabled=Partner._customer_enabled_domain(self.company_id),
                internal=Domain("user_ids", "any", [("active", "=", True), ("share", "=", False)]),
            ),
            accesses=self._accesses_query(),
            include_seen=self.include_seen,
            job=self.id,
        )

    def _contacts_query(self, **questions):
        """Return a query of the contacts that the job is for, and of what is so of each.

        Each is asked: whole tables, looked up by each, do not fit into memory with very many.

        :param questions: a domain for each column that says whether a contact matches it
        :rtype: SQL
        """
        contacts = self.env["res.partner"].with_company(self.company_id)
        # who was selected and is archived is told so
        chosen = contacts.with_context(active_test=self.whom != "selection")
        # with the rights of who plans: nobody else's contacts
        query = chosen._search(self._contacts_domain())
        # sudo: whoever may see a contact may know why it is left out
        partners_sudo = contacts.sudo().with_context(active_test=False)
        return query.select(
            *(
                SQL.identifier(query.table, name, to_flush=partners_sudo._fields[name])
                for name in ("id", "email_normalized", "company_id")
            ),
            *(
                SQL(
                    "%s AS %s",
                    case_sql(partners_sudo, query.table, query, [(domain, True)], otherwise=False),
                    SQL.identifier(name),
                )
                for name, domain in questions.items()
            ),
        )

    def _accesses_query(self):
        """Return a query of the contacts' accesses, and of why no link may be sent by each.

        :rtype: SQL
        """
        access_sudo = self.env["customer.access"].sudo().with_context(active_test=False)
        query = access_sudo._search([("company_id", "=", self.company_id.id)])
        own = {
            name: SQL.identifier(query.table, name, to_flush=access_sudo._fields[name])
            for name in ("id", "partner_id", "role_id", "last_seen_at")
        }
        query.add_where(SQL("%s IN (SELECT id FROM contact)", own["partner_id"]))
        blocks = {**access_sudo._closed_domains(), **access_sudo._unreachable_domains()}
        cases = [(domain, code) for code, domain in blocks.items()]
        return query.select(
            own["id"],
            own["partner_id"],
            own["role_id"],
            SQL("%s IS NOT NULL AS seen", own["last_seen_at"]),
            SQL("%s AS reason", case_sql(access_sudo, query.table, query, cases)),
        )

    # ------------------------------------------------------------
    # READING IT
    # ------------------------------------------------------------

    @api.depends("line_ids.state", "line_ids.way")
    def _compute_counts(self):
        groups = self.env["customer.invitation.job.line"]._read_group(
            [("job_id", "in", self.ids)], ["job_id", "state", "way"], ["__count"]
        )
        for job in self:
            states, ways = {}, {}
            for line_job, state, way, count in groups:
                if line_job == job:
                    states[state] = states.get(state, 0) + count
                    ways[way] = ways.get(way, 0) + count
            job.line_count = sum(states.values())
            job.link_count = ways.get("link", 0)
            job.sign_in_count = ways.get("sign_in", 0)
            job.waiting_count = states.get("waiting", 0)
            job.queued_count = states.get("queued", 0) + states.get("sending", 0)
            job.sent_count = states.get("sent", 0) + states.get("done", 0)
            job.skipped_count = states.get("skipped", 0)
            job.failed_count = states.get("failed", 0)
            job.unsure_count = states.get("unsure", 0)
            job.cancelled_count = states.get("cancelled", 0)
            planned = job.line_count - job.skipped_count
            left = job.waiting_count + job.queued_count + job.cancelled_count
            job.progress = planned and 100.0 * (planned - left) / planned

    @api.depends("line_ids.state", "mails_per_hour")
    @api.depends_context("lang")
    def _compute_plan_texts(self):
        for job in self:
            job.skipped_text = job._skipped_text()
            job.duration_text = job._duration_text()
            codes = job._code_count()
            budget = job.company_id.customer_sms_hourly_limit
            job.sms_text = self.env._(
                "Up to %(codes)s; the company sends at most %(budget)s an hour",
                codes=codes,
                budget=budget,
            )
            an_hour = min(codes, job.mails_per_hour or codes)
            job.sms_over_budget = an_hour > budget

    def _skipped_text(self):
        """Say how many rows are skipped for which reason, one reason a line.

        :rtype: str
        """
        texts = self._reason_texts()
        groups = self.env["customer.invitation.job.line"]._read_group(
            [("job_id", "in", self.ids), ("state", "=", "skipped")],
            ["reason"],
            ["__count"],
            order="__count DESC",
        )
        return "\n".join(f"{count}: {texts.get(code, code)}" for code, count in groups)

    def _duration_text(self):
        """Say how long the mails that wait take at this pace.

        :rtype: str
        """
        if not self.mails_per_hour:
            return self.env._("As fast as the mail server takes them")
        seconds = self.waiting_count * 3600 / self.mails_per_hour
        return format_timedelta(
            timedelta(seconds=max(60, seconds)),
            granularity="minute",
            threshold=2,
            locale=babel_locale_parse(self.env.lang or "en_US"),
        )

    def _code_count(self):
        """Return how many of those who are written to will be asked for a code by SMS."""
        accesses_sudo = self.env["customer.access"].sudo()  # sudo: as in the plan
        return self.env["customer.invitation.job.line"].search_count(
            Domain("job_id", "in", self.ids)
            & Domain("state", "not in", ("skipped", "cancelled"))
            & Domain("access_id", "any!", accesses_sudo._code_domain())
        )

    @api.model
    def _reason_texts(self):
        """Return what the codes of rows mean.

        :rtype: dict
        """
        return {
            **dict(self.env["customer.access"]._selection_block_reason()),
            "seen": self.env._("Has signed in already"),
            "policy": self.env._("Has no access, and the portal is not open to this contact"),
            "double": self.env._("Another contact with this e-mail address is written to"),
            "gone": self.env._("Was removed meanwhile"),
            "changed": self.env._("Changed meanwhile"),
            "withheld": self.env._("May not come in any more"),
            "nothing": self.env._("Has nothing of what is ticked: no password, session or link"),
            "elsewhere": self.env._("Belongs to another company"),
            "error": self.env._("Could not be made"),
            "mail": self.env._("Did not leave"),
        }

    @api.depends("preview_line_id", "template_id", "sign_in_template_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        for job in self:
            preview, problem = {}, False
            try:
                preview = job._preview()
            except UserError as error:
                problem = str(error)
            job.preview_email_to = preview.get("email_to")
            job.preview_subject = preview.get("subject")
            job.preview_body = preview.get("body")
            job.preview_problem = problem

    def _preview(self):
        """Return the mail as the chosen contact will see it.

        :rtype: dict
        """
        line = self.preview_line_id
        if not line:
            return {}
        if line.way == "link":
            return line.access_id._preview(Letter(self.template_id))
        partner = line.partner_id
        subject, body = partner._customer_sign_in_text(self.sign_in_template_id, self.company_id)
        return {"subject": subject, "body": body, "email_to": partner.email}
