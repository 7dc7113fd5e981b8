"""How easily a password is guessed, and by what."""

import re
from typing import NamedTuple

from zxcvbn import zxcvbn

from .limits import PASSWORD_GUESSES, PASSWORD_LENGTH, PASSWORD_SCORED

# Shorter own words are parts of too many others to count for nothing.
_OWN_WORD = 3


class Verdict(NamedTuple):
    """What is to be said of a password.

    ``code`` is ``""`` when it is accepted, else ``short``, ``long``, ``signs``, or why it
    is predictable: ``own``, ``common``, ``word``, ``keys``, ``repeat``, ``sequence``,
    ``date``, ``simple``. ``score`` goes from 0 to 4; 2 is accepted.
    """

    code: str
    score: int


def judge_password(password, own_words, minimum):
    """Say whether a password may be taken. It is looked at as it is, blanks included.

    :param str password: what was typed
    :param own_words: texts that others know of the person: name, address, company
    :param int minimum: how many characters it needs
    :rtype: Verdict
    """
    if len(password) > PASSWORD_LENGTH:
        return Verdict("long", 0)
    if _is_broken(password):
        return Verdict("signs", 0)
    if len(password) < minimum:
        return Verdict("short", 0)
    words = split_words(own_words)
    scored = password[:PASSWORD_SCORED]  # more takes zxcvbn seconds, or makes it raise
    result, rest = zxcvbn(scored, words), _without(scored, words)
    is_weak = result["guesses"] < PASSWORD_GUESSES
    if rest != scored and (not rest or zxcvbn(rest, words)["guesses"] < PASSWORD_GUESSES):
        own = not is_weak or len(rest) <= len(scored) / 2
        return Verdict("own" if own else _weakness(result["sequence"]), 1)
    if is_weak:
        return Verdict(_weakness(result["sequence"]), 1)
    spare = result["guesses"] / PASSWORD_GUESSES
    return Verdict("", 2 + (spare >= 10**2) + (spare >= 10**4))


def split_words(texts):
    """Return the words of some texts, and the texts themselves, in small letters.

    :param texts: names and addresses; false ones are left out
    :rtype: list[str]
    """
    words = set()
    for text in texts:
        text = (text or "").lower()
        words |= {text, *re.findall(r"[^\W_]+", text)}
    return sorted(word for word in words if len(word) >= _OWN_WORD)


def _is_broken(password):
    """Say whether something is in it that no browser sends and not every hash takes."""
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in password)


def _without(password, words):
    """Return what is left of a password when words that others know count for nothing."""
    for word in sorted(words, key=len, reverse=True):
        password = re.sub(re.escape(word), "", password, flags=re.IGNORECASE)
    return password


def _weakness(matches):
    """Return by what a password was guessed: its longest part that is no mere chance."""
    match = max(matches, key=lambda match: (match["pattern"] != "bruteforce", len(match["token"])))
    if match["pattern"] == "dictionary":
        return {"user_inputs": "own", "passwords": "common"}.get(match["dictionary_name"], "word")
    return {
        "spatial": "keys",
        "repeat": "repeat",
        "sequence": "sequence",
        "regex": "date",
        "date": "date",
    }.get(match["pattern"], "simple")
