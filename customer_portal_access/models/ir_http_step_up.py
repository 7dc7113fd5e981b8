from urllib.parse import quote

from odoo import models
from odoo.http import request

from ..utils import own_transaction


class IrHttp(models.AbstractModel):
    """From what a visitor may see to what asks for more, and back to the same page."""

    _inherit = "ir.http"

    @classmethod
    def _customer_step_up(cls, access, page, confirmed_switch=False):
        """Begin the way to the code, or to signing in where no code can help.

        :param access: the access that the page belongs to
        :param dict page: where to come back to, see ``customer.access._return_page``
        :param bool confirmed_switch: the visitor agrees to end another person's log-in
        :return: the local path to go to; ``None`` to ask for that first
        :rtype: str | None
        """
        session = cls._customer_session()
        if confirmed_switch:
            cls._customer_agree(access.partner_id)
        if cls._customer_must_ask(access.partner_id):
            return None
        is_own = cls._customer_partner() == access.partner_id
        if is_own and cls._customer_login_assurance() == "account":
            return access._return_path(page)  # there is no level above
        if is_own or not access.code_number or session.access_id != access:
            cls._customer_make_way()
            return f"/web/login?redirect={quote(access._return_path(page))}"
        cls._customer_open_challenge(access.partner_id, access, session.link_id, page)
        return "/customer/verify"

    @classmethod
    def _customer_make_way(cls):
        """End the log-in at hand for another one; a visitor by a link stays one.

        Odoo's page leads whoever is signed in straight back, to the same question.
        """
        session = request.session
        if not session.uid:
            return
        link = session.get("customer_link")
        login = cls._customer_row((session.get("customer_login") or {}).get("id"))
        with own_transaction(request.env) as env:
            login.with_env(env)._close()
        cls._customer_log_out()
        if link:
            session["customer_link"] = link
