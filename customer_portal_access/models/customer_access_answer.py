from markupsafe import Markup

from odoo import models


class CustomerAccess(models.Model):
    """What a contact sees of answering an offer, and what staff hear of it."""

    _inherit = "customer.access"

    def _publication_page_values(self, publication, assurance, show_images=False):
        values = super()._publication_page_values(publication, assurance, show_images)
        return {
            **values,
            "may_respond": publication._may_respond(self, assurance),
            "decisions": publication._decisions(),
            "typed": {"signed_by": self.sudo().partner_id.name},
            "errors": {},
        }

    def _report_answer(self, response):
        """Tell staff that the contact has answered an offer.

        :param response: the ``customer.publication.response``
        """
        offer = response.publication_id
        words = {
            "contact": self.partner_id.name,
            "offer": offer.name,
            "amount": offer._facts()["amount"] or "",
            "version": offer.version,
        }
        env = self._staff_env()
        if response.decision == "accepted":
            summary = env._("%(contact)s has accepted “%(offer)s”", **words)
        else:
            summary = env._("%(contact)s has declined “%(offer)s”", **words)
        details = [env._("Version %(version)s", **words), words["amount"]]
        if response.signed_by:
            details.append(env._("signed by %(name)s", name=response.signed_by))
        text = Markup("%s (%s)") % (summary, ", ".join(filter(None, details)))
        if response.comment:
            text += Markup("<br/>“%s”") % response.comment
        self._report(
            "publication_answered",
            text,
            activity=summary,
            notify=True,
            reason=f"{response.decision}: {offer.name}",
        )
