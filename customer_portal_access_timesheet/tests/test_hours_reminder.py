from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.customer_portal_access.tests.common import CustomerCase

from .hours_common import WEEK, HoursData


@tagged("post_install", "-at_install")
class TestHoursReminder(HoursData, CustomerCase):
    """Approvers are reminded once a week, on the day that the company has chosen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_hours_data()
        cls.hours_access = cls._create_access(cls.anna, cls.approver, cls.project)
        cls.other = cls._create_access(cls.bo, cls.approver, cls.project)
        (cls.hours_access | cls.other).write({"invited_at": "2026-01-01"})
        cls.company.customer_hours_reminder = "0"
        cls.company.partner_id.tz = "Europe/Oslo"

    def _remind(self, moment):
        """Run the scheduled action at a moment; return the mails it queues."""
        known = self.env["mail.mail"].search([])
        with freeze_time(datetime.fromisoformat(moment)), self.mock_mail_gateway():
            self.env.ref("customer_portal_access_timesheet.ir_cron_hours").method_direct_trigger()
        return self.env["mail.mail"].search([("id", "not in", known.ids)])

    def test_on_the_day_and_once_a_week(self):
        self.assertFalse(self._remind("2026-01-18 10:00:00"), "It is Sunday.")
        self.assertFalse(self._remind("2026-01-19 04:30:00"), "It is half past five.")
        mails = self._remind("2026-01-19 07:00:00")
        self.assertEqual(set(mails.customer_access_id), {*self.hours_access, *self.other})
        self.assertIn("17:45 hours", " ".join(mails[0].body_html.split()))
        self.assertFalse(self._remind("2026-01-19 08:00:00"), "Once a week.")
        self.assertEqual(len(self._remind("2026-01-26 07:00:00")), 2)

    def test_link_leads_to_the_week_that_waits(self):
        [mail, _other] = self._remind("2026-01-19 07:00:00")
        self.assertEqual(mail.customer_section, f"hours-{WEEK}")

    def test_nothing_waits(self):
        self._decide(self.lines)
        self.assertFalse(self._remind("2026-01-19 07:00:00"))

    def test_who_gets_none(self):
        self.company.customer_hours_reminder = False
        self.assertFalse(self._remind("2026-01-19 07:00:00"))
        self.company.customer_hours_reminder = "0"
        self.hours_access.revoke()
        self.other.role_id = self.contact_person
        self.assertFalse(self._remind("2026-01-19 07:00:00"))
        self.other.write({"role_id": self.approver.id, "invited_at": False})
        self.assertFalse(self._remind("2026-01-19 07:00:00"), "Nobody has let Bo in yet.")

    def test_hours_of_weeks_to_come_do_not_count(self):
        self.assertFalse(self._remind("2026-01-05 07:00:00"))

    def test_one_mail_for_several_projects(self):
        second = self.project.copy({"name": "Second site", "customer_hours_from": "2026-01-05"})
        self._create_line(self.kari, 1, 4, "There", project_id=second.id)
        access = self._create_access(self.anna, self.approver, second, invited_at="2026-01-01")
        mails = self._remind("2026-01-19 07:00:00")
        mine = mails.filtered(lambda mail: mail.customer_access_id.partner_id == self.anna)
        self.assertEqual(len(mine), 1)
        self.assertIn("Second site", mine.body_html)
        self.assertIn("Office move", mine.body_html)
        self.assertTrue(access.customer_hours_reminded_on)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(
            ["customer_portal_access_timesheet"], ["de_DE"]
        )
        self.anna.lang = "de_DE"
        mails = self._remind("2026-01-19 07:00:00")
        mine = mails.filtered(lambda mail: mail.customer_access_id == self.hours_access)
        self.assertIn("17:45 Stunden", " ".join(mine.body_html.split()))
        self.assertIn("warten auf Ihre Freigabe", mine.subject)

    def test_setting_is_on_the_settings_page(self):
        settings = self.env["customer.portal.settings"].with_user(self.paul).create({})
        self.assertEqual(settings.customer_hours_reminder, "0")
        settings.customer_hours_reminder = "4"
        settings.execute()
        self.assertEqual(self.company.customer_hours_reminder, "4")
