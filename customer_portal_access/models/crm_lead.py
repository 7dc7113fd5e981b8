from odoo import api, fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "customer.workspace.mixin"]

    customer_access_ids = fields.One2many(
        "customer.access", "lead_id", string="Customer accesses", copy=False
    )
    customer_publication_ids = fields.One2many(
        "customer.publication", "lead_id", string="Customer publications", copy=False
    )
    customer_colleague_request_ids = fields.One2many(
        "customer.colleague.request",
        "lead_id",
        string="Open colleague requests",
        domain=[("state", "=", "open")],
        copy=False,
    )

    @api.onchange("partner_id")
    def _onchange_partner_propose_access(self):
        """Propose the opportunity's own contact as Primary Applicant."""
        contact = self.partner_id
        if contact and not contact.is_company and not self.customer_access_ids:
            role = self.env.ref("customer_portal_access.role_primary_applicant", False)
            self.customer_access_ids = [
                fields.Command.create({"partner_id": contact.id, "role_id": role.id})
            ]

    def _merge_dependences(self, opportunities):
        """Move the accesses along: the tail is deleted, its contacts stay."""
        res = super()._merge_dependences(opportunities)
        # sudo: as core does, who may merge moves what hangs on the opportunities
        opportunities.sudo().customer_access_ids._move("lead_id", self)
        opportunities.sudo().customer_publication_ids.lead_id = self
        opportunities.sudo()._move_customer_files(self)
        requests_sudo = self.env["customer.colleague.request"].sudo()
        requests_sudo.search([("lead_id", "in", opportunities.ids)])._move("lead_id", self)
        return res
