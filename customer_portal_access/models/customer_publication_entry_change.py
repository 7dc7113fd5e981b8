import json

from odoo import fields, models
from odoo.tools import SQL

from ..utils import own_transaction


class CustomerPublicationEntry(models.Model):
    """What contacts do to a row, each by one conditional UPDATE in its own transaction.

    The row changes only if it is still as the contact saw it; otherwise the answer
    says what a colleague has made of it, and the contact decides. Odoo may run the
    request again: whoever finds that his own change stands already is told so.

    Every verb returns a dict: ``status`` (``ok``, ``invalid``, ``conflict``, ``gone``,
    ``closed``, ``kept``), ``errors`` by column, and ``row`` as it is now.
    """

    _inherit = "customer.publication.entry"

    def _save(self, access, values, revision):
        """Write cells of this row.

        :param access: the ``customer.access`` of who does it
        :param dict values: text by column name; other keys are left out
        :param int revision: what the contact saw
        :rtype: dict
        """
        self.ensure_one()
        cells, errors = self.publication_id._parse_cells(values)
        if errors:
            return {"status": "invalid", "errors": errors}
        changes = SQL(
            '"values" = COALESCE(entry."values", \'{}\'::jsonb) || %s::jsonb', json.dumps(cells)
        )
        return self._change(
            access,
            revision,
            changes,
            condition=SQL("entry.active"),
            done=lambda row: row["active"] and cells.items() <= (row["values"] or {}).items(),
        )

    def _remove(self, access, revision):
        """Take this row off the list; it can be restored.

        :param access: the ``customer.access`` of who does it
        :param int revision: what the contact saw
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_remove():
            return {"status": "kept", "row": self._view()}
        return self._change(
            access,
            revision,
            SQL("active = FALSE"),
            condition=SQL("entry.active"),
            done=lambda row: not row["active"],
        )

    def _restore(self, access, revision):
        """Put a removed row back.

        :param access: the ``customer.access`` of who does it
        :param int revision: what the contact saw
        :rtype: dict
        """
        self.ensure_one()
        if self.publication_id._is_full():
            return {"status": "full"}
        return self._change(
            access,
            revision,
            SQL("active = TRUE"),
            condition=SQL("NOT entry.active"),
            done=lambda row: row["active"],
        )

    def _may_remove(self):
        """Say whether contacts may remove this row.

        What staff filled in beforehand stays where contacts may not add rows.
        """
        return self.is_customer_row or self.publication_id.allow_new_rows

    def _change(self, access, revision, changes, condition, done):
        """Change the row if it is as the contact saw it, and tell staff.

        :param SQL changes: of the UPDATE
        :param SQL condition: of the UPDATE, beside the revision
        :param done: says of the row as it is whether the change stands already
        :rtype: dict
        """
        with own_transaction(self.env) as env:
            entry = self.with_env(env)
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_publication_entry entry
                       SET %(changes)s,
                           revision = entry.revision + 1,
                           access_id = %(access)s,
                           changed_by = %(name)s,
                           changed_at = %(now)s,
                           write_date = %(now)s
                      FROM customer_publication publication
                     WHERE entry.id = %(id)s
                       AND entry.revision = %(revision)s
                       AND %(condition)s
                       AND publication.id = entry.publication_id
                       AND publication.state = 'published'
                 RETURNING entry.id
                    """,
                    changes=changes,
                    access=access.id,
                    name=access.partner_id.name,
                    now=fields.Datetime.now(),
                    id=self.id,
                    revision=revision,
                    condition=condition,
                )
            )
            changed = bool(env.cr.fetchone())
            row = entry._row()
            if changed:
                access.with_env(env)._report_rows(entry.publication_id)
        self.invalidate_recordset()
        if changed or (row and done(row)):
            status = "ok"
        elif not row or not row["active"]:
            status = "gone"
        elif row["state"] != "published":
            status = "closed"
        else:
            status = "conflict"
        return {"status": status, "row": row and self._row_view(row)}

    def _row(self):
        """Return the row as it is in the database now, or nothing."""
        self.env.cr.execute(
            SQL(
                """
                SELECT entry.id, entry.revision, entry."values", entry.active,
                       entry.changed_by, entry.changed_at, entry.is_customer_row,
                       publication.state
                  FROM customer_publication_entry entry
                  JOIN customer_publication publication ON publication.id = entry.publication_id
                 WHERE entry.id = %s
                """,
                self.id,
            )
        )
        rows = self.env.cr.dictfetchall()
        return rows[0] if rows else None

    def _view(self, columns=None):
        """Return what pages show of this row.

        :param columns: of ``publication._columns()``, when they are at hand
        """
        self.ensure_one()
        return self._row_view(
            {
                "id": self.id,
                "revision": self.revision,
                "values": self._stored(),
                "changed_by": self.changed_by,
                "is_customer_row": self.is_customer_row,
            },
            columns,
        )

    def _row_view(self, row, columns=None):
        """Return what pages show of a row.

        :param dict row: of ``_row()``
        :param columns: of ``publication._columns()``, when they are at hand
        :rtype: dict
        """
        publication, stored = self.publication_id, row["values"] or {}
        columns = publication._columns() if columns is None else columns
        return {
            "id": row["id"],
            "revision": row["revision"],
            "changed_by": row["changed_by"] or "",
            "may_remove": row["is_customer_row"] or publication.allow_new_rows,
            "cells": {
                column["name"]: publication._cell_view(column, stored.get(column["name"]))
                for column in columns
            },
        }
