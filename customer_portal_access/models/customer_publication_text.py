from odoo import api, models
from odoo.tools import consteq

from ..utils.html import Page, attachments_in, hold_external, replace_attachment

# What a browser may show; everything else, SVG among it, is only downloaded.
INLINE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


class CustomerPublication(models.Model):
    """The text of a publication as contacts read it, and the pictures in it.

    Odoo's editor puts pictures into attachments that whoever has their token may fetch.
    Here they become the publication's own, lose the token, and are served to contacts
    through the gate only.
    """

    _inherit = "customer.publication"

    @api.model_create_multi
    def create(self, vals_list):  # the pictures need an owner first
        publications = super().create(vals_list)
        for publication in publications.filtered("body"):
            body = publication._claim_embedded(publication.body)
            if body != publication.body:
                publication.body = body
        return publications

    def write(self, vals):
        if not vals.get("body"):
            return super().write(vals)
        for publication in self:
            body = publication._claim_embedded(vals["body"])
            super(CustomerPublication, publication).write({**vals, "body": body})
        return True

    def _claim_embedded(self, body):
        """Make the pictures and files of a text this publication's own.

        :param str body: HTML, as the editor saved it
        :return: the text with addresses that work for who may see the publication only
        :rtype: str
        """
        self.ensure_one()
        for file_id, token in attachments_in(body, self.get_base_url()):
            # sudo: the token may be all that its reader has
            file_sudo = self.env["ir.attachment"].sudo().browse(file_id).exists()
            if not file_sudo or not self._may_embed(file_sudo, token):
                continue
            if not self._is_own(file_sudo):
                unowned = not file_sudo.res_id and file_sudo.res_model == self._name
                file_sudo = file_sudo if unowned else file_sudo.copy()
                file_sudo.write({"res_model": self._name, "res_id": self.id, "public": False})
            file_sudo.access_token = False
            body = replace_attachment(body, file_id, file_sudo.id)
        return body

    def _is_own(self, file):
        """Say whether an attachment belongs to this publication."""
        return file.res_model == self._name and file.res_id == self.id

    def _may_embed(self, file, token):
        """Say whether who writes the text may show a file to others: only what one reads."""
        if self._is_own(file) or file.public:
            return True
        if token and file.access_token and consteq(file.access_token, token):
            return True
        return bool(file.with_env(self.env)._filtered_access("read"))

    def _embedded(self):
        """Return the pictures and files of the text, with the rights of this recordset."""
        self.ensure_one()
        ids = [file_id for file_id, _token in attachments_in(self.body, self.get_base_url())]
        files = self.env["ir.attachment"].browse(set(ids)).exists()
        return files.filtered(lambda file: self._is_own(file) and file.type == "binary")

    def _text(self, path, show_images=False):
        """Return the text as a contact reads it.

        :param str path: of the publication's page
        :param bool show_images: load pictures from elsewhere, too
        :return: ``body`` (``Markup``) and ``held``, how much of it is held back
        :rtype: dict
        """
        local = {file.id: f"{path}/embedded/{file.id}" for file in self._embedded()}
        page = Page(self.get_base_url(), local, self._held_texts(), show_images)
        body, held = hold_external(self.body, page)
        return {"body": body, "held": held}

    def _held_texts(self):
        """Return what stands in place of what is held back."""
        return {"image": self.env._("Image"), "media": self.env._("Open film or sound")}
