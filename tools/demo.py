"""`make demo`: Odoo with demo data, and an inbox for all mail and SMS that it sends.

The web server has threads instead of workers: without a proxy in front of it that is
the way to have Odoo's live updates (websockets) on the same port.
"""

import contextlib
import os
import signal
import sys
import time

import psycopg2

from . import instance
from .catcher import Catcher
from .console import Failure, Step, lock, main
from .databases import Databases, install
from .paths import BUILD
from .ports import is_free
from .server import Server, set_parameters, url_parameters

DATABASE = "demo"
LANGUAGES = ("en_US", "nb_NO", "de_DE", "fr_FR")
MAILBOX = BUILD / "demo-inbox.jsonl"
CHECK_SECONDS = 1
LOGINS = (
    ("Administrator", "admin", "admin"),
    ("Sales user", "sara", "sara"),
    ("Project user", "pia", "pia"),
    ("Portal administrator", "paul", "paul"),
)


def demo(*arguments):
    """Serve the demo until Ctrl-C; with ``--reset`` throw its data away before."""
    started = time.monotonic()
    signal.signal(signal.SIGINT, lambda *_args: sys.exit(0))
    signal.signal(signal.SIGHUP, lambda *_args: sys.exit(129))
    port, inbox_port = _ports()
    with lock("demo"), instance.running("demo") as odoo:
        if "--reset" in arguments:
            Databases(odoo).drop(DATABASE)
            MAILBOX.unlink(missing_ok=True)
        _ensure_database(odoo)
        with Catcher(inbox_port, MAILBOX) as catcher:
            server = Server(odoo, DATABASE, port, catcher.odoo_options())
            parameters = {**catcher.odoo_parameters(), **url_parameters(server.url)}
            set_parameters(odoo, DATABASE, parameters)
            with contextlib.ExitStack() as stack:
                with Step("Odoo: start"):
                    stack.enter_context(server)
                _greet(server.url, catcher.url, time.monotonic() - started)
                _watch(server, odoo)


def _ports():
    """Return the ports of Odoo and of the inbox, both free."""
    text = os.environ.get("PORT") or "8069"
    if not text.isdigit() or not 1024 <= int(text) < 65535:
        raise Failure(f"PORT={text} is no port number between 1024 and 65534.")
    for port in (int(text), int(text) + 1):
        if not is_free(port):
            raise Failure(
                f"Port {port} is taken; choose another PORT= (the inbox has the port after it)."
            )
    return int(text), int(text) + 1


def _ensure_database(odoo):
    databases = Databases(odoo, with_demo=True, languages=LANGUAGES)
    made_from = databases.comment(DATABASE)
    if not made_from:
        databases.make(DATABASE)
    elif made_from != databases.sources:
        with Step("Odoo: upgrade the addon") as step:
            options = ("-u", ",".join(databases.addons), "--with-demo")
            install(odoo, DATABASE, databases.addons, step, *options)
        databases.set_comment(DATABASE, databases.sources)


def _greet(url, inbox_url, seconds):
    rows = [("Odoo", url), ("Customers' portal", f"{url}/my"), ("Inbox (mail and SMS)", inbox_url)]
    print(f"\n  Ready after {seconds:.1f} s. Ctrl-C stops everything, the data is kept.\n")
    for label, value in rows:
        print(f"    {label:<22}{value}")
    print("\n    Log in as             name / password")
    for label, name, password in LOGINS:
        print(f"    {label:<22}{name} / {password}")
    print(flush=True)


def _watch(server, odoo):
    """Wait until a signal comes, or something that was started dies."""
    while True:
        time.sleep(CHECK_SECONDS)
        if not server.is_running():
            raise Failure(f"Odoo stopped unexpectedly; see {server.log}.")
        try:
            with odoo.cursor(DATABASE):
                pass
        except psycopg2.OperationalError as error:
            raise Failure("PostgreSQL stopped unexpectedly.") from error


if __name__ == "__main__":
    main(demo)
