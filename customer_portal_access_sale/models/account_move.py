import secrets

from odoo import models


class AccountMove(models.Model):
    """Invoices of published orders: who sees them says the role."""

    _inherit = "account.move"

    def _customer_is_closed(self):
        """Say whether only roles open it, as ``sale.order`` does.

        :rtype: bool
        """
        # sudo: whoever makes a link to an invoice need not see its order
        return bool(self.sudo().line_ids.sale_line_ids.order_id.filtered("customer_published_at"))

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

    def _customer_facts(self, access):
        """Return what the list of a contact shows of it.

        :param access: the ``customer.access`` of the contact
        :rtype: dict
        """
        self.ensure_one()
        states = {
            "paid": "paid",
            "in_payment": "paid",
            "reversed": "reversed",
            "partial": "partial",
        }
        can_print = self.env["customer.publication"]._can_print()
        pays = self._has_to_be_paid() and access._pays_online(self, self.amount_residual)
        return {
            "title": self.name,
            "is_refund": self.move_type == "out_refund",
            "date": self.invoice_date,
            "due": self.invoice_date_due,
            "amount": self.currency_id.format(self.amount_total),
            "residual": self.currency_id.format(self.amount_residual),
            "state": states.get(self.payment_state, "open"),
            "pdf": f"{access._path()}/invoice/{self.id}/pdf" if can_print else None,
            "pay": f"/my/invoices/{self.id}" if pays else None,
        }
