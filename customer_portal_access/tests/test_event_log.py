from psycopg2.errors import RaiseException

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .common import CustomerCase


class TestEventLog(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.anna)
        cls.event = cls.access.event_ids

    def _refused(self, query, *params):
        with mute_logger("odoo.sql_db"), self.assertRaises(RaiseException), self.cr.savepoint():
            self.env.cr.execute(query, params)

    def test_nobody_changes_it(self):
        for user in (self.sara, self.paul, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login):
                event = self.event.with_user(user)
                with self.assertRaises(AccessError):
                    event.write({"kind": "left"})
                with self.assertRaises(AccessError):
                    event.unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(RaiseException), self.cr.savepoint():
            self.event.sudo().unlink()

    def test_nor_the_database(self):
        self._refused("DELETE FROM customer_access_event WHERE id = %s", self.event.id)
        for column, value in (("kind", "left"), ("reason", "x"), ("ip_address", "1.2.3.4")):
            with self.subTest(column=column):
                self._refused(
                    f"UPDATE customer_access_event SET {column} = %s WHERE id = %s",
                    value,
                    self.event.id,
                )

    def test_a_person_can_be_erased(self):
        self.env.cr.execute(
            "UPDATE customer_access_event SET ip_address = NULL, user_agent = NULL, "
            "partner_id = NULL WHERE id = %s",
            [self.event.id],
        )
        self.event.invalidate_recordset()
        self.assertFalse(self.event.partner_id)

    def test_removal_leaves_the_log(self):
        self.access.unlink()
        events = self.env["customer.access.event"].search([("partner_id", "=", self.anna.id)])
        self.assertEqual(events.mapped("kind"), ["removed", "created"])
        self.assertFalse(events.access_id)

    def test_refused_link_is_logged_once_an_hour_unknown_never(self):
        token = self._token(self.access)
        self.access.revoke()
        Link = self.env["customer.access.link"]
        before = self.env["customer.access.event"].search_count([])
        Link._peek(token)
        Link._peek(token)
        Link._peek("unknown")
        events = self.env["customer.access.event"].search([])
        self.assertEqual(len(events) - before, 1)
        self.assertEqual((events[0].kind, events[0].reason), ("link_refused", "revoked"))
