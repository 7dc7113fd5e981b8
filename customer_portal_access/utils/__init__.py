from . import request_log
from .limits import (
    BROWSER_DAYS,
    CODE_DIGITS,
    CODE_MINUTES,
    CODE_TRIES,
    EMAIL_LENGTH,
    LIMITS,
    MESSAGE_LENGTH,
    PASSWORD_LENGTH,
    NAME_LENGTH,
)
from .own_transaction import own_transaction
from .secrets import hash_secret, new_code, new_token
from .text import strip_invisible
