"""Keep tokens out of the request log: Odoo logs every request with its full path."""

import logging
import re

# Of links; and the whole of what an OpenID provider sends a visitor back with.
_TOKEN = re.compile(
    r"(/customer/(?:link|email|reset|register/confirm)/)[^\s/?\"']+"
    r"|(/customer/provider/\d+/callback\?)[^\s\"']+"
)


class TokenFilter(logging.Filter):
    """Mask the token in the path of a logged request."""

    def filter(self, record):
        """Mask, and let every record pass.

        :param record: a ``logging.LogRecord``
        :rtype: bool
        """
        if isinstance(record.args, tuple):
            record.args = tuple(
                _TOKEN.sub(r"\1\2***", arg) if isinstance(arg, str) else arg for arg in record.args
            )
        if isinstance(record.msg, str):
            record.msg = _TOKEN.sub(r"\1\2***", record.msg)
        return True


for _name in ("werkzeug", "odoo.http"):
    logging.getLogger(_name).addFilter(TokenFilter())
