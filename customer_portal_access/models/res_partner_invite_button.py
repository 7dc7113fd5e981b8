from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResPartner(models.Model):
    """Invite, on the contact form: a link, or "come and sign in", or why neither."""

    _inherit = "res.partner"

    customer_invite_way = fields.Selection(
        [("link", "Personal link"), ("sign_in", "Come and sign in")],
        compute="_compute_customer_invite",
        groups="base.group_user",
    )
    customer_invite_note = fields.Char(
        compute="_compute_customer_invite",
        groups="base.group_user",
        help="Why this contact cannot be invited.",
    )

    @api.depends_context("uid", "company")
    def _compute_customer_invite(self):
        for partner in self:
            partner.customer_invite_way, partner.customer_invite_note = partner._customer_invite()

    def _customer_invite(self):
        """Return how the user may invite this contact, and why not.

        :return: ``link``, ``sign_in`` or ``False``, and a sentence or ``""``
        :rtype: tuple
        """
        if self.is_company or not self._origin:
            return False, ""
        accesses = self._customer_invitable()
        refusals = accesses._refusals()
        if not all(refusals.get(access.id) for access in accesses):
            return "link", ""
        company = self.env.company
        welcome = self.filtered_domain(self._customer_enabled_domain(company))
        is_admin = self.env.user.has_group("customer_portal_access.group_customer_admin")
        if welcome and self.email_normalized and is_admin:
            return "sign_in", ""
        if accesses:
            return False, refusals[accesses[0].id]
        # sudo: that there is one, not which
        if self.env["customer.access"].sudo().search_count(self._customer_places(), limit=1):
            return False, self.env._(
                "Only whoever works on this contact's customer page may invite"
            )
        if welcome and not self.email_normalized:
            return False, self.env._("No valid e-mail address")
        if welcome:
            return False, self.env._("Ask a customer portal administrator to invite")
        return False, self.env._("Has no access, and the portal is not open to this contact")

    def _customer_invitable(self):
        """Return the accesses of this contact that the user sees, newest first."""
        return self.env["customer.access"].search(self._customer_places(), order="id desc")

    def _customer_places(self):
        """Return the domain of the accesses of this contact in the user's company."""
        return Domain("partner_id", "=", self.id) & Domain("company_id", "=", self.env.company.id)

    def action_customer_invite(self):
        """Invite this contact: by the dialog for links, or at once to come and sign in.

        :rtype: dict
        :raises UserError: with the reason, when it cannot be invited
        """
        self.ensure_one()
        way, note = self._customer_invite()
        if way == "link":
            accesses = self._customer_invitable()
            refusals = accesses._refusals()
            return accesses.filtered(
                lambda access: not refusals[access.id]
            ).action_send_invitation()
        if not way:
            raise UserError(note or self.env._("Only persons are invited."))
        job = self.env["customer.invitation.job"].create(
            {
                "name": self.env._("Invitation of %(name)s", name=self.name),
                "whom": "selection",
                "partner_ids": [fields.Command.set(self.ids)],
                "include_seen": True,
            }
        )
        job._start()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("A mail to %(name)s is on its way.", name=self.name),
            },
        }
