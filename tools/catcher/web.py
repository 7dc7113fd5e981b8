"""The web side: a page to read the messages on, its API, and Odoo's SMS gateway.

====================== ====== =========================================================
path                   method what
====================== ====== =========================================================
``/``                  GET    the page
``/api/messages``      GET    all mails and SMS, newest first
``/api/messages``      DELETE forget them
``/api/sms``           GET    the SMS alone
``/api/faults``        GET    the faults that are played, see ``store.Faults``
``/api/faults``        PUT    play these faults from now on
``/message/<id>``      GET    the HTML of a mail, for a sandboxed frame
``/message/<id>/raw``  GET    the mail as it came
``/api/sms/3/send``    POST   Odoo's ``sms.endpoint`` (JSON-RPC)
``/iap/1/balance``     POST   Odoo's ``iap.endpoint``: the credit left (JSON-RPC)
====================== ====== =========================================================
"""

import dataclasses
import html
import json
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from .store import Faults, Mail, Sms

PAGE = Path(__file__).with_name("page.html")
CREDIT = 1000
LOCAL_NAMES = ("127.0.0.1", "localhost")
# Mail must not run scripts here, but its links shall open in a tab of their own.
SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox; script-src 'none'"


def handler_class(store):
    """Return a request handler that serves ``store``."""
    return type("Handler", (_Handler,), {"store": store})


class _Handler(BaseHTTPRequestHandler):
    store = None
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = urlsplit(self.path).path
        message = re.fullmatch(r"/message/(\d+)(/raw)?", path)
        if path == "/":
            self._answer(PAGE.read_bytes(), "text/html; charset=utf-8")
        elif path == "/api/messages":
            self._answer_json([_describe(*item) for item in self.store.items().items()])
        elif path == "/api/sms":
            self._answer_json([_describe(*item) for item in self.store.items(Sms).items()])
        elif path == "/api/faults":
            self._answer_json(dataclasses.asdict(self.store.faults))
        elif message:
            self._answer_mail(int(message[1]), raw=bool(message[2]))
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_DELETE(self):
        if urlsplit(self.path).path != "/api/messages":
            return self.send_error(HTTPStatus.NOT_FOUND)
        self.store.clear()
        return self._answer_json({})

    def do_PUT(self):
        if urlsplit(self.path).path != "/api/faults":
            return self.send_error(HTTPStatus.NOT_FOUND)
        try:
            self.store.faults = Faults(**self._read_json())
        except (TypeError, ValueError) as error:
            return self.send_error(HTTPStatus.BAD_REQUEST, str(error))
        return self._answer_json(dataclasses.asdict(self.store.faults))

    def do_POST(self):
        """Answer Odoo's services in its JSON-RPC."""
        path = urlsplit(self.path).path
        request = self._read_json()
        if self.store.faults.sms == "down":
            return self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        answer = {"jsonrpc": "2.0", "id": request.get("id")}
        if path == "/api/sms/3/send":
            answer["result"] = self._send_sms(request["params"]["messages"])
        elif path == "/iap/1/balance":
            answer["result"] = 0 if self.store.faults.sms == "insufficient_credit" else CREDIT
        elif path == "/iap/1/get-accounts-information":
            answer["result"] = {}
        else:
            data = {"name": "NotFound", "message": f"There is no service at {path}."}
            answer["error"] = {"code": 404, "message": data["message"], "data": data}
        return self._answer_json(answer)

    def parse_request(self):
        """Refuse names other than this machine's, with which a web page could reach in."""
        if not super().parse_request():
            return False
        if self.headers.get("Host", "").rpartition(":")[0] in LOCAL_NAMES:
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def log_message(self, *_args):
        """Keep quiet: the page itself shows what came."""

    def _send_sms(self, messages):
        results = []
        for message in messages:
            for number in message["numbers"]:
                state = self.store.faults.sms or "success"
                if number["number"] in self.store.faults.numbers:
                    state = "wrong_number_format"
                if state == "success":
                    self.store.add_sms(number["number"], message["content"])
                credit = 1 if state == "success" else 0
                results.append({"uuid": number["uuid"], "state": state, "credit": credit})
        return results

    def _answer_mail(self, key, raw):
        mail = self.store.items(Mail).get(key)
        if not mail:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif raw:
            self._answer(mail.raw, "text/plain; charset=utf-8")
        else:
            body = mail.html or f"<pre>{html.escape(mail.text)}</pre>"
            page = f'<!DOCTYPE html><base target="_blank">{body}'
            self._answer(page.encode(), "text/html; charset=utf-8", SANDBOX)

    def _read_json(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")

    def _answer_json(self, value):
        self._answer(json.dumps(value).encode(), "application/json")

    def _answer(self, content, content_type, policy=None):
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(content)


def _describe(key, item):
    """Return a message as the API shows it."""
    if isinstance(item, Sms):
        return {"id": key, "kind": "sms", **dataclasses.asdict(item)}
    return {
        "id": key,
        "kind": "mail",
        "from": str(item.message["From"] or item.sender),
        "sender": item.sender,
        "recipients": item.recipients,
        "subject": item.subject,
        "text": item.text,
        "html": item.html,
        "links": item.links,
        "received_at": item.received_at,
    }
