from datetime import datetime

import pytz

from odoo import fields, models

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_hours_reminder = fields.Selection(
        WEEKDAYS,
        string="Remind of hours on",
        default="0",
        help="The day of the week on which contacts get a mail about hours that they have not "
        "approved yet. Empty: they get none.",
    )

    def _customer_now(self):
        """Return what time it is where the company is.

        :rtype: datetime
        """
        zone = self.partner_id.tz or self.env.ref("base.user_admin").tz or "UTC"
        return datetime.now(pytz.timezone(zone))
