from odoo import api, models
from odoo.tools import clean_context


class CustomerPublication(models.Model):
    """Publications are copied as drafts: what customers did with them stays behind."""

    _inherit = "customer.publication"

    @api.depends("name", "kind")
    @api.depends_context("customer_publication_kind", "lang")
    def _compute_display_name(self):
        if not self.env.context.get("customer_publication_kind"):
            return super()._compute_display_name()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for publication in self:
            publication.display_name = f"{publication.name} ({labels[publication.kind]})"

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" in (default or {}):
            return vals_list
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=publication.name)}
            for publication, vals in zip(self, vals_list, strict=True)
        ]

    def action_duplicate(self):
        """Copy these as drafts onto the same opportunity or project.

        :rtype: bool
        """
        self.copy()
        return True

    def _copy_to(self, target, with_rows=False):
        """Copy these as drafts onto an opportunity or project, in the same order.

        :param target: the opportunity or project
        :param bool with_rows: rows that staff filled in go along
        :return: the drafts
        """
        field = target._fields["customer_publication_ids"].inverse_name
        place = {"lead_id": False, "project_id": False, field: target.id}
        source = self.with_context(clean_context(self.env.context))
        last = max(target.customer_publication_ids.mapped("sequence"), default=0)
        drafts = source.browse()
        for offset, publication in enumerate(source, start=1):
            draft = publication.copy({**place, "name": publication.name, "sequence": last + offset})
            if with_rows:
                publication._copy_rows(draft)
            drafts |= draft
        return drafts

    def _copy_rows(self, draft):
        """Copy the rows that staff filled in and no customer has touched.

        :param draft: the copy of this list
        """
        self.entry_ids.create(
            [
                {
                    "publication_id": draft.id,
                    "sequence": row.sequence,
                    "values": row["values"],  # Odoo copies no properties by itself
                }
                for row in self._staff_rows()
            ]
        )

    def _staff_rows(self):
        """Return the rows that staff filled in and no customer has touched."""
        return self.entry_ids.filtered(lambda row: not (row.access_id or row.is_customer_row))
