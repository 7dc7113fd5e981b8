from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..utils import in_turn
from .customer_permission import ASSURANCE_RANK

# Never at level "link", whatever a role or a permission says.
NEVER_BY_LINK = {"view_lists", "edit_lists", "all_workspaces", "manage_colleagues"}


class CustomerAccess(models.Model):
    """The gate: who gets in, and what an access allows, decided in this one place.

    Each reason to keep somebody out is a domain, so that the same rule answers for
    one contact, for a search and for a whole list.
    """

    _inherit = "customer.access"

    closed_reason = fields.Char(
        compute="_compute_closed_reason",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="Why nobody gets in now. A field, since one page asks it for every permission.",
    )

    # ------------------------------------------------------------
    # WHY SOMEBODY IS KEPT OUT
    # ------------------------------------------------------------

    @api.model
    def _closed_domains(self):
        """Return the reasons that end access at once, on open sessions, too.

        :return: a domain a code, the first that matches is the one to tell
        :rtype: dict[str, Domain]
        """
        today = self._today()
        return {
            "revoked": Domain("revoked_at", "!=", False),
            "archived": Domain("partner_id.active", "=", False)
            | (
                Domain("partner_id.user_ids", "any", [("active", "=", False)])
                & ~Domain("partner_id.user_ids", "any", [("active", "=", True)])
            ),
            "internal": Domain(
                "partner_id.user_ids", "any", [("active", "=", True), ("share", "=", False)]
            ),
            "role": Domain("role_id.can_be_invited", "=", False),
            "not_granted": Domain("granted", "=", False),
            "dates": Domain("date_from", ">", today) | Domain("date_until", "<", today),
        }

    @api.model
    def _closed_tests(self):
        """Return the same reasons as ``_closed_domains``, each as a question to one access.

        Every request asks them, and domains take longer to make than to answer.

        :return: a function a code, in the same order
        :rtype: dict
        """
        today = self._today()

        def users(access):
            return access.partner_id.with_context(active_test=False).user_ids

        return {
            "revoked": lambda access: access.revoked_at,
            "archived": lambda access: (
                (access.partner_id and not access.partner_id.active)
                or (users(access) and not any(user.active for user in users(access)))
            ),
            "internal": lambda access: any(
                user.active and not user.share for user in users(access)
            ),
            "role": lambda access: access.role_id and not access.role_id.can_be_invited,
            "not_granted": lambda access: not access.granted,
            "dates": lambda access: (
                (access.date_from and access.date_from > today)
                or (access.date_until and access.date_until < today)
            ),
        }

    @api.model
    def _today(self):
        # the day where the client is: who asks is no reason to read a user at every request
        return fields.Date.context_today(self.with_context(tz=self.env.context.get("tz") or "UTC"))

    @api.model
    def _unreachable_domains(self):
        """Return the reasons why a link cannot be sent, or would lead nowhere.

        :rtype: dict[str, Domain]
        """
        by_code = self._code_domain()
        country = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("code_country_id", "not in", company.customer_sms_country_ids.ids)
            for company in self.env["res.company"]
            .sudo()
            .search([("customer_sms_country_ids", "!=", False)])
        )
        return {
            "name": Domain("partner_id.name", "=", False),
            "email": Domain("partner_id.email_normalized", "=", False)
            | Domain("partner_id.email", "=like", "%@%@%"),
            "number": by_code & Domain("code_number", "=", False),
            "country": by_code & country,
            "shared_login": ~by_code
            & self._login_free_domain(False)
            & Domain("partner_id.customer_login_taken", "=", True),
        }

    @api.model
    def _code_domain(self):
        """Return the domain of accesses whose next link asks for a code."""
        return Domain("role_id.requires_code", "=", True) | (
            self._login_free_domain(False)
            & Domain("company_id.customer_require_sms_code", "=", True)
        )

    @api.model
    def _login_free_domain(self, on):
        return Domain("company_id.customer_login_free", "=", on)

    @api.model
    def _closed_domain(self):
        """Return the domain of accesses that let nobody in now."""
        closed = [(domain, True) for domain in self._closed_domains().values()]
        return in_turn(closed, lambda access: bool(access._closed()))

    def _block(self, ignore=()):
        """Return why no link may be sent to this contact now, or ``False``.

        :param ignore: codes that do not count
        :rtype: str | bool
        """
        self.ensure_one()
        return self._blocks(ignore).get(self.id, False)

    def _blocks(self, ignore=()):
        """Return why no link may be sent to contacts now, by the id of the access.

        :param ignore: codes that do not count
        :rtype: dict[int, str]
        """
        domains = {**self._closed_domains(), **self._unreachable_domains()}
        return self._first_match(
            {code: domain for code, domain in domains.items() if code not in ignore}
        )

    def _closed(self):
        """Return why this access lets nobody in now, or ``False``.

        :rtype: str | bool
        """
        self.ensure_one()
        return self.sudo().closed_reason  # sudo: nobody reads the field itself

    @api.depends(
        "granted",
        "revoked_at",
        "date_from",
        "date_until",
        "role_id.can_be_invited",
        "partner_id.active",
        "partner_id.user_ids.active",
        "partner_id.user_ids.share",
    )
    def _compute_closed_reason(self):
        tests = self._closed_tests().items()
        # only what is asked of the contact: its table is wide, and every request asks
        self.partner_id.fetch(["active", "name", "email_normalized", "lang", "tz"])
        for access in self:
            access.closed_reason = next((code for code, test in tests if test(access)), False)

    # ------------------------------------------------------------
    # WHAT AN ACCESS ALLOWS
    # ------------------------------------------------------------

    @api.private
    def _check(self, permission, assurance, publication=None):
        """Decide whether this access allows something, at the assurance there is.

        :param permission: a permission's code; ``None``: the workspace itself
        :param str assurance: ``link``, ``code`` or ``account``
        :param publication: the ``customer.publication`` it is about, if any
        :rtype: bool
        """
        return not self._denials(permission, assurance, publication)

    def _denials(self, permission, assurance, publication=None):
        """Return the codes of all that speaks against it, ``assurance`` at last."""
        self.ensure_one()
        access_sudo = self.sudo()
        denials = []
        if closed := access_sudo._closed():
            denials.append(closed)
        if permission and not access_sudo.role_id._holds(permission):
            denials.append("permission")
        if publication and not publication.sudo().filtered_domain(
            access_sudo._publication_domain()
        ):
            denials.append("publication")
        if ASSURANCE_RANK[assurance] < ASSURANCE_RANK[access_sudo._assurance(permission)]:
            denials.append("assurance")
        return denials

    def _assurance(self, permission):
        """Return the assurance asked for.

        :param permission: a permission's code; ``None``: the workspace itself
        :rtype: str
        """
        asked = {"link"}
        if permission:
            asked.add(self.role_id._asks(permission) or "code")
        if (
            self.role_id.requires_code
            or permission in NEVER_BY_LINK
            or (permission == "respond_offers" and self.company_id.customer_require_code_to_respond)
        ):
            asked.add("code")
        return max(asked, key=ASSURANCE_RANK.get)

    def explain(self, permission_code):
        """Say whether this contact may do something, and why.

        :param str permission_code: code of a ``customer.permission``
        :return: ``allowed`` (bool, once the assurance is reached), ``assurance`` (the
            level it takes) and ``because`` (sentences for staff)
        :rtype: dict
        :raises UserError: when there is no such permission
        """
        self.ensure_one()
        self.check_access("read")
        permission = self.env["customer.permission"].search(
            [("code", "=", permission_code)], limit=1
        )
        if not permission:
            raise UserError(
                self.env._("There is no permission with the code %(code)s.", code=permission_code)
            )
        assurance = self._assurance(permission_code)
        denials = self._denials(permission_code, assurance)
        because = [self._block_text(code) for code in denials if code != "permission"]
        names = {"role": self.role_id.name, "permission": permission.name}
        if "permission" in denials:
            because.append(self.env._("Role %(role)s does not hold “%(permission)s”.", **names))
        else:
            because.append(self.env._("Role %(role)s holds “%(permission)s”.", **names))
        labels = dict(permission._fields["assurance"]._description_selection(self.env))
        because.append(self.env._("It takes: %(assurance)s.", assurance=labels[assurance]))
        return {"allowed": not denials, "assurance": assurance, "because": because}
