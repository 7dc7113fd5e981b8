"""`make pot`: the templates for translators, as Odoo exports them."""

import subprocess
import tempfile
from pathlib import Path

from . import instance
from .console import Failure, main
from .databases import Databases

VOLATILE = ("POT-Creation-Date:", "PO-Revision-Date:")


def write():
    """Write the template of each addon anew if its terms changed."""
    for name, (path, content) in _changed().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        print(f"  {name}: written")


def outdated():
    """Tell which addons have a template that lacks terms or has too many."""
    print("  translations", flush=True)
    changed = _changed()
    for name, (path, _content) in changed.items():
        print(f"{path}: not up to date with the terms of {name}, run make pot")
    return sorted(changed)


def _changed():
    """Return path and new content of those templates that are not up to date."""
    changed = {}
    with instance.running("dev") as odoo:
        databases = Databases(odoo)
        template = databases.ensure_template()
        for name in databases.addons:
            path = instance.addons()[name] / "i18n" / f"{name}.pot"
            content = _export(odoo, template, name)
            if not path.is_file() or _terms(path.read_text()) != _terms(content):
                changed[name] = (path, content)
    return changed


def _export(odoo, database, name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.pot")
        arguments = ["export", "-c", odoo.configuration, "-d", database, "-o", path, name]
        result = subprocess.run(
            odoo.command("i18n", *arguments),
            env=odoo.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if not path.is_file():
            raise Failure(f"The terms of {name} could not be exported: {result.stderr[-500:]}")
        return path.read_text()


def _terms(content):
    """Return a template without what changes with every export."""
    return [line for line in content.splitlines() if not any(key in line for key in VOLATILE)]


if __name__ == "__main__":
    main(write)
