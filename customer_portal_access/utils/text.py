import re

# C0 and C1 controls, soft hyphen, zero-width and bidirectional marks: they forge
# mail headers and hide text.
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
)


def strip_invisible(value):
    """Return a one-line text without line breaks and invisible characters.

    :param value: text, or a false value, which is returned as it is
    """
    if not value:
        return value
    return " ".join(_INVISIBLE.sub(" ", value).split())


def as_integer(text):
    """Return the number in a form's field; 0, which no record has, when there is none.

    :param text: what was sent, or nothing
    """
    return int(text) if text and len(text) < 10 and text.isdecimal() else 0


def strip_invisible_lines(value):
    """Return a text of several lines without invisible characters.

    :param value: text, or a false value, which is returned as it is
    """
    if not value:
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_INVISIBLE.sub(" ", line).rstrip() for line in lines).strip("\n")
