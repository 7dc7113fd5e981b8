from odoo import api, fields, models


class CustomerInvitationText(models.TransientModel):
    """The text of an invitation in one language of its recipients."""

    _name = "customer.invitation.text"
    _description = "Text of an invitation"

    invitation_id = fields.Many2one("customer.invitation", required=True, ondelete="cascade")
    lang = fields.Char(required=True)
    subject = fields.Char(compute="_compute_text", store=True, readonly=False)
    body = fields.Html(
        compute="_compute_text",
        store=True,
        readonly=False,
        sanitize="email_outgoing",
    )
    edited = fields.Boolean(compute="_compute_edited")

    def _template_text(self):
        """Return the template's subject and body in the language of this text."""
        template = self.invitation_id.template_id.with_context(lang=self.lang)
        return template.subject, template.body_html

    @api.depends("invitation_id.template_id", "lang")
    def _compute_text(self):
        for text in self:
            text.subject, text.body = text._template_text()

    @api.depends("invitation_id.template_id", "lang", "subject", "body")
    def _compute_edited(self):
        for text in self:
            text.edited = (text.subject, text.body) != text._template_text()
