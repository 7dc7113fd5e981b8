"""What staff write, made fit for a customer's page: nothing from elsewhere loads by itself."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from lxml import html
from markupsafe import Markup

from odoo.tools import html_sanitize

LINK_SCHEMES = {"http", "https", "mailto", "tel"}
_ATTACHMENT = re.compile(r"/web/(?:image|content)/(?:ir\.attachment/)?(\d+)(?![\w.])")
_STATIC = re.compile(r"/\w+/static/(?:[\w-]+[./])*[\w-]+")
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[\w+/=\s]*")
_EXTERNAL = re.compile(r"(?:https?:)?//[^\s\"'()]+", re.IGNORECASE)

# A declaration that fetches nothing: words, numbers, colours, quoted names of fonts.
_PLAIN_STYLE = re.compile(
    r"""[\w-]+\s*:(?:[\w\s.,%\#!/+*-]|"[\w\s,-]*"|'[\w\s,-]*'
        |(?:rgba?|hsla?|calc|var)\([\w\s.,%/+*-]*\))+""",
    re.VERBOSE,
)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\"()\\]+)['\"]?\s*\)")

# Whatever makes a browser fetch something, beside ``src`` and styles.
_FETCHING = (
    "srcset",
    "poster",
    "data",
    "lowsrc",
    "dynsrc",
    "longdesc",
    "ping",
    "usemap",
    "xlink:href",
)


class Page(NamedTuple):
    """What a text is made fit for."""

    base_url: str  # addresses below it are our own
    local: dict  # where the visitor finds an attachment, by its id; others are not shown
    texts: dict  # "image" and "media": what stands where something is held back
    show: bool = False  # somebody asked for what is elsewhere


def attachments_in(body, base_url):
    """Return the attachments that a text shows or links to.

    :param str body: HTML
    :param str base_url: addresses below it are our own
    :return: id and token of each, the token ``None`` when there is none
    :rtype: list[tuple]
    """
    if not body:
        return []
    root = html.fragment_fromstring(str(body), create_parent="div")
    addresses = [*root.xpath("//@src | //@href | //@background")]
    addresses += [url for style in root.xpath("//@style") for url in _BACKGROUND.findall(style)]
    found = (_attachment(_path(_clean(address), base_url)) for address in addresses)
    return [attachment for attachment in found if attachment]


def replace_attachment(body, old_id, new_id):
    """Return a text that shows another attachment instead, without any token.

    :param str body: HTML
    :param int old_id: id of the attachment shown
    :param int new_id: id of the one to show
    :rtype: str
    """
    return re.sub(
        rf"/web/(image|content)/(?:ir\.attachment/)?{old_id}(?![\w.])[^\s\"'()<>?]*(?:\?[^\s\"'()<>]*)?",
        rf"/web/\1/{new_id}",
        str(body),
    )


def hold_external(body, page):
    """Return a text in which nothing from elsewhere loads before somebody asks for it.

    It is sanitized once more, and more strictly than when it was stored: what mail
    programs need stays out of a page with a session.

    :param str body: HTML
    :param Page page: what it is made fit for
    :return: the text, and how many things are held back
    :rtype: tuple[Markup, int]
    """
    if not body:
        return Markup(), 0
    clean = html_sanitize(body, sanitize_attributes=True, sanitize_style=True)
    root = html.fragment_fromstring(str(clean), create_parent="div")
    held = 0
    for element in list(root.iterdescendants()):
        if not isinstance(element.tag, str):  # a comment
            element.drop_tree()
            continue
        held += _hold_background(element, page)
        for name in _FETCHING:
            element.attrib.pop(name, None)
        if element.tag != "a":
            element.attrib.pop("href", None)
        if element.tag == "img":
            held += _hold_image(element, page)
        elif element.tag in ("video", "audio"):
            _replace_media(element, page)
        else:
            element.attrib.pop("src", None)
            if element.tag == "a":
                _clean_link(element, page)
    text = html.tostring(root, encoding="unicode")[len("<div>") : -len("</div>")]
    return Markup(text), held  # noqa: S704 - sanitized above


def _clean(url):
    """Return an address as browsers read it."""
    return re.sub(r"[\x00-\x1f]", "", url or "").strip().replace("\\", "/")


def _path(url, base_url):
    """Return the path of an address on this server, or ``None``."""
    if url.startswith(f"{base_url}/"):
        url = url[len(base_url) :]
    return url if url.startswith("/") and not url.startswith("//") else None


def _attachment(path):
    """Return id and token of the attachment that a path is about, or ``None``."""
    match = _ATTACHMENT.match(path or "")
    if not match:
        return None
    return int(match[1]), parse_qs(urlsplit(path).query).get("access_token", [None])[0]


def _local_image(url, page):
    """Return the address of an image that needs nobody else, or ``None``."""
    if _DATA_IMAGE.fullmatch(url):
        return url
    path = _path(url, page.base_url)
    if path and _STATIC.fullmatch(path):
        return path
    attachment = _attachment(path)
    return attachment and page.local.get(attachment[0])


def _hold_image(image, page):
    """Let an image load, or hold it back; return whether it is held back."""
    url = _clean(image.attrib.pop("src", None))
    image.set("alt", image.get("alt", ""))
    if local := _local_image(url, page):
        image.set("src", local)
        return False
    external = bool(_EXTERNAL.fullmatch(url))
    if external and page.show:
        image.set("src", url)
        return False
    image.set("class", f"{image.get('class', '')} o_customer_held".strip())
    image.set("alt", image.get("alt") or page.texts["image"])
    if external:
        image.set("data-held-src", url)
    return external


def _hold_background(element, page):
    """Keep of the style what fetches nothing; return whether a picture is held back."""
    style = element.attrib.pop("style", "")
    kept = [part.strip() for part in style.split(";")]
    kept = [part for part in kept if _PLAIN_STYLE.fullmatch(part)]
    url = _clean(next(iter(_BACKGROUND.findall(style)), element.attrib.pop("background", "")))
    local = url and not url.startswith("data:") and _local_image(url, page)
    external = bool(_EXTERNAL.fullmatch(url))
    if local or (external and page.show):
        kept.append(f'background-image: url("{local or url}")')
    elif external:
        element.set("data-held-background", url)
    if kept:
        element.set("style", "; ".join(kept))
    return external and not page.show


def _replace_media(element, page):
    """Put a link where a film or a sound would load by itself."""
    urls = [element.get("src"), *element.xpath(".//source/@src")]
    url = next((url for url in map(_clean, urls) if url), "")
    link = html.Element("a", href=url)
    link.text, link.tail = page.texts["media"], element.tail
    element.getparent().replace(element, link)
    _clean_link(link, page)


def _clean_link(element, page):
    """Keep only addresses that may be opened; elsewhere nobody learns where from."""
    url = _clean(element.attrib.pop("href", None))
    path = _path(url, page.base_url)
    if attachment := _attachment(path):
        url = page.local.get(attachment[0])
    if not url or url.startswith("#") or path:
        if url:
            element.set("href", url)
        return
    if urlsplit(url).scheme in LINK_SCHEMES or url.startswith("//"):
        element.attrib.update({"href": url, "rel": "noopener noreferrer", "target": "_blank"})
