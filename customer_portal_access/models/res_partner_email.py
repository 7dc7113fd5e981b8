from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr

from ..utils import strip_invisible


class ResPartner(models.Model):
    """A new e-mail address of a contact with access: what hangs on it follows."""

    _inherit = "res.partner"

    def write(self, vals):
        if "email" not in vals:
            return super().write(vals)
        moving = self._customer_moving(vals["email"])
        moving._customer_check_email(vals["email"])
        old = {contact.id: contact.email_normalized for contact in moving}
        res = super().write(vals)
        moving._customer_change_email(old)
        return res

    def _customer_moving(self, email):
        """Return the contacts with accesses for whom this is another address."""
        # sudo: accesses in other companies count, too
        accesses_sudo = self.env["customer.access"].sudo().search([("partner_id", "in", self.ids)])
        contacts = accesses_sudo.partner_id.with_env(self.env)
        return contacts.filtered(lambda contact: contact.email_normalized != email_normalize(email))

    def _customer_portal_users(self, address):
        """Return the portal users of this contact who sign in with an address."""
        self.ensure_one()
        # sudo: who may change an address need not see users; archived ones may come back
        users_sudo = self.sudo().with_context(active_test=False).user_ids
        logins = {address, f"{address}#{self.id}"}  # the latter: see _customer_user
        return users_sudo.filtered(lambda user: user.share and user.login.lower() in logins)

    def _customer_check_email(self, email):
        """Refuse an address that these contacts could not sign in with.

        :raises UserError: when it is not one address, or the log-in of somebody else
        """
        address, taken = email_normalize(email), False
        for contact in self:
            login = contact.email_normalized
            users_sudo = contact._customer_portal_users(login) if login else ()
            if not any(user.login.lower() == login for user in users_sudo):
                continue
            if not address:
                raise UserError(
                    self.env._(
                        "%(name)s signs in with the e-mail address: type one valid address.",
                        name=contact.name,
                    )
                )
            # sudo: log-ins of all companies; archived users keep theirs
            Users = self.env["res.users"].sudo().with_context(active_test=False)
            other = [("login", "=", address), ("partner_id", "!=", contact.id)]
            if taken or Users.search_count(other, limit=1):
                raise UserError(
                    self.env._(
                        "%(email)s is the log-in of somebody else, so %(name)s cannot sign in "
                        "with it. Nothing was changed.",
                        email=address,
                        name=contact.name,
                    )
                )
            taken = True  # one log-in cannot serve two contacts

    def _customer_change_email(self, old):
        """Let log-in, links and codes follow a new e-mail address, and tell both.

        The accesses stand: their contacts can be invited again at once.

        :param dict old: the normalised address before, by id of the contact
        """
        # sudo: the accesses in all companies, the user, mails and codes on their way
        for contact_sudo in self.sudo():
            accesses_sudo = contact_sudo.customer_access_ids
            invited_sudo = accesses_sudo.filtered(
                lambda access: access.invited_at or access.link_ids
            )
            contact_sudo._customer_move_login(old[contact_sudo.id])
            contact_sudo.signup_cancel()  # resets of the password that went to the old address
            invited_sudo._end_for_new_address()
            self.env["customer.sms.challenge"].sudo()._void(contact_sudo)
            if invited_sudo:
                contact_sudo._customer_tell_email(old[contact_sudo.id], invited_sudo)

    def _customer_move_login(self, old):
        """Let the portal user sign in with the new address from now on.

        :param str old: the normalised address before
        """
        for user_sudo in self._customer_portal_users(old) if old else ():
            login = self.email_normalized
            if not login or self._customer_login_owner():
                login = f"{login or 'contact'}#{self.id}"
            user_sudo.login = login

    def _customer_tell_email(self, old, accesses):
        """Mail the old and the new address that it changed; without any link.

        :param str old: the normalised address before
        :param accesses: where the contact was invited
        """
        addresses = {"email_changed_old": old, "email_changed_new": self.email_normalized}
        self._customer_mail(accesses, addresses)

    def _customer_mail(self, accesses, addresses, words=None, values=None):
        """Tell this contact about what they are known by.

        :param accesses: where the contact was invited; the last one's people sign. None:
            the company of the contact's user, or the current one, signs
        :param dict addresses: whom to write to, by the purpose of a template
        :param dict words: what the templates say, beside names
        :param dict values: further values of a mail, by the purpose of its template
        """
        access = accesses.sorted("invited_at", reverse=True)[:1]
        company = access.company_id or self.user_ids.company_id[:1] or self.env.company
        in_charge = access.person_in_charge_id
        sender = self.env.user.email_formatted if self.env.user._is_internal() else None
        mail_values = {
            "email_from": sender or company._customer_sender(in_charge),
            "reply_to": in_charge.email_formatted or company._customer_sender(in_charge),
            "recipient_ids": [],
            "record_company_id": company.id,
        }
        words = {
            **(words or {}),
            "customer_name": strip_invisible(self.name or ""),
            "customer_company": company.name,
            "customer_in_charge": in_charge.name or company.name,
            "customer_phone": in_charge.partner_id.phone or company.phone or "",
        }
        mails_sudo = self.env["mail.mail"].sudo()
        for purpose, address in addresses.items():
            if not address:
                continue
            # sudo: whoever may change a contact need not read templates
            template_sudo = self.env.ref(f"customer_portal_access.mail_template_{purpose}").sudo()
            mail_id = template_sudo.with_context(**words).send_mail(
                self.id,
                email_values={
                    **mail_values,
                    **(values or {}).get(purpose, {}),
                    "email_to": formataddr((words["customer_name"], address)),
                },
                email_layout_xmlid="mail.mail_notification_light",
            )
            mails_sudo += mails_sudo.browse(mail_id)
        mails_sudo.send_after_commit()
