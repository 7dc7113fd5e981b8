import base64

from odoo import fields, models
from odoo.tools import SQL

from ..utils import MESSAGE_LENGTH, NAME_LENGTH, own_transaction, read_signature, strip_invisible


class CustomerPublication(models.Model):
    """A contact accepts or declines an offer, once."""

    _inherit = "customer.publication"

    def _may_respond(self, access, assurance):
        """Say whether a contact may answer this offer.

        :param access: the ``customer.access`` of the contact
        :param str assurance: the level the visitor has reached
        :return: ``yes``, ``waits`` (after confirming who one is) or ``no``
        :rtype: str
        """
        self.ensure_one()
        if self.kind != "offer":
            return "no"
        for answer, level in (("yes", assurance), ("waits", "account")):
            if access._check("respond_offers", level, self):
                return answer
        return "no"

    def _decisions(self):
        """Return what a contact may still decide.

        :rtype: list[str]
        """
        self.ensure_one()
        allowed = {"accepted": self.allow_accept, "declined": self.allow_decline}
        if not self._is_open() or self._current_response():
            return []
        return [decision for decision, is_allowed in allowed.items() if is_allowed]

    def _respond(
        self, access, decision, comment="", signed_by="", signature="", version=None, *, assurance
    ):
        """Note a contact's answer, once, whoever else answers at the same moment.

        :param access: the ``customer.access`` of the contact
        :param str decision: ``accepted`` or ``declined``
        :param str comment: plain text; the reason, when it is declined
        :param str signed_by: who accepts
        :param str signature: a PNG image in Base64, when it was drawn
        :param version: the number of the version that the contact has read; none: today's
        :param str assurance: the level the visitor has reached
        :return: ``status``: ``ok``; ``no`` or ``waits`` as ``_may_respond`` says;
            ``answered`` (somebody was faster), ``closed``, ``changed`` (staff have changed it
            since), or ``error`` with ``errors``, a sentence a field
        :rtype: dict
        """
        self.ensure_one()
        may = self._may_respond(access, assurance)
        if may != "yes":
            return {"status": may}
        if access.env.context.get("customer_preview"):
            return {"status": "no"}
        if refusal := self._refusal(access, decision, version):
            return {"status": refusal}
        image, problem = read_signature(signature)
        values = {
            "decision": decision,
            "comment": (comment or "").replace("\0", "").strip(),
            "signed_by": strip_invisible(signed_by) or False,
            "signature": image and base64.b64encode(image),
        }
        if errors := self._answer_errors(values, problem):
            return {"status": "error", "errors": errors}
        with own_transaction(access.env) as env:
            status = self.with_env(env)._answer(access.with_env(env), values, version)
        self.invalidate_recordset()
        return {"status": status}

    def _refusal(self, access, decision, version):
        """Return why this cannot be answered so, or ``None``.

        :return: ``answered``, ``closed``, ``changed``, ``no``, or ``ok`` when this very
            answer of this contact was noted before
        """
        if answer := self._current_response():
            mine = answer.access_id == access and answer.decision == decision
            return "ok" if mine else "answered"
        if not self._is_open():
            return "closed"
        if decision not in self._decisions():
            return "no"
        if str(version or self.version) != str(self.version):
            return "changed"
        return None

    def _answer_errors(self, values, problem):
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
        if len(values["signed_by"] or "") > NAME_LENGTH:
            errors["signed_by"] = self.env._("This name is too long.")
        if values["decision"] == "declined":
            if not values["comment"]:
                errors["comment"] = self.env._("Please give a reason: it helps us to do better.")
            return errors
        if not values["signed_by"]:
            errors["signed_by"] = self.env._("Please enter your name.")
        if problem == "bad":
            errors["signature"] = self.env._("This signature cannot be read. Please draw it again.")
        elif problem and self.require_signature:
            errors["signature"] = self.env._("Please draw your signature.")
        return errors

    def _answer(self, access, values, version):
        """Write an answer, unless somebody was faster; tell staff and who answered.

        It runs in a transaction of its own: what it does is done once, however often
        the request is run again.

        :return: a status, as ``_respond``
        :rtype: str
        """
        # The update waits for whoever answers or changes the offer now, and lets a change
        # that began before the answer fail: it looks again, and finds the offer locked.
        self.env.cr.execute(
            SQL(
                "UPDATE customer_publication SET write_date = %s WHERE id = %s RETURNING id",
                fields.Datetime.now(),
                self.id,
            )
        )
        if not self.env.cr.fetchone():  # deleted meanwhile
            return "no"
        self.invalidate_recordset()
        self.response_ids.invalidate_recordset()
        if refusal := self._refusal(access, values["decision"], version):
            return refusal
        partner = access.partner_id
        response = self.env["customer.publication.response"].create(
            {
                **values,
                "publication_id": self.id,
                "version_id": self._current_version().id,
                "access_id": access.id,
                "partner_id": partner.id,
                "partner_name": partner.name,
                "partner_email": partner.email,
            }
        )
        access._report_answer(response)
        response._confirm_by_mail(access)
        return "ok"
