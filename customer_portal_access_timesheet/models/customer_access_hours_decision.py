from markupsafe import Markup

from odoo import models
from odoo.fields import Domain

from odoo.addons.customer_portal_access.utils import MESSAGE_LENGTH, own_transaction

from .account_analytic_line import BY_VERB

DECISIONS = ("approved", "rejected")
# So many lines are decided on at once.
HOURS_AT_ONCE = 1000


class CustomerAccess(models.Model):
    """A contact approves hours, or sends them back with a reason."""

    _inherit = "customer.access"

    def _may_decide_hours(self, assurance):
        """Say whether the visitor may approve hours here, and not only look.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return (
            not self.env.context.get("customer_preview")
            and not self._is_read_only()
            and self._may_see_hours(assurance)
        )

    def _decide_hours(self, assurance, decision, tokens, comment=""):
        """Approve lines or send them back, once, whoever else decides at the same moment.

        :param str assurance: the level the visitor has reached
        :param str decision: ``approved`` or ``rejected``
        :param tokens: of the lines, as the page had them: id and stamp
        :param str comment: plain text; the reason, when they are sent back
        :return: ``status``: ``no``; ``error`` with ``errors``, a code a field; or ``ok``
            with ``outcome``: how many lines are ``done``, ``changed`` since the page was
            shown, ``decided`` before by somebody else or otherwise, and ``gone``
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_decide_hours(assurance) or decision not in DECISIONS:
            return {"status": "no"}
        comment = (comment or "").replace("\0", "").strip()
        seen = read_tokens(tokens)
        if errors := self._hours_errors(decision, seen, comment):
            return {"status": "error", "errors": errors}
        with own_transaction(self.env) as env:
            outcome = self.with_env(env)._decide_hours_now(assurance, decision, seen, comment)
        # written by another transaction
        self.env["account.analytic.line"].invalidate_model()
        return outcome

    def _hours_errors(self, decision, seen, comment):
        """Return what is wrong with a decision: a code a field."""
        errors = {}
        if not seen:
            errors["lines"] = "none"
        elif len(seen) > HOURS_AT_ONCE:
            errors["lines"] = "too_many"
        if decision == "rejected" and not comment:
            errors["comment"] = "missing"
        elif len(comment) > MESSAGE_LENGTH:
            errors["comment"] = "too_long"
        return errors

    def _decide_hours_now(self, assurance, decision, seen, comment):
        """Decide, in a transaction of its own, and tell staff."""
        # looked at afresh: who was taken off since decides nothing
        lines = self._hours(assurance, Domain("id", "in", list(seen)))
        result = lines._customer_decide(self, decision, comment, seen)
        if result["done"]:
            self._report_hours(decision, result["done"], comment)
        return {
            "status": "ok",
            "outcome": {
                "done": len(result["done"] | result["same"]),
                "changed": len(result["changed"]),
                "decided": len(result["decided"]),
                "gone": len(seen) - len(lines),
            },
        }

    def _absorb(self, other):
        other._move_decided_hours(self)
        return super()._absorb(other)

    def _forget(self):
        """Whoever takes this place has not decided what was decided before."""
        self._move_decided_hours(self.browse())
        return super()._forget()

    def _move_decided_hours(self, access):
        """Have what was decided by these accesses point to another one, or to none."""
        # sudo: who may merge moves what hangs on the accesses
        lines_sudo = self.env["account.analytic.line"].sudo()
        lines_sudo.search([("customer_state_access_id", "in", self.ids)]).with_context(
            customer_hours_verb=BY_VERB
        ).write({"customer_state_access_id": access.id})

    # ------------------------------------------------------------
    # WHAT STAFF HEAR
    # ------------------------------------------------------------

    def _report_hours(self, decision, lines, comment):
        """Tell staff of a decision; what was sent back, the employees, too.

        :param lines: ``account.analytic.line`` records of this project
        """
        env = self._staff_env()
        lines = lines.with_env(env)
        words = {
            "contact": self.partner_id.name,
            "hours": lines._customer_hours_text(),
            "days": lines._customer_days_text(),
            "people": ", ".join(
                f"{employee.name} {theirs._customer_hours_text()}"
                for employee, theirs in lines.grouped("employee_id").items()
            ),
        }
        if decision == "approved":
            summary = env._(
                "%(contact)s has approved %(hours)s hours, %(days)s: %(people)s", **words
            )
        else:
            summary = env._(
                "%(contact)s has sent back %(hours)s hours, %(days)s: %(people)s", **words
            )
        text = Markup("%s") % summary
        if comment:
            text += Markup("<br/>“%s”") % comment
        self._report(
            f"hours_{decision}",
            text,
            notify=decision == "rejected",
            reason=f"{words['days']}: {words['hours']}",
            facts={"lines": {str(line.id): line.customer_stamp for line in lines}},
        )
        if decision == "rejected":
            self._tell_employees(lines, comment)

    def _tell_employees(self, lines, comment):
        """Notify those whose hours were sent back, each in the own language."""
        in_charge = self.person_in_charge_id  # told already
        for user, theirs in lines.grouped(lambda line: line.employee_id.user_id).items():
            if not user.active or user == in_charge:
                continue
            theirs = theirs.with_context(lang=user.lang)
            subject = theirs.env._(
                "Please correct your hours: %(days)s", days=theirs._customer_days_text()
            )
            text = Markup("%s<br/>“%s”") % (
                theirs.env._(
                    "%(contact)s has sent back %(hours)s of your hours. Once corrected they are "
                    "to be approved again.",
                    contact=self.partner_id.name,
                    hours=theirs._customer_hours_text(),
                ),
                comment,
            )
            theirs.project_id.message_notify(
                partner_ids=user.partner_id.ids,
                subject=subject,
                body=text,
                author_id=self.partner_id.id,
            )


def read_tokens(tokens):
    """Return what a page had of lines: the stamp of each, by its id.

    :param tokens: texts from outside; what is none is left out
    :rtype: dict[int, str]
    """
    seen = {}
    for token in tokens:
        number, dash, stamp = token.partition("-")
        if dash and number.isdecimal() and len(number) < 10:
            seen[int(number)] = stamp
    return seen
