"""How long Odoo's way takes and how long ours, and with how many queries."""

import statistics
import time

from odoo import sql_db

RUNS = 7


def compare(once, name, stock, ours, runs=RUNS):
    """Run both sides in turn; the first turn warms up and does not count.

    :param once: runs one side and returns its seconds and number of queries
    :param str name: what is compared
    :param stock: Odoo's way
    :param ours: this addon's
    :param int runs: how often each side runs
    :return: a line of ``build/bench.json``
    :rtype: dict
    """
    times, queries = {stock: [], ours: []}, {}
    for _run in range(runs + 1):
        for side in (stock, ours):
            seconds, queries[side] = once(side)
            times[side].append(seconds)
    stock_ms, ours_ms = (statistics.median(times[side][1:]) * 1000 for side in (stock, ours))
    return {
        "name": name,
        "stock_ms": round(stock_ms, 3),
        "ours_ms": round(ours_ms, 3),
        "ratio": round(ours_ms / stock_ms, 3),
        "stock_queries": queries[stock],
        "ours_queries": queries[ours],
        "runs": runs,
    }


def once_in_transaction(env, side):
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


def once_over_http(side):
    """Return how long requests take and their number of queries, in all their cursors.

    :param tuple side: what prepares, not measured, and what is measured with its result
    """
    prepare, run = side
    prepared = prepare()
    before, started = sql_db.sql_counter, time.perf_counter()
    run(prepared)
    return time.perf_counter() - started, sql_db.sql_counter - before
