import io
import zipfile

from lxml import html
from werkzeug.datastructures import FileStorage

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
PAGE = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"


def archive(*members):
    """Return a zip archive of empty members; of a pair, the name and the content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for member in members:
            name, content = member if isinstance(member, tuple) else (member, "")
            target.writestr(name, content)
    return file.getvalue()


def storage(name, content):
    """Return a file as werkzeug hands it on from a form."""
    return FileStorage(io.BytesIO(content), filename=name)


class FileForms:
    """For a ``PortalPageCase``: sends the forms that take files, as a browser does."""

    def _send_files(self, page, action, *files, **values):
        """Submit a form of a page with files.

        :param page: the response with the form
        :param str action: what the form's address ends with
        :param files: pairs of name and content
        :param values: what is typed in
        """
        form = next(
            form for form in html.fromstring(page.content).forms if form.action.endswith(action)
        )
        data = {key: value or "" for key, value in form.form_values()} | values
        return self.url_open(
            form.action,
            data=data,
            files=[("files", file) for file in files] or {"files": ("", b"")},
            allow_redirects=False,
        )

    def _files(self, access, assurance):
        """Return what the page of an access shows of the uploaded files."""
        return access._workspace_page_values(assurance)["files"] or []

    def _section(self, page, selector="//section[@id='files']"):
        """Return the words of a section of a page."""
        return " ".join(html.fromstring(page.content).xpath(f"string({selector})").split())
