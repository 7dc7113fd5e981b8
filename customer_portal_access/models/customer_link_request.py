import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import email_normalize

from ..utils import hash_secret, strip_invisible

_logger = logging.getLogger(__name__)

BATCH = 500


class CustomerLinkRequest(models.Model):
    """Somebody asked for a new link. Answered in the background, by mail only.

    The request does the same for every address and token there may be, so that its
    answer and its time tell nothing.
    """

    _name = "customer.link.request"
    _description = "Request for a new link"
    _order = "id"

    token_hash = fields.Char(groups=fields.NO_ACCESS)
    access_id = fields.Many2one("customer.access", ondelete="cascade")
    email = fields.Char()

    @api.model
    def _ask(self, token=None, email=None):
        """Take a request, whoever asks, and answer it in a moment.

        :param str token: of the link that was refused
        :param str email: typed by a visitor who has no link
        """
        address = request.httprequest.remote_addr if request else None
        if self.env["customer.quota"]._take_address("recovery_address", address):
            return
        ended = request.session.get("customer_ended") if request else None
        self.create(
            {
                "token_hash": token and hash_secret(self.env, None, token),
                "access_id": ended if not (token or email) else False,
                "email": email_normalize(strip_invisible(email or "")) or False,
            }
        )
        self.env.ref("customer_portal_access.ir_cron_recovery")._trigger()

    @api.model
    def _cron_answer(self):
        """Answer all requests, one transaction each."""
        requests = self.search([], limit=BATCH)
        self.env["ir.cron"]._commit_progress(remaining=len(requests))
        for asked in requests:
            try:
                with self.env.cr.savepoint():
                    for access in asked._accesses():
                        asked._answer(access)
            except UserError:  # a template that lacks the link, say: the others go on
                _logger.exception("A new link could not be sent (request %s)", asked.id)
            asked.unlink()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _accesses(self):
        """Return the accesses a new link is asked for."""
        if self.access_id:
            return self.access_id
        if self.token_hash:
            link = self.env["customer.access.link"].search(
                [("token_hash", "=", self.token_hash)], limit=1
            )
            return link.access_id
        if self.email:
            return self.env["customer.access"].search(
                Domain("partner_id.email_normalized", "=", self.email)
                & ~self.env["customer.access"]._closed_domain(),
                limit=5,
            )
        return self.env["customer.access"]

    def _answer(self, access):
        """Send the new link, or tell the person in charge that it was asked for."""
        if self.env["customer.quota"]._take("recovery_access", access.id):
            return
        self.env["customer.access.event"]._log("recovery", access)
        code = access._block()
        if not code:
            template = self.env.ref("customer_portal_access.mail_template_new_link")
            sender = access.invited_by_id or access.person_in_charge_id or self.env.user
            result = access.with_user(sender).sudo().send_invitation(template.id)
            if result[0]["status"] == "sent":
                return
        access._tell(
            None,
            self.env._("%(contact)s asks for a new link", contact=access.partner_id.name),
            access._block_text(code) if code else "",
        )
