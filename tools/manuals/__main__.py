"""Walk through the customer's pages in each language, take pictures, print the manuals.

The texts are templates of the addons, translated like every other text; the pictures are
taken from a copy of the demo that is thrown away. ``ARGS`` names manuals or languages.
"""

import os
import shlex

from .. import instance
from ..console import Failure, Step, main
from ..databases import Databases
from ..demo import LANGUAGES
from ..live import Live
from ..paths import BUILD
from . import contact_person, timesheet_approver
from .browser import Browser
from .paper import print_manual

MANUALS = {"contact_person": contact_person, "timesheet_approver": timesheet_approver}

RENDER = """
from odoo.tools import get_lang
env = env(context={"lang": lang})
language = get_lang(env)
html_data = {"lang": language.code.replace("_", "-"), "dir": language.direction}
result = "<!DOCTYPE html>" + str(env["ir.qweb"]._render(template, {"html_data": html_data}))
"""


def make():
    """Make the manuals anew, in the folders that the addons serve to everybody."""
    names, languages = _chosen(shlex.split(os.environ.get("ARGS", "")))
    with instance.running("demo") as odoo:
        databases = Databases(odoo, with_demo=True, languages=LANGUAGES)
        copy = databases.temporary(databases.ensure_template(), "manuals")
        with copy as database, Live(odoo, database) as live:
            for lang in languages:
                with Browser(lang) as browser:
                    for name in names:
                        _make_one(live, browser, name, lang)


def _make_one(live, browser, name, lang):
    manual, code = MANUALS[name], lang.partition("_")[0]
    path = instance.addons()[manual.ADDON] / "static" / "manuals" / f"{name}.{code}.pdf"
    with Step(f"{name}, {code}") as step:
        with browser.phone() as camera:
            manual.walk(live, camera, lang)
        _keep(camera.pictures, f"{name}.{code}")
        html = live.shell(RENDER, template=manual.TEMPLATE, lang=lang)
        path.parent.mkdir(parents=True, exist_ok=True)
        size = print_manual(browser, live.url, html, camera.pictures, path)
        step.detail = f"{size // 1000} kB"


def _keep(pictures, name):
    """Keep the pictures for whoever wants to look at them one by one."""
    folder = BUILD / "manuals" / name
    folder.mkdir(parents=True, exist_ok=True)
    for picture, data in pictures.items():
        (folder / picture).write_bytes(data)


def _chosen(arguments):
    """Return which manuals to make in which languages."""
    codes = {lang.partition("_")[0]: lang for lang in LANGUAGES}
    if unknown := set(arguments) - set(MANUALS) - set(codes):
        raise Failure(f"ARGS={' '.join(sorted(unknown))} is neither a manual nor a language.")
    names = [name for name in MANUALS if name in arguments]
    languages = [lang for code, lang in codes.items() if code in arguments]
    return names or list(MANUALS), languages or list(LANGUAGES)


if __name__ == "__main__":
    main(make)
