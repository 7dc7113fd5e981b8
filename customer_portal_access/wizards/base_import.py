from odoo import api, models


class BaseImport(models.TransientModel):
    _inherit = "base_import.import"

    @api.model
    def get_fields_tree(self, model, *args, **kwargs):
        """Let Odoo's dialog offer to skip accesses whose contact or role is not found.

        It offers that for fields that are not required only; left empty, they are still
        refused, with the line. Below a contact or an opportunity it is not offered: Odoo
        would skip every row of the file then, and not say so.
        """
        tree = super().get_fields_tree(model, *args, **kwargs)
        for field in tree:
            if model == "customer.access" and field["name"] in ("partner_id", "role_id"):
                field["required"] = False
            if field.get("comodel_name") == "customer.access":
                for below in field["fields"]:
                    below["required"] = below.get("type") == "many2one" or below.get("required")
        return tree
