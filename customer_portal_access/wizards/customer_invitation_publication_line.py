from odoo import api, fields, models


class CustomerInvitationLine(models.TransientModel):
    """A contact to tell about publications: what it sees, what it was sent before."""

    _inherit = "customer.invitation.line"

    sent_text = fields.Char(compute="_compute_publications", string="Last sent")
    sees_text = fields.Char(compute="_compute_publications", string="Sees")

    @api.depends("access_id", "invitation_id.publication_ids")
    def _compute_publications(self):
        for line in self:
            publications = line.invitation_id.publication_ids._origin
            line.sent_text = line.access_id._last_sent_text(publications)
            meant = line.access_id._meant(publications)
            line.sees_text = meant != publications and ", ".join(meant.mapped("name"))

    def _refusals(self):
        if not self.invitation_id.publication_ids:
            return super()._refusals()
        # a mail about publications lets nobody in again who was revoked
        return self.access_id._refusals(reinstate=False)

    def _reason(self, refusal):
        if not (refusal and self.invitation_id.publication_ids):
            return super()._reason(refusal)
        return " ".join(filter(None, [refusal, self._mend_text()]))

    def _mend_text(self):
        """Say what to do about a reason that no change of the contact mends.

        :rtype: str | None
        """
        return {
            "revoked": self.env._("– Send Invitation lets them in again"),
            "not_granted": self.env._("– tick “Gets access” on the Customer Centre tab"),
            "role": self.env._("– choose another role on the Customer Centre tab"),
            "dates": self.env._("– change the dates of the access"),
        }.get(self.access_id.block_reason)
