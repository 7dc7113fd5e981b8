from odoo import models


class CustomerAccess(models.Model):
    """Merging contacts, customers and opportunities: accesses move, nothing dangles."""

    _inherit = "customer.access"

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
                access[field] = record

    def _twin_domain(self, changes):
        keys = ("partner_id", "customer_id", "lead_id", "project_id", "company_id")
        return [(key, "=", changes.get(key, self[key].id)) for key in keys]

    def _absorb(self, other):
        """Take over another access on the same target: the stronger role wins.

        :param other: the access that goes
        """
        self.ensure_one()
        if len(other.role_id.permission_ids) > len(self.role_id.permission_ids):
            self.role_id = other.role_id
        self.granted = self.granted or other.granted
        other._end("merged")
        self.env.cr.execute(
            "UPDATE customer_access_event SET access_id = %s WHERE access_id = %s",
            [self.id, other.id],
        )
        self.env["customer.access.event"]._log("merged", self, other.display_name)
        other.unlink()
