"""A running Odoo, for the demo and for the live tests."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.request

from .console import Failure
from .paths import BUILD, LOGS

START_SECONDS = 90
STOP_SECONDS = 15


class Server:
    """One Odoo server on one database, in a process group of its own."""

    def __init__(self, odoo, database, port, options, stop_seconds=STOP_SECONDS, name="server"):
        self.url = f"http://localhost:{port}"
        self.log = LOGS / f"{name}-{database}.log"
        self._command = odoo.command(
            "server",
            *("-d", database, f"--db-filter=^{database}$", f"--http-port={port}"),
            *("--max-cron-threads=1", "--log-level=info", *options),
        )
        self._environment = odoo.environment
        self._stop_seconds = stop_seconds
        self._process = None

    def __enter__(self):
        with self.log.open("w") as output:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc):
        if self.is_running():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self._stop_seconds)
        # Whatever is left of the group: workers of a killed parent, a stuck server.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def is_running(self):
        """Tell whether the server process is alive."""
        return self._process.poll() is None

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.is_running():
            if self._answers():
                return
            time.sleep(0.1)
        raise Failure(f"Odoo did not start; see {self.log.relative_to(BUILD.parent)}.")

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/web/login", timeout=30) as response:
                return response.status == 200
        except OSError:
            return False


def set_parameters(odoo, database, parameters):
    """Set system parameters of a database on which no server runs."""
    statement = """
        INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
    """
    with odoo.cursor(database) as cursor:
        for key, value in parameters.items():
            cursor.execute(statement, [key, value])


def url_parameters(url):
    """Return the parameters that make Odoo write links to ``url``."""
    return {"web.base.url": url, "web.base.url.freeze": "True"}
