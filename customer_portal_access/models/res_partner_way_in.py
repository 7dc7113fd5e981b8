from odoo import models
from odoo.fields import Domain

from ..utils import PASSWORD_LINK_HOURS
from .customer_access_text import LINK_MARK
from .mail_mail import LETTER


class ResPartner(models.Model):
    """A person at the door who has proven nothing yet: all that is told goes by mail."""

    _inherit = "res.partner"

    def _customer_open_accesses(self):
        """Return the accesses, in all companies, by which these contacts may come in now."""
        Access_sudo = self.env["customer.access"].sudo()  # contacts have no rights of their own
        return Access_sudo.search(
            Domain("partner_id", "in", self.ids) & ~Access_sudo._closed_domain()
        )

    def _customer_portal_user(self):
        """Return the active user of this contact, if it is a customer's and nobody's else."""
        users_sudo = self.sudo().user_ids  # asked before anybody is signed in
        return users_sudo.filtered(lambda user: user.active and user.share and user._is_portal())[
            :1
        ]

    def _customer_may_have_password(self, company):
        """Say whether a password lets this contact in.

        Who has one may replace it; the others need somewhere to go with it.

        :param company: that was asked
        :rtype: bool
        """
        self.ensure_one()
        partner_sudo = self.sudo()  # asked before anybody is signed in
        everybody_sudo = partner_sudo.with_context(active_test=False).user_ids
        if not partner_sudo.active or any(not user.share for user in everybody_sudo):
            return False
        user_sudo = self._customer_portal_user()
        if (everybody_sudo and not user_sudo) or self._customer_is_shut_out():
            return False
        if self._customer_open_accesses():
            return True
        return bool(user_sudo) and (
            self._customer_has_password() or not partner_sudo.customer_access_ids
        )

    def _customer_send_way_in(self, company):
        """Mail a contact the way in that fits: a password, or an invitation with code.

        Call it in the background: what it does differs from contact to contact.

        :param company: that was asked
        """
        self.ensure_one()
        if self.env["customer.quota"]._take("way_in", self.id):
            return
        staff_sudo = self.sudo().user_ids.filtered(lambda user: user.active and not user.share)
        if staff_sudo:
            staff_sudo[:1].action_reset_password()  # Odoo's own mail and page
            return
        accesses_sudo = self._customer_doors(company)
        if not self._customer_may_have_password(company):
            self._customer_tell_closed(company)
        elif self._customer_has_password():
            self._customer_send_password_link(accesses_sudo[:1])
        elif coded_sudo := accesses_sudo.filtered(lambda access: access._invitation_asks_code()):
            request_sudo = self.env["customer.link.request"].sudo()
            request_sudo._answer(coded_sudo[:1], self.env["customer.publication"].sudo())
        else:
            self._customer_send_password_link(accesses_sudo[:1])

    def _customer_doors(self, company):
        """Return the accesses by which this contact may come in, that of the policy made now.

        :param company: that was asked
        """
        return self._customer_open_accesses() or self._customer_ways_in(company)

    def _customer_send_password_link(self, access):
        """Mail a contact the way to a password: the first one, or another one.

        :param access: where it leads; none: wherever the contact is on
        """
        self.ensure_one()
        user_sudo = self._customer_portal_user()
        company = access.company_id or user_sudo.company_id or self.env.company
        link_sudo = (
            self.env["customer.password.link"]
            .sudo()
            .create(
                {
                    "partner_id": self.id,
                    "access_id": access.id,
                    "company_id": company.id,
                    "email": self.email_normalized,
                }
            )
        )
        purpose = "password_reset" if self._customer_has_password() else "password_first"
        self._customer_mail(
            access,
            {purpose: self.email_normalized},
            words={
                "customer_link": LINK_MARK,
                "customer_letter": LETTER,
                "customer_login": user_sudo.login or self.email_normalized,
                "customer_hours": PASSWORD_LINK_HOURS,
            },
            values={purpose: {"customer_password_link_id": link_sudo.id}},
        )

    def _customer_tell_closed(self, company):
        """Tell a contact by mail that no way in is open, which nobody else gets to know.

        :param company: that was asked
        """
        accesses_sudo = self.sudo().customer_access_ids.filtered(
            lambda access: access.company_id == company
        )
        self.with_company(company)._customer_mail(
            accesses_sudo, {"no_way_in": self.email_normalized}
        )
