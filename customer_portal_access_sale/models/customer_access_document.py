from odoo import SUPERUSER_ID, api, models


class CustomerAccess(models.Model):
    """Quotations, orders and invoices on Odoo's own pages, by the same gate as in the workspace."""

    _inherit = "customer.access"

    @api.model
    def _portal_document(self, model_name, document_id, partner, assurance):
        """Return what a contact opens on Odoo's own page of it, to go on and pay.

        Odoo's rules know colleagues only: somebody from another house may be a contact, too.

        :param str model_name: ``sale.order`` or ``account.move``
        :param int document_id: from the address
        :param partner: the contact who is signed in
        :param str assurance: the level of the log-in
        :return: the document with the rights of Odoo's own pages; none when it is not
            open to this contact
        """
        name = {"sale.order": "_find_order", "account.move": "_find_invoice"}[model_name]
        accesses_sudo = self.sudo().search([("partner_id", "=", partner.id)])  # the gate decides
        opening_sudo = accesses_sudo.filtered(
            lambda access: getattr(access, name)(document_id, assurance)
        )
        document_sudo = self.env[model_name].browse(document_id if opening_sudo else [])
        document_sudo = document_sudo.with_user(SUPERUSER_ID)
        if model_name == "sale.order" and not any(
            access._may_respond_quotations(assurance) for access in opening_sudo
        ):
            return document_sudo.with_context(customer_looks_only=True)
        return document_sudo
