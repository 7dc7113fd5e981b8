from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerRegistration(models.Model):
    """Staff approve or reject: once, whoever else decides at the same moment."""

    _inherit = "customer.registration"

    # ------------------------------------------------------------
    # PUBLIC VERBS
    # ------------------------------------------------------------

    def approve(self, role_id, customer_id=None):
        """Let these people in, and mail each the way in.

        :param int role_id: the ``customer.contact.role`` they get
        :param int customer_id: the customer they belong to; default: the one found, else a
            new one when a company was named
        :return: true
        :rtype: bool
        :raises UserError: when one is decided already, or cannot be let in this way
        """
        self.check_access("write")
        role = self.env["customer.contact.role"].browse(role_id).exists()
        customer = self.env["res.partner"].browse(customer_id).exists()
        if customer_id and not customer:
            raise UserError(self.env._("This customer does not exist any more."))
        customer.check_access("read")
        for registration in self:
            registration._approve(role, customer.commercial_partner_id)
        return True

    def reject(self, reason, send_mail=None):
        """Turn these people down; nothing they could do before changes.

        :param str reason: stands in the mail, if one is sent
        :param bool send_mail: send a polite mail; default: the company's setting
        :return: true
        :rtype: bool
        :raises UserError: when one is decided already
        """
        self.check_access("write")
        for registration in self:
            registration._reject(reason, send_mail)
        return True

    def action_approve(self):
        """Approve with the role and the customer that the form shows.

        :return: a notification
        :rtype: dict
        """
        self.ensure_one()
        if not self.role_id:
            raise UserError(self.env._("Choose a role for %(name)s first.", name=self.name))
        self.approve(self.role_id.id)
        return self.env["customer.access"]._notification(
            "success",
            self.env._("%(name)s is let in: the mail is on its way.", name=self.name),
        )

    def action_reopen(self):
        """Look at a rejected registration again.

        :raises UserError: when it is not rejected, or its address has another open one
        """
        for registration in self:
            registration.check_access("write")
            registration._lock()
            email, company = registration.email, registration.company_id
            if registration.state != "rejected" or registration.search_count(
                registration._open_domain(email, company), limit=1
            ):
                raise UserError(
                    self.env._(
                        "%(name)s: only what was rejected is opened again, and only one "
                        "registration of an address at a time.",
                        name=registration.name,
                    )
                )
            # sudo: the state is written by the verbs only
            registration.sudo().write(
                {"state": "pending", "decided_at": False, "decided_by_id": False, "reason": False}
            )
            if not registration.partner_is_new:
                registration.sudo()._hold_contact()

    # ------------------------------------------------------------
    # ONE OUTCOME
    # ------------------------------------------------------------

    def _lock(self):
        """Wait for others who decide on this, and look again."""
        self.ensure_one()
        self.env.cr.execute(
            SQL("SELECT id FROM customer_registration WHERE id = %s FOR UPDATE", self.id)
        )
        self.invalidate_recordset()

    def _lock_pending(self):
        """Wait for others who decide on this, and look again.

        :raises UserError: when there is nothing to decide
        """
        self._lock()
        if self.state == "unverified":
            raise UserError(
                self.env._(
                    "%(name)s has not confirmed the e-mail address yet: the mail has to be "
                    "answered first.",
                    name=self.name,
                )
            )
        if self.state != "pending":
            raise UserError(
                self.env._(
                    "%(name)s: %(user)s has decided on this already.",
                    name=self.name,
                    user=self.sudo().decided_by_id.name or "",
                )
            )

    def _decide(self, state, reason=None):
        # sudo: a decision is written by the verbs only
        registration_sudo = self.sudo()
        registration_sudo.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "reason": reason,
            }
        )
        self.env["customer.access.event"]._log(
            f"registration_{state}",
            partner=registration_sudo.partner_id,
            company_id=self.company_id.id,
            reason=self.name,
        )
        registration_sudo.activity_ids.action_feedback()

    def _reject(self, reason, send_mail):
        self._lock_pending()
        registration_sudo = self.sudo()  # staff need not read templates and companies
        self._decide("rejected", reason)
        registration_sudo._rejected_identity()
        registration_sudo._release_contact()
        if send_mail is None:
            send_mail = registration_sudo.company_id.customer_registration_rejection_mail
        if send_mail:
            registration_sudo._send_letter("rejected")

    def _approve(self, role, customer):
        self._lock_pending()
        self._check_role(role)
        registration_sudo = self.sudo()  # who decides need not be allowed to make contacts
        registration_sudo._check_customer(customer.sudo())
        registration_sudo.role_id = role
        registration_sudo._settle_customer(customer)
        registration_sudo.with_company(self.company_id).partner_id.set_customer_portal_policy(
            "enabled", role.id, overwrite=True
        )
        registration_sudo.policy_before = False
        registration_sudo._approved_identity()
        accesses = self.with_company(self.company_id)._open_workspaces()
        self._decide("approved")
        if reason := self._send_credentials(accesses[:1]):
            raise UserError(
                self.env._("%(name)s cannot be let in: %(reason)s", name=self.name, reason=reason)
            )

    def _check_role(self, role):
        """Refuse a role in which nobody can be let in here.

        :raises UserError: saying why
        """
        if not role or role.company_id not in (self.company_id, role.company_id.browse()):
            raise UserError(
                self.env._("Choose a role of %(company)s.", company=self.company_id.name)
            )
        if not role.can_be_invited:
            raise UserError(self.env._("Nobody is let in with the role %(role)s.", role=role.name))

    # ------------------------------------------------------------
    # CUSTOMER, CONTACT, ACCESS
    # ------------------------------------------------------------

    def _settle_customer(self, chosen):
        """See to it that there is a contact, of the customer that staff mean.

        :param chosen: the customer that was named on approval, or none
        :raises UserError: when staff must choose, or the contact belongs elsewhere
        """
        made = self.customer_id if self.customer_is_new else self.customer_id.browse()
        customer = chosen or self.customer_id.commercial_partner_id
        partner = self._settle_contact(customer)
        theirs = partner.commercial_partner_id.filtered("is_company")
        if not customer:
            customer = theirs
        if not customer and self.company_name:
            self._make_customer()
            customer = self.customer_id
        self.customer_id = customer
        if not partner:
            self._make_contact()
        elif theirs != customer:
            if theirs and not self.partner_is_new:
                raise UserError(
                    self.env._(
                        "%(contact)s is a contact of %(theirs)s, not of %(customer)s. Choose "
                        "%(theirs)s, or move the contact first.",
                        contact=partner.name,
                        theirs=theirs.name,
                        customer=customer.name,
                    )
                )
            partner.write({"parent_id": customer.id, "company_name": False})
        if made and made != customer and not made.child_ids:
            made.action_archive()
            self.customer_is_new = False
        if not self.partner_id.active:
            self.partner_id.action_unarchive()
        if self.lead_id and not self.lead_id.partner_id:
            self.lead_id.partner_id = self.partner_id

    def _settle_contact(self, customer):
        """Return the contact that this person is, none if there is none yet.

        :param customer: the customer, which tells one of several contacts from the others
        :raises UserError: when staff must choose
        """
        if self.partner_id:
            return self.partner_id
        known = self._known()
        if len(known) > 1 and customer:
            known = known.filtered(lambda one: one.commercial_partner_id == customer) or known
        if len(known) > 1:
            raise UserError(
                self.env._(
                    "%(names)s have the address %(email)s. Open the registration and choose "
                    "the contact.",
                    names=", ".join(known.mapped("display_name")),
                    email=self.email,
                )
            )
        self.partner_id = known
        return known

    def _open_workspaces(self):
        """Give the contact the role on what staff chose; on the customer, if on nothing.

        :return: the accesses, the one whose page the mail leads to first
        """
        # sudo: not everybody may see both; who may not open them is refused below
        registration_sudo = self.sudo()
        places = [("lead_id", lead) for lead in registration_sudo.open_lead_ids]
        places += [("project_id", project) for project in registration_sudo.open_project_ids]
        places = places or [("customer_id", self.customer_id or self.partner_id)]
        accesses = self.env["customer.access"]
        for field, target in places:
            accesses |= self._open_workspace(field, target)
        return accesses

    def _open_workspace(self, field, target):
        """Give the contact the role on one workspace, again if it was taken off.

        :param str field: ``customer_id``, ``lead_id`` or ``project_id``
        :param target: that record
        """
        place = {
            "partner_id": self.partner_id.id,
            field: target.id,
            "company_id": self.company_id.id,
        }
        access = self.env["customer.access"].search(
            [(key, "=", value) for key, value in place.items()]
        )
        if not access:
            return access.create({**place, "role_id": self.role_id.id, "granted": True})
        access.write(
            {
                "role_id": self.role_id.id,
                "granted": True,
                "date_from": False,
                "date_until": False,
            }
        )
        return access

    def _send_credentials(self, access):
        """Mail the contact the way in.

        Addons with other ways to sign in send another mail.

        :param access: whose page it leads to
        :return: why there is no mail, as a sentence, or ``""``
        :rtype: str
        """
        template = self.sudo().company_id.customer_registration_approval_template_id
        template = template or self.env.ref(
            "customer_portal_access.mail_template_registration_approved"
        )
        [result] = access._send(template)
        return result["reason"]

    def _approved_identity(self):
        """Let the proven identity of another provider sign in from now on (for addons)."""

    def _rejected_identity(self):
        """Forget the proven identity of another provider (for addons)."""
