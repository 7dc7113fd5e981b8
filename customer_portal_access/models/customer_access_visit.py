from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..utils import LIMITS, own_transaction

BATCH = 100


class CustomerAccess(models.Model):
    """A contact's visit is noted at once; of the first one staff hear a moment later."""

    _inherit = "customer.access"

    visit_untold = fields.Boolean(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The contact has come in for the first time; nobody was told yet.",
    )

    _visit_untold_index = models.Index("(id) WHERE visit_untold")

    def _leaves_no_trace(self):
        """Say whether the contact does not look oneself: staff do, or nobody (HEAD).

        :rtype: bool
        """
        context = self.env.context
        return bool(context.get("customer_preview") or context.get("customer_unread"))

    def _seen(self):
        """Note that the contact is here, at most once a minute."""
        self.ensure_one()
        now = fields.Datetime.now()
        minute_ago = now - timedelta(seconds=LIMITS["seen"].seconds)
        if self._leaves_no_trace() or (self.last_seen_at and self.last_seen_at > minute_ago):
            return
        with own_transaction(self.with_company(self.company_id).env) as env:
            # one statement: of several pages at once, one notes the visit
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_access
                       SET last_seen_at = %(now)s,
                           first_seen_at = COALESCE(first_seen_at, %(now)s),
                           visit_untold = visit_untold OR first_seen_at IS NULL
                     WHERE id = %(id)s AND COALESCE(last_seen_at <= %(minute_ago)s, TRUE)
                    RETURNING first_seen_at = %(now)s
                    """,
                    now=now,
                    minute_ago=minute_ago,
                    id=self.id,
                )
            )
            visit = env.cr.fetchone()
            if not visit:
                return
            env["customer.access.event"]._log("entered", self)
            if visit[0]:
                env.ref("customer_portal_access.ir_cron_visit")._trigger()
        self.invalidate_recordset(["first_seen_at", "last_seen_at", "state", "visit_untold"])

    @api.model
    def _cron_tell_visits(self):
        """Tell staff of first visits, one transaction each.

        Writing to them takes longer than showing the page, which waits for nobody.
        """
        untold = [("visit_untold", "=", True)]
        accesses = self.search(untold, limit=BATCH)
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(untold))
        for access in accesses:
            access.visit_untold = False
            access._report_first_visit()
            if not self.env["ir.cron"]._commit_progress(1):
                break
