from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Who chooses a password in this browser."""

    _inherit = "ir.http"

    @classmethod
    def _customer_chooser(cls, token=None):
        """Return the contact whose password is chosen here, none when nobody's.

        :param str token: of the page on which Odoo lets somebody choose a password
        """
        Partner = request.env["res.partner"].sudo()  # nobody is signed in yet
        if token:
            try:
                return Partner._get_partner_from_token(token) or Partner
            except ValueError:  # no token at all
                return Partner
        Link = request.env["customer.access.link"].sudo()
        link = Link.browse(request.session.get("customer_password") or []).exists()
        return link.partner_id or cls._customer_partner()
