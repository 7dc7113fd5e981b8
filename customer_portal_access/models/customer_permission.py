from odoo import api, fields, models

# How surely we know who is there, from weak to strong.
ASSURANCES = [
    ("link", "Link"),
    ("code", "Code by SMS"),
    ("account", "Account"),
]
ASSURANCE_RANK = {code: rank for rank, (code, _label) in enumerate(ASSURANCES)}


class CustomerPermission(models.Model):
    _name = "customer.permission"
    _description = "Customer permission"
    _order = "id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Technical name by which the addon asks for it.")
    description = fields.Text(translate=True)
    assurance = fields.Selection(
        ASSURANCES,
        required=True,
        default="code",
        help="How surely we must know who is there: whoever holds the link, whoever "
        "passed the code by SMS as well, or who signed in to an account.",
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is a permission with this code already."
    )

    # What roles hold is kept in memory: see customer.contact.role._assurances.

    def write(self, vals):
        result = super().write(vals)
        if {"code", "assurance"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_forget(self):
        self.env.registry.clear_cache()
