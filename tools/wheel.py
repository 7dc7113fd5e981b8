"""`make wheel`: the addons as Python packages, built by whool without network."""

import shutil
import tempfile
from pathlib import Path

from .console import Step, main, run
from .instance import addons
from .paths import BUILD, VENV_PYTHON


def build(folder=BUILD / "dist"):
    """Build the wheel of each addon into ``folder``; return their paths."""
    for name, path in addons().items():
        # In a copy, for inside a repository whool takes only what is committed.
        with Step(f"wheel of {name}"), tempfile.TemporaryDirectory() as work:
            copy = shutil.copytree(
                path, Path(work, name), ignore=shutil.ignore_patterns("__pycache__")
            )
            options = ["--wheel", "--no-isolation", "--outdir", folder]
            command = [VENV_PYTHON, "-m", "build", *options, copy]
            run(command, "wheel", f"The wheel of {name} could not be built.")
    return sorted(folder.glob("*.whl"))


def print_paths():
    """Build the wheels and say where they are."""
    for path in build():
        print(f"  {path}")


if __name__ == "__main__":
    main(print_paths)
