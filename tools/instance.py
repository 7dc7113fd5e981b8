"""How Odoo is run in this checkout: its configuration, addons and environment."""

import contextlib
import os

import psycopg2

from . import odoo_source, postgres
from .console import Failure
from .paths import BUILD, LOGS, ROOT, SCREENSHOTS, VENV_PYTHON

# The publisher's statistics go to the discard port: nothing leaves this machine.
CONFIGURATION = """[options]
addons_path = {addons_path}
data_dir = {data_dir}
screenshots = {screenshots}
http_interface = 127.0.0.1
publisher_warranty_url = http://127.0.0.1:9/
list_db = False
limit_time_real_cron = 300
"""

ODOO_BIN = BUILD / "odoo-bin.py"


class Instance:
    """Odoo on one PostgreSQL: its command lines, their environment, SQL beside it."""

    def __init__(self, cluster, pg_variables):
        self.odoo_version = odoo_source.version(odoo_source.ensure())
        self.data = BUILD / "data" / cluster
        self.configuration = BUILD / f"odoo-{cluster}.conf"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("ODOO_")},
            **pg_variables,
            "ODOO_RC": str(self.configuration),
            # OCA's job runner starts in any server that has loaded its addon before
            "ODOO_QUEUE_JOB_CHANNELS": "root:0",
        }
        self._pg_variables = pg_variables
        self._write_configuration()

    def command(self, *arguments):
        """Return a command line of Odoo's command line interface."""
        return [str(VENV_PYTHON), str(ODOO_BIN), *map(str, arguments)]

    def filestore(self, database):
        """Return the folder of a database's attachments."""
        return self.data / "filestore" / database

    @contextlib.contextmanager
    def cursor(self, database="postgres"):
        """Yield a cursor outside Odoo; each statement is its own transaction."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        parameters = {key: self._pg_variables.get(name) for key, name in names.items()}
        connection = psycopg2.connect(dbname=database, **parameters)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _write_configuration(self):
        self.data.mkdir(parents=True, exist_ok=True)
        LOGS.mkdir(parents=True, exist_ok=True)
        content = CONFIGURATION.format(
            addons_path=ROOT if addons() else "", data_dir=self.data, screenshots=SCREENSHOTS
        )
        if not self.configuration.is_file() or self.configuration.read_text() != content:
            self.configuration.write_text(content)
        # A file, not "-m odoo": with workers Odoo starts itself again by its name.
        if not ODOO_BIN.is_file():
            ODOO_BIN.write_text("from odoo.cli import main\n\nmain()\n")


def addons():
    """Return the folders of the addons in this checkout, by name."""
    return {path.parent.name: path.parent for path in sorted(ROOT.glob("*/__manifest__.py"))}


def chosen_addons(names):
    """Return the addons to install: all, or those that ``ADDONS`` names, the glue left out.

    :param list names: of the addons in this checkout
    """
    chosen = os.environ.get("ADDONS", "").replace(",", " ").split()
    if unknown := set(chosen) - set(names):
        raise Failure(f"ADDONS={' '.join(sorted(unknown))} is not in this checkout.")
    return [name for name in names if name in chosen or not chosen]


@contextlib.contextmanager
def running(cluster):
    """Keep a PostgreSQL running; yield Odoo's instance on it."""
    with postgres.running(cluster) as pg_variables:
        yield Instance(cluster, pg_variables)
