import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import email_normalize

from ..utils import hash_secret, strip_invisible

_logger = logging.getLogger(__name__)

BATCH = 500
ACCESSES_AT_MOST = 5


class CustomerLinkRequest(models.Model):
    """Somebody asked for a new link. Answered in the background, by mail only.

    The request does the same for every address and token there may be, so that its
    answer and its time tell nothing.
    """

    _name = "customer.link.request"
    _description = "Request for a new link"
    _order = "id"

    wish = fields.Selection(
        [("link", "A new link"), ("password", "The way to a password")],
        required=True,
        default="link",
    )
    token_hash = fields.Char(groups=fields.NO_ACCESS)
    link_id = fields.Many2one(
        "customer.access.link", ondelete="cascade", help="Whose session was ended."
    )
    email = fields.Char()

    @api.model
    def _ask(self, wish="link", token=None, email=None, **values):
        """Take a request, whoever asks, and answer it in a moment.

        :param str wish: ``link`` or ``password``
        :param str token: of the link that was refused
        :param str email: typed by a visitor who has no link
        :param values: further values of the request
        """
        address = request.httprequest.remote_addr if request else None
        if self.env["customer.quota"]._take_address("recovery_address", address):
            return
        ended = request and self.env["ir.http"]._customer_ended_link()
        self.create(
            {
                "wish": wish,
                "token_hash": token and hash_secret(self.env, None, token),
                "link_id": ended.id if ended and not (token or email or values) else False,
                "email": email_normalize(strip_invisible(email or "")) or False,
                **values,
            }
        )
        self.env.ref("customer_portal_access.ir_cron_recovery")._trigger()

    @api.model
    def _cron_answer(self):
        """Answer all requests, one transaction each."""
        requests = self.search([], limit=BATCH)
        self.env["ir.cron"]._commit_progress(remaining=self.search_count([]))
        for asked in requests:
            try:
                with self.env.cr.savepoint():
                    asked._answer_all()
            except (psycopg2.OperationalError, ConcurrencyError):
                raise  # the next run finds it again
            except Exception:  # a template that is gone, say: the others go on
                _logger.exception("A new link could not be sent (request %s)", asked.id)
            asked.unlink()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _answer_all(self):
        """Answer one request."""
        for access, publication in self._wanted():
            self._answer(access, publication)

    def _wanted(self):
        """Return what a mail is asked for: accesses, and the publication each leads to.

        :rtype: list[tuple]
        """
        none = self.env["customer.publication"]
        if link := self._link():
            return [(link.access_id, link.publication_id)]
        if not self.email:
            return []
        Access = self.env["customer.access"]
        accesses = Access.search(
            Domain("partner_id.email_normalized", "=", self.email) & ~Access._closed_domain(),
            limit=ACCESSES_AT_MOST,
        )
        return [(access, none) for access in accesses]

    def _link(self):
        """Return the link that works no more, if it was by one."""
        link = self.link_id
        if self.token_hash:
            link = link.search([("token_hash", "=", self.token_hash)], limit=1)
        return link

    def _answer(self, access, publication):
        """Send what is asked for, or tell the person in charge that it was.

        :param access: whose contact gets the mail, at the address on record
        :param publication: where the first link led, if to one
        """
        if self.env["customer.quota"]._take("recovery_access", access.id):
            return
        self.env["customer.access.event"]._log("recovery", access, self.wish)
        code = access._block()
        if not code and self.wish == "password" and access._send_password_reset():
            return
        if not code:
            template = self.env.ref("customer_portal_access.mail_template_new_link")
            result = self._send_new_link(template, access, publication)
            if result["status"] == "sent":
                return
        access._tell(
            None,
            self.env._("%(contact)s asks for a new link", contact=access.partner_id.name),
            access._block_text(code) if code else "",
        )

    def _send_new_link(self, template, access, publication):
        """Mail a new link in the name of who invited last.

        :param template: the ``mail.template``
        :param access: whose contact gets the mail, at the address on record
        :param publication: where the first link led, if to one
        :return: what became of it, as ``send_invitation`` says it
        :rtype: dict
        """
        sender = access.invited_by_id or access.person_in_charge_id or self.env.user
        access_sudo = access.with_user(sender).sudo()
        # what was withdrawn since is nothing to lead to
        publications = access_sudo._visible(publication)
        [result] = access_sudo._send(
            template, publications=publications, event="invited", section=self._link().section
        )
        return result
