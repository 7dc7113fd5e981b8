"""Run the benchmarks inside Odoo, on the database that is named; print JSON."""

import functools
import json
import os
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import adding, entering, inviting, policy, reading, searching
from .timing import compare, once_in_transaction


def measure(database, plain_database, part):
    """Run one part of the benchmarks; return one dict of numbers each.

    :param str database: a database that may be spoilt
    :param str plain_database: another one, of Odoo without the addon
    :param str part: the name of one of the modules below
    :rtype: list[dict]
    """
    with Registry(database).cursor() as cursor, Registry(plain_database).cursor() as plain_cursor:
        plain = api.Environment(plain_cursor, SUPERUSER_ID, {})
        env = api.Environment(cursor, SUPERUSER_ID, {})
        once = functools.partial(once_in_transaction, env)

        def in_transaction(module):
            return [compare(once, *benchmark) for benchmark in module.benchmarks(env)]

        parts = {
            "reading": lambda: reading.results(env),
            "entering": lambda: entering.results(env),
            "importing": lambda: policy.importing(env, plain),
            "inviting": lambda: inviting.results(env),
            "adding": lambda: in_transaction(adding),
            "searching": lambda: in_transaction(searching),
            "policy": lambda: policy.results(env, once),
        }
        return parts[part]()


if __name__ == "__main__":
    # The descriptor, not only the object: a library may write to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    config.parse_config(["-d", sys.argv[1], "--no-http"], setup_logging=True)
    json.dump(measure(*sys.argv[1:]), answers)
    answers.flush()
