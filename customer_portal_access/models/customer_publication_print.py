import base64

from odoo import api, models

from ..utils.html import Page, hold_external
from .customer_publication_text import INLINE_TYPES

# What wkhtmltopdf can do here: with too few workers it waits for ever for its style sheets.
PRINTING_STATES = {"ok", "upgrade"}


class CustomerPublication(models.Model):
    """An offer as PDF."""

    _inherit = "customer.publication"

    @api.model
    def _can_print(self):
        """Say whether PDFs can be made here.

        :rtype: bool
        """
        return self.env["ir.actions.report"].get_wkhtmltopdf_state() in PRINTING_STATES

    def _pdf(self, access):
        """Return an offer as PDF, in the contact's language and time zone.

        :param access: the ``customer.access`` of the contact
        :return: the PDF; ``None`` when there is none to be had
        :rtype: bytes | None
        """
        self.ensure_one()
        if self.kind != "offer" or not self._can_print():
            return None
        partner = access.partner_id
        # sudo: the gate has decided; contacts have no rights on offers
        report_sudo = self.env["ir.actions.report"].sudo()
        content, _type = report_sudo.with_context(
            lang=partner.lang, tz=partner.tz
        )._render_qweb_pdf("customer_portal_access.customer_publication_report", self.ids)
        return content

    def _print_text(self):
        """Return the text with its own pictures inside, and none from elsewhere.

        :rtype: Markup
        """
        local = {
            file.id: f"data:{file.mimetype};base64,{base64.b64encode(file.raw).decode()}"
            for file in self._embedded()
            if file.mimetype in INLINE_TYPES
        }
        page = Page(self.get_base_url(), local, self._held_texts())
        return hold_external(self.body, page)[0]
