"""`make setup`: everything a checkout needs before Odoo can run in it."""

import os
import shutil

from . import odoo_source, python_packages
from .console import Failure, lock, main
from .paths import BIN, BUILD, ROOT

GIGABYTES_NEEDED = 2
WRAPPER = """#!/bin/sh
cd {root} && exec build/venv/bin/python -m tools.shell {name} "$@"
"""


def setup():
    """Make ``build/`` ready: the Python packages, Odoo, and wrappers in ``build/bin``."""
    if not os.access(ROOT, os.W_OK):
        raise Failure(f"{ROOT} is not writable.")
    with lock("setup"):
        if not (BUILD / "odoo").exists():
            _check_space()
        python_packages.ensure()
        odoo_source.ensure()
        _write_wrappers()


def _check_space():
    free = shutil.disk_usage(BUILD).free / 1e9
    if free < GIGABYTES_NEEDED:
        raise Failure(
            f"{GIGABYTES_NEEDED} GB of disk space are needed for {BUILD}, {free:.1f} GB are free."
        )


def _write_wrappers():
    BIN.mkdir(exist_ok=True)
    for name in ("odoo", "psql", "python"):
        path = BIN / name
        content = WRAPPER.format(root=ROOT, name=name)
        if not path.is_file() or path.read_text() != content:
            path.write_text(content)
            path.chmod(0o755)


if __name__ == "__main__":
    main(setup)
