"""The browser of the tests: Debian's Chromium, or any that is there."""

import os
import shutil

from .console import Failure, Step, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find():
    """Return the path of a Chromium, or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def ensure():
    """Return the path of a Chromium, installing it where root and apt are there."""
    if find():
        return find()
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise Failure(
            "The browser tests need Chromium: install it (on Debian as root: "
            "apt-get install chromium), or set CHROMIUM= to the path of one."
        )
    sentence = "Chromium could not be installed with apt-get; set CHROMIUM= to the path of one."
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with Step("Chromium: install"):
        run(["apt-get", "update"], "chromium", sentence, env=environment)
        options = ["--yes", "--no-install-recommends"]
        run(["apt-get", "install", *options, "chromium"], "chromium", sentence, env=environment)
    return find()
