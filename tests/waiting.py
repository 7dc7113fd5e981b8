"""Waiting for what happens in the background."""

import time


def wait_until(condition, timeout=15):
    """Return the first true value of ``condition``.

    :param timeout: seconds after which it fails
    """
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(f"Nothing happened within {timeout} s.")
