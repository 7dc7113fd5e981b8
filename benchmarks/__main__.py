"""`make bench`: run the benchmarks on throwaway databases; write ``build/bench.json``."""

import json
import os
import shlex
import subprocess
import time

from tools import instance
from tools.catcher import Catcher
from tools.console import Failure, Step, main
from tools.databases import Databases
from tools.paths import BUILD, LOGS, ROOT, VENV_PYTHON

RESULTS = BUILD / "bench.json"
HEADS = ("benchmark", "Odoo", "this addon", "ratio", "queries")
# Inside one transaction, or one process, beside Odoo's way.
BESIDE = ("reading", "entering", "importing", "inviting", "adding", "searching", "policy")
# In processes of their own.
ALONE = {"bulk": "invitation", "credentials": "credentials"}
FEW, MANY = 2_000, 20_000


def bench():
    """Run all benchmarks or those that ``ARGS`` names; keep the results and print them."""
    chosen = shlex.split(os.environ.get("ARGS", "")) or [*BESIDE, *ALONE]
    if unknown := set(chosen) - {*BESIDE, *ALONE}:
        raise Failure(f"ARGS={' '.join(unknown)}: there are {', '.join([*BESIDE, *ALONE])}.")
    with instance.running("dev") as odoo:
        databases = Databases(odoo)
        results = _beside(odoo, databases, chosen) if {*BESIDE} & {*chosen} else []
        figures = [
            figure
            for part, kind in ALONE.items()
            if part in chosen
            for figure in _bulk(odoo, databases, kind)
        ]
    report = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "odoo": odoo.odoo_version,
        "results": results,
        "figures": figures,
    }
    RESULTS.write_text(json.dumps(report, indent=2) + "\n")
    _print_table(results)
    print(f"\n  Medians of several runs, in milliseconds; kept in {RESULTS.relative_to(ROOT)}.\n")
    for figure in figures:
        print(f"  {figure['name']}: {figure['value']} {figure['unit']}")


def _beside(odoo, databases, chosen):
    """Measure beside stock Odoo; return a dict of numbers for each comparison.

    Each part has a database of its own, where both sides find the same: what one part
    leaves behind slows down no other.
    """
    results = []
    for part in filter(chosen.__contains__, BESIDE):
        copy = databases.temporary(databases.ensure_template(), "bench")
        plain = databases.temporary(databases.ensure_base(), "plain")
        with copy as database, plain as plain_database, Step(f"Benchmarks: {part}"):
            results += _run(odoo, "measure", database, plain_database, part)
    return results


def _bulk(odoo, databases, kind):
    """Run a small and a large job; return single figures."""
    figures = []
    for count in (FEW, MANY):
        copy = databases.temporary(databases.ensure_template(), "bulk")
        with copy as database, Catcher() as catcher, Step(f"Bulk {kind} of {count:,}"):
            options = catcher.odoo_options() if count == FEW else []
            result = _run(odoo, "bulk", database, kind, count, *options)
        name = f"bulk {kind} of {count:,}"
        figures.append((f"{name}: until all mails are queued", result["queue_ms"], "ms a contact"))
        if options:
            text = f"{name}: until the mail server has all that are queued"
            figures.append((text, result["send_ms"], "ms a contact"))
        grown = result["peak_mb"] - result["before_mb"]
        text = f"{name}: peak memory grows from {result['before_mb']:.0f} MB by"
        figures.append((text, grown, "MB"))
    return [{"name": name, "value": round(value, 1), "unit": unit} for name, value, unit in figures]


def _run(odoo, module, *arguments):
    """Run a module inside Odoo; return what it prints as JSON."""
    log = LOGS / f"bench-{module}.log"
    with log.open("w") as errors:
        process = subprocess.run(
            [VENV_PYTHON, "-m", f"benchmarks.{module}", *map(str, arguments)],
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
