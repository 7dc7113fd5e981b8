from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..utils import without_defaults
from .customer_access_workspace import THREAD_SUBTYPES

# Written by verbs only, whatever rights a user has on the record.
FACTS = {
    "customer_source",
    "customer_access_id",
    "customer_name",
    "customer_form",
    # a file is put where it belongs from there: who may write the file need not write that
    "customer_publication_ids",
    "customer_message_ids",
}
PUBLICATION_MODELS = (
    "customer.publication",
    "customer.publication.entry",
    "customer.publication.response",
    "customer.publication.version",
)


class IrAttachment(models.Model):
    """Files of publications and from customers, which leave through the gate only.

    Odoo serves an attachment to whoever may read its document, or has a token of it. A
    project may be readable to a portal user who is not to see all its files. So for
    everybody but staff these are closed (a record rule, ``ir.binary``), and the pages of
    the workspace serve them, with ``sudo``, after the gate.
    """

    _inherit = "ir.attachment"

    customer_source = fields.Selection(
        [("upload", "Uploaded"), ("message", "With a message")],
        string="From a customer",
        readonly=True,
        copy=False,
    )
    customer_access_id = fields.Many2one(
        "customer.access",
        string="Uploaded by access",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    customer_name = fields.Char(
        string="Uploaded by",
        readonly=True,
        copy=False,
        help="Kept when the contact's access is removed.",
    )
    customer_form = fields.Char(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Tells the same file of the same form, sent twice.",
    )
    customer_publication_ids = fields.Many2many(
        "customer.publication", string="Customer publications", copy=False
    )
    customer_message_ids = fields.Many2many(
        "mail.message",
        "message_attachment_rel",
        "attachment_id",
        "message_id",
        string="Messages",
        copy=False,
    )
    customer_closed = fields.Boolean(
        compute="_compute_customer_closed",
        search="_search_customer_closed",
        help="Contacts and visitors get it in their workspace only.",
    )

    def _compute_customer_closed(self):
        closed = self._customer_closed()
        for attachment in self:
            attachment.customer_closed = attachment in closed

    @api.model
    def _search_customer_closed(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._customer_closed_domain() if True in value else ~self._customer_closed_domain()

    @api.model
    def _customer_closed_domain(self):
        """Return the domain of what contacts and visitors get in their workspace only.

        A picture pasted into a message to the customer has a token from its birth, and
        has to show in the mail.
        """
        subtypes = [self.env["ir.model.data"]._xmlid_to_res_id(xmlid) for xmlid in THREAD_SUBTYPES]
        thread = Domain("subtype_id", "in", subtypes)
        return (
            Domain("customer_source", "!=", False)
            | Domain("customer_publication_ids", "!=", False)
            | Domain("res_model", "in", PUBLICATION_MODELS)
            | (Domain("access_token", "=", False) & Domain("customer_message_ids", "any", thread))
        )

    def _customer_closed(self):
        """Return those of these attachments that leave through the gate only."""
        # sudo: this is asked for visitors who may read nothing
        found = self.sudo().search(
            Domain("id", "in", self._origin.ids) & self._customer_closed_domain()
        )
        return self.filtered(lambda attachment: attachment._origin.id in found._ids)

    def _customer_closed_to_me(self):
        """Say whether one of these is closed to the user: to everybody but staff.

        :rtype: bool
        """
        return not self.env.user._is_internal() and bool(self._customer_closed())

    # ------------------------------------------------------------
    # OTHER DOORS
    # ------------------------------------------------------------

    def generate_access_token(self):
        """Give out no token for what leaves through the gate only."""
        closed = self._customer_closed()
        return [
            ""
            if attachment in closed
            else super(IrAttachment, attachment).generate_access_token()[0]
            for attachment in self
        ]

    def _has_attachments_ownership(self, attachment_tokens):
        return not self._customer_closed_to_me() and super()._has_attachments_ownership(
            attachment_tokens
        )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_customer_facts({name for vals in vals_list for name in vals})
        return super(IrAttachment, without_defaults(self, FACTS)).create(vals_list)

    def write(self, vals):
        self._check_customer_facts(vals.keys())
        return super().write(vals)

    def _check_customer_facts(self, names):
        """Refuse what only the addon itself writes.

        :param names: the fields somebody wants to write
        :raises AccessError: unless the addon itself does it
        """
        if FACTS & set(names) and not self.env.su:
            raise AccessError(
                self.env._("Who uploaded a file, and where it is shown, cannot be written.")
            )
