"""Where things are. All that is downloaded or generated lives below ``build/``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LOGS = BUILD / "log"
VENV = BUILD / "venv"
VENV_PYTHON = VENV / "bin" / "python"
ODOO = BUILD / "odoo"
BIN = BUILD / "bin"
SCREENSHOTS = BUILD / "screenshots"
REQUIREMENTS = ROOT / "requirements"


def site_packages():
    """Return the package folder of the virtual environment."""
    return next(VENV.glob("lib/python3.*/site-packages"))
