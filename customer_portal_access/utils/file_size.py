"""Sizes of files, in words."""

UNITS = ("KB", "MB", "GB")


def readable_size(size):
    """Return a size in whole units, as people speak of it.

    Rounded down: for a limit it may not say more than what is taken.

    :param int size: in bytes
    :rtype: str
    """
    number, unit = max(size, 0) / 1024, 0
    while number >= 1024 and unit < len(UNITS) - 1:
        number, unit = number / 1024, unit + 1
    return f"{max(int(number), 1 if size else 0)} {UNITS[unit]}"
