"""Reads the rows of a spreadsheet file, or of text copied out of one."""

import csv
import io
import zipfile

from .limits import IMPORT_BYTES, IMPORT_UNPACKED_BYTES, LIST_ROWS

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MAX_CELLS = 200  # in a row
_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class TableError(Exception):
    """A file that cannot be read; ``code`` says why.

    ``too_large``, ``too_many_rows``, ``old_excel``, ``unreadable``
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class BrokenCell(str):
    """A cell in which the spreadsheet itself shows an error, such as ``#REF!``."""


def read_table(content):
    """Return the rows of an .xlsx or .csv file that are not blank.

    :param bytes content: of the file
    :return: the number of the line and its cells, for each row
    :rtype: list[tuple[int, list]]
    :raises TableError: when it is too large or none of these files
    """
    if len(content) > IMPORT_BYTES:
        raise TableError("too_large")
    if content.startswith(_OLE):
        raise TableError("old_excel")
    if content.startswith(_ZIP):
        return _bounded(_read_xlsx(content))
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        if encoding == "utf-16" and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return read_text(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise TableError("unreadable")


def read_text(text):
    """Return the rows of text: separated by tabs, as spreadsheets copy them, or CSV.

    :param str text: what was pasted
    :rtype: list[tuple[int, list]]
    :raises TableError: when it is too large or no text
    """
    if len(text) > IMPORT_BYTES:
        raise TableError("too_large")
    if "\0" in text:
        raise TableError("unreadable")
    head = text.lstrip().partition("\n")[0]
    delimiter = max("\t;,", key=head.count)
    return _bounded(_read_csv(text, delimiter))


def _bounded(rows):
    """Return the rows that are not blank, if they are not too many."""
    found = []
    for number, cells in rows:
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if not cells:
            continue
        if len(found) > LIST_ROWS:  # the first one holds the titles
            raise TableError("too_many_rows")
        found.append((number, cells))
    return found


def _read_csv(text, delimiter):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    first = 1
    try:
        for cells in reader:
            yield first, [_unmarked(cell.strip()) for cell in cells[:_MAX_CELLS]]
            first = reader.line_num + 1
    except csv.Error as error:
        raise TableError("unreadable") from error


def _unmarked(cell):
    """Return a text without the mark by which exports keep it from being a formula."""
    if cell[:1] == "'" and cell[1:].lstrip().startswith(_FORMULA_SIGNS):
        return cell[1:]
    return cell


def _read_xlsx(content):
    """Yield the rows of the first sheet, with what formulas had come to when it was saved."""
    import openpyxl  # noqa: PLC0415  (as Odoo does: it is slow to import)

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(file.file_size for file in archive.infolist()) > IMPORT_UNPACKED_BYTES:
                raise TableError("too_large")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(max_col=_MAX_CELLS), start=1):
            yield (
                number,
                [BrokenCell(cell.value) if cell.data_type == "e" else cell.value for cell in row],
            )
    except TableError:
        raise
    except Exception as error:  # whatever a broken or hostile file makes the parser raise
        raise TableError("unreadable") from error
