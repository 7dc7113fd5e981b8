"""Run pieces of Python in an Odoo environment, one JSON line each way.

Kept running with the registry loaded, a piece takes milliseconds instead of seconds.
A request holds ``code`` and ``variables``; the answer is ``result``, what the code
assigned to that name, or ``error``, a traceback. Each piece is its own transaction.
"""

import json
import os
import sys
import traceback

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def serve(database, *options):
    """Answer requests on standard input until it ends."""
    # The descriptor, not only the object: a library may write to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    config.parse_config(["-d", database, "--no-http", *options], setup_logging=True)
    Registry(database)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": _run(database, request["code"], request["variables"])}
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer, default=str), file=answers, flush=True)


def _run(database, code, variables):
    registry = Registry(database).check_signaling()
    with registry.cursor() as cursor:
        scope = {"env": api.Environment(cursor, SUPERUSER_ID, {}), "result": None, **variables}
        exec(code, scope)
    registry.signal_changes()
    return scope["result"]


if __name__ == "__main__":
    serve(*sys.argv[1:])
