from odoo import Command, models

from .customer_shift_calendar import CalendarFile

TEMPLATES = {"received": "customer_portal_access_timesheet.mail_template_shift_received"}
NEWS = "customer_portal_access_timesheet.mail_template_shift_news"
FILES = "customer_calendar_files"


class CustomerAccess(models.Model):
    """The mails about shifts, and the files they take along."""

    _inherit = "customer.access"

    def _mail_shifts(self, orders, news, shown, gone):
        """Queue a mail about shifts, unless the contact may not see them (any more).

        :param orders: ``customer.shift.order`` records of one project
        :param str news: as ``_mail_news``
        :param shown: those that go into the contact's calendar
        :param gone: those that leave it
        :return: the accesses that get one
        """
        # whoever was never invited gets no mail before
        known = self.invited_at or self.last_seen_at
        here = self
        if self.customer_id and not self._opened():
            here = self._open_workspace("project", orders.project_id.id, "account")
        if not known or not here or not here._may_see_shifts("account"):
            return self.browse()
        # the list is a project's; on the page of a customer there is none
        listed = len(orders) > 1 and self.project_id
        section = "shifts" if listed else f"shift-{orders[:1].id}"
        return self.with_context(customer_opened=None)._notify(
            TEMPLATES.get(news, NEWS),
            section,
            lambda access: access._shift_words(orders, news, shown, gone),
        )

    def _shift_words(self, orders, news, shown, gone):
        """Return what a mail says of shifts, in the language of the environment.

        :return: ``customer_shifts``, ``customer_news``, ``customer_titles``, and the files
        :rtype: dict
        """
        # sudo: as in _shift_kinds
        orders, shown, gone = (
            some.sudo().with_context(lang=self.env.lang) for some in (orders, shown, gone)
        )
        shifts = [self._shift_values(order) for order in orders]
        titles = [f"{shift['title']}, {shift['when']}" for shift in shifts[:1]]
        if len(shifts) > 1:
            titles.append(self.env._("%(count)s more", count=len(shifts) - 1))
        return {
            "customer_shifts": shifts,
            "customer_news": news,
            "customer_titles": ", ".join(titles),
            "customer_has_files": bool(shown or gone),
            FILES: shown._calendar_files(gone),
        }

    def _letter_mail(self, letter):
        values = super()._letter_mail(letter)
        files = letter.template.env.context.get(FILES) or ()
        if files and all(isinstance(file, CalendarFile) for file in files):
            values["attachment_ids"] = [
                Command.create(
                    {
                        "name": file.name,
                        "raw": file.content,
                        "mimetype": "text/calendar",
                        # goes when the mail has left
                        "res_model": "mail.message",
                        "res_id": 0,
                    }
                )
                for file in files
            ]
        return values
