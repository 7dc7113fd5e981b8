import math
import secrets
from urllib.parse import urlencode

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..utils import LIST_PAGE_ROWS, LIST_ROWS, as_integer, hash_secret, own_transaction


class CustomerPublication(models.Model):
    """The rows of a list: what its page shows, and rows that contacts add."""

    _inherit = "customer.publication"

    def _list_values(self, access, assurance, page=None, posted=None, outcome=None):
        """Return what the page of this list shows.

        :param access: the ``customer.access`` of who looks at it
        :param str assurance: the level the visitor has reached
        :param page: number of the page of rows, as it stands in the URL
        :param dict posted: the form that led here, if any
        :param dict outcome: what became of it, when it was not done
        :return: plain values; none when this is no list
        :rtype: dict
        """
        self.ensure_one()
        if self.kind != "list":
            return {}
        posted = posted or {}
        domain = Domain("publication_id", "=", self.id)
        Entry = self.env["customer.publication.entry"]
        count = Entry.search_count(domain)
        pages = max(1, math.ceil(count / LIST_PAGE_ROWS))
        page = min(max(1, as_integer(page)), pages)
        entries = Entry.search_fetch(
            domain,
            ["values", "revision", "changed_by", "is_customer_row", "publication_id"],
            offset=(page - 1) * LIST_PAGE_ROWS,
            limit=LIST_PAGE_ROWS,
        )
        refusal = access._list_refusal(self, assurance)
        columns = self._columns()
        values = {
            **self._row_page_values(access, page),
            "rows": [entry._view(columns) for entry in entries],
            "row_count": count,
            "row_first": (page - 1) * LIST_PAGE_ROWS + 1,
            "list_pages": pages,
            "list_refusal": refusal,
            "list_removed": self._removed_view(posted.get("removed")),
            "list_message": None,
            "list_new_row": self._new_row_view(columns),
            "may_edit_rows": not refusal,
            "may_add_rows": not refusal and self.allow_new_rows,
        }
        if outcome:
            self._show_outcome(values, posted, outcome)
        return values

    def _row_page_values(self, access, page=1):
        """Return what the template of a row needs beside the row."""
        return {
            "columns": self._column_views(),
            "publication_path": access._publication_path(self),
            "list_path": f"{access._publication_path(self)}/entries",
            "list_page": page,
            "may_edit_rows": True,
        }

    def _list_query(self, posted, outcome):
        """Return the query of the page that shows what a form has done.

        :rtype: str
        """
        query = {"page": as_integer(posted.get("page")) or 1}
        if posted.get("action") == "remove":
            query["removed"] = outcome["row"]["id"]
        return f"?{urlencode(query)}"

    def _removed_view(self, entry_id):
        """Return the row that was just removed, to offer the way back."""
        entry = self._entry(as_integer(entry_id))
        return not entry.active and entry and {"id": entry.id, "revision": entry.revision}

    def _new_row_view(self, columns):
        """Return an empty row, with an id of its own for its form."""
        return {
            "form_id": secrets.token_hex(8),
            "cells": {column["name"]: {"value": "", "text": ""} for column in columns},
        }

    def _show_outcome(self, values, posted, outcome):
        """Put what was typed, and what is wrong with it, into the row it belongs to.

        :param dict values: of the page, changed in place
        :param dict posted: the form
        :param dict outcome: what became of it
        """
        values["list_message"] = outcome["status"]
        entry_id = as_integer(posted.get("entry_id"))
        row = values["list_new_row"]
        if posted.get("action") != "add":
            row = next((row for row in values["rows"] if row["id"] == entry_id), None)
        if not row or outcome["status"] not in ("invalid", "conflict", "full", "limit"):
            return
        row["errors"] = outcome.get("errors")
        ticks = {column["name"] for column in values["columns"] if column["type"] == "boolean"}
        for name, cell in row["cells"].items():
            typed = posted.get(name)
            if name in ticks:
                typed = "1" if typed == "1" else ""
            if typed is None or typed == cell["value"]:
                continue
            cell["typed"] = typed
            if outcome["status"] == "conflict":
                cell["theirs"] = cell["text"]

    def _column_views(self):
        """Return what pages show of the columns."""
        return [
            {
                "name": column["name"],
                "title": column["string"],
                "type": column["type"],
                "choices": column.get("selection") or [],
                "required": bool(column.get("required")),
            }
            for column in self._columns()
        ]

    def _entry(self, entry_id):
        """Return a row of this list, also one that a contact has removed.

        What staff have removed is not there for contacts: neither to read nor to restore.

        :param int entry_id: from a form
        """
        shown = Domain("active", "=", True) | Domain("access_id", "!=", False)
        return (
            self.env["customer.publication.entry"]
            .with_context(active_test=False)
            .search(Domain("id", "=", entry_id) & Domain("publication_id", "=", self.id) & shown)
        )

    def _is_full(self):
        """Say whether the list has as many rows as it may have.

        :rtype: bool
        """
        domain = Domain("publication_id", "=", self.id)
        return self.env["customer.publication.entry"].search_count(domain) >= LIST_ROWS

    def _add_entry(self, access, values, form_id=None):
        """Add a row that a contact has typed; the same form sent twice adds one.

        :param access: the ``customer.access`` of who does it
        :param dict values: text by column name
        :param str form_id: of the form that was sent
        :return: ``status`` (``ok``, ``invalid``, ``full``, ``closed``), ``errors``, ``row``
        :rtype: dict
        """
        self.ensure_one()
        cells, errors = self._parse_cells(values, complete=True)
        if not any(cells.values()) and not errors:
            errors = {"": self.env._("Please fill in at least one field.")}
        if errors:
            return {"status": "invalid", "errors": errors}
        key = form_id and hash_secret(self.env, None, f"{access.id}-{form_id}")
        with own_transaction(self.env) as env:
            publication = self.with_env(env)
            env.cr.execute(
                # others who add rows wait here: none is counted or added twice
                SQL(
                    "SELECT state, allow_new_rows FROM customer_publication WHERE id = %s "
                    "FOR NO KEY UPDATE",
                    self.id,
                )
            )
            state, allowed = env.cr.fetchone() or ("closed", False)
            entry = publication._entry_of_form(key)
            if not entry:
                if state != "published" or not allowed:
                    return {"status": "closed"}
                if publication._is_full():
                    return {"status": "full"}
                entry = publication._create_row(access, cells, key)
                access.with_env(env)._report_rows(publication)
            row = entry._view()
        return {"status": "ok", "row": row}

    def _entry_of_form(self, key):
        """Return the row that a form has added already."""
        Entry = self.env["customer.publication.entry"].with_context(active_test=False)
        if not key:
            return Entry
        return Entry.search([("publication_id", "=", self.id), ("form_key", "=", key)])

    def _create_row(self, access, cells, key):
        """Create a row at the end of the list.

        :param access: the ``customer.access`` of who adds it
        :param dict cells: values by column name
        :param key: of the form that adds it
        """
        entry = self._append_rows([cells])
        entry.write(
            {
                "is_customer_row": True,
                "access_id": access.id,
                "changed_by": access.partner_id.name,
                "form_key": key,
            }
        )
        return entry
