from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..utils import without_defaults

# What the addon itself notes of a row: nobody writes it by hand.
FACTS = {"revision", "access_id", "is_customer_row", "changed_by", "changed_at", "form_key"}


class CustomerPublicationEntry(models.Model):
    """One row of a published list.

    This file holds the facts, and what staff write. Contacts change rows by the verbs
    in ``customer_publication_entry_change``.
    """

    _name = "customer.publication.entry"
    _description = "Row of a list"
    _order = "sequence, id"
    _rec_name = "publication_id"

    publication_id = fields.Many2one(
        "customer.publication", required=True, ondelete="cascade", index=True
    )
    active = fields.Boolean(default=True, help="Removed rows can be taken back.")
    sequence = fields.Integer(default=10)
    values = fields.Properties(definition="publication_id.columns_definition")
    revision = fields.Integer(
        readonly=True,
        default=1,
        copy=False,
        help="Counts the changes, so that two people lose nothing.",
    )
    access_id = fields.Many2one(
        "customer.access",
        string="Last changed by contact",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="Empty: staff.",
    )
    is_customer_row = fields.Boolean(
        string="Added by the customer",
        readonly=True,
        copy=False,
        help="Contacts may always remove what contacts have added.",
    )
    changed_by = fields.Char(string="Last changed by", readonly=True, copy=False)
    changed_at = fields.Datetime(string="Last changed", readonly=True, copy=False)
    form_key = fields.Char(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Of the form that added it: the same form sent twice adds one row.",
    )
    company_id = fields.Many2one(related="publication_id.company_id", store=True, precompute=True)

    _shown = models.Index("(publication_id, sequence, id) WHERE active")
    _form_key_unique = models.UniqueIndex("(publication_id, form_key) WHERE form_key IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        self._check_facts({name for vals in vals_list for name in vals})
        told = self._told_by_staff()
        vals_list = [{**told, **vals} for vals in vals_list]
        return super(CustomerPublicationEntry, without_defaults(self, FACTS)).create(vals_list)

    def write(self, vals):
        self._check_facts(vals)
        self._check_stays(vals)
        if "values" not in vals and "active" not in vals:
            return super().write(vals)
        result = super().write({**self._told_by_staff(), **vals})
        self._count_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filled_in(self):
        if any(entry.active and not entry._is_untouched() for entry in self):
            raise UserError(
                self.env._(
                    "These rows have been filled in: remove them from the list first. What is "
                    "under “Removed rows” can be put back, or deleted for good."
                )
            )

    def _is_untouched(self):
        """Say whether the row is as staff made it, so that nobody misses it.

        :rtype: bool
        """
        return self.revision == 1 and not self.is_customer_row

    def _check_facts(self, names):
        """Refuse what only the addon itself writes.

        :param names: the fields somebody wants to write
        :raises AccessError: unless the addon itself does it
        """
        if not self.env.su and FACTS & set(names):
            raise AccessError(
                self.env._("Who changed a row, and when, is noted by itself and cannot be written.")
            )

    def _check_stays(self, vals):
        """Refuse to move rows: Odoo does not ask who may write to the list they would go to.

        :param dict vals: what somebody wants to write
        :raises AccessError: unless the addon itself does it
        """
        if self.env.su or "publication_id" not in vals:
            return
        if self.publication_id.ids != [vals["publication_id"]]:
            raise AccessError(self.env._("A row stays in its list. Add it to the other one."))

    @api.model
    def _told_by_staff(self):
        return {
            "access_id": False,
            "changed_by": self.env.user.name,
            "changed_at": fields.Datetime.now(),
        }

    def _count_change(self):
        """Count a change, so that whoever still looks at the row as it was is told."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_publication_entry SET revision = revision + 1 WHERE id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["revision"])

    @api.constrains("values")
    def _check_values(self):
        """Refuse values of another type: a row that staff write over RPC or import."""
        for entry in self:
            for column in entry.publication_id._columns():
                stored = entry._stored().get(column["name"])
                if not stored or entry.publication_id._cell_value(column, stored) == stored:
                    continue
                raise ValidationError(
                    self.env._(
                        "“%(value)s” does not fit into the column “%(column)s”.",
                        value=stored,
                        column=column["string"],
                    )
                )

    def _stored(self):
        """Return what the row keeps, by column name; columns may have changed since.

        :rtype: dict
        """
        self.ensure_one()
        return self["values"]._values or {}
