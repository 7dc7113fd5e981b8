from urllib.parse import urlsplit

from odoo import fields, models
from odoo.fields import Domain

URL_SCHEMES = {"http", "https", "mailto"}


class CustomerPublication(models.Model):
    """What the contacts' pages show of a publication: plain values, no record."""

    _inherit = "customer.publication"

    def _facts(self):
        """Return what cards and page have in common.

        :rtype: dict
        """
        self.ensure_one()
        over = self.date_until and self.date_until < fields.Date.context_today(self)
        return {
            "id": self.id,
            "title": self.name,
            "kind": self.kind,
            "amount": self.currency_id.format(self.amount)
            if self.kind == "offer" and self.amount
            else None,
            "until": self.date_until,
            "is_open": self._is_open(),
            "ended": "closed" if self.state == "closed" else "date" if over else None,
        }

    def _mark(self, opened_version):
        """Say whether a contact has not seen this yet, or not as it is now.

        :param opened_version: the newest version opened; ``None``: never opened
        :return: ``new``, ``changed`` or ``None``
        """
        if opened_version is None:
            return "new"
        return "changed" if opened_version < self.version else None

    def _current_answers(self):
        """Return who answered what, by the id of the offer.

        :rtype: dict[int, dict]
        """
        answers = self.env["customer.publication.response"].search(
            Domain("publication_id", "in", self.ids) & Domain("is_current", "=", True)
        )
        return {answer.publication_id.id: answer._facts() for answer in answers}

    def _answer_facts(self):
        """Return the answer that counts, with the signature, or ``None``.

        :rtype: dict | None
        """
        answer = self._current_response()
        return {**answer._facts(), "signature": answer.signature} if answer else None

    def _row_counts(self):
        """Return how many rows lists have, by id.

        :rtype: dict[int, int]
        """
        lists = self.filtered(lambda publication: publication.kind == "list")
        groups = self.env["customer.publication.entry"]._read_group(
            Domain("publication_id", "in", lists.ids), ["publication_id"], ["__count"]
        )
        return {publication.id: count for publication, count in groups}

    def _page_values(self, access, show_images=False):
        """Return what the page of this publication shows to a contact.

        :param access: the ``customer.access`` by which the contact is here
        :param bool show_images: load pictures from elsewhere, too
        :rtype: dict
        """
        self.ensure_one()
        path = access._publication_path(self)
        return {
            **self._facts(),
            "path": path,
            **self._text(path, show_images),
            "pdf": f"{path}/pdf" if self.kind == "offer" and self._can_print() else None,
            "version": self.version,
            "require_signature": self.require_signature,
            "address": self._address() if self.kind == "link" else None,
            "answer": self._answer_facts(),
            **self._files_values(path),
        }

    def _address(self):
        """Return where a link leads, or ``None`` when it is no address to open.

        :return: ``url``, and ``host``: what is shown of it
        :rtype: dict | None
        """
        url = (self.url or "").strip()
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        host = parts.path if parts.scheme == "mailto" else parts.hostname
        if parts.scheme not in URL_SCHEMES or not host:
            return None
        return {"url": url, "host": host}
