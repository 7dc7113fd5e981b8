from odoo import models


class CustomerShiftOrder(models.Model):
    """Contacts hear by mail what becomes of their shifts."""

    _inherit = "customer.shift.order"

    def _mail_news(self, news, acting=None):
        """Mail the contacts who ordered these: one mail each, with files for the calendar.

        :param str news: ``received``, ``requested``, ``confirmed``, ``declined``, ``changed``
            or ``cancelled``
        :param acting: the ``customer.access`` of who did it; hears of it, too
        """
        for ordered_by, orders in self.grouped("access_id").items():
            shown, gone = orders._calendar_changes()
            told = [
                access._mail_shifts(orders, news, shown, gone)
                for access in ordered_by | (acting or ordered_by)
            ]
            if any(told):
                shown.in_calendar = True
                gone.in_calendar = False
