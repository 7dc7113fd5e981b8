"""pytest plugin for the tests inside the addons, on top of pytest-odoo."""

import threading

import pytest

BROWSER_SKIPS = ("chrome", "browser", "websocket-client", "httpcase")


def pytest_addoption(parser):
    """Add the option that names what to upgrade first."""
    parser.addoption("--odoo-upgrade", default="", help="Addons to upgrade before the tests")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """Upgrade the addons in this very process, which loads the registry only once."""
    modules = session.config.getoption("--odoo-upgrade")
    if modules:
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        threading.current_thread().testing = True
        names = modules.split(",")
        options = {"install_modules": names, "upgrade_modules": names}
        Registry.new(get_db_name(), update_module=True, **options)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    """Make a browser test that did not run a failure: a green run must mean something."""
    report = (yield).get_result()
    if report.skipped and any(word in str(report.longrepr).lower() for word in BROWSER_SKIPS):
        report.outcome = "failed"
