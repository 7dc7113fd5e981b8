import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..utils import LIST_ROWS, BrokenCell, TableError, read_table, read_text

ERRORS_SHOWN = 50
ROWS_SHOWN = 5


class CustomerPublicationImport(models.TransientModel):
    """Rows of a list from Excel, CSV or the clipboard, checked before they are written."""

    _name = "customer.publication.import"
    _description = "Import rows of a list"

    publication_id = fields.Many2one(
        "customer.publication", string="List", required=True, readonly=True, ondelete="cascade"
    )
    file = fields.Binary(attachment=False, help="Excel (.xlsx) or CSV")
    file_name = fields.Char()
    text = fields.Text(string="Or paste here", help="Copied from Excel or another spreadsheet")
    skip_bad_rows = fields.Boolean(string="Leave out the lines with errors")
    check_html = fields.Html(string="Check", compute="_compute_check", sanitize=False)
    good_count = fields.Integer(compute="_compute_check")
    bad_count = fields.Integer(compute="_compute_check")
    may_import = fields.Boolean(compute="_compute_check")

    @api.depends("file", "text", "skip_bad_rows", "publication_id")
    @api.depends_context("lang")
    def _compute_check(self):
        for wizard in self:
            check = wizard._check_table()
            wizard.good_count = len(check["rows"])
            wizard.bad_count = check["bad"]
            wizard.may_import = wizard._may_import(check)
            wizard.check_html = self.env["ir.qweb"]._render(
                "customer_portal_access.list_import_check", check
            )

    def action_import(self):
        """Add the rows that were read to the list.

        :return: an action that closes the dialog
        :rtype: dict
        :raises UserError: when there is an error and it is not to be left out
        """
        self.ensure_one()
        check = self._check_table()
        if not self._may_import(check):
            raise UserError(
                self.env._("Nothing was imported: please look at what the check says first.")
            )
        self.publication_id._append_rows(check["rows"])
        return {"type": "ir.actions.act_window_close"}

    def _may_import(self, check):
        """Say whether there is something to import and nothing speaks against it."""
        return (
            bool(check["rows"])
            and not check["problem"]
            and (self.skip_bad_rows or not check["bad"])
        )

    def _check_table(self):
        """Read what was given and say what would become of it.

        :return: ``problem`` (a code, when nothing can be read), ``mapping`` (header and
            column), ``missing`` (columns), ``errors`` (line, column, sentence), ``bad``
            (how many lines have any), ``rows`` (values of the good ones), ``preview``
        :rtype: dict
        """
        check = {
            "problem": None,
            "limit": LIST_ROWS,
            "columns": self.publication_id._columns() if self.publication_id else [],
            "mapping": [],
            "missing": [],
            "errors": [],
            "bad": 0,
            "rows": [],
            "preview": [],
        }
        try:
            table = self._read()
        except TableError as error:
            return {**check, "problem": error.code}
        if not table:
            return {**check, "problem": "empty"}
        self._match(check, table[0][1])
        if not check["problem"]:
            self._check_rows(check, table[1:])
        return check

    def _read(self):
        """Return the rows of the file, or of the text when there is no file."""
        if not self.file:
            return read_text(self.text or "")
        try:
            return read_table(base64.b64decode(self.file))
        except (binascii.Error, ValueError) as error:
            raise TableError("unreadable") from error

    def _match(self, check, headers):
        """Note which header goes to which column.

        :param dict check: changed in place
        :param list headers: cells of the first line
        """
        by_title = {column["name"].casefold(): column for column in check["columns"]}
        by_title |= {column["string"].strip().casefold(): column for column in check["columns"]}
        taken = set()
        for header in headers:
            title = "" if header is None else str(header).strip()
            column = by_title.get(title.rstrip("* ").casefold()) or by_title.get(title.casefold())
            if column and column["name"] in taken:
                check["problem"] = "twice"
            taken.add(column and column["name"])
            check["mapping"].append({"header": title, "column": column})
        check["missing"] = [column for column in check["columns"] if column["name"] not in taken]
        if not taken - {None}:
            check["problem"] = "no_header"

    def _check_rows(self, check, table):
        """Read the rows, and note what is wrong with them.

        :param dict check: changed in place
        :param list table: line numbers and cells
        """
        publication = self.publication_id
        titles = {column["name"]: column["string"] for column in check["columns"]}
        for number, cells in table:
            raw = {
                match["column"]["name"]: cell
                for match, cell in zip(check["mapping"], cells, strict=False)
                if match["column"]
            }
            if all(cell in (None, "") for cell in raw.values()):
                continue
            values, errors = publication._parse_cells(raw, complete=True)
            errors |= {
                name: self.env._("The spreadsheet shows an error here: %(cell)s", cell=cell)
                for name, cell in raw.items()
                if isinstance(cell, BrokenCell)
            }
            if errors:
                check["bad"] += 1
                check["errors"] += [(number, titles[name], text) for name, text in errors.items()]
            else:
                check["rows"].append(values)
        if len(publication.entry_ids) + len(check["rows"]) > LIST_ROWS:
            check["problem"] = "full"
        check["preview"] = [
            [
                publication._cell_view(column, values.get(column["name"]))["text"]
                for column in check["columns"]
            ]
            for values in check["rows"][:ROWS_SHOWN]
        ]
        check["errors_left"] = max(0, len(check["errors"]) - ERRORS_SHOWN)
        check["errors"] = check["errors"][:ERRORS_SHOWN]
