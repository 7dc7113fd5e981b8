from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import frozendict, ormcache

SHOWN_AT_MOST = 80


class CustomerContactRole(models.Model):
    _name = "customer.contact.role"
    _description = "Contact role"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]  # the code names a role in every language

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    can_be_invited = fields.Boolean(default=True, help="Contacts in this role may be let in.")
    requires_code = fields.Boolean(
        string="Requires the SMS code",
        help="Contacts in this role type a code from an SMS, however they come in: "
        "by a link, with a password or with another account.",
    )
    permission_ids = fields.Many2many("customer.permission", string="Permissions")
    company_id = fields.Many2one("res.company", help="Empty: the role serves every company.")
    access_count = fields.Integer(compute="_compute_access_count")
    holder_ids = fields.Many2many(
        "customer.access",
        string="Held by",
        compute="_compute_holder_ids",
        help="The newest; the button above opens all.",
    )
    impact = fields.Text(
        string="What saving changes",
        compute="_compute_impact",
        help="Who gains or loses what by the changes that are not saved yet.",
    )

    _code_company_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is a role with this code in the company already.",
    )

    def _compute_access_count(self):
        counts = dict(
            self.env["customer.access"]._read_group(
                [("role_id", "in", self.ids)], ["role_id"], ["__count"]
            )
        )
        for role in self:
            role.access_count = counts.get(role, 0)

    def _compute_holder_ids(self):
        for role in self:
            role.holder_ids = self.env["customer.access"].search(
                [("role_id", "=", role._origin.id)], limit=SHOWN_AT_MOST, order="id desc"
            )

    @api.depends("permission_ids", "can_be_invited", "requires_code")
    @api.depends_context("lang")
    def _compute_impact(self):
        for role in self:
            role.impact = "\n".join(role._impact_sentences()) if role._origin else False

    def _impact_sentences(self):
        """Say how many contacts gain or lose what, compared with what is stored.

        Counted are contacts whose access in this role is not over, in all companies.

        :rtype: list[str]
        """
        old = self._origin
        if not self.can_be_invited and not old.can_be_invited:
            return []
        if not self.can_be_invited:
            return self._impact_sentence("shut_out", self._count_people())
        if not old.can_be_invited:
            return self._impact_sentence("let_in", self._count_people(granted=False))
        count, sentences = self._count_people(), []
        kept = set(self.permission_ids._origin.ids)
        for permission in old.permission_ids.filtered(lambda held: held.id not in kept):
            sentences += self._impact_sentence("lose", count, permission.name)
        for permission in self.permission_ids._origin - old.permission_ids:
            sentences += self._impact_sentence("get", count, permission.name)
        if self.requires_code and not old.requires_code:
            sentences += self._impact_sentence("code", count)
            stuck = self._count_people(Domain("code_number", "=", False))
            sentences += self._impact_sentence("no_number", stuck) if stuck else []
        if old.requires_code and not self.requires_code:
            sentences += self._impact_sentence("no_code", count)
        return sentences

    def _impact_sentence(self, change, count, permission=""):
        """Return a sentence for one change, for one contact or many, as a list of one."""
        values = {"count": count, "permission": permission}
        one, many = {
            "lose": lambda: (
                self.env._("1 contact loses “%(permission)s”.", **values),
                self.env._("%(count)s contacts lose “%(permission)s”.", **values),
            ),
            "get": lambda: (
                self.env._("1 contact gets “%(permission)s”.", **values),
                self.env._("%(count)s contacts get “%(permission)s”.", **values),
            ),
            "shut_out": lambda: (
                self.env._("1 contact loses access: links and open sessions stop working."),
                self.env._(
                    "%(count)s contacts lose access: links and open sessions stop working.",
                    **values,
                ),
            ),
            "let_in": lambda: (
                self.env._("1 contact gets access and can be invited."),
                self.env._("%(count)s contacts get access and can be invited.", **values),
            ),
            "code": lambda: (
                self.env._("1 contact needs a code by SMS to come in."),
                self.env._("%(count)s contacts need a code by SMS to come in.", **values),
            ),
            "no_number": lambda: (
                self.env._("1 of them has no number that can receive SMS, and is kept out."),
                self.env._(
                    "%(count)s of them have no number that can receive SMS, and are kept out.",
                    **values,
                ),
            ),
            "no_code": lambda: (
                self.env._("1 contact comes in without a code, where the settings allow it."),
                self.env._(
                    "%(count)s contacts come in without a code, where the settings allow it.",
                    **values,
                ),
            ),
        }[change]()
        return [one if count == 1 else many]

    def _count_people(self, domain=Domain.TRUE, granted=True):
        """Count the contacts whose access in this role is not over.

        :param domain: which of the accesses
        :param bool granted: only those that are ticked
        :rtype: int
        """
        # sudo: a role without a company serves contacts of all companies
        Access = self.env["customer.access"].sudo()
        domain &= Domain("role_id", "=", self._origin.id) & Domain("partner_id.active", "=", True)
        if granted:
            domain &= Access._running_domain()
        else:
            today = fields.Date.context_today(self)
            domain &= Domain("revoked_at", "=", False) & ~Domain("date_until", "<", today)
        [(count,)] = Access._read_group(domain, [], ["partner_id:count_distinct"])
        return count

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for role, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", f"{role.code}_copy")
            vals["name"] = self.env._("%(name)s (copy)", name=role.name)
        return vals_list

    def action_open_accesses(self):
        """Open the accesses in this role.

        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.customer_access_action"
        )
        return dict(action, domain=[("role_id", "in", self.ids)], context={})

    def _holds(self, permission_code):
        """Say whether this role holds a permission.

        :param str permission_code: code of a ``customer.permission``
        :rtype: bool
        """
        return bool(self._asks(permission_code))

    def _asks(self, permission_code):
        """Return the assurance that a permission asks for; ``None``: it is not held.

        :param str permission_code: code of a ``customer.permission``
        :rtype: str | None
        """
        return self._assurances().get(permission_code)

    @ormcache("self._origin.id")
    def _assurances(self):
        """Return the assurance of each permission that is held, by its code.

        One page asks for many, and they seldom change: kept until a role or a permission does.

        :rtype: frozendict
        """
        # sudo: the gate asks, whoever is there
        permissions_sudo = self._origin.sudo().permission_ids
        return frozendict((held.code, held.assurance) for held in permissions_sudo)

    def write(self, vals):
        result = super().write(vals)
        if "permission_ids" in vals:
            self.env.registry.clear_cache()
        return result
