from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..utils import strip_invisible
from .customer_publication_page import URL_SCHEMES

# What an offer says: another text or amount is another version.
CONTENT = {"name", "body", "amount", "currency_id", "attachment_ids"}
# What stays as it was accepted.
LOCKED = CONTENT | {"date_until", "allow_accept", "allow_decline", "require_signature"}


class CustomerPublication(models.Model):
    """What a publication says: its files, its address, its versions, and the lock on it."""

    _inherit = "customer.publication"

    is_locked = fields.Boolean(
        compute="_compute_is_locked", help="A customer has accepted it as it is."
    )

    @api.depends("response_ids.is_current", "response_ids.decision")
    def _compute_is_locked(self):
        for publication in self:
            publication.is_locked = publication.sudo()._current_response().decision == "accepted"

    @api.constrains("url")
    def _check_url(self):
        for publication in self.filtered("url"):
            if not self._is_safe_url(publication.url):
                raise ValidationError(
                    self.env._(
                        "“%(url)s” is no address that a customer can open. It begins with "
                        "https://, http:// or mailto:, as in https://www.example.com or "
                        "mailto:anna@example.com.",
                        url=strip_invisible(publication.url),
                    )
                )

    @api.model
    def _is_safe_url(self, url):
        """Say whether an address leads to a web page or a mailbox, and does nothing else.

        :param str url: the address
        :rtype: bool
        """
        if url != strip_invisible(url) or any(
            not sign.isprintable() or sign == " " for sign in url
        ):
            return False
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if parts.scheme not in URL_SCHEMES:
            return False
        return "@" in parts.path if parts.scheme == "mailto" else bool(parts.hostname)

    @api.model_create_multi
    def create(self, vals_list):
        publications = super().create(vals_list)
        publications._own_files()
        return publications

    def write(self, vals):
        if LOCKED & vals.keys():
            self._check_unlocked()
        if not vals.keys() & CONTENT:
            return super().write(vals)
        before = {publication: publication._content() for publication in self}
        res = super().write(vals)
        for publication in self if "attachment_ids" in vals else ():
            publication._own_files(before[publication]["attachment_ids"])
        self.filtered(lambda publication: publication._content() != before[publication])._renew()
        return res

    def _check_unlocked(self):
        """Refuse to change what a customer has accepted.

        :raises UserError: when there is an accepted offer among these
        """
        for publication in self.filtered("is_locked"):
            raise UserError(
                self.env._(
                    "“%(publication)s” has been accepted by %(name)s and stays as it is. "
                    "Reopen it first: the customer is told and can answer again.",
                    publication=publication.name,
                    name=publication.sudo()._current_response().partner_name,
                )
            )

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def _own_files(self, before=()):
        """Make the files of each of these its own, with copies of those of something else.

        Publishing a file must not depend on what becomes of it where it came from, nor
        hand out what whoever publishes it cannot open. Files go with their publication.

        :param before: the ``ir.attachment`` records that it had already
        :raises AccessError: when the user may not open one of the files
        """
        for publication in self:
            shown_sudo = publication.sudo().attachment_ids  # others' files, too: checked below
            copies = {}
            for file in shown_sudo.with_env(self.env):
                if file not in before:
                    copies[file.id] = publication._own_file(file).id
            if any(copied != original for original, copied in copies.items()):
                own = [copies.get(file.id, file.id) for file in shown_sudo]
                # past our own write, which would count a version more
                self._fields["attachment_ids"].write(publication, [Command.set(own)])
            publication._place_files()

    def _own_file(self, file):
        """Return the file itself if it was just uploaded, else a copy.

        :param file: an ``ir.attachment``
        :return: an ``ir.attachment``
        """
        file.check_access("read")
        file_sudo = file.sudo()  # read already; the copy is this user's
        here = file_sudo.res_model == self._name and file_sudo.res_id == self.id
        uploaded = file_sudo.res_model in (False, self._name) and not file_sudo.res_id
        if (here or uploaded) and not file_sudo.public:
            return file_sudo
        place = {"res_model": self._name, "res_id": False, "res_field": False, "public": False}
        return file_sudo.copy({**place, "name": file_sudo.name})

    def _place_files(self):
        """Make the files of this publication its own, so that they go with it."""
        publication = self.sudo()  # what was just uploaded is its uploader's only
        place = {"res_model": publication._name, "res_id": publication.id}
        publication.attachment_ids.filtered(
            lambda file: any(file[name] != place[name] for name in place)
        ).write({**place, "public": False, "access_token": False})

    # ------------------------------------------------------------
    # VERSIONS
    # ------------------------------------------------------------

    def _content(self):
        """Return what this offer says, to be compared.

        :rtype: dict
        """
        return {name: self[name] for name in CONTENT}

    def _current_version(self):
        """Return the version that customers see now; make it if there is none.

        :return: a ``customer.publication.version``, with ``sudo``
        """
        self.ensure_one()
        publication_sudo = self.sudo()  # versions are written by verbs only
        return publication_sudo.version_ids.filtered(
            lambda version: version.number == publication_sudo.version
        ) or publication_sudo.version_ids.create(publication_sudo._version_values())

    def _version_values(self):
        """Return what a version keeps of this publication.

        :rtype: dict
        """
        return {
            "publication_id": self.id,
            "number": self.version,
            "name": self.name,
            "body": self.body,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "attachment_ids": [Command.set(self.attachment_ids.ids)],
        }

    def _renew(self):
        """Make a new version of the offers that customers have seen otherwise."""
        for publication in self.filtered(lambda shown: shown.kind == "offer" and shown.version_ids):
            publication.sudo().version += 1  # written by verbs only
            publication._current_version()
            publication._log_to_workspace(
                self.env._(
                    "Offer “%(publication)s” changed: version %(number)s",
                    publication=publication.name,
                    number=publication.version,
                )
            )
