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
