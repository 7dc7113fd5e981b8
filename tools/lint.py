"""`make lint`: run every checker, then say which ones complained."""

import subprocess

from .console import Failure, main
from .instance import addons
from .paths import ROOT, VENV
from .translations import outdated

# customer.access is one model in several files, each with one reason to change.
SPLIT_MODELS = "--disable=consider-merging-classes-inherited"


def lint():
    """Check style, Odoo's and OCA's conventions, and that templates are up to date."""
    modules = sorted(addons())
    translations = [str(path) for path in sorted(ROOT.glob("*/i18n/*.po*"))]
    checks = {
        "ruff": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "pylint-odoo": ["pylint", "--rcfile=.pylintrc", SPLIT_MODELS, *modules],
        "oca-checks-odoo-module": ["oca-checks-odoo-module", *modules],
        "oca-checks-po": ["oca-checks-po", *translations],
    }
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    if outdated():
        failed.append("translations")
    if failed:
        raise Failure(f"Not clean: {', '.join(failed)}.")


def _passes(name, command):
    print(f"  {name}", flush=True)
    program = VENV / "bin" / command[0]
    return subprocess.run([program, *command[1:]], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    main(lint)
