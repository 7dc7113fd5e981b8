"""Odoo as customers meet it: real workers, real SMTP, a real SMS gateway."""

import contextlib
import json
import subprocess

import requests

from .catcher import Catcher, Faults
from .catcher.store import wait_for
from .paths import LOGS, VENV_PYTHON
from .ports import free_port
from .server import Server, set_parameters, url_parameters

WORKERS = 2
TIMEOUT = 60


class Live:
    """A server on one database with all that belongs to it."""

    def __init__(self, odoo, database, *options):
        self.database = database
        self._odoo = odoo
        self._options = options
        self._stack = contextlib.ExitStack()
        self._helper = None
        self._keys = {}

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.catcher = stack.enter_context(Catcher())
            mail = self.catcher.odoo_options()
            gevent_port = free_port()
            ports = [f"--gevent-port={gevent_port}", f"--workers={WORKERS}"]
            options = [*mail, *ports, *self._options]
            # The database is thrown away, so nobody needs to wait for the workers' end.
            server = Server(self._odoo, self.database, free_port(), options, 0)
            self.url, self.log = server.url, server.log
            # without a proxy in front, websockets have a port of their own
            self.websocket_url = f"ws://localhost:{gevent_port}"
            parameters = {**self.catcher.odoo_parameters(), **url_parameters(self.url)}
            set_parameters(self._odoo, self.database, parameters)
            self._mail_options = mail
            self._helper = stack.enter_context(_helper(self._odoo, self.database, mail))
            stack.enter_context(server)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc):
        return self._stack.__exit__(*exc)

    @contextlib.contextmanager
    def second_server(self):
        """Run another server with workers on the same database and file store; yield its URL."""
        ports = [f"--gevent-port={free_port()}", f"--workers={WORKERS}"]
        options = [*self._mail_options, *ports, *self._options]
        second = Server(self._odoo, self.database, free_port(), options, 0, name="second")
        with second:
            yield second.url

    def shell(self, code, **variables):
        """Run Python with ``env`` and ``variables``; return what it assigns to ``result``."""
        request = json.dumps({"code": code, "variables": variables})
        print(request, file=self._helper.stdin, flush=True)
        answer = json.loads(self._helper.stdout.readline())
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["result"]

    def sql(self, query, params=None):
        """Run a statement outside Odoo; return its rows."""
        with self._odoo.cursor(self.database) as cursor:
            cursor.execute(query, params)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def locked(self, table):
        """Let whoever would write to a table wait; it may be read."""
        with self._odoo.cursor(self.database) as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")

    def rpc(self, login):
        """Return Odoo's external API (JSON-2) as the user ``login`` sees it."""
        if login not in self._keys:
            code = """
from datetime import timedelta
user = env["res.users"].search([("login", "=", login)])
keys = env["res.users.apikeys"].with_user(user)
expires = env.cr.now() + timedelta(days=1)
result = keys.sudo()._generate("rpc", "live tests", expires)
"""
            self._keys[login] = self.shell(code, login=login)
        return Rpc(self.url, self.database, self._keys[login])

    def mails(self, to=None, count=1, timeout=15):
        """Return the mails to an address, oldest first, waiting until there are ``count``."""
        return wait_for(lambda: self.catcher.store.mails(to), count, timeout)

    def sms(self, to=None, count=1, timeout=15):
        """Return the SMS to a number, oldest first, waiting until there are ``count``."""
        return wait_for(lambda: self.catcher.store.sms(to), count, timeout)

    @contextlib.contextmanager
    def faults(self, **faults):
        """Let the mail server and the SMS gateway fail, see ``catcher.Faults``."""
        self.catcher.store.faults = Faults(**faults)
        try:
            yield
        finally:
            self.catcher.store.faults = Faults()


class Rpc:
    """The external API with one user's key."""

    def __init__(self, url, database, key):
        self._url = url
        self._headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": database}

    def call(self, model, method, **arguments):
        """Call a method; ``ids`` names the records, everything else is an argument."""
        url = f"{self._url}/json/2/{model}/{method}"
        response = requests.post(url, json=arguments, headers=self._headers, timeout=TIMEOUT)
        if not response.ok:
            raise RpcError(response.status_code, response.json())
        return response.json()


class RpcError(Exception):
    """A call that Odoo refused."""

    def __init__(self, status, answer):
        super().__init__(f"{status} {answer.get('name')}: {answer.get('message')}")
        self.status = status
        self.name = answer.get("name")
        self.message = answer.get("message")


@contextlib.contextmanager
def _helper(odoo, database, options):
    command = [VENV_PYTHON, "-m", "tools.odoo_helper", database, *options]
    with (LOGS / f"helper-{database}.log").open("w") as log:
        process = subprocess.Popen(
            command,
            env=odoo.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield process
        finally:
            process.stdin.close()
            process.wait()
            process.stdout.close()
