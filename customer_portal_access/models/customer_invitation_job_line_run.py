import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError

from .customer_access_text import Letter

_logger = logging.getLogger(__name__)


class CustomerInvitationJobLine(models.Model):
    """What is done to a row."""

    _inherit = "customer.invitation.job.line"

    def _run(self):
        """Handle these rows; one that breaks never stops the others."""
        try:
            with self.env.cr.savepoint():
                self._do()
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.warning("A batch of invitations broke: its rows go one by one", exc_info=True)
            for line in self:
                line._run_alone()

    def _run_alone(self):
        try:
            with self.env.cr.savepoint():
                self._do()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            known = isinstance(error, UserError)
            if not known:
                _logger.exception("An invitation broke (row %s)", self.id)
            self.env.invalidate_all()
            self._note("failed", "error", str(error) if known else type(error).__name__)

    def _do(self):
        """Queue the mails of these rows."""
        links = self.filtered(lambda line: line.way == "link")
        links._queue_links()
        (self - links)._queue_sign_ins()

    def _note(self, state, reason=None, detail=None):
        """Note what became of these rows, in the batch's own transaction."""
        self.sudo().write(  # sudo: rows are written by verbs only
            {
                "state": state,
                "reason": reason,
                "detail": detail and detail[:500],
                "done_at": fields.Datetime.now(),
            }
        )

    def _queue_links(self):
        """Queue invitations with a personal link, after a last look at who may have one."""
        gone = self.filtered(lambda line: not line.access_id)
        gone._note("skipped", "gone")
        lines = (self - gone).grouped("access_id")
        accesses = self.access_id
        letter = Letter(self.job_id.template_id)
        values, reasons, _faults = accesses._letter_values(letter)
        for access, reason in reasons.items():
            lines[access]._note("skipped", "changed", reason)
        self.env["mail.mail"]._queue_letters(
            [{**mail, "customer_job_line_id": lines[access].id} for access, mail in values.items()]
        )
        ready = accesses.filtered(lambda access: access in values)
        ready._mark_sent(letter, "invited")
        self.filtered(lambda line: line.access_id in ready)._note("queued")
        self.env["mail.mail"]._trigger_queue()

    def _queue_sign_ins(self):
        """Queue "come and sign in", after a last look at who may come."""
        job = self.job_id
        welcome = self.partner_id.filtered_domain(
            self.env["res.partner"]._customer_enabled_domain(job.company_id)
        )
        vals_list, ready = [], self.browse()
        for line in self:
            if line.partner_id not in welcome:
                line._note("skipped", "policy")
                continue
            mail = line.partner_id._customer_sign_in_mail(job.sign_in_template_id, job.company_id)
            vals_list.append({**mail, "customer_job_line_id": line.id})
            ready |= line
        self.env["mail.mail"]._queue_letters(vals_list)
        ready._note("queued")
        if ready:
            self.env["mail.mail"]._trigger_queue()
