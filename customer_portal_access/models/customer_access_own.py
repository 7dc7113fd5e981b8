from odoo import models
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import email_normalize

from ..utils import strip_invisible


class CustomerAccess(models.Model):
    """A visitor who is not the contact of the link asks for access of one's own.

    Nothing that is typed has been proven. It is a request, and joins or changes nothing
    until staff decide.
    """

    _inherit = "customer.access"

    def _ask_own_access(self, name="", email="", message=""):
        """Ask staff for access; the answer is the same whether the address is known or not.

        :return: what is wrong, a sentence by field (``form``: all of it); empty: it is asked
        :rtype: dict[str, str]
        """
        self.ensure_one()
        values = {
            "kind": "own",
            "name": strip_invisible(name),
            "email": email_normalize(strip_invisible(email) or "") or False,
            "phone": False,
            "message": self._clean_message(message),
        }
        if errors := self._colleague_errors(values):
            return errors
        address = request.httprequest.remote_addr if request else None
        quota = self.env["customer.quota"]
        wait = quota._take("own_access", self.id) or quota._take_address(
            "own_access_address", address
        )
        return self._too_often(wait, "own_access") or self._make_request(
            values, Domain("email", "=", values["email"])
        )
