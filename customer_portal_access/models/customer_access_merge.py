from odoo import models

NAMED_AT_MOST = 10


class CustomerAccess(models.Model):
    """What an access hangs on is merged or deleted: it moves along, nothing dangles."""

    _inherit = "customer.access"

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    def _move(self, field, record):
        """Point these accesses at another record; where one is there, they become one.

        :param str field: ``partner_id``, ``customer_id`` or ``lead_id``
        :param record: the record that stays
        """
        for access in self:
            twin = self.search(access._twin_domain({field: record.id}), limit=1)
            if twin == access:
                continue
            if twin:
                twin._absorb(access)
            else:
                name = access.display_name
                access[field] = record
                self.env["customer.access.event"]._log("merged", access, name)

    def _twin_domain(self, changes):
        keys = ("partner_id", "customer_id", "lead_id", "project_id", "company_id")
        return [(key, "=", changes.get(key, self[key].id)) for key in keys]

    def _absorb(self, other):
        """Take over another access on the same target: the stronger role wins.

        An access that is over makes nobody stronger, and does not end one that is not.

        :param other: the access that goes
        """
        self.ensure_one()
        running = (self | other).filtered_domain(self._running_domain())
        stronger = len(other.role_id.permission_ids) > len(self.role_id.permission_ids)
        if running == other:
            self.write(
                {
                    "role_id": other.role_id.id,
                    "granted": True,
                    "date_from": other.date_from,
                    "date_until": other.date_until,
                }
            )
        elif running != self and stronger:
            self.role_id = other.role_id
        if running == self | other:
            self.date_from = self.date_from and other.date_from and min(running.mapped("date_from"))
            self.date_until = (
                self.date_until and other.date_until and max(running.mapped("date_until"))
            )
        other._end("merged")
        self.env.cr.execute(
            "UPDATE customer_access_event SET access_id = %s WHERE access_id = %s",
            [self.id, other.id],
        )
        self.env["customer.access.event"]._log("merged", self, other.display_name)
        other.unlink()

    # ------------------------------------------------------------
    # DELETING
    # ------------------------------------------------------------

    def _let_go(self, refusal, label, reader):
        """Remove these accesses, whose contact or target is deleted, if all are over.

        :param refusal: returns the sentence to refuse with, from the names in the way
        :param str label: the field that names an access in that sentence
        :param reader: the environment of whoever deletes; what this user may not see is
            counted only
        :raises UserError: as long as somebody has access
        """
        running_sudo = self.filtered_domain(self._running_domain())
        if not running_sudo:
            self.unlink()
            return
        seen = running_sudo.with_env(reader)._filtered_access("read")
        names = list(dict.fromkeys(seen[:NAMED_AT_MOST].mapped(label)))
        if unnamed := len(running_sudo) - len(seen[:NAMED_AT_MOST]):
            names.append(self.env._("%(count)s more", count=unnamed))
        raise refusal("\n".join(names))
