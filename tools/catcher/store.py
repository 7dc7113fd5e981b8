"""What was caught, and which faults are to be played."""

import base64
import dataclasses
import datetime
import email.policy
import json
import threading
import time
from html.parser import HTMLParser

POLL_SECONDS = 0.05


class _LinkCollector(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []

    def handle_starttag(self, tag, attrs):
        target = dict(attrs).get("href") or ""
        if tag == "a" and target.startswith("http"):
            self.links.append(target)


@dataclasses.dataclass(frozen=True)
class Mail:
    """One mail as it came over SMTP: the envelope and the raw message."""

    sender: str
    recipients: list
    raw: bytes
    received_at: str

    @property
    def message(self):
        """The parsed message."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self):
        """The subject, decoded."""
        return str(self.message["Subject"] or "")

    @property
    def text(self):
        """The plain text part, empty if there is none."""
        return self._body("plain")

    @property
    def html(self):
        """The HTML part, empty if there is none."""
        return self._body("html")

    @property
    def links(self):
        """The addresses that the mail links to, in the order of the text."""
        collector = _LinkCollector()
        collector.feed(self.html)
        return collector.links

    def _body(self, kind):
        part = self.message.get_body(preferencelist=(kind,))
        return part.get_content() if part else ""


@dataclasses.dataclass(frozen=True)
class Sms:
    """One SMS as Odoo gave it to the gateway."""

    number: str
    content: str
    received_at: str


@dataclasses.dataclass
class Faults:
    """What the servers shall do wrong.

    ``sms`` is a state that Odoo's gateway knows (``server_error``, ``insufficient_credit``,
    ``wrong_number_format``, ...) or ``down`` for a gateway that does not answer.
    ``numbers`` are numbers which the gateway takes for wrong; ``refused`` are mail
    addresses to which the mail server says 550. With ``mails`` the mail server is gone
    after so many; with ``held`` it lets the sender of the next one wait for its answer. It
    takes a mail to the addresses in ``silent``, and hangs up before it says so.
    """

    sms: str = ""
    numbers: list = dataclasses.field(default_factory=list)
    refused: list = dataclasses.field(default_factory=list)
    mails: int | None = None
    held: int | None = None
    silent: frozenset = frozenset()


class Store:
    """The messages, newest last, in memory and, for the demo, also in a file."""

    def __init__(self, path=None):
        self.faults = Faults()
        self._path = path
        self._lock = threading.Lock()
        self._items = {}
        self._next_id = 1
        if path and path.is_file():
            for line in path.read_text().splitlines():
                self._keep(_load(json.loads(line)))

    def add_mail(self, sender, recipients, raw):
        """Keep a mail."""
        if self.faults.mails:
            self.faults.mails -= 1
        if self.faults.held:
            self.faults.held -= 1
        self._add(Mail(sender, list(recipients), raw, _now()))

    def add_sms(self, number, content):
        """Keep an SMS."""
        self._add(Sms(number, content, _now()))

    def is_gone(self):
        """Say whether the mail server plays dead."""
        return self.faults.mails == 0

    def is_held(self):
        """Say whether the mail server keeps senders waiting."""
        return self.faults.held == 0

    def items(self, kind=object):
        """Return messages by id, newest first."""
        with self._lock:
            items = reversed(self._items.items())
            return {key: item for key, item in items if isinstance(item, kind)}

    def mails(self, to=None):
        """Return the mails to an address, oldest first."""
        found = reversed(self.items(Mail).values())
        return [mail for mail in found if to is None or to in mail.recipients]

    def sms(self, to=None):
        """Return the SMS to a number, oldest first."""
        found = reversed(self.items(Sms).values())
        return [sms for sms in found if to is None or sms.number == to]

    def clear(self):
        """Forget all messages."""
        with self._lock:
            self._items.clear()
            if self._path:
                self._path.unlink(missing_ok=True)

    def _add(self, item):
        with self._lock:
            self._keep(item)
            if self._path:
                with self._path.open("a") as handle:
                    handle.write(json.dumps(_dump(item)) + "\n")

    def _keep(self, item):
        self._items[self._next_id] = item
        self._next_id += 1


def wait_for(search, count=1, timeout=15):
    """Return what ``search`` finds as soon as it is ``count`` items, or fail."""
    deadline = time.monotonic() + timeout
    while len(found := search()) < count:
        if time.monotonic() > deadline:
            raise AssertionError(f"{len(found)} instead of {count} messages after {timeout} s")
        time.sleep(POLL_SECONDS)
    return found


def _now():
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _dump(item):
    values = dataclasses.asdict(item)
    if isinstance(item, Mail):
        values["raw"] = base64.b64encode(item.raw).decode()
    return values


def _load(values):
    if "raw" in values:
        return Mail(**{**values, "raw": base64.b64decode(values["raw"])})
    return Sms(**values)
