"""Run the benchmarks inside Odoo, on the database that is named; print JSON."""

import json
import os
import statistics
import sys
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import adding, searching

RUNS = 7


def measure(database):
    """Run every benchmark; return one dict of numbers each.

    :param str database: a database that may be spoilt
    :rtype: list[dict]
    """
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        return [
            _compare(env, *benchmark)
            for module in (adding, searching)
            for benchmark in module.benchmarks(env)
        ]


def _compare(env, name, stock, ours):
    """Run both sides in turn; the first turn warms up and does not count."""
    times, queries = {stock: [], ours: []}, {}
    for _run in range(RUNS + 1):
        for side in (stock, ours):
            seconds, queries[side] = _once(env, side)
            times[side].append(seconds)
    stock_ms, ours_ms = (statistics.median(times[side][1:]) * 1000 for side in (stock, ours))
    return {
        "name": name,
        "stock_ms": round(stock_ms, 3),
        "ours_ms": round(ours_ms, 3),
        "ratio": round(ours_ms / stock_ms, 3),
        "stock_queries": queries[stock],
        "ours_queries": queries[ours],
        "runs": RUNS,
    }


def _once(env, side):
    """Return how long one side takes with an empty cache, and its number of queries."""
    env.flush_all()
    savepoint = env.cr.savepoint()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.perf_counter()
    side()
    env.flush_all()
    result = time.perf_counter() - started, env.cr.sql_log_count - before
    savepoint.rollback()
    savepoint.close()
    return result


if __name__ == "__main__":
    # The descriptor, not only the object: a library may write to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    config.parse_config(["-d", sys.argv[1], "--no-http"], setup_logging=True)
    json.dump(measure(sys.argv[1]), answers)
    answers.flush()
