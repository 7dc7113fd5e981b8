from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..utils import MESSAGE_LENGTH, strip_invisible_lines

ANSWERS = ("yes", "no")
VOUCH_FIELDS = {"vouch_state", "vouch_comment", "vouch_asked_at", "vouch_answered_at"}


class CustomerRegistration(models.Model):
    """A contact of the customer who manages colleagues is asked whether it knows the person.

    Staff ask, and staff decide: the answer only stands on the registration.
    """

    _inherit = "customer.registration"

    voucher_id = fields.Many2one(
        "customer.access",
        string="Contact to ask",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'in', possible_voucher_ids)]",
        help="A contact of the customer who may manage colleagues.",
    )
    possible_voucher_ids = fields.Many2many(
        "customer.access", compute="_compute_possible_voucher_ids"
    )
    vouch_state = fields.Selection(
        [("asked", "Asked"), ("yes", "Knows the person"), ("no", "Does not know the person")],
        string="Vouched for",
        readonly=True,
    )
    vouch_comment = fields.Text(string="What the contact says", readonly=True)
    vouch_asked_at = fields.Datetime(readonly=True)
    vouch_answered_at = fields.Datetime(readonly=True)

    @api.depends("customer_id", "company_id", "state")
    def _compute_possible_voucher_ids(self):
        for registration in self:
            registration.possible_voucher_ids = registration._possible_vouchers()

    def _possible_vouchers(self):
        """Return the accesses of the customer's contacts who may be asked."""
        accesses_sudo = self.env["customer.access"].sudo()  # of every workspace
        if not self.customer_id:
            return accesses_sudo
        return accesses_sudo.search(
            Domain("commercial_partner_id", "=", self.customer_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id", "!=", self.partner_id.id)
            & Domain("role_id.permission_ids.code", "=", "manage_colleagues")
            & ~accesses_sudo._closed_domain()
        )

    def action_ask_to_vouch(self):
        """Ask the chosen contact by mail whether it knows the person.

        :return: a notification
        :rtype: dict
        :raises UserError: when there is nobody to ask, or nothing to decide
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_pending()
        voucher_sudo = self.sudo().voucher_id & self._possible_vouchers()
        if not voucher_sudo:
            raise UserError(self.env._("Choose a contact of the customer to ask first."))
        if self.vouch_state == "asked":
            raise UserError(
                self.env._("%(contact)s is asked already.", contact=voucher_sudo.partner_id.name)
            )
        if self.env["customer.quota"]._take("vouch", voucher_sudo.partner_id.id):
            raise UserError(
                self.env._(
                    "%(contact)s was asked too often within an hour. Try again later.",
                    contact=voucher_sudo.partner_id.name,
                )
            )
        template = self.env.ref("customer_portal_access.mail_template_registration_vouch")
        # sudo: who decides need not see the workspace of the contact
        [result] = voucher_sudo._send(template, event="vouch_asked")
        if result["reason"]:
            raise UserError(result["reason"])
        self.sudo().write(
            {
                "vouch_state": "asked",
                "vouch_comment": False,
                "vouch_asked_at": fields.Datetime.now(),
                "vouch_answered_at": False,
            }
        )
        return self.env["customer.access"]._notification(
            "success",
            self.env._("%(contact)s is asked by mail.", contact=voucher_sudo.partner_id.name),
        )

    def _answer_vouch(self, answer, comment):
        """Note what the contact says, once.

        :param str answer: ``yes`` or ``no``
        :param str comment: a text of the contact's
        """
        self._lock()
        if answer not in ANSWERS or self.vouch_state != "asked" or self.state != "pending":
            return
        comment = strip_invisible_lines(comment or "")[:MESSAGE_LENGTH]
        self.write(
            {
                "vouch_state": answer,
                "vouch_comment": comment,
                "vouch_answered_at": fields.Datetime.now(),
            }
        )
        self.env["customer.access.event"]._log("vouched", self.voucher_id, answer)
        env = self.with_context(lang=self.user_id.lang).env
        contact = self.voucher_id.partner_id.name
        if answer == "yes":
            text = env._("%(contact)s knows %(name)s.", contact=contact, name=self.name)
        else:
            text = env._("%(contact)s does not know %(name)s.", contact=contact, name=self.name)
        self.message_notify(partner_ids=self.user_id.partner_id.ids, subject=text, body=text)
        self._message_log(body=text)

    def _vouch_view(self):
        """Return what the contact who is asked gets to see, and nothing more.

        :rtype: dict
        """
        return {
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "message": self.message or "",
        }

    def write(self, vals):
        if not self.env.su and VOUCH_FIELDS & vals.keys():
            raise UserError(self.env._("What a contact answered cannot be changed."))
        before = {one: one.voucher_id for one in self.sudo()} if "voucher_id" in vals else {}
        res = super().write(vals)
        for registration_sudo, voucher in before.items():
            if registration_sudo.vouch_state and registration_sudo.voucher_id != voucher:
                registration_sudo._withdraw_vouch()
        return res

    def _withdraw_vouch(self):
        """Forget the question and its answer: what one contact says is not another's."""
        self.write(dict.fromkeys(VOUCH_FIELDS, False))


class CustomerAccess(models.Model):
    _inherit = "customer.access"

    def _workspace_page_values(self, assurance):
        values = {"vouches": [], **super()._workspace_page_values(assurance)}
        if self._check("manage_colleagues", assurance):
            values["vouches"] = [asked._vouch_view() for asked in self._open_vouches()]
        return values

    def _open_vouches(self):
        """Return the registrations of which this contact is asked."""
        registrations_sudo = self.env["customer.registration"].sudo()  # contacts have no rights
        return registrations_sudo.search(
            Domain("voucher_id", "=", self.id)
            & Domain("vouch_state", "=", "asked")
            & Domain("state", "=", "pending")
        )
