import shutil
import zipfile
from pathlib import Path

from odoo import api, models

from ..utils import ZIP_SIZE, clean_file_name, unique_names

CHUNK = 256 * 1024
ICONS = {
    "image": "fa-file-image-o",
    "pdf": "fa-file-pdf-o",
    "word": "fa-file-word-o",
    "opendocument.text": "fa-file-word-o",
    "sheet": "fa-file-excel-o",
    "excel": "fa-file-excel-o",
    "csv": "fa-file-excel-o",
    "presentation": "fa-file-powerpoint-o",
    "powerpoint": "fa-file-powerpoint-o",
    "text/plain": "fa-file-text-o",
    "zip": "fa-file-archive-o",
}


class IrAttachment(models.Model):
    """What the pages of customers show of files, and several files as one."""

    _inherit = "ir.attachment"

    def _customer_file_values(self):
        """Return what a page for customers shows of a file.

        :return: ``id``, ``name``, ``size`` in bytes and the ``icon`` of its type
        :rtype: dict
        """
        self.ensure_one()
        mimetype = self.mimetype or ""
        icon = next((icon for word, icon in ICONS.items() if word in mimetype), "fa-file-o")
        return {"id": self.id, "name": self.name, "size": self.file_size, "icon": icon}

    def action_customer_download(self):
        """Download a file from the list of staff.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.id}?download=true",
            "target": "download",
        }

    def _customer_zip_refusal(self):
        """Say why these files cannot be had as one zip.

        :return: ``empty``, ``size``, or ``None`` when they can
        :rtype: str | None
        """
        if not self:
            return "empty"
        return "size" if sum(self.mapped("file_size")) > ZIP_SIZE else None

    @api.model
    def _customer_zip_name(self, title):
        """Return what to call a zip archive.

        :param str title: of the publication or workspace
        :rtype: str
        """
        return clean_file_name(f"{title}.zip")

    def _customer_zip(self, target):
        """Write these files into a zip archive, piece by piece.

        Pictures and documents are compressed already: they are only put together.

        :param target: a binary file to write to
        """
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for file, name in zip(self, unique_names(self.mapped("name")), strict=True):
                with archive.open(zipfile.ZipInfo(name, _zip_time(file)), "w") as entry:
                    if file.store_fname:
                        with Path(file._full_path(file.store_fname)).open("rb") as source:
                            shutil.copyfileobj(source, entry, CHUNK)
                    else:
                        entry.write(file.raw or b"")


def _zip_time(file):
    """Return when a file was made, as a zip archive has it."""
    return file.create_date.timetuple()[:6]
