import time

from odoo import models
from odoo.fields import Domain
from odoo.http import request

VISITS = 20
# What a contact reads of the log: what was done in the own name.
VISIT_KINDS = (
    "entered",
    "left",
    "link_opened",
    "link_refused",
    "code_passed",
    "code_wrong",
    "password_chosen",
    "number_changed",
    "email_changed",
    "revoked",
)
# As long as Odoo takes a password that was typed for one that need not be typed again.
JUST_NOW = 10 * 60


class ResUsers(models.Model):
    """My access: what is open in the contact's name, and how to close it."""

    _inherit = "res.users"

    def _my_access(self):
        """Return what the page shows.

        :return: plain values and records: ``places``, ``links``, ``visitors``, ``devices``,
            ``visits``
        :rtype: dict
        """
        self.ensure_one()
        partner_sudo = self.sudo().partner_id  # contacts have no rights of their own
        accesses_sudo = partner_sudo._customer_open_accesses()
        return {
            "places": [
                {
                    "access": access,
                    "title": access._workspace_title(),
                    "colleagues": access._colleagues()
                    if access._check("manage_colleagues", "code")
                    else None,
                }
                for access in accesses_sudo
            ],
            "links": self._my_links(),
            "visitors": self._my_visitors(),
            "devices": self._my_devices(),
            "visits": self.env["customer.access.event"]
            .sudo()
            .search(
                Domain("partner_id", "=", partner_sudo.id) & Domain("kind", "in", VISIT_KINDS),
                limit=VISITS,
            ),
            "has_password": partner_sudo._customer_has_password(),
            "offers_passkey": self._offers_passkey(),
        }

    def _my_links(self):
        """Return the contact's links that still open something."""
        Link_sudo = self.env["customer.access.link"].sudo()  # as in _my_access
        return Link_sudo.search(
            Domain("partner_id", "=", self.sudo().partner_id.id)
            & Domain("state", "=", "live")
            & Domain("access_id", "any", ~self.env["customer.access"].sudo()._closed_domain())
        )

    def _my_visitors(self):
        """Return the browsers that are in by a login-free link, without a log-in."""
        Session_sudo = self.env["customer.access.session"].sudo()  # as in _my_access
        return Session_sudo.search(
            Domain("access_id.partner_id", "=", self.sudo().partner_id.id)
            & Domain("level", "=", "link")
            & Session_sudo._alive_domain()
        )

    def _my_devices(self):
        """Return the browsers in which the contact is signed in."""
        # sudo: a portal user reads the own ones only, and so does this
        return self.env["res.device"].sudo().search([("user_id", "=", self.id)])

    def _end_own(self, what, record_id):
        """Close something that is open in the contact's name; what is not the own stays.

        :param str what: ``link``, ``visitor``, ``device``, or ``others``: all devices but
            the one at hand
        :param int record_id: of it, from the form
        :return: whether something was closed
        :rtype: bool
        """
        self.ensure_one()
        mine = {
            "link": self._my_links,
            "visitor": self._my_visitors,
            "device": self._my_devices,
            "others": self._my_devices,
        }.get(what)
        if not mine:
            return False
        records = mine()
        if what == "others":
            records = records.filtered(lambda device: not device.is_current)
        else:
            records = records.filtered(lambda record: record.id == record_id)
        if what == "visitor":
            records._leave("left")
        elif records:
            records._revoke()
        return bool(records)

    # ------------------------------------------------------------
    # NEXT TIME WITHOUT CODE
    # ------------------------------------------------------------

    def _offers_passkey(self):
        """Say whether this user, who has just shown a code or password, may add a passkey.

        :rtype: bool
        """
        self.ensure_one()
        if "auth_passkey_portal" not in self.env["ir.module.module"]._installed():
            return False
        just_now = request.session.get("identity-check-last", 0) > time.time() - JUST_NOW
        return just_now and not self.sudo().auth_passkey_key_ids
