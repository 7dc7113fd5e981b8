from odoo import models


class CustomerPublication(models.Model):
    """The files of a publication; whoever sees it may have them."""

    _inherit = "customer.publication"

    def _attached(self):
        """Return the files: what is content of its own, and no address elsewhere."""
        return self.attachment_ids.filtered(lambda file: file.type == "binary")

    def _files_values(self, path):
        """Return what the page of this publication shows of its files.

        :param str path: local path of that page
        :return: ``files``: of each ``id``, ``name``, ``size``, ``icon`` and ``path``; and
            ``zip``: the path to all of them, ``None`` when there is no such zip
        :rtype: dict
        """
        files = self._attached()
        together = len(files) > 1 and files._customer_zip_refusal() is None
        return {
            "files": [
                {**file._customer_file_values(), "path": f"{path}/file/{file.id}"} for file in files
            ],
            "zip": f"{path}/zip" if together else None,
        }

    def _file(self, attachment_id):
        """Return one file, or none when it is not part of this publication.

        :param int attachment_id: from the URL
        """
        return self._attached().filtered(lambda file: file.id == attachment_id)
