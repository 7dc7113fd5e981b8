"""The catcher as one thing that is started and stopped."""

import asyncio
import contextlib
import threading
from http.server import ThreadingHTTPServer

from aiosmtpd.controller import Controller

from ..ports import free_port
from .store import Store
from .web import handler_class

HOST = "127.0.0.1"
HELD_SECONDS = 0.05


class Catcher:
    """A mail server and a web server with an SMS gateway, each in a thread."""

    def __init__(self, web_port=0, path=None):
        self.store = Store(path)
        self.smtp_port = free_port()
        self._smtp = self._mail_server()
        self._web = ThreadingHTTPServer((HOST, web_port), handler_class(self.store))
        self.web_port = self._web.server_address[1]
        self.url = f"http://{HOST}:{self.web_port}"

    def __enter__(self):
        self._smtp.start()
        threading.Thread(target=self._web.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc):
        self._web.shutdown()
        self._web.server_close()
        self._smtp.stop()

    @contextlib.contextmanager
    def mail_server_stopped(self):
        """Let nobody listen for mail meanwhile."""
        self._smtp.stop()
        try:
            yield
        finally:
            self._smtp = self._mail_server()
            self._smtp.start()

    def _mail_server(self):
        return Controller(_MailHandler(self.store), hostname=HOST, port=self.smtp_port)

    def odoo_options(self):
        """Return the options with which Odoo sends its mail here."""
        return [f"--smtp={HOST}", f"--smtp-port={self.smtp_port}"]

    def odoo_parameters(self):
        """Return the system parameters with which Odoo reaches no other service than this."""
        services = ("sms", "iap", "enrich", "reveal", "snailmail", "iap.partner_autocomplete")
        return {f"{service}.endpoint": self.url for service in services}


class _MailHandler:
    """What the mail server does with recipients and messages."""

    def __init__(self, store):
        self._store = store

    async def handle_EHLO(self, server, session, _envelope, hostname, responses):
        session.host_name = hostname
        if self._store.is_gone():
            server.transport.abort()
        return responses

    async def handle_MAIL(self, server, _session, envelope, address, _options):
        if self._store.is_gone():
            server.transport.abort()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self._store.faults.refused:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        while self._store.is_held():
            await asyncio.sleep(HELD_SECONDS)
        self._store.add_mail(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        if self._store.faults.silent.intersection(envelope.rcpt_tos):
            server.transport.abort()
        return "250 OK"
