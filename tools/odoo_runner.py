"""`make test-odoo`: the addons' tests with Odoo's own runner, as other Odoo users run them."""

import subprocess

from . import chromium, instance
from .console import main
from .databases import Databases
from .ports import free_port


def test():
    """Run the tests on a fresh copy of the template; return the exit status."""
    chromium.ensure()
    with instance.running("dev") as odoo:
        databases = Databases(odoo)
        template = databases.ensure_template()
        with databases.temporary(template, "runner") as database:
            tags = ",".join(f"/{name}" for name in databases.addons)
            arguments = [
                *("-d", database, "-u", ",".join(databases.addons)),
                *("--test-tags", tags, "--stop-after-init", f"--http-port={free_port()}"),
            ]
            return subprocess.run(
                odoo.command("server", *arguments), env=odoo.environment, check=False
            ).returncode


if __name__ == "__main__":
    main(test)
