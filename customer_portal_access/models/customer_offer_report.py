from odoo import api, models


class ReportOffer(models.AbstractModel):
    """What the PDF of an offer shows; ``/report/...`` gets here with the reader's own rights."""

    _name = "report.customer_portal_access.report_offer"
    _description = "Offer as PDF"

    @api.model
    def _get_report_values(self, docids, data=None):
        offers = self.env["customer.publication"].browse(docids)
        offers.check_access("read")
        offers = offers.filtered(lambda offer: offer.kind == "offer")
        # sudo: who may read an offer may know whom it is for, and who answered
        offers_sudo = offers.sudo()
        return {
            "docs": offers_sudo,
            "offers": {
                offer.id: {
                    **offer._facts(),
                    "body": offer._print_text(),
                    "files": offer.attachment_ids.mapped("name"),
                    "answer": offer._answer_facts(),
                    "customer": offer._target().partner_id.commercial_partner_id.name,
                    "workspace": offer._target().name,
                }
                for offer in offers_sudo
            },
        }
