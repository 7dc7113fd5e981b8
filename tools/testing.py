"""`make test`: the tests inside the addons, then those against a live server."""

import os
import shlex
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter

from . import chromium, instance
from .console import Failure, main
from .databases import Databases
from .paths import BUILD, ROOT, VENV_PYTHON

LIVE = "tests"
NO_TESTS_COLLECTED = 5
GRAVITY = ("failed", "passed", "skipped")


def test():
    """Run the tests that ``ARGS`` names: paths choose the suite, options go to pytest."""
    arguments = shlex.split(os.environ.get("ARGS", ""))
    paths = [part for part in arguments if (ROOT / part.split("::")[0]).exists()]
    options = [part for part in arguments if part not in paths]
    everything = not arguments
    with instance.running("dev") as odoo:
        databases = Databases(odoo)
        if not paths:
            paths = [f"{name}/tests" for name in databases.addons] + [LIVE]
            paths = [path for path in paths if (ROOT / path).is_dir()]
        live = [path for path in paths if path.split("/")[0] == LIVE]
        inside = [path for path in paths if path not in live]
        environment = dict(odoo.environment, CHROMIUM=chromium.ensure())
        started = time.monotonic()
        counts = Counter()
        if inside:
            counts += _run_inside(odoo, databases, [*inside, *options], environment, everything)
        if live:
            counts += _run("live", ["-p", "no:odoo", *live, *options], environment)
    return _summarize(counts, time.monotonic() - started)


def _run_inside(odoo, databases, arguments, environment, exact):
    template = databases.ensure_template(exact)
    with databases.temporary(template, "test") as database:
        upgrade = "" if databases.is_template_current() else ",".join(databases.addons)
        options = [
            *("-p", "tools.pytest_addon", f"--odoo-upgrade={upgrade}"),
            *(f"--odoo-database={database}", f"--odoo-config={odoo.configuration}"),
            *("--odoo-http", "--odoo-log-level=warn"),
        ]
        return _run("addon", [*options, *arguments], environment)


def _run(name, arguments, environment):
    """Run pytest; return its counts of passed, failed and skipped tests."""
    report = BUILD / f"test-{name}.xml"
    report.unlink(missing_ok=True)
    runner = ["coverage", "run", "-m", "pytest"] if os.environ.get("COVERAGE") else ["pytest"]
    command = [VENV_PYTHON, "-m", *runner, f"--junitxml={report}", *arguments]
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    counts = _count(report) if report.is_file() else Counter()
    # Whatever pytest calls wrong without a failing test, such as a broken conftest.
    if status not in (0, NO_TESTS_COLLECTED) and not counts["failed"]:
        counts["failed"] = 1
    return counts


def _count(report):
    """Count the tests of a JUnit report, where a subtest is a line of its own."""
    outcomes = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        found = {child.tag for child in case}
        outcome = "passed"
        if found & {"failure", "error"}:
            outcome = "failed"
        elif "skipped" in found:
            outcome = "skipped"
        key = case.get("classname"), case.get("name")
        outcomes[key] = min(outcome, outcomes.get(key, outcome), key=GRAVITY.index)
    return Counter(outcomes.values())


def _summarize(counts, seconds):
    print(f"\nTook {seconds:.1f} s.")
    if not counts["passed"] and not counts["failed"]:
        raise Failure("No test was run.")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    main(test)
