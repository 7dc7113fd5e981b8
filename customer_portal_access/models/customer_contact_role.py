from odoo import fields, models


class CustomerContactRole(models.Model):
    _name = "customer.contact.role"
    _description = "Contact role"
    _order = "sequence, id"

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
        return permission_code in self.permission_ids.mapped("code")
