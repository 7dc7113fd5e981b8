from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerPolicyChange(models.Model):
    """Undoing a change: what somebody has changed since stays as it is now."""

    _inherit = "customer.policy.change"

    def action_undo(self):
        """Put back what was there, for a day, but for what was changed again since.

        :return: a notification that says how much
        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        :raises UserError: when it is too late, or undone already
        """
        self.ensure_one()
        self.company_id._customer_check_admin()
        self.check_access("read")
        change_sudo = self.sudo()  # the verbs write it, after they have asked
        change_sudo._undo()
        message = self.env._("Undone for %(count)s.", count=self.restored)
        if self.kept:
            message += " " + self.env._(
                "%(count)s were changed again since, and stay as they are now.", count=self.kept
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if self.kept else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _undo(self):
        self.env.cr.execute(
            "SELECT id FROM customer_policy_change WHERE id = %s FOR UPDATE", [self.id]
        )
        self.invalidate_recordset(flush=False)
        if not self.can_undo:
            raise UserError(
                self.env._("Undone already.")
                if self.undone_at
                else self.env._("A day has passed: this cannot be undone any more.")
            )
        lines = self.line_ids.grouped("kind")
        none = self.line_ids.browse()
        restored = self._undo_default(lines.get("default", none))
        restored += self._undo_rows()
        accesses = self._undo_accesses(lines.get("access", none))
        total = sum(self.line_ids.mapped("count"))
        self.write(
            {
                "undone_at": fields.Datetime.now(),
                "undone_by_id": self.env.uid,
                "restored": restored + accesses,
                "kept": max(0, total - restored - accesses),
            }
        )

    def _undo_default(self, line):
        """Put the company's default back, if nobody has changed it since."""
        company = self.company_id
        held = (company.customer_portal_default, company.customer_default_role_id)
        if not line or held != (line.policy_after, line.role_after_id):
            return 0
        company.write(
            {
                "customer_portal_default": line.policy_before,
                "customer_default_role_id": line.role_before_id.id,
            }
        )
        return line.count

    def _undo_rows(self):
        """Put back what was set for contacts, where it is still as this change left it."""
        changed = SQL(
            """
            SELECT partner.id, held.id AS row_id, held.policy, held.role_id,
                   line.policy_before AS new_policy, line.role_before_id AS new_role
              FROM customer_policy_change_line line
              JOIN LATERAL jsonb_array_elements(line.record_ids) record(id) ON TRUE
              JOIN res_partner partner ON partner.id = record.id::int4
              LEFT JOIN customer_portal_policy held
                     ON held.partner_id = partner.id AND held.company_id = %(company)s
             WHERE line.change_id = %(change)s AND line.kind = 'policy'
               AND (held.policy, held.role_id)
                   IS NOT DISTINCT FROM (line.policy_after, line.role_after_id)
               AND (held.partner_id IS NULL OR held.change_number = %(change)s)
            """,
            company=self.company_id.id,
            change=self.id,
        )
        return self.env["customer.portal.policy"]._write_rows(changed, self.company_id)

    def _undo_accesses(self, lines):
        """Put back roles of accesses, where they are still as this change left them."""
        restored = 0
        for line in lines:
            self.env.cr.execute(
                "UPDATE customer_access SET role_id = %s WHERE id = ANY(%s) AND role_id = %s",
                [line.role_before_id.id, line.record_ids, line.role_after_id.id],
            )
            restored += self.env.cr.rowcount
        self.env.invalidate_all(flush=False)
        return restored
