from odoo import models


class SaleOrder(models.Model):
    """What Odoo's own pages let a contact do with a quotation: sign, change, pay by the role.

    They take it that who looks may answer, too. Whoever may only look gets the order with
    ``customer_looks_only`` in its context.
    """

    _inherit = "sale.order"

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self.env.context.get("customer_looks_only")

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self.env.context.get("customer_looks_only")

    def _can_be_edited_on_portal(self):
        return super()._can_be_edited_on_portal() and not self.env.context.get(
            "customer_looks_only"
        )

    def _customer_payment(self, access):
        """Return how it is paid online.

        :param access: the ``customer.access`` of the contact
        :return: ``later``: when it has been signed; ``now``; ``pending``: a payment is under
            way; ``None`` when it is not to be paid, or cannot be
        :rtype: str | None
        """
        self.ensure_one()
        if not self._has_to_be_paid():
            return None
        if self.get_portal_last_transaction().state == "pending":
            return "pending"
        if not access._pays_online(self, self._get_prepayment_required_amount()):
            return None
        return "later" if self._has_to_be_signed() else "now"

    def _send_order_notification_mail(self, mail_template, *args, **kwargs):
        """Hold no order up by a mail whose PDF cannot be made here."""
        if (
            self._customer_is_closed()
            and mail_template.report_template_ids
            and not self.env["customer.publication"]._can_print()
        ):
            return None
        return super()._send_order_notification_mail(mail_template, *args, **kwargs)
