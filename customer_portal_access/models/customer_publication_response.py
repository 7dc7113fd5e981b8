from odoo import fields, models
from odoo.tools import formataddr

from ..utils import strip_invisible


class CustomerPublicationResponse(models.Model):
    """A contact's answer to an offer. It stays when the contact's access goes."""

    _name = "customer.publication.response"
    _description = "Answer to a publication"
    _order = "id desc"
    _rec_name = "publication_id"

    publication_id = fields.Many2one(
        "customer.publication", required=True, readonly=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one(
        "customer.publication.version",
        readonly=True,
        ondelete="restrict",
        help="What was answered.",
    )
    access_id = fields.Many2one(
        "customer.access", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_name = fields.Char(string="Name", readonly=True)
    partner_email = fields.Char(string="E-mail", readonly=True)
    decision = fields.Selection(
        [("accepted", "Accepted"), ("declined", "Declined")], required=True, readonly=True
    )
    comment = fields.Text(readonly=True)
    signed_by = fields.Char(readonly=True)
    signature = fields.Binary(attachment=True, readonly=True)
    is_current = fields.Boolean(
        readonly=True, default=True, help="False: staff have reopened the offer since."
    )
    company_id = fields.Many2one(related="publication_id.company_id", store=True, precompute=True)

    _once = models.UniqueIndex("(publication_id) WHERE is_current")

    def _facts(self):
        """Return what contacts read of an answer.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "decision": self.decision,
            "name": self.signed_by or self.partner_name or "",
            "date": self.create_date,
            "comment": self.comment,
        }

    def _confirm_by_mail(self, access):
        """Queue a mail to the contact that repeats the answer; it holds no link.

        It goes to the address on record: whoever holds a link may have answered.

        :param access: the ``customer.access`` of the contact
        """
        self.ensure_one()
        if not access.email:
            return
        company, in_charge = access.company_id, access.person_in_charge_id
        offer = self.publication_id
        words = {
            "customer_name": access._contact_name(),
            "customer_company": company.name,
            "customer_offer": strip_invisible(offer.name),
            "customer_amount": offer._facts()["amount"] or "",
            "customer_in_charge": in_charge.name or company.name,
            "customer_phone": in_charge.partner_id.phone or company.phone or "",
        }
        # sudo: contacts may read no template
        template_sudo = self.env.ref("customer_portal_access.mail_template_answer").sudo()
        template_sudo.with_context(**words, lang=access.partner_id.lang).send_mail(
            self.id,
            email_values={
                "email_from": company._customer_sender(in_charge),
                "reply_to": in_charge.email_formatted or company._customer_sender(in_charge),
                "email_to": formataddr((words["customer_name"], access.email)),
                "recipient_ids": [],
                "record_company_id": company.id,
            },
            email_layout_xmlid="mail.mail_notification_light",
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
