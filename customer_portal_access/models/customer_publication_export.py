import csv
import io

from odoo import fields, models
from odoo.exceptions import AccessError

# Spreadsheets take what begins so for a formula; the wide ones, those of East Asia.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class CustomerPublication(models.Model):
    """A list as a file for staff.

    Customers have typed the cells. Odoo's own export lets Excel read "=..." as a
    formula; here every text stays a text.
    """

    _inherit = "customer.publication"

    def action_export_xlsx(self):
        """Download the rows as an Excel file.

        :rtype: dict
        """
        return self._export_action("xlsx")

    def action_export_csv(self):
        """Download the rows as a CSV file.

        :rtype: dict
        """
        return self._export_action("csv")

    def _export_action(self, extension):
        self.ensure_one()
        url = f"/customer/list/{self.id}/{extension}"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _export(self, extension):
        """Return the rows as a file, if the user may export them.

        :param str extension: ``xlsx`` or ``csv``
        :return: the name and the content
        :rtype: tuple[str, bytes]
        :raises AccessError: when the user may not
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(self.env._("You may not export data. Please ask an administrator."))
        write = {"xlsx": self._export_xlsx, "csv": self._export_csv}[extension]
        return f"{self.name}.{extension}", write(*self._export_table())

    def _export_table(self):
        """Return the titles and the rows, as values of Python.

        :rtype: tuple[list, list]
        """
        columns = self._columns()
        titles = [column["string"] for column in columns]
        titles += [self.env._("Last changed by"), self.env._("Last changed")]
        rows = []
        for entry in self.entry_ids:
            stored = entry._stored()
            cells = [self._export_cell(column, stored.get(column["name"])) for column in columns]
            moment = fields.Datetime.context_timestamp(self, entry.changed_at or entry.create_date)
            rows.append([*cells, entry.changed_by or "", moment.strftime("%Y-%m-%d %H:%M")])
        return titles, rows

    def _export_cell(self, column, stored):
        value = self._cell_value(column, stored)
        if column["type"] == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if value is False:
            return ""
        if column["type"] == "selection":
            return dict(column["selection"])[value]
        if column["type"] == "date":
            return fields.Date.to_date(value)
        return value

    def _export_xlsx(self, titles, rows):
        """Write an Excel file, with no cell a formula or a link."""
        import xlsxwriter  # noqa: PLC0415  (as Odoo does: it is slow to import)

        output = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(output, options) as workbook:
            sheet = workbook.add_worksheet()
            bold = workbook.add_format({"bold": True})
            day = workbook.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_row(0, 0, titles, bold)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(titles) - 1, 20)
            for number, row in enumerate(rows, start=1):
                for position, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, position, value)
                    elif isinstance(value, int | float):
                        sheet.write_number(number, position, value)
                    else:
                        sheet.write_datetime(number, position, value, day)
        return output.getvalue()

    def _export_csv(self, titles, rows):
        """Write a CSV file, with what looks like a formula marked as text."""
        output = io.StringIO()
        writer = csv.writer(output, quoting=csv.QUOTE_ALL)
        for row in [titles, *rows]:
            writer.writerow([_harmless(value) for value in row])
        return output.getvalue().encode("utf-8-sig")  # Excel finds the encoding by the mark


def _harmless(value):
    """Return a value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value
