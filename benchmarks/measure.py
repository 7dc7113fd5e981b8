"""Run the benchmarks inside Odoo, on the database that is named; print JSON."""

import functools
import json
import os
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import adding, entering, policy, reading, searching
from .timing import compare, once_in_transaction


def measure(database, plain_database):
    """Run every benchmark; return one dict of numbers each.

    :param str database: a database that may be spoilt
    :param str plain_database: another one, of Odoo without the addon
    :rtype: list[dict]
    """
    with Registry(database).cursor() as cursor, Registry(plain_database).cursor() as plain_cursor:
        plain = api.Environment(plain_cursor, SUPERUSER_ID, {})
        env = api.Environment(cursor, SUPERUSER_ID, {})
        over_http = reading.results(env) + entering.results(env)
        once = functools.partial(once_in_transaction, env)
        lines = over_http + policy.importing(env, plain)
        lines += [
            compare(once, *benchmark)
            for module in (adding, searching)
            for benchmark in module.benchmarks(env)
        ]
        return lines + policy.results(env, once)


if __name__ == "__main__":
    # The descriptor, not only the object: a library may write to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    config.parse_config(["-d", sys.argv[1], "--no-http"], setup_logging=True)
    json.dump(measure(*sys.argv[1:]), answers)
    answers.flush()
