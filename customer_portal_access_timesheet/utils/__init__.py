from .shift_times import NoSuchTime, in_zone, read_day, read_time, to_utc
