"""Fixtures of the tests that meet Odoo from outside: over HTTP, SMTP and in a browser.

They run apart from the addon's own tests (``-p no:odoo``), for here nothing is rolled
back: each test makes its own records, or takes its own database.
"""

import re

import playwright.sync_api
import pytest

from tools import chromium, instance
from tools.databases import Databases
from tools.live import Live
from tools.paths import SCREENSHOTS

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Remember which tests failed, for their screenshots."""
    report = (yield).get_result()
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed


@pytest.fixture(scope="session")
def odoo():
    """Odoo on a running PostgreSQL."""
    with instance.running("dev") as odoo:
        yield odoo


@pytest.fixture(scope="session")
def databases(odoo):
    """The databases to copy from."""
    return Databases(odoo)


@pytest.fixture(scope="session")
def server(odoo, databases):
    """Odoo with workers, cron, mail and SMS on a copy of the template."""
    copy = databases.temporary(databases.ensure_template(), "live")
    with copy as database, Live(odoo, database) as live:
        yield live


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Debian's Chromium under Playwright."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("chromium")))
        with playwright.sync_api.sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=chromium.ensure(), args=list(chromium.FLAGS)
            )
            yield browser
            browser.close()


@pytest.fixture
def open_page(browser, request):
    """Open pages in browser contexts of their own, as different people have them."""
    pages = []

    def open_page(**options):
        context = browser.new_context(**{**DESKTOP, **options})
        pages.append(context.new_page())
        return pages[-1]

    yield open_page
    for number, page in enumerate(pages):
        if request.node.stash.get(FAILED, False):
            name = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)
        page.context.close()


@pytest.fixture
def page(open_page):
    """A page on a desktop."""
    return open_page()


@pytest.fixture
def phone_page(open_page):
    """A page on a phone, 360 pixels wide, with touch."""
    return open_page(**PHONE)
