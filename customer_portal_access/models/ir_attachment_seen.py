from odoo import api, models
from odoo.exceptions import UserError

# What a file is, and whose.
CONTENT = {
    "name",
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "mimetype",
    "type",
    "url",
    "res_model",
    "res_id",
    "res_field",
}


class IrAttachment(models.Model):
    """Files of an offer that customers have seen stay as they are, as its text does.

    Who may write the offer may write its files, too: another content would be accepted
    without a new version, or change what has been accepted.
    """

    _inherit = "ir.attachment"

    def write(self, vals):
        if CONTENT & vals.keys():
            self._check_customer_seen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _keep_customer_seen(self):
        self._check_customer_seen()

    def _check_customer_seen(self):
        """Refuse to change files of offers that have been published.

        :raises UserError: unless the addon itself does it
        """
        if self.env.su:
            return
        # sudo: whoever may write a file need not read what it belongs to
        files_sudo = self.sudo().filtered(lambda file: file.res_model == "customer.publication")
        offers_sudo = self.env["customer.publication"].sudo()
        offers_sudo = offers_sudo.browse(files_sudo.mapped("res_id")).exists()
        for offer_sudo in offers_sudo.filtered("version_ids"):
            raise UserError(
                self.env._(
                    "This file belongs to the offer “%(offer)s”, which customers have seen: it "
                    "stays as it is. Add another file to the offer instead.",
                    offer=offer_sudo.name,
                )
            )
