"""A drawn signature, as a browser sends it."""

import base64
import binascii
import io

from PIL import Image, UnidentifiedImageError

from .limits import SIGNATURE_BYTES, SIGNATURE_PIXELS

_PREFIX = "data:image/png;base64,"
_UNREADABLE = (
    binascii.Error,
    ValueError,
    OSError,
    SyntaxError,
    UnidentifiedImageError,
    Image.DecompressionBombError,  # none of the above, and told before anything is unpacked
)


def read_signature(value):
    """Return a signature as a PNG image of our own making, whatever else was sent with it.

    :param str value: Base64, with or without the prefix of a data URL
    :return: the image, and why there is none: ``empty`` or ``bad``
    :rtype: tuple[bytes | None, str | None]
    """
    value = (value or "").strip().removeprefix(_PREFIX)
    if not value:
        return None, "empty"
    if len(value) > SIGNATURE_BYTES * 4 / 3 + 4:
        return None, "bad"
    try:
        raw = base64.b64decode(value, validate=True)
        with Image.open(io.BytesIO(raw), formats=["PNG"]) as image:
            if image.width * image.height > SIGNATURE_PIXELS:
                return None, "bad"
            drawn = image.convert("RGBA")
    except _UNREADABLE:
        return None, "bad"
    if not drawn.getextrema()[3][1]:  # nothing but transparent
        return None, "empty"
    plain = io.BytesIO()
    drawn.save(plain, "PNG")
    return plain.getvalue(), None
