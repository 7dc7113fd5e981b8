import hashlib
import secrets

from odoo.tools.misc import hmac

from .limits import CODE_DIGITS


def new_token():
    """Return a token for a link: 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def new_code():
    """Return a code to type from an SMS, leading zeros included."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def hash_secret(env, scope, value):
    """Return what the database keeps of a secret.

    A link's token is random enough for a plain SHA-256, by which it is found. A code
    has a million values: it is keyed with the database's secret and its challenge.

    :param env: any environment of the database
    :param scope: ``None`` for a token, else what the code belongs to
    :param str value: the secret
    :rtype: str
    """
    if scope is None:
        return hashlib.sha256(value.encode()).hexdigest()
    return hmac(env(su=True), "customer_portal_access", (scope, value))
