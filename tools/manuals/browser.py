"""The phone with which the pictures are taken, and the printer."""

import contextlib
import io
import os
import tempfile
from pathlib import Path

import playwright.sync_api
from PIL import Image

from .. import chromium, odoo_source

WIDTH = 360
PHONE = {
    "viewport": {"width": WIDTH, "height": 740},
    "device_scale_factor": 1.5,
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}
QUALITY = 60
MARGIN = 10

# A font as on phones that Odoo brings along, whatever this machine has.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
    <dir>{fonts}</dir>
    <cachedir>{cache}</cachedir>
    {aliases}
</fontconfig>
"""


ALIAS = """<match target="pattern">
        <test name="family"><string>{family}</string></test>
        <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit>
    </match>"""
FAMILIES = ("system-ui", "sans", "sans-serif", "Arial", "Helvetica", "Verdana", "Roboto")


class Browser:
    """Chromium as somebody has it who reads ``lang``, with the fonts of a phone."""

    def __init__(self, lang):
        self._locale = lang.replace("_", "-")

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            driver = stack.enter_context(playwright.sync_api.sync_playwright())
            self._browser = driver.chromium.launch(
                executable_path=chromium.ensure(),
                args=[*chromium.FLAGS, f"--lang={self._locale}"],
                env={
                    **os.environ,
                    "LANGUAGE": self._locale,
                    "TMPDIR": folder,
                    "FONTCONFIG_FILE": _fonts(Path(folder)),
                },
            )
            stack.callback(self._browser.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc):
        return self._stack.__exit__(*exc)

    @contextlib.contextmanager
    def phone(self):
        """Yield a camera on a phone."""
        context = self._browser.new_context(**PHONE, locale=self._locale)
        with contextlib.closing(context):
            yield Camera(context.new_page())

    @contextlib.contextmanager
    def desk(self):
        """Yield an ordinary page."""
        context = self._browser.new_context()
        with contextlib.closing(context):
            yield context.new_page()


class Camera:
    """A page on a phone, and the pictures taken of it."""

    def __init__(self, page):
        self.page = page
        self.pictures = {}

    def take(self, name, height, selector="body"):
        """Take a picture, as wide as the phone.

        :param name: as the text of the manual calls the picture, without ``.jpg``
        :param height: in pixels of the page
        :param selector: what it begins with
        """
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.activeElement.blur()")
        top = self.page.locator(selector).first.evaluate(
            "node => node.getBoundingClientRect().top + window.scrollY"
        )
        top = max(0, top - (MARGIN if selector != "body" else 0))
        clip = {"x": 0, "y": top, "width": WIDTH, "height": height}
        screenshot = self.page.screenshot(full_page=True, clip=clip)
        picture = io.BytesIO()
        with Image.open(io.BytesIO(screenshot)) as image:
            image.convert("RGB").save(picture, "JPEG", quality=QUALITY, optimize=True)
        self.pictures[f"{name}.jpg"] = picture.getvalue()


def _fonts(folder):
    """Write the configuration of the fonts; return its path."""
    root = odoo_source.ensure()
    fonts = next(root.glob("**/addons/web/static/fonts/google/Open_Sans"))
    path = folder / "fonts.conf"
    aliases = "".join(ALIAS.format(family=family) for family in FAMILIES)
    path.write_text(FONTS.format(fonts=fonts, cache=folder / "fonts", aliases=aliases))
    return str(path)
