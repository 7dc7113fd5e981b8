from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.http import STORED_SESSION_BYTES

from .customer_permission import ASSURANCES

KEEP_DAYS = 90


class CustomerAccessSession(models.Model):
    """One browser that came in through a link, so that revoking can end and count it.

    The browser's own session (Odoo's) keeps the id of this row.
    """

    _name = "customer.access.session"
    _description = "Customer session"
    _order = "id desc"
    _rec_name = "access_id"

    access_id = fields.Many2one(
        "customer.access", required=True, readonly=True, ondelete="cascade", index=True
    )
    link_id = fields.Many2one(
        "customer.access.link",
        readonly=True,
        ondelete="cascade",
        index=True,
        required=True,
    )
    browser_id = fields.Many2one(
        "customer.access.browser",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The browser that is remembered for the link, until it logs out.",
    )
    level = fields.Selection(ASSURANCES, required=True, readonly=True)
    ended_at = fields.Datetime(readonly=True)
    identifier = fields.Char(
        index="btree_not_null",
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What Odoo's session id keeps when it rotates; it identifies, but opens nothing.",
    )

    @api.model
    def _alive_domain(self):
        """Return the domain of the sessions that may go on.

        A link's end of life closes its door, not the rooms of those who are in.
        """
        closed = self.env["customer.access"]._closed_domain()
        return (
            Domain("ended_at", "=", False)
            & Domain("link_id.revoked_at", "=", False)
            & Domain("link_id.is_off", "=", False)
            & Domain("access_id", "any", ~closed)
        )

    @api.model
    def _open(self, link, level, browser=None):
        """Note a browser that comes in.

        :param link: the link it came by
        :param str level: the assurance reached
        :param browser: the ``customer.access.browser``, if it is remembered
        :return: the session
        """
        return self.create(
            {
                "access_id": link.access_id.id,
                "link_id": link.id,
                "level": level,
                "browser_id": browser and browser.id,
            }
        )

    def _is_alive(self):
        """Say of one session, or none, whether it may go on: what ``_alive_domain`` says.

        :rtype: bool
        """
        # asked at every request: a domain takes longer to make than to answer
        link = self.link_id
        return bool(self) and not (
            self.ended_at or link.revoked_at or link.is_off or self.access_id._closed()
        )

    @api.model
    def _has_ended(self, sid, partner):
        """Say whether a contact's Odoo session came in by a link and may not go on.

        :param str sid: Odoo's session id
        :param partner: who is signed in there
        :rtype: bool
        """
        session = self.search(
            [
                ("identifier", "=", sid[:STORED_SESSION_BYTES]),
                ("access_id.partner_id", "=", partner.id),
            ],
            limit=1,
        )
        return bool(session) and not session._is_alive()

    def _close(self):
        """End these sessions.

        :return: how many were open
        :rtype: int
        """
        if not self:
            return 0
        live = self._alive()
        self.filtered(lambda session: not session.ended_at).ended_at = fields.Datetime.now()
        return len(live)

    def _leave(self, event):
        """End these sessions at the visitor's wish, and remember the browser no more.

        :param str event: the kind of line for the log
        """
        self._close()
        self.browser_id.unlink()
        self.env["customer.access.event"]._log(event, self.access_id)

    def _alive(self):
        """Return the sessions of these that may go on."""
        return self.search(Domain("id", "in", self.ids) & self._alive_domain())

    @api.autovacuum
    def _gc_sessions(self):
        """Forget sessions that Odoo has forgotten long ago."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("write_date", "<", limit)]).unlink()
