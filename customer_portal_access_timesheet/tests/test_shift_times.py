from datetime import date, datetime, time

from odoo.tests import BaseCase, tagged

from ..utils import NoSuchTime, in_zone, read_day, read_time, to_utc

OSLO = "Europe/Oslo"


@tagged("post_install", "-at_install")
class TestShiftTimes(BaseCase):
    """Times on the clock of the customer."""

    def test_day_and_time_as_browsers_send_them(self):
        self.assertEqual(read_day("2026-03-28"), date(2026, 3, 28))
        self.assertEqual(read_time("07:30"), time(7, 30))
        self.assertEqual(read_time(" 07:30:00 "), time(7, 30))

    def test_anything_else_is_none(self):
        for text in (None, "", "tomorrow", "2026-13-01", "28.03.2026", "\0", "²"):
            self.assertIsNone(read_day(text))
        for text in (None, "", "7", "24:00", "12:60", "-1:00", "a:b", "²:00", "12:", ":30"):
            self.assertIsNone(read_time(text))

    def test_summer_and_winter(self):
        self.assertEqual(to_utc(date(2026, 1, 5), time(7), OSLO), datetime(2026, 1, 5, 6))
        self.assertEqual(to_utc(date(2026, 7, 6), time(7), OSLO), datetime(2026, 7, 6, 5))
        self.assertEqual(in_zone(datetime(2026, 7, 6, 5), OSLO).hour, 7)

    def test_time_that_is_skipped(self):
        with self.assertRaises(NoSuchTime):
            to_utc(date(2026, 3, 29), time(2, 30), OSLO)

    def test_time_that_comes_twice_is_the_first(self):
        self.assertEqual(
            to_utc(date(2026, 10, 25), time(2, 30), OSLO), datetime(2026, 10, 25, 0, 30)
        )

    def test_unknown_zone_is_utc(self):
        self.assertEqual(to_utc(date(2026, 1, 5), time(7), "Moon/Base"), datetime(2026, 1, 5, 7))
