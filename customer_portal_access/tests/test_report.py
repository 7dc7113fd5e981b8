from .common import CustomerCase


class TestReport(CustomerCase):
    """Staff are told what a contact did: log, chatter, activity, notification."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.bo, cls.contact_person)

    def test_log_chatter_and_one_activity(self):
        for _time in range(2):
            self.access._report("file_uploaded", "Bo uploaded <b>x</b>", activity="New file")
        events = self.access.event_ids.filtered(lambda event: event.kind == "file_uploaded")
        self.assertEqual(len(events), 2)
        message = self.lead.message_ids[0]
        self.assertEqual(message.author_id, self.bo)
        self.assertIn("&lt;b&gt;", message.body)
        self.assertEqual(self.lead.activity_ids.mapped("summary"), ["New file"])
        self.assertEqual(self.lead.activity_ids.user_id, self.sara)

    def test_notifies_the_person_in_charge_only(self):
        with self.mock_mail_gateway():
            self.access._report("publication_answered", "Bo accepted", notify=True)
        domain = [("model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        notified = self.env["mail.message"].search(domain).notified_partner_ids
        self.assertEqual(notified, self.sara.partner_id)

    def test_preview_reports_nothing(self):
        before = self.lead.message_ids
        self.access.with_context(customer_preview=True)._report("data_changed", "x", activity="y")
        self.assertEqual(self.lead.message_ids, before)
        self.assertFalse(self.lead.activity_ids)
