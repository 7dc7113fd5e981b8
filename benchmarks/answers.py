"""`make answers`: known addresses beside unknown ones, by the time and the words of answers.

Against a live server over HTTP, on a throwaway database: each kind of address is asked for
thirty times, in an order that is drawn anew for each round. Half of the unknown addresses
are compared with the other half, to show how far apart chance alone puts two kinds.
"""

import json
import random
import re
import statistics
import time

import requests

from tools import instance
from tools.console import Step, main
from tools.databases import Databases
from tools.live import Live
from tools.paths import BUILD

from .addresses import MAKE_ADDRESSES, PASSWORD, TYPED, WRONG

RESULTS = BUILD / "answers.json"
ROUNDS = 30
WARM_UP = 3
# So many standard errors from a mere guess: once in 370 comparisons chance alone does it.
SURE = 3
FORM_SECONDS = 3.1  # sooner it is no person who sends the form
HEADS = ("question", "address", "median", "ratio", "guessed", "times", "answers")

# what differs between two answers to one and the same question
_CSRF = re.compile(r"[0-9a-f]{40}o[0-9]+")
_OTHER_HEADERS = {"Date", "Set-Cookie", "Content-Length"}

REGISTER = ("unknown", "unknown too", "contact", "with access", "pending", "rejected", "colleague")
WAY_IN = ("unknown", "unknown too", "contact", "with access", "password", "disabled", "pending")
SIGN_IN = ("unknown", "unknown too", "contact", "password", "no password", "archived", "colleague")


def answers():
    """Ask, keep the results and print them as a table."""
    with instance.running("dev") as odoo:
        databases = Databases(odoo)
        copy = databases.temporary(databases.ensure_template(), "answers")
        with copy as database, Live(odoo, database) as server, Step("Questions"):
            lines = _ask_all(server)
    RESULTS.write_text(json.dumps(lines, indent=2) + "\n")
    _print_table(lines)
    print(
        f"\n  {ROUNDS} requests each, medians in milliseconds, the ratio to the unknown ones;"
        "\n  guessed: how often the slower of a pair is the known one, 50 % is a mere guess."
        f"\n  Kept in {RESULTS.relative_to(BUILD.parent)}."
    )
    return int(not all(line["same_answers"] and line["same_time"] for line in lines))


def _ask_all(server):
    count = ROUNDS + WARM_UP
    addresses = server.shell(MAKE_ADDRESSES, count=count, password=PASSWORD)
    lines = []
    for question in (
        Question(server, "register", "/customer/register", REGISTER, "email", TYPED),
        Question(server, "first time here", "/customer/first", WAY_IN, "login"),
        Question(server, "forgotten", "/customer/forgot", WAY_IN, "login"),
        Question(server, "sign in", "/web/login", SIGN_IN, "login", WRONG),
    ):
        lines += question.results(addresses, count)
    return lines


class Question:
    """One form, sent for every kind of address."""

    def __init__(self, server, name, path, kinds, field, typed=None):
        self._url, self._path = server.url, path
        self._name, self._kinds, self._field = name, kinds, field
        self._http = requests.Session()
        self._typed = {**self._hidden(), **(typed or {})}

    def results(self, addresses, count):
        """Return a line a kind: its times beside those of unknown addresses.

        :param dict addresses: by kind
        :param int count: of rounds, the first ones of which warm up
        :rtype: list[dict]
        """
        times = {kind: [] for kind in self._kinds}
        told = {kind: set() for kind in self._kinds}
        order = list(self._kinds)
        for number in range(count):
            random.shuffle(order)
            for kind in order:
                seconds, answer = self._ask(addresses[kind][number])
                told[kind].add(answer)
                if number >= WARM_UP:
                    times[kind].append(seconds * 1000)
        return [self._line(kind, times, told) for kind in self._kinds]

    def _line(self, kind, times, told):
        unknown, known = times["unknown"], times[kind]
        guessed = _guessed(unknown, known)
        error = ((len(unknown) + len(known) + 1) / (12 * len(unknown) * len(known))) ** 0.5
        return {
            "question": self._name,
            "address": kind,
            "requests": len(known),
            "median_ms": round(statistics.median(known), 2),
            "ratio": round(statistics.median(known) / statistics.median(unknown), 3),
            "guessed": round(guessed, 3),
            "same_time": kind == "unknown" or abs(guessed - 0.5) < SURE * error,
            "same_answers": told[kind] == told["unknown"] and len(told[kind]) == 1,
        }

    def _ask(self, address):
        """Send the form; return how long that took and what the answer says."""
        data = {**self._typed, self._field: address}
        started = time.perf_counter()
        answer = self._http.post(self._url + self._path, data=data, allow_redirects=False)
        seconds = time.perf_counter() - started
        headers = [item for item in answer.headers.items() if item[0] not in _OTHER_HEADERS]
        cookies = [cookie.name for cookie in answer.cookies]
        text = _CSRF.sub("", answer.text).replace(address, "")
        return seconds, json.dumps([answer.status_code, sorted(headers), sorted(cookies), text])

    def _hidden(self):
        """Open the form as a person does; return what it holds beside what is typed."""
        page = self._http.get(self._url + self._path).text
        time.sleep(FORM_SECONDS)
        return dict(re.findall(r'type="hidden" name="(\w+)"[^>]*?value="([^"]*)"', page))


def _guessed(unknown, known):
    """Return how often a known address takes longer than an unknown one, among all pairs.

    :rtype: float
    """
    pairs = [(one > other) + (one == other) / 2 for one in known for other in unknown]
    return sum(pairs) / len(pairs)


def _print_table(lines):
    rows = [HEADS] + [
        (
            line["question"],
            line["address"],
            f"{line['median_ms']:.1f}",
            f"{line['ratio']:.2f}",
            f"{line['guessed']:.0%}",
            "alike" if line["same_time"] else "APART",
            "equal" if line["same_answers"] else "DIFFER",
        )
        for line in lines
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    print()
    for question, address, *cells in rows:
        numbers = [f"{cell:>{width}}" for cell, width in zip(cells, widths[2:], strict=True)]
        print(f"  {question:<{widths[0]}}  {address:<{widths[1]}}  {'  '.join(numbers)}")


if __name__ == "__main__":
    main(answers)
