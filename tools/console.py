"""What a person at the terminal sees: steps with their time, and plain sentences."""

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

from .paths import BUILD, LOGS

FULL = 20_000_000
NO_SPACE = f"No space left on the disk that holds {BUILD}."


class Failure(Exception):
    """Something went wrong that one sentence can explain."""


class Step:
    """One line of progress: a label, a detail that may change, the elapsed time."""

    def __init__(self, label):
        self.label = label
        self.detail = ""
        self._live = sys.stdout.isatty()
        self._started = time.monotonic()
        self._done = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self):
        if self._live:
            self._ticker.start()
        return self

    def __exit__(self, exc_type, *_exc):
        self._done.set()
        if self._live:
            self._ticker.join()
        self._show("failed" if exc_type else "done", end="\n")

    def _tick(self):
        while not self._done.wait(0.2):
            self._show(self.detail, end="")

    def _show(self, status, end):
        start = "\r\033[K" if self._live else ""
        elapsed = time.monotonic() - self._started
        line = f"{start}  {self.label:<44} {elapsed:6.1f} s  {status}".rstrip()
        print(line, end=end, flush=True)


def run(command, log, sentence, stdin=subprocess.DEVNULL, **kwargs):
    """Run a command with its output in ``build/log``; fail with ``sentence``."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with path.open("wb") as output:
        result = subprocess.run(
            [str(part) for part in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **kwargs,
        )
    if result.returncode:
        check_space(path)
        raise Failure(f"{sentence} (details: {path.relative_to(BUILD.parent)})")


def check_space(log):
    """Fail with the real reason if it is a full disk."""
    told = os.strerror(errno.ENOSPC) in log.read_text(errors="replace")
    if told or shutil.disk_usage(BUILD).free < FULL:
        raise Failure(NO_SPACE)


@contextlib.contextmanager
def lock(name):
    """Hold a lock of this checkout, so that two `make` do not write the same files."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / f".{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"  Waiting for another make in this folder ({name}).", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main(function):
    """Run ``function`` as a program: plain sentences instead of tracebacks."""
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(143))
    try:
        sys.exit(function(*sys.argv[1:]))
    except Failure as failure:
        sys.exit(f"Error: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(f"Error: {NO_SPACE}")
