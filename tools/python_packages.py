"""The virtual environment: uv from PyPI, and with it everything in the lock file."""

import os
import shutil
import subprocess
import sys

from .console import Failure, Step, run
from .paths import BUILD, REQUIREMENTS, VENV, VENV_PYTHON
from .stamp import Stamp, digest

LOCK = REQUIREMENTS / "dev.txt"
UV_LOCK = REQUIREMENTS / "uv.txt"
UV = BUILD / "uv" / "bin" / "uv"
OFFLINE = "could not be installed; is the package index reachable?"


def ensure():
    """Make the virtual environment hold exactly what the lock file says."""
    if sys.version_info < (3, 11):
        raise Failure(f"Python 3.11 or newer is needed, {sys.executable} is older; set PYTHON=.")
    stamp = Stamp(VENV, digest(LOCK, sys.version, sys.executable, str(VENV)))
    if stamp.is_current():
        return
    _ensure_uv()
    with Step("Python packages"):
        stamp.clear()
        run(
            [UV, "venv", "--clear", "--python", sys.executable, VENV],
            "venv",
            "The virtual environment could not be made.",
            env=_uv_environment(),
        )
        run(
            [UV, "pip", "sync", "--python", VENV_PYTHON, "--require-hashes", LOCK],
            "packages",
            f"The Python packages {OFFLINE}",
            env=_uv_environment(),
        )
        stamp.write()


def lock():
    """Write the lock files anew from their inputs, with the newest versions."""
    _ensure_uv()
    for name in ("uv", "dev"):
        source, target = REQUIREMENTS / f"{name}.in", REQUIREMENTS / f"{name}.txt"
        options = [
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--upgrade",
            "--no-annotate",
            "--excludes",
            "excludes.txt",
        ]
        run(
            [UV, "pip", "compile", *options, "--no-header", "--quiet", source, "-o", target],
            "lock",
            f"{target.name} could not be written; is the package index reachable?",
            env=_uv_environment(),
            cwd=REQUIREMENTS,
        )


def _ensure_uv():
    """Install uv by whatever this Python has: pip, venv, or an uv that is there."""
    stamp = Stamp(BUILD / "uv", digest(UV_LOCK, str(BUILD)))
    if stamp.is_current():
        return
    with Step("uv"):
        shutil.rmtree(BUILD / "uv", ignore_errors=True)
        (BUILD / "uv").mkdir()
        if _has("pip"):
            _pip_install(sys.executable)
        elif _has("ensurepip"):
            bootstrap = BUILD / "uv" / "bootstrap"
            run([sys.executable, "-m", "venv", bootstrap], "uv", "The venv module failed.")
            _pip_install(bootstrap / "bin" / "python")
        elif shutil.which("uv"):
            UV.parent.mkdir()
            UV.symlink_to(shutil.which("uv"))
        else:
            raise Failure(
                f"{sys.executable} has neither pip nor venv: install python3-venv, "
                "or uv, or point PYTHON= at another Python."
            )
        stamp.write()


def _has(module):
    # In a process of its own: Debian's ensurepip is there but fails without python3-venv.
    command = [sys.executable, "-c", f"import {module}.__main__"]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _pip_install(python):
    options = ["--require-hashes", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"]
    run(
        [python, "-m", "pip", "install", *options, "--target", BUILD / "uv", "-r", UV_LOCK],
        "uv",
        f"uv {OFFLINE}",
    )


def _uv_environment():
    """Let pip's settings serve uv too, and keep its files in ``build/``."""
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_SYSTEM_CERTS="true")
    environment.setdefault("UV_CACHE_DIR", str(BUILD / "cache" / "uv"))
    for pip, uv in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if pip in environment:
            environment.setdefault(uv, environment[pip])
    return environment
