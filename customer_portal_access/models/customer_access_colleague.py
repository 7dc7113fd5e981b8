from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..utils import EMAIL_LENGTH, MESSAGE_LENGTH, NAME_LENGTH, own_transaction, strip_invisible


class CustomerAccess(models.Model):
    """Manage colleagues: who else has access, proposing one, asking for a removal."""

    _inherit = "customer.access"

    def _absorb(self, other):
        # sudo: merging moves what hangs on the accesses
        self.env["customer.colleague.request"].sudo()._follow(other, self)
        return super()._absorb(other)

    def _workspace_page_values(self, assurance):
        values = {"colleagues": None, **super()._workspace_page_values(assurance)}
        if self._check("manage_colleagues", assurance):
            values["colleagues"] = self._colleagues()
            values["colleagues_may_ask"] = self._may_ask(assurance)
            values["colleagues_asked"] = [
                {"name": asked.name, "kind": asked.kind} for asked in self._open_requests()
            ]
        return values

    # ------------------------------------------------------------
    # WHO ELSE HAS ACCESS
    # ------------------------------------------------------------

    def _place_domain(self):
        """Return the domain of the accesses and requests on this workspace."""
        target = self._target()
        return Domain.AND(
            Domain(field, "=", target.id if target._name == model else False)
            for field, model in (
                ("customer_id", "res.partner"),
                ("lead_id", "crm.lead"),
                ("project_id", "project.project"),
            )
        ) & Domain("company_id", "=", self.company_id.id)

    def _colleagues(self):
        """Return who else has access to this workspace: names and roles, nothing more.

        :return: for each ``name``, ``role``, and ``id`` of an access that a contact may
            ask to end (``None``: it is not one on this workspace alone)
        :rtype: list[dict]
        """
        self.ensure_one()
        access_sudo = self.sudo()  # contacts have no rights of their own
        here_sudo = access_sudo.search(access_sudo._place_domain())
        open_sudo = here_sudo.filtered_domain(~access_sudo._closed_domain())
        rows = [
            {"id": access.id, "name": access.partner_id.name, "role": access.role_id.name}
            for access in open_sudo
            if access.partner_id != self.partner_id
        ]
        known = here_sudo.partner_id | self.partner_id
        return rows + [
            {"id": None, "name": access.partner_id.name, "role": access.role_id.name}
            for access in access_sudo._customer_wide()
            if access.partner_id not in known
        ]

    def _customer_wide(self):
        """Return the accesses on the customer that open this opportunity or project."""
        target = self._target()
        if target._name == "res.partner":
            return self.browse()
        return self.search(
            Domain("customer_id", "=", target.partner_id.commercial_partner_id.id or -1)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("role_id.permission_ids.code", "=", "all_workspaces")
            & ~self._closed_domain()
        )

    def _colleague(self, colleague_id):
        """Return a colleague's access on this workspace, or none.

        :param int colleague_id: id of an access, from the URL
        """
        listed = {row["id"] for row in self._colleagues()} - {None}
        return self.sudo().browse(listed & {colleague_id})

    def _open_requests(self):
        """Return what this contact asked for here and staff have not decided yet."""
        access_sudo = self.sudo()  # as in _colleagues
        return access_sudo.env["customer.colleague.request"].search(
            access_sudo._place_domain()
            & Domain("access_id", "=", self.id)
            & Domain("kind", "!=", "own")  # asked by somebody else, who came by this link
            & Domain("state", "=", "open")
        )

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def _may_ask(self, assurance):
        """Say whether the visitor may propose and remove colleagues here.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return self._check("manage_colleagues", assurance) and not self._is_read_only()

    def _ask_colleague(self, name="", email="", phone="", message=""):
        """Propose a colleague; the answer is the same whether the address is known or not.

        :return: what is wrong, a sentence by field (``form``: all of it); empty: it is asked
        :rtype: dict[str, str]
        """
        self.ensure_one()
        values = {
            "kind": "propose",
            "name": strip_invisible(name),
            "email": email_normalize(strip_invisible(email) or "") or False,
            "phone": strip_invisible(phone),
            "message": self._clean_message(message),
        }
        errors = self._colleague_errors(values)
        return errors or self._ask(values, Domain("email", "=", values["email"]))

    def _ask_removal(self, colleague, message=""):
        """Ask staff to end a colleague's access.

        :param colleague: what ``_colleague`` returned
        :return: as ``_ask_colleague``
        :rtype: dict[str, str]
        """
        self.ensure_one()
        values = {
            "kind": "remove",
            "name": colleague.partner_id.name,
            "colleague_access_id": colleague.id,
            "message": self._clean_message(message),
        }
        errors = self._message_errors(values)
        return errors or self._ask(values, Domain("colleague_access_id", "=", colleague.id))

    def _colleague_errors(self, values):
        """Say what is wrong with a proposal; put its phone number into Odoo's form."""
        errors = self._message_errors(values)
        if not values["name"]:
            errors["name"] = self.env._("Please tell us the name.")
        elif len(values["name"]) > NAME_LENGTH:
            errors["name"] = self.env._("This name is too long.")
        if not values["email"] or len(values["email"]) > EMAIL_LENGTH:
            errors["email"] = self.env._(
                "Please type one e-mail address, such as name@company.com."
            )
        try:
            values["phone"] = self.partner_id._customer_check_phone(
                values["phone"], self.company_id
            )
        except UserError as error:
            errors["phone"] = error.args[0]
        return errors

    def _clean_message(self, message):
        """Return a text of several lines as the database can keep it."""
        return (message or "").replace("\0", "").strip()

    def _message_errors(self, values):
        if len(values["message"]) <= MESSAGE_LENGTH:
            return {}
        return {
            "message": self.env._(
                "Your message is too long: please keep it below %(count)s characters.",
                count=MESSAGE_LENGTH,
            )
        }

    def _ask(self, values, same):
        """Make a request, unless the contact has asked too often.

        :param dict values: of a ``customer.colleague.request``
        :param same: domain of the requests that ask for the same
        :return: as ``_ask_colleague``
        :rtype: dict[str, str]
        """
        wait = self.env["customer.quota"]._take("colleague_request", self.partner_id.id)
        return self._too_often(wait, "colleague_request") or self._make_request(values, same)

    def _too_often(self, wait, scope):
        """Say that a limit is reached, and note it.

        :param int wait: what ``customer.quota._take`` returned
        :return: as ``_ask_colleague``
        :rtype: dict[str, str]
        """
        if not wait:
            return {}
        self.env["customer.access.event"]._log_at_once("limit_hit", self, scope)
        return {
            "form": self.env._(
                "You have asked often within the hour. Please try again in %(minutes)s minutes.",
                minutes=-(-wait // 60),
            )
        }

    def _make_request(self, values, same):
        """Make a request, unless the same one is open, and tell who is in charge.

        In a transaction of its own, that waits for another request of this contact:
        the same form sent twice at once is one request.

        :return: nothing is wrong
        :rtype: dict
        """
        with own_transaction(self.env) as env:
            env.cr.execute(
                "SELECT id FROM customer_access WHERE id = %s FOR NO KEY UPDATE",
                [values.get("colleague_access_id") or self.id],
            )
            access = self.with_env(env)
            same &= Domain("kind", "=", values["kind"]) & Domain("state", "=", "open")
            place = Domain("access_id", "=", self.id) & access._place_domain()
            if values["kind"] == "remove":
                place = Domain.TRUE  # whoever asked for it
            Request = env["customer.colleague.request"]
            if not Request.search_count(same & place):
                Request._make(access, values)
        return {}
