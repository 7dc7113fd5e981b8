"""Days and times as customers type them: on the clock of their time zone, kept in UTC."""

from datetime import UTC, date, datetime, time

import pytz


class NoSuchTime(ValueError):
    """The clock skips this time: it is put forward that night."""


def read_day(text):
    """Return the day that a form sends, or ``None``.

    :param str text: ``2026-03-28``
    :rtype: date | None
    """
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


def read_time(text):
    """Return the time that a form sends, to the minute, or ``None``.

    :param str text: ``22:00``
    :rtype: time | None
    """
    hours, _colon, minutes = (text or "").strip().partition(":")
    minutes = minutes[:2]
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        return None
    if int(hours) > 23 or int(minutes) > 59:
        return None
    return time(int(hours), int(minutes))


def _zone(name):
    return pytz.timezone(name) if name in pytz.all_timezones_set else pytz.utc


def to_utc(day, moment, zone):
    """Return when a clock shows this time, in UTC, without a zone as Odoo keeps it.

    A time that comes twice, when the clock is put back, is the first one.

    :param date day: on that clock
    :param time moment: on that clock
    :param str zone: name of the time zone
    :rtype: datetime
    :raises NoSuchTime: when the clock never shows it
    """
    local = datetime.combine(day, moment)
    try:
        aware = _zone(zone).localize(local, is_dst=None)
    except pytz.NonExistentTimeError as error:
        raise NoSuchTime from error
    except pytz.AmbiguousTimeError:
        aware = _zone(zone).localize(local, is_dst=True)
    return aware.astimezone(UTC).replace(tzinfo=None)


def in_zone(moment, zone):
    """Return what the clock of a time zone shows at a moment in UTC.

    :param datetime moment: as Odoo keeps it
    :param str zone: name of the time zone
    :rtype: datetime
    """
    return moment.replace(tzinfo=UTC).astimezone(_zone(zone))
