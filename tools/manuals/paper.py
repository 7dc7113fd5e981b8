"""Prints a manual on two pages, and looks whether it came out right."""

import io
import logging
from pathlib import Path

import pypdf
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

from ..console import Failure

STYLE = Path(__file__).with_name("paper.css")
PLACE = "manual/"
PAGES = 2
A4 = 297
MAXIMUM = 400_000

# It says of every file of Chromium's that objects were counted wrongly, and mends it.
logging.getLogger("pypdf").setLevel(logging.ERROR)


def print_manual(browser, url, html, pictures, path):
    """Print a manual into a file.

    :param url: of a server, where text and pictures seem to come from
    :param html: the text
    :param pictures: by the names under which the text shows them
    :return: the size of the file
    """
    served = {f"/{PLACE}{name}": data for name, data in pictures.items()}

    def answer(route):
        name = route.request.url.removeprefix(url)
        if name == f"/{PLACE}":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif name in served:
            route.fulfill(body=served[name], content_type="image/jpeg")
        else:
            route.abort()

    with browser.desk() as page:
        page.route("**/*", answer)
        page.goto(f"{url}/{PLACE}")
        page.add_style_tag(path=STYLE)
        _check_pictures(page, pictures)
        language = page.evaluate("document.documentElement.lang")
        _check_sheets(page, path)
        printed = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    content = _finish(printed, language)
    _check(content, path)
    path.write_bytes(content)
    return len(content)


def _check_pictures(page, pictures):
    """Fail unless the text shows every picture, and says in words what is on it."""
    shown = page.evaluate(
        "[...document.images].map(image => image.alt && image.naturalWidth"
        " ? image.getAttribute('src') : '')"
    )
    if sorted(shown) != sorted(pictures):
        raise Failure(f"The manual shows {sorted(shown)}, the pictures are {sorted(pictures)}.")


def _check_sheets(page, path):
    """Fail when a page holds more than fits on paper, and say by how much."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    heights = page.evaluate(
        "[...document.querySelectorAll('.sheet')].map(sheet => sheet.offsetHeight * 25.4 / 96)"
    )
    for number, height in enumerate(heights, 1):
        if height > A4 + 1:
            raise Failure(f"{path.name}: page {number} is {height - A4:.0f} mm too long.")


def _finish(printed, language):
    """Return the file with language and title as readers ask for them, and without dates."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(printed))
    title = writer.metadata.title
    writer.metadata = {"/Title": title}
    writer.root_object[NameObject("/Lang")] = TextStringObject(language)
    writer.root_object[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    )
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _check(content, path):
    """Fail unless it is what the manuals have to be."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    wrong = []
    if len(reader.pages) != PAGES:
        wrong.append(f"{len(reader.pages)} pages instead of {PAGES}")
    if len(content) > MAXIMUM:
        wrong.append(f"{len(content) // 1000} kB, more than {MAXIMUM // 1000}")
    if not reader.metadata.title:
        wrong.append("no title")
    if "/StructTreeRoot" not in reader.root_object:
        wrong.append("no tags for screen readers")
    if loose := [name for name, font in _fonts(reader) if not _is_embedded(font)]:
        wrong.append(f"fonts that are not in it: {', '.join(sorted(set(loose)))}")
    if wrong:
        raise Failure(f"{path.name}: {'; '.join(wrong)}.")


def _fonts(reader):
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            yield font["/BaseFont"], font.get("/DescendantFonts", [font])[0].get_object()


def _is_embedded(font):
    if font["/Subtype"] == "/Type3":
        return True
    descriptor = font.get("/FontDescriptor", {}).get_object()
    return any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
