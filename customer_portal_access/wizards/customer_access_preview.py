from odoo import api, fields, models

from ..models.customer_permission import ASSURANCES


class CustomerAccessPreview(models.TransientModel):
    """See it as the customer: as whom, and at which level, in a small dialog."""

    _name = "customer.access.preview"
    _description = "See it as the customer"

    choice_ids = fields.Many2many("customer.access", string="Contacts", readonly=True)
    access_id = fields.Many2one(
        "customer.access",
        string="As",
        required=True,
        compute="_compute_access_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', choice_ids)]",
    )
    level = fields.Selection(
        ASSURANCES,
        string="How sure we are who it is",
        required=True,
        compute="_compute_level",
        store=True,
        readonly=False,
    )
    problem = fields.Char(compute="_compute_problem")
    step = fields.Char(compute="_compute_step")

    @api.model_create_multi
    def create(self, vals_list):
        previews = super().create(vals_list)
        previews._check_shown()
        return previews

    def write(self, vals):
        res = super().write(vals)
        self._check_shown()
        return res

    def _check_shown(self):
        """Refuse an access that is not the user's to see: the dialog tells about it.

        :raises AccessError: for such an access
        """
        self.sudo(False).access_id.check_access("read")

    @api.depends("choice_ids")
    def _compute_access_id(self):
        for preview in self:
            open_first = preview.choice_ids.sorted(lambda access: bool(access._preview_problem()))
            preview.access_id = open_first[:1]

    @api.depends("access_id")
    def _compute_level(self):
        for preview in self:
            access = preview.access_id
            by_link = access.link_kind == "login_free"
            preview.level = "link" if by_link else "code" if access.requires_code else "account"

    @api.depends("access_id")
    def _compute_problem(self):
        for preview in self:
            preview.problem = preview.access_id and preview.access_id._preview_problem()

    @api.depends("access_id", "level")
    def _compute_step(self):
        for preview in self:
            ready = preview.access_id and preview.level and not preview.problem
            preview.step = ready and preview.access_id._preview_step(preview.level)

    def action_open(self):
        """Open the workspace as this contact sees it.

        :rtype: dict
        :raises AccessError: when the user may not see the workspace
        """
        self.ensure_one()
        path = self.access_id._start_preview(self.level)
        return {"type": "ir.actions.act_url", "url": path, "target": "self"}
