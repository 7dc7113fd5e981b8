import io

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .account_analytic_line_decision import hours_text


class AccountAnalyticLine(models.Model):
    """Approved hours as PDF and Excel, for contacts and for staff."""

    _inherit = "account.analytic.line"

    def action_customer_hours_xlsx(self):
        """Download these hours, as far as they are approved, as an Excel file.

        :rtype: dict
        :raises UserError: when none is approved
        """
        if not self.filtered(lambda line: line.customer_state == "approved"):
            raise UserError(self.env._("None of these hours is approved."))
        numbers = ",".join(map(str, self.ids))
        url = f"/customer/hours/xlsx?ids={numbers}"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _customer_staff_file(self):
        """Return approved hours as an Excel file, if the user may export them.

        :return: name and content; ``None`` when none of these is approved
        :rtype: tuple[str, bytes] | None
        :raises AccessError: when the user may not
        """
        self.check_access("read")
        if not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(self.env._("You may not export data. Please ask an administrator."))
        lines = self.filtered(lambda line: line.customer_state == "approved")
        return lines.sudo()._customer_file("xlsx")  # sudo: names of employees and tasks

    def _customer_file(self, extension):
        """Return these lines as a file.

        :param str extension: ``pdf`` or ``xlsx``
        :return: name and content; ``None`` when there is none to be had
        :rtype: tuple[str, bytes] | None
        """
        content = None
        if self and extension == "xlsx":
            content = self._customer_xlsx()
        elif self and self.env["customer.publication"]._can_print():
            content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
                "customer_portal_access_timesheet.account_analytic_line_report_hours", self.ids
            )
        if not content:
            return None
        return f"{self._customer_file_title()}.{extension}".replace("/", "-"), content

    def _customer_file_title(self):
        projects = self.project_id
        title = projects.name if len(projects) == 1 else self.env._("Approved hours")
        return f"{title}, {self._customer_days_text()}"

    def _customer_report_values(self):
        """Return what the report shows of these lines: approved ones, by project and person.

        :rtype: list[dict]
        """
        lines = self.filtered(lambda line: line.customer_state == "approved").sorted(
            lambda line: (line.date, line.id)
        )
        return [
            {
                "project": project.name,
                "customer": project.partner_id.commercial_partner_id.name or "",
                "company": theirs.company_id[:1],
                "days": theirs._customer_days_text(),
                "hours": theirs._customer_hours_text(),
                "people": [
                    {
                        "name": employee.name,
                        "hours": own._customer_hours_text(),
                        "lines": [line._customer_report_row() for line in own],
                    }
                    for employee, own in theirs.grouped("employee_id").items()
                ],
            }
            for project, theirs in lines.grouped("project_id").items()
        ]

    def _customer_report_row(self):
        """Return a line as values: what the contact has approved, by whom and when."""
        return {
            "date": self.date,
            "task": self.task_id.name or "",
            "text": "" if self.name == "/" else self.name or "",
            "amount": self.unit_amount,
            "hours": hours_text(self.unit_amount),
            "by": self.customer_state_by or "",
            "at": self.customer_state_at,
            "comment": self.customer_comment or "",
        }

    def _customer_xlsx(self):
        """Write an Excel file, with no cell a formula or a link."""
        import xlsxwriter  # noqa: PLC0415  (as Odoo does: it is slow to import)

        titles = [
            self.env._("Date"),
            self.env._("Project"),
            self.env._("Person"),
            self.env._("Task"),
            self.env._("Description"),
            self.env._("Hours"),
            self.env._("Approved by"),
            self.env._("Approved on"),
            self.env._("Comment"),
        ]
        output = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(output, options) as workbook:
            sheet = workbook.add_worksheet()
            bold = workbook.add_format({"bold": True})
            day = workbook.add_format({"num_format": "yyyy-mm-dd"})
            moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            number = workbook.add_format({"num_format": "0.00"})
            sheet.write_row(0, 0, titles, bold)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(titles) - 1, 20)
            for row, line in enumerate(self.sorted(lambda line: (line.date, line.id)), start=1):
                values = line._customer_report_row()
                at = fields.Datetime.context_timestamp(self, values["at"]).replace(tzinfo=None)
                texts = {
                    1: line.project_id.name,
                    2: line.employee_id.name,
                    3: values["task"],
                    4: values["text"],
                    6: values["by"],
                    8: values["comment"],
                }
                sheet.write_datetime(row, 0, fields.Datetime.to_datetime(values["date"]), day)
                for column, text in texts.items():
                    sheet.write_string(row, column, text)
                sheet.write_number(row, 5, values["amount"], number)
                sheet.write_datetime(row, 7, at, moment)
            sheet.write_string(len(self) + 1, 4, self.env._("In all"), bold)
            sheet.write_number(len(self) + 1, 5, sum(self.mapped("unit_amount")), number)
        return output.getvalue()
