from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerColleagueRequest(models.Model):
    """Staff approve or reject: once, whoever else decides at the same moment."""

    _inherit = "customer.colleague.request"

    def action_approve(self):
        """Let the colleague in, or end the access, as asked.

        :return: a notification
        :rtype: dict
        :raises UserError: when it is decided already, or needs a choice first
        """
        messages = [request._approve() for request in self]
        return self.env["customer.access"]._notification("success", "\n".join(messages))

    def action_reject(self):
        """Leave everything as it is.

        :return: a notification
        :rtype: dict
        :raises UserError: when it is decided already
        """
        for request in self:
            request._lock_open()
            request._decide("rejected")
        return self.env["customer.access"]._notification(
            "success", self.env._("Rejected. Nothing was changed.")
        )

    def _approve(self):
        self._lock_open()
        if self.kind == "remove":
            if self.colleague_access_id:
                self.colleague_access_id.revoke(self.env._("Asked for by the customer"))
            self._decide("approved")
            return self.env._("%(name)s has no access to %(workspace)s now.", **self._names())
        access = self._let_in(self._person())
        self._decide("approved", colleague_access_id=access.id)
        if self.kind == "own":
            return self._invite(access)
        return self.env._(
            "%(name)s is on %(workspace)s now: %(state)s.",
            state=access.state_reason,
            **self._names(),
        )

    def _invite(self, access):
        """Send the invitation to whoever asked; it goes to the access's own address."""
        [result] = access.send_invitation()
        if result["status"] == "sent":
            return self.env._("%(name)s is on %(workspace)s now, and invited.", **self._names())
        return self.env._(
            "%(name)s is on %(workspace)s now, but not invited: %(reason)s",
            reason=result["reason"],
            **self._names(),
        )

    def _lock_open(self):
        """Wait for others who decide on this or on the same address, and look again.

        :raises UserError: when it is decided
        """
        self.ensure_one()
        self.check_access("write")
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM customer_colleague_request
                 WHERE id = %(id)s OR (email = %(email)s AND company_id = %(company_id)s)
                 ORDER BY id FOR UPDATE
                """,
                id=self.id,
                email=self.email or None,
                company_id=self.company_id.id,
            )
        )
        self.invalidate_recordset()
        if self.state != "open":
            raise UserError(
                self.env._(
                    "%(name)s: %(user)s has decided on this already.",
                    name=self.name,
                    user=self.decided_by_id.name or "",
                )
            )

    def _person(self):
        """Return the proposed contact, made now if nobody has the address.

        :raises UserError: when staff must choose
        """
        known = self._known()
        chosen = self.partner_id & known if self.partner_id else known
        if known and len(chosen) != 1:
            raise UserError(
                self.env._(
                    "%(names)s have the address %(email)s. Open the request and choose the "
                    "contact.",
                    names=", ".join(known.mapped("display_name")),
                    email=self.email,
                )
            )
        if chosen:
            return chosen.sudo(False)
        customer_sudo = self.sudo()._customer()
        # sudo: who may let contacts in here may not always make contacts
        partner_sudo = (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": self.name,
                    "email": self.email,
                    "phone": self.phone,
                    "parent_id": customer_sudo.id,
                    "company_id": customer_sudo.company_id.id,
                    "lang": self.sudo().access_id.partner_id.lang,
                }
            )
        )
        return partner_sudo.sudo(False)

    def _let_in(self, partner):
        """Give a contact access to this workspace; who has access keeps the role.

        :return: the access
        """
        if not self.role_id:
            raise UserError(self.env._("Choose a role for %(name)s first.", name=self.name))
        place = {"partner_id": partner.id, "company_id": self.company_id.id}
        place |= {key: self[key].id for key in ("customer_id", "lead_id", "project_id")}
        Access = self.env["customer.access"].with_company(self.company_id)
        access = Access.search([(key, "=", value) for key, value in place.items()])
        if not access:
            return Access.create({**place, "role_id": self.role_id.id, "granted": True})
        if access._closed():
            access.write(
                {
                    "role_id": self.role_id.id,
                    "granted": True,
                    "date_from": False,
                    "date_until": False,
                }
            )
        return access

    def _decide(self, state, **values):
        # sudo: a decision is written by the verbs only
        request_sudo = self.sudo()
        request_sudo.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                **values,
            }
        )
        kind = "removal" if self.kind == "remove" else "colleague"
        self.env["customer.access.event"]._log(f"{kind}_{state}", self.access_id, self.name)
        request_sudo.activity_id.action_feedback()
