"""`build/bin/odoo`, `psql` and `python`: one command with everything running around it.

``CLUSTER=demo`` chooses the demo's PostgreSQL instead of the tests'.
"""

import os
import signal
import subprocess

from . import instance, postgres
from .console import main
from .paths import VENV_PYTHON


def shell(program, *arguments):
    """Run ``program`` with a running PostgreSQL and Odoo's configuration."""
    with instance.running(os.environ.get("CLUSTER", "dev")) as odoo:
        commands = {
            "odoo": odoo.command(),
            "psql": [postgres.binary("psql")],
            "python": [VENV_PYTHON],
        }
        process = subprocess.Popen([*commands[program], *arguments], env=odoo.environment)
        # Ctrl-C reaches the program as well, which decides itself what to do about it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_args: process.terminate())
        return process.wait()


if __name__ == "__main__":
    main(shell)
