from odoo.exceptions import ValidationError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import PaymentPortal


class CustomerPayment(PaymentPortal):
    """Paying orders a quotation: only a contact who may answer it does."""

    @route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        """Start a payment, unless the role of the contact who is signed in does not allow it."""
        order_sudo = self._document_check_access("sale.order", order_id, access_token)
        if order_sudo.env.context.get("customer_looks_only"):
            raise ValidationError(request.env._("You may look at this quotation, not order it."))
        return super().portal_order_transaction(order_id, access_token, **kwargs)
