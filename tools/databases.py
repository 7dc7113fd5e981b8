"""Databases with the addons installed, as fast as copies can be.

The *base* has what the addons depend on; it takes long and is made once for a lock
file, an Odoo version and a set of dependencies. The *template* is a copy of it with the
addons, made anew when their files change. Every run works on a copy of the template.
A comment on a database says from what it was completely made.
"""

import ast
import contextlib
import os
import re
import shutil
import subprocess
import time

from psycopg2 import sql

from . import postgres
from .console import Failure, Step, check_space, lock
from .instance import addons, chosen_addons
from .paths import BUILD, LOGS
from .python_packages import LOCK
from .stamp import digest, tree_digest

# The bundles of the backend, the portal, the tours and the addons; others wait for use.
PREGENERATE = """
wanted = ("web.assets_web", "web.assets_web_print", "web.assets_frontend", "web.assets_tests",
          "web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.__assets_tests_call__")
scripts, styles = env["ir.qweb"]._get_bundles_to_pregenarate()
for names, kind in ((scripts, "js"), (styles, "css")):
    for name in sorted(names):
        if name in wanted or name.split(".")[0] in ADDONS:
            options = {"js": kind == "js", "css": kind == "css"}
            getattr(env["ir.qweb"]._get_asset_bundle(name, **options), kind)()
env.cr.commit()
"""
# Mails and SMS that installing left in the queues would go out with the first test.
EMPTY_QUEUES = """
DELETE FROM mail_mail WHERE state = 'outgoing';
DELETE FROM sms_sms WHERE state = 'outgoing'
"""
POLL_SECONDS = 0.3


class Databases:
    """The databases on one Odoo instance, with or without demo data and more languages."""

    def __init__(self, odoo, with_demo=False, languages=()):
        self._odoo = odoo
        self._demo = ["--with-demo"] if with_demo else []
        self._languages = [f"--load-language={','.join(languages)}"] if languages else []
        manifests = {
            name: ast.literal_eval((path / "__manifest__.py").read_text())
            for name, path in addons().items()
        }
        found = [name for name, data in manifests.items() if data.get("installable", True)]
        if not found:
            raise Failure("There is no addon in this checkout.")
        self.addons = chosen_addons(found)
        # Of all addons, chosen or not: one base serves every choice.
        depends = {name for key in found for name in manifests[key].get("depends", ["base"])}
        self.dependencies = sorted(depends - set(found))
        self._alone = [] if self.addons == found else ["--skip-auto-install"]
        self.sources = tree_digest(*(addons()[name] for name in self.addons))
        inputs = [*self.dependencies, *self._demo, *self._languages]
        key = digest(LOCK, odoo.odoo_version, *inputs, str(BUILD))
        self.base = f"cpa_base_{key}"
        chosen = f"_{digest(*self.addons)}" if self._alone else ""
        self.template = f"cpa_template_{key}{chosen}"

    def is_template_current(self):
        """Tell whether the template holds the addons as they are now."""
        return self.comment(self.template) == self.sources

    def ensure_base(self):
        """Return the name of a database with the addons' dependencies."""
        with lock("base"):
            if self.comment(self.base) != "complete":
                self._drop_outdated()
                self.drop(self.base)
                with Step("Odoo: install the dependencies") as step:
                    options = [*self._demo, *self._languages]
                    install(self._odoo, self.base, self.dependencies, step, *options)
                with self._odoo.cursor(self.base) as cursor:
                    cursor.execute(EMPTY_QUEUES)
                self.set_comment(self.base, "complete")
        return self.base

    def make(self, name):
        """Make a database with the addons, as they are now, from the base."""
        base = self.ensure_base()
        self.drop(name)
        with Step("Odoo: install the addons") as step:
            self.copy(base, name)
            install(self._odoo, name, self.addons, step, *self._demo, *self._alone)
        with Step("Odoo: generate the web assets"):
            run_code(self._odoo, name, f"ADDONS = {self.addons!r}\n{PREGENERATE}")
        self.set_comment(name, self.sources)

    def ensure_template(self, exact=True):
        """Return the name of a database with the addons, as they are now if ``exact``."""
        with lock("template"):
            comment = self.comment(self.template)
            if not comment or (exact and comment != self.sources):
                self.make(self.template)
        return self.template

    @contextlib.contextmanager
    def temporary(self, source, purpose):
        """Yield the name of a copy of ``source`` that is dropped at the end."""
        self._drop_abandoned()
        name = f"cpa_run_{purpose}_{os.getpid()}"
        with lock("template"):
            self.copy(source, name)
        try:
            yield name
        finally:
            self.drop(name)

    def copy(self, source, target):
        """Copy a database; the attachments' files, never changed in place, are linked."""
        self.drop(target)
        with self._odoo.cursor() as cursor:
            statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
            names = sql.Identifier(target), sql.Identifier(source)
            cursor.execute(sql.SQL(statement).format(*names))
        if self._odoo.filestore(source).is_dir():
            shutil.copytree(
                self._odoo.filestore(source), self._odoo.filestore(target), copy_function=os.link
            )

    def drop(self, name):
        """Drop a database and its attachments if it is there."""
        with self._odoo.cursor() as cursor:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            cursor.execute(statement.format(sql.Identifier(name)))
        shutil.rmtree(self._odoo.filestore(name), ignore_errors=True)

    def _drop_abandoned(self):
        """Drop the copies of runs that were killed."""
        for name, pid in self._own_names(r"cpa_run_[a-z]+_(\d+)"):
            try:
                os.kill(int(pid), 0)
            except ProcessLookupError:
                self.drop(name)
            except PermissionError:
                continue

    def _drop_outdated(self):
        """Drop bases and templates of older dependencies."""
        for name, _key in self._own_names("cpa_(base|template)_.*"):
            self.drop(name)

    def _own_names(self, pattern):
        """Return name and group of matching databases; on a shared server none is ours."""
        if postgres.is_external():
            return []
        with self._odoo.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            matches = (re.fullmatch(pattern, name) for (name,) in cursor.fetchall())
            return [(match[0], match[1]) for match in matches if match]

    def comment(self, name):
        """Return from what a database was completely made, None if it was not."""
        with self._odoo.cursor() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                [name],
            )
            row = cursor.fetchone()
            return row and row[0]

    def set_comment(self, name, text):
        """Note from what a database was completely made."""
        with self._odoo.cursor() as cursor:
            statement = sql.SQL("COMMENT ON DATABASE {} IS %s")
            cursor.execute(statement.format(sql.Identifier(name)), [text])


def install(odoo, database, modules, step, *options):
    """Install modules, upgrade them if ``-u`` is an option; count them on the screen."""
    arguments = ["-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http"]
    log = LOGS / f"install-{database}.log"
    log.write_text("")
    with log.open("a") as output:
        process = subprocess.Popen(
            odoo.command("server", *arguments, *options, "--log-level=info"),
            env=odoo.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while process.poll() is None:
                time.sleep(POLL_SECONDS)
                loaded = re.findall(r"Loading module \S+ \((\d+/\d+)\)", log.read_text())
                step.detail = f"module {loaded[-1]}" if loaded else ""
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode:
        check_space(log)
        raise Failure(f"Odoo could not install {', '.join(modules)}; see {log}.")


def run_code(odoo, database, code):
    """Run Python code with ``env`` in Odoo's shell; return what it prints."""
    result = subprocess.run(
        odoo.command("shell", "-d", database, "--no-http", "--log-level=error"),
        env=odoo.environment,
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Failure(f"Odoo's shell failed: {result.stderr.strip().splitlines()[-1]}")
    return result.stdout
