"""`make bench`: run the benchmarks on a throwaway database; write ``build/bench.json``."""

import json
import subprocess
import time

from tools import instance
from tools.console import Failure, Step, main
from tools.databases import Databases
from tools.paths import BUILD, LOGS, ROOT, VENV_PYTHON

RESULTS = BUILD / "bench.json"
HEADS = ("benchmark", "Odoo", "this addon", "ratio", "queries")


def bench():
    """Run all benchmarks, keep the results and print them as a table."""
    with instance.running("dev") as odoo:
        databases = Databases(odoo)
        copy = databases.temporary(databases.ensure_template(), "bench")
        plain = databases.temporary(databases.ensure_base(), "plain")
        with copy as database, plain as plain_database, Step("Benchmarks"):
            results = _measure(odoo, database, plain_database)
    report = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "odoo": odoo.odoo_version,
        "results": results,
    }
    RESULTS.write_text(json.dumps(report, indent=2) + "\n")
    _print_table(results)
    print(f"\n  Medians of several runs, in milliseconds; kept in {RESULTS.relative_to(ROOT)}.")


def _measure(odoo, database, plain_database):
    log = LOGS / "bench.log"
    with log.open("w") as errors:
        process = subprocess.run(
            [VENV_PYTHON, "-m", "benchmarks.measure", database, plain_database],
            cwd=ROOT,
            env=odoo.environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            check=False,
        )
    if process.returncode:
        raise Failure(f"The benchmarks failed; see {log}.")
    return json.loads(process.stdout)


def _print_table(results):
    rows = [HEADS] + [
        (
            result["name"],
            f"{result['stock_ms']:.1f}",
            f"{result['ours_ms']:.1f}",
            f"{result['ratio']:.2f}",
            f"{result['stock_queries']} : {result['ours_queries']}",
        )
        for result in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    print()
    for name, *numbers in rows:
        cells = [f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:], strict=True)]
        print(f"  {name:<{widths[0]}}  {'  '.join(cells)}")


if __name__ == "__main__":
    main(bench)
