import hashlib
import json
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A quotation that is shown to the contacts of its opportunity."""

    _inherit = "sale.order"

    customer_published_at = fields.Datetime(
        string="Published to the customer",
        readonly=True,
        copy=False,
        help="Contacts see it by their role; links with a token no longer open it.",
    )
    customer_viewer_names = fields.Char(
        string="Visible to", compute="_compute_customer_viewer_names"
    )

    @api.depends("opportunity_id.customer_access_ids.granted", "customer_published_at")
    def _compute_customer_viewer_names(self):
        for order in self:
            order.customer_viewer_names = ", ".join(
                order._customer_viewers().partner_id.mapped("name")
            )

    def _customer_viewers(self):
        """Return the accesses of the opportunity by which it is seen."""
        # sudo: who may see a quotation may know who else does
        return self.opportunity_id.sudo().customer_access_ids.filtered(
            lambda access: (
                access.company_id == self.company_id and access._check("view_quotations", "account")
            )
        )

    def _customer_is_closed(self):
        """Say whether only roles open it, and no token of Odoo's portal.

        :rtype: bool
        """
        return bool(self.sudo().customer_published_at)

    def _portal_ensure_token(self):
        """Keep no token of what is closed; what stands in its place fits nothing."""
        if not self._customer_is_closed():
            return super()._portal_ensure_token()
        if self.sudo().access_token:
            self.sudo().access_token = False
        return secrets.token_urlsafe(16)

    def _sign_token(self, pid):
        """Sign nothing for the thread of what is closed."""
        return secrets.token_hex(32) if self._customer_is_closed() else super()._sign_token(pid)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._customer_facts_apart(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._customer_facts_apart(vals))

    def _customer_facts_apart(self, vals):
        """Leave out what only the buttons write."""
        if self.env.su or "customer_published_at" not in vals:
            return vals
        return {key: value for key, value in vals.items() if key != "customer_published_at"}

    # ------------------------------------------------------------
    # WHAT STAFF CLICK
    # ------------------------------------------------------------

    def action_customer_publish(self):
        """Show the quotation to the contacts of its opportunity, and ask whom to tell.

        :rtype: dict
        :raises UserError: when it has no opportunity, no lines, or nobody would see it
        """
        self.ensure_one()
        self.check_access("write")
        viewers_sudo = self._customer_viewers()
        if not self.opportunity_id:
            raise UserError(self.env._("Choose the opportunity first: its contacts will see it."))
        if not self.order_line:
            raise UserError(self.env._("The quotation is empty: add what you offer."))
        if not viewers_sudo:
            raise UserError(
                self.env._(
                    "No contact of “%(opportunity)s” may see quotations. Add one on its Customer "
                    "Centre tab, in a role that may.",
                    opportunity=self.opportunity_id.name,
                )
            )
        self._customer_publish()
        return viewers_sudo.sudo(False).action_send_invitation()

    def _customer_publish(self):
        """Show these to customers; tokens that were mailed before stop working."""
        for order_sudo in self.sudo():  # written by verbs only
            if order_sudo.state == "draft":
                order_sudo.state = "sent"
            order_sudo.write(
                {"customer_published_at": fields.Datetime.now(), "access_token": False}
            )
            order_sudo.invoice_ids.access_token = False
            text = self.env._("“%(quotation)s” published", quotation=order_sudo.name)
            order_sudo.opportunity_id._message_log(body=text)
            order_sudo._message_log(body=text)

    def action_customer_withdraw(self):
        """Take the quotation back: contacts no longer see it.

        :rtype: bool
        """
        self.check_access("write")
        for order_sudo in self.sudo():  # written by verbs only
            order_sudo.customer_published_at = False
            order_sudo._message_log(
                body=self.env._("“%(quotation)s” taken back", quotation=order_sudo.name)
            )
        return True

    # ------------------------------------------------------------
    # WHAT CONTACTS SEE
    # ------------------------------------------------------------

    def _customer_version(self):
        """Return what tells this quotation from one that staff or a colleague changed.

        :rtype: str
        """
        content = [
            [line.id, line.name, line.product_uom_qty, line.price_total] for line in self.order_line
        ]
        text = json.dumps([self.name, self.amount_total, content], default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _customer_facts(self, access):
        """Return what lists and the page have in common.

        :param access: the ``customer.access`` of the contact
        :rtype: dict
        """
        self.ensure_one()
        state = {"sale": "ordered", "cancel": "cancelled"}.get(self.state, "open")
        return {
            "id": self.id,
            "path": f"{access._path()}/quotation/{self.id}",
            "title": self.name,
            "reference": self.client_order_ref or "",
            "amount": self.currency_id.format(self.amount_total),
            "date": self.date_order,
            "until": self.validity_date if state == "open" else None,
            "state": "expired" if state == "open" and self.is_expired else state,
            "signed_by": self.signed_by,
        }

    def _customer_lines(self):
        """Return the lines as contacts read them: plain values.

        :rtype: list[dict]
        """
        money = self.currency_id.format
        return [
            {
                "id": line.id,
                "kind": line.display_type or "line",
                "name": line.name,
                "quantity": line.product_uom_qty,
                "unit": line.product_uom_id.name or "",
                "price": money(line.price_unit),
                "discount": line.discount,
                "subtotal": money(line.price_subtotal),
                "is_option": not line.display_type and line._is_line_optional(),
                "may_change": not line.display_type and line._can_be_edited_on_portal(),
            }
            for line in self.order_line
        ]

    def _customer_page_values(self, access):
        """Return what the page of this quotation shows to a contact.

        :param access: the ``customer.access`` of the contact
        :rtype: dict
        """
        money = self.currency_id.format
        facts = self._customer_facts(access)
        can_print = self.env["customer.publication"]._can_print()
        return {
            **facts,
            "version": self._customer_version(),
            "lines": self._customer_lines(),
            "untaxed": money(self.amount_untaxed),
            "taxes": money(self.amount_tax),
            "note": self.note,
            "terms": self.payment_term_id.name,
            "require_signature": self.require_signature,
            "signature": self.signature,
            "signed_on": self.signed_on,
            "pdf": f"{facts['path']}/pdf" if can_print else None,
            "payment": self._customer_payment(access),
            "pay": f"/my/orders/{self.id}?allow_payment=yes",
            "answer": None,
        }
