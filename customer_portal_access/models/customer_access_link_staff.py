from odoo import fields, models


class CustomerAccessLink(models.Model):
    """Links as staff see them: a list to filter, to group, and to revoke from."""

    _inherit = "customer.access.link"

    issued_by_id = fields.Many2one(
        "res.users",
        string="Made by",
        readonly=True,
        ondelete="set null",
        help="Who sent the mail or copied the link.",
    )
    res_name = fields.Char(related="access_id.res_name", string="Workspace")
    lead_id = fields.Many2one(related="access_id.lead_id", string="Opportunity")
    project_id = fields.Many2one(related="access_id.project_id")
    customer_id = fields.Many2one(related="access_id.customer_id")

    def action_revoke(self):
        """Make these links stop working, and say what did.

        :rtype: dict
        :raises AccessError: when the user may not change one of the accesses
        """
        access = self.env["customer.access"]
        return access._notification("success", access._receipt(self._revoke()))

    def _revoke(self):
        """Make these links stop working, and close the sessions they opened.

        :return: what stopped working: the number of ``links`` and of ``sessions``
        :rtype: dict
        :raises AccessError: when the user may not change one of the accesses
        """
        self.access_id.check_access("write")
        links_sudo = self.sudo()  # links are written by verbs only
        sessions_sudo = links_sudo.env["customer.access.session"]
        ended = {
            "links": len(links_sudo._alive()),
            "sessions": sessions_sudo.search([("link_id", "in", self.ids)])._close(),
        }
        links_sudo.filtered(lambda link: not link.revoked_at).revoked_at = fields.Datetime.now()
        self.env["customer.access.event"]._log("revoked", self.access_id, "link")
        return ended
