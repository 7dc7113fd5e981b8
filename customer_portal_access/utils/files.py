"""Files from customers: what they may be, told by their content, and how they are named."""

import io
import re
import unicodedata
import zipfile

from .limits import FILE_NAME_LENGTH, FILE_SIZE
from .text import strip_invisible

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
_MARKUP = ("<!doctype", "<html", "<?", "<svg", "<script", "<!--", "<head", "<body", "<%", "#!")


def clean_file_name(name):
    """Return the name of a file as it is kept: no path, no invisible characters.

    :param name: what the browser sent, or nothing
    :rtype: str
    """
    name = (name or "").replace("\\", "/").rpartition("/")[2]
    name = strip_invisible(unicodedata.normalize("NFC", name))
    name = _FORBIDDEN.sub("_", name).strip(" .") or "file"
    stem, dot, extension = name.rpartition(".")
    if len(name) > FILE_NAME_LENGTH and dot:
        room = max(1, FILE_NAME_LENGTH - len(extension) - 1)
        name = f"{stem[:room].rstrip()}.{extension}"
    return name[:FILE_NAME_LENGTH]


def unique_names(names):
    """Return the names, those that are there already with a number; case does not count.

    :param names: names of files
    :rtype: list[str]
    """
    taken, unique = set(), []
    for name in map(clean_file_name, names):
        stem, dot, extension = name.rpartition(".")
        if not dot:
            stem, extension = name, ""
        candidate, number = name, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{stem} ({number}){dot}{extension}"
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


def examine(name, data):
    """Look into a file, whether it is what its name says and one of those that are taken.

    The allow-list goes by content. What Odoo or libmagic guess differs by whether the
    latter is installed, and takes an installer for a Word document; so each type has a
    check of its own here.

    :param str name: the cleaned name
    :param bytes data: the whole content
    :return: what is wrong (``empty``, ``size``, ``type`` or ``content``) or ``None``,
        and the type to keep it as
    :rtype: tuple
    """
    if not data:
        return "empty", None
    if len(data) > FILE_SIZE:
        return "size", None
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in TYPES:
        return "type", None
    mimetype, check = TYPES[extension]
    if not check(data):
        return "content", None
    return None, mimetype


def _starts(*signatures):
    return lambda data: data.startswith(signatures)


def _is_webp(data):
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _is_heif(data):
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


def _holds(stream):
    """Return a check for an older Office document, which has a stream of this name.

    Installers have the same container, but other streams.
    """
    needle = stream.encode("utf-16-le")
    return lambda data: data.startswith(_OLE) and needle in data


def _zip_names(data):
    """Return the names in a zip archive, or none when it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return []


def _is_ooxml(folder):
    def check(data):
        names = _zip_names(data)
        return (
            data.startswith(b"PK\x03\x04")
            and "[Content_Types].xml" in names
            and any(name.startswith(folder) for name in names)
            and not any(name.lower().endswith("vbaproject.bin") for name in names)
        )

    return check


def _is_odf(mimetype):
    # the type comes first and unpacked, so that it can be told from the first bytes
    head = b"mimetype" + mimetype.encode()
    return lambda data: (
        data.startswith(b"PK\x03\x04") and data[30 : 30 + len(head)] == head and _zip_names(data)
    )


def _is_text(data):
    """Say whether it is plain text: no binary, no page, no script."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return not _CONTROL.search(text) and not text[:1000].lstrip().lower().startswith(_MARKUP)


TYPES = {
    "pdf": ("application/pdf", _starts(b"%PDF-")),
    "png": ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "gif": ("image/gif", _starts(b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", _is_webp),
    "heic": ("image/heic", _is_heif),
    "heif": ("image/heif", _is_heif),
    "docx": (f"{_OOXML}wordprocessingml.document", _is_ooxml("word/")),
    "xlsx": (f"{_OOXML}spreadsheetml.sheet", _is_ooxml("xl/")),
    "pptx": (f"{_OOXML}presentationml.presentation", _is_ooxml("ppt/")),
    "doc": ("application/msword", _holds("WordDocument")),
    "xls": ("application/vnd.ms-excel", _holds("ook")),  # Workbook, in older ones Book
    "ppt": ("application/vnd.ms-powerpoint", _holds("PowerPoint Document")),
    "odt": (f"{_ODF}text", _is_odf(f"{_ODF}text")),
    "ods": (f"{_ODF}spreadsheet", _is_odf(f"{_ODF}spreadsheet")),
    "odp": (f"{_ODF}presentation", _is_odf(f"{_ODF}presentation")),
    "txt": ("text/plain", _is_text),
    "csv": ("text/csv", _is_text),
}
