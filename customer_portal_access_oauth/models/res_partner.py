from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_identity_ids = fields.One2many(
        "customer.identity",
        "partner_id",
        string="Signs in with",
        copy=False,
        groups="customer_portal_access.group_customer_admin",
    )
