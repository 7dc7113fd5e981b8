from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..utils import EMAIL_LENGTH, strip_invisible
from .customer_link_request import ACCESSES_AT_MOST


class CustomerLinkRequest(models.Model):
    """Somebody asks on the sign-in page: by user name or e-mail address."""

    _inherit = "customer.link.request"

    login = fields.Char(help="What was typed on the sign-in page.")
    company_id = fields.Many2one("res.company", ondelete="cascade", help="That was asked.")

    @api.model
    def _ask_way_in(self, login):
        """Take what was typed on the sign-in page, whatever it is, and answer by mail.

        :param str login: a user name or an e-mail address
        """
        login = strip_invisible(login or "")[:EMAIL_LENGTH]
        self._ask("password", login=login or "-", company_id=self.env.company.id)

    @api.model
    def _ask_again(self, token):
        """Ask for another way to a password in place of one that works no more.

        :param str token: what stands in its URL
        """
        self._ask("password", token=token)

    def _answer_all(self):
        Link = self.env["customer.password.link"]
        old = self.token_hash and Link.search([("token_hash", "=", self.token_hash)], limit=1)
        if not (self.login or old):
            return super()._answer_all()
        people = old.partner_id if old else self._people()
        for person in people:
            person._customer_send_way_in(self.company_id or (old and old.company_id))
        if not people and (email := email_normalize(self.login)):
            self._answer_unknown(email)
        return None

    def _people(self):
        """Return whom the typed words name: by the user name, and by the address.

        :rtype: res.partner
        """
        login = self.login.lower()
        users = self.env["res.users"].search([("login", "in", [self.login, login])])
        named, email = users.partner_id.filtered("email_normalized"), email_normalize(self.login)
        if not email:
            return named
        persons = Domain("email_normalized", "=", email) & Domain("is_company", "=", False)
        return named | named.search(persons, limit=ACCESSES_AT_MOST)

    @api.model
    def _answer_unknown(self, email):
        """Tell an address by mail what can be told, though it is nobody's we know.

        :param str email: normalised
        :return: whether a mail is on its way
        :rtype: bool
        """
        return False
