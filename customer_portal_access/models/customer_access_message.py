from urllib.parse import quote

from odoo import models

from ..utils.html import Page, attachments_in, hold_external


class CustomerAccess(models.Model):
    """The messages of the thread as contacts read them."""

    _inherit = "customer.access"

    def _message_body(self, message, show_images=False):
        """Return the text of a message, as publications show theirs: nothing loads by itself.

        :param message: the ``mail.message``
        :param bool show_images: load pictures from elsewhere, too
        :return: ``body`` (``Markup``) and ``held``, how much of it is held back
        :rtype: dict
        """
        if "=" not in (message.body or ""):  # no attribute: nothing that could load
            return {"body": message.body, "held": 0}
        base_url = self.get_base_url()
        local = {
            file.id: f"{self._message_place(message)}/file/{file.id}"
            for file in message.attachment_ids
        }
        local |= {
            file_id: f"/web/image/{file_id}?access_token={quote(token)}"
            for file_id, token in attachments_in(message.body, base_url)
            if token
        }
        texts = self.env["customer.publication"]._held_texts()
        body, held = hold_external(message.body, Page(base_url, local, texts, show_images))
        return {"body": body, "held": held}

    def _message_composer(self, target):
        """Return the composer of a message to these contacts.

        :param target: the record in whose thread it is written
        :return: an action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": target._name,
                "default_res_ids": target.ids,
                "default_composition_mode": "comment",
                "default_subtype_id": self.env.ref("customer_portal_access.mt_to_customer").id,
                "default_partner_ids": self.partner_id.ids,
            },
        }

    def _message_place(self, message):
        """Return the local path of the page that shows a message.

        :param message: a ``mail.message`` of a thread
        """
        return self._path()
