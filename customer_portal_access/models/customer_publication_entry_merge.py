from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerPublicationEntry(models.Model):
    """What staff type into a row meets what others have made of it since.

    Odoo's form sends all cells of a row, the untouched ones as they were when it was
    opened. With them it says what it has seen: so only what was really changed is
    written, and two who changed the same cell are told.
    """

    _inherit = "customer.publication.entry"

    seen_values = fields.Json(
        store=False,
        help="The cells as whoever writes them saw them; sent along with the cells.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [{key: vals[key] for key in vals if key != "seen_values"} for vals in vals_list]
        )

    def write(self, vals):
        if "seen_values" not in vals:
            return super().write(vals)
        vals = dict(vals)
        seen = vals.pop("seen_values")
        if "values" in vals:
            vals["values"] = self._merged(vals["values"], seen)
        return super().write(vals)

    def _merged(self, values, seen):
        """Return the cells of this row with those that somebody has changed.

        :param values: all cells as they shall be, in any format that Odoo's properties take
        :param seen: all cells as whoever changes them saw them, in the same format
        :rtype: dict
        :raises UserError: when somebody else has changed the same cell, or removed the row
        """
        self.ensure_one()
        if not self.active:
            raise UserError(
                self.env._(
                    "%(name)s has removed the row “%(row)s” meanwhile. Nothing was saved. Discard "
                    "your changes, reload the page, and put the row back first: Removed rows.",
                    name=self.changed_by,
                    row=self._label(),
                )
            )
        convert = self._fields["values"].convert_to_cache
        mine, base, now = convert(values, self) or {}, convert(seen, self) or {}, self._stored()
        changes, clashes = {}, []
        for column in self.publication_id._columns():
            name = column["name"]
            old, new, theirs = (
                self._comparable(column, cells.get(name)) for cells in (base, mine, now)
            )
            if new in (old, theirs):
                continue
            changes[name] = mine.get(name)
            if theirs != old:
                clashes.append(column)
        if clashes:
            raise UserError(self._clash_text(clashes, mine))
        return {**now, **changes}

    def _comparable(self, column, value):
        """Return a cell to be compared: an empty one is no zero.

        :param dict column: of ``_columns()``
        :rtype: tuple
        """
        value = self.publication_id._cell_value(column, value)
        return (value is False or value == "", value or 0)

    def _clash_text(self, columns, mine):
        """Say which cells somebody else has changed, and what to do.

        :param list columns: of ``_columns()``
        :param dict mine: the cells as they should have been
        :rtype: str
        """
        cells = "\n".join(
            self.env._(
                "%(column)s: “%(theirs)s” stands there now, you have written “%(mine)s”.",
                column=column["string"],
                theirs=self._cell_text(column, self._stored()),
                mine=self._cell_text(column, mine),
            )
            for column in columns
        )
        return self.env._(
            "%(name)s has changed the row “%(row)s” since you opened it:\n%(cells)s\nNothing was "
            "saved. To keep what stands there, write the same; to have it otherwise, discard your "
            "changes, reload the page and write it again.",
            name=self.changed_by,
            row=self._label(),
            cells=cells,
        )

    def _cell_text(self, column, cells):
        return self.publication_id._cell_view(column, cells.get(column["name"]))["text"]

    def _label(self):
        """Return what people call this row: the first of its cells that says something.

        :rtype: str
        """
        self.ensure_one()
        stored = self._stored()
        texts = (
            self._cell_text(column, stored)
            for column in self.publication_id._columns()
            if column["type"] != "boolean"
        )
        return next((text.splitlines()[0] for text in texts if text), self.display_name)
