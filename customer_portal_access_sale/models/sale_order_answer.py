import base64

from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL

from odoo.addons.customer_portal_access.utils import (
    MESSAGE_LENGTH,
    NAME_LENGTH,
    own_transaction,
    read_signature,
    strip_invisible,
)

DECISIONS = ("accepted", "declined")


class SaleOrder(models.Model):
    """A contact accepts or declines a quotation, once, or chooses its options."""

    _inherit = "sale.order"

    def _customer_is_open(self):
        """Say whether it can be answered now.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.state in ("draft", "sent")
            and not self.is_expired
            and not self.signed_on
            and bool(self.customer_published_at)
        )

    def _customer_respond(
        self, access, decision, comment="", signed_by="", signature="", version=None, *, assurance
    ):
        """Note a contact's answer, once, whoever else answers at the same moment.

        :param access: the ``customer.access`` of the contact
        :param str decision: ``accepted`` or ``declined``
        :param str comment: plain text; the reason, when it is declined
        :param str signed_by: who accepts
        :param str signature: a PNG image in Base64, when it was drawn
        :param version: what ``_customer_version`` was when the contact read it
        :param str assurance: the level the visitor has reached
        :return: ``status``: ``ok``, ``no``, ``closed``, ``changed``, or ``error`` with
            ``errors``, a sentence a field
        :rtype: dict
        """
        self.ensure_one()
        if not access._may_respond_quotations(assurance) or decision not in DECISIONS:
            return {"status": "no"}
        if refusal := self._customer_refusal(version):
            return {"status": refusal}
        image, problem = read_signature(signature)
        values = {
            "decision": decision,
            "comment": (comment or "").replace("\0", "").strip(),
            "signed_by": strip_invisible(signed_by) or "",
            "signature": image and base64.b64encode(image),
        }
        if errors := self._customer_answer_errors(values, problem):
            return {"status": "error", "errors": errors}
        with own_transaction(access.env) as env:
            status = self.with_env(env)._customer_answer(access.with_env(env), values, version)
        self.invalidate_recordset()
        return {"status": status}

    def _customer_refusal(self, version):
        """Return why this cannot be answered so, or ``None``."""
        if not self._customer_is_open():
            return "closed"
        return None if version == self._customer_version() else "changed"

    def _customer_answer_errors(self, values, problem):
        """Return what is wrong with an answer: a sentence a field.

        :param dict values: of the answer
        :param problem: why there is no signature, if there is none
        :rtype: dict
        """
        errors = {}
        if len(values["comment"]) > MESSAGE_LENGTH:
            errors["comment"] = self.env._(
                "This is too long: please keep it below %(count)s characters.",
                count=MESSAGE_LENGTH,
            )
        if values["decision"] == "declined":
            if not values["comment"]:
                errors["comment"] = self.env._("Please give a reason: it helps us to do better.")
            return errors
        if not values["signed_by"]:
            errors["signed_by"] = self.env._("Please enter your name.")
        elif len(values["signed_by"]) > NAME_LENGTH:
            errors["signed_by"] = self.env._("This name is too long.")
        if problem == "bad":
            errors["signature"] = self.env._("This signature cannot be read. Please draw it again.")
        elif problem and self.require_signature:
            errors["signature"] = self.env._("Please draw your signature.")
        return errors

    def _customer_lock(self):
        """Wait for whoever answers or changes it now, and look again.

        :return: whether it is still there
        :rtype: bool
        """
        self.env.cr.execute(SQL("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", self.id))
        self.env.invalidate_all()
        return bool(self.env.cr.fetchone())

    def _customer_answer(self, access, values, version):
        """Take the steps of Odoo's own page, unless somebody was faster.

        It runs in a transaction of its own: what it does is done once, however often
        the request is run again.

        :return: a status, as ``_customer_respond``
        :rtype: str
        """
        if not self._customer_lock():
            return "no"
        if refusal := self._customer_refusal(version):
            return refusal
        order = self.with_user(SUPERUSER_ID)  # as core's route
        if values["decision"] == "accepted":
            order._customer_accept(access, values)
        else:
            order._action_cancel()
            order._customer_post(access, values["comment"])
        access._report_quotation(order, values)
        return "ok"

    def _customer_accept(self, access, values):
        """Sign, and confirm what needs no payment first."""
        self.write(
            {
                "signed_by": values["signed_by"],
                "signed_on": fields.Datetime.now(),
                "signature": values["signature"],
            }
        )
        self.env.cr.flush()
        if not self._has_to_be_paid():
            self._validate_order()
        text = self.env._("Order signed by %(name)s", name=values["signed_by"])
        if values["comment"]:
            text = f"{text}: {values['comment']}"
        pdf = self._customer_pdf(access)
        self._customer_post(access, text, [(f"{self.name}.pdf", pdf)] if pdf else [])

    def _customer_post(self, access, text, files=()):
        self.message_post(
            body=text,  # plain text: escaped
            author_id=access.partner_id.id,
            attachments=list(files),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _customer_pdf(self, access):
        """Return the quotation as PDF, or ``None``.

        Odoo's report speaks the language of the partner who is on the quotation.

        :rtype: bytes | None
        """
        return access._print("sale.action_report_saleorder", self)

    def _customer_choose(self, access, line_id, quantity, *, assurance):
        """Take or leave an option.

        :param access: the ``customer.access`` of the contact
        :param int line_id: from the form
        :param float quantity: how many; 0: none
        :param str assurance: the level the visitor has reached
        :return: whether it was taken
        :rtype: bool
        """
        self.ensure_one()
        if not access._may_respond_quotations(assurance) or not 0 <= quantity <= 1_000_000:
            return False
        with own_transaction(access.env) as env:
            order = self.with_env(env)
            if not order._customer_lock() or not order._customer_is_open():
                return False
            line = order.order_line.filtered(lambda line: line.id == line_id)
            if not line or line.display_type or not line._can_be_edited_on_portal():
                return False
            line.with_user(SUPERUSER_ID).product_uom_qty = quantity
        self.invalidate_recordset()
        self.order_line.invalidate_recordset()
        return True
