from odoo import models
from odoo.fields import Domain

from .customer_publication import VIEW_PERMISSIONS

# Read in the same query that finds what is published.
CARD_FIELDS = ("name", "kind", "state", "date_until", "amount", "version", "currency_id")


class CustomerAccess(models.Model):
    """What is published to the contact of an access."""

    _inherit = "customer.access"

    def _publication_domain(self):
        """Return the domain of what is published here for the role of this access.

        Whether the contact may see a kind is the gate's to say.
        """
        return self._publication_place_domain() & self.env["customer.publication"]._shown_domain()

    def _publication_place_domain(self):
        """Return the domain of what is here for the role of this access, drafts too."""
        target = self._target()
        field = {"crm.lead": "lead_id", "project.project": "project_id"}.get(target._name)
        if not field:
            return Domain.FALSE
        return (
            Domain(field, "=", target.id)
            & Domain("company_id", "=", self.company_id.id)
            & (Domain("role_ids", "=", False) | Domain("role_ids", "in", self.role_id.ids))
        )

    def _publications(self, assurance):
        """Return what the visitor sees in this workspace, in the order staff gave it.

        :param str assurance: the level the visitor has reached
        :return: ``customer.publication`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # contacts have no rights on publications
        return access_sudo.env["customer.publication"].search_fetch(
            access_sudo._publication_domain()
            & Domain("kind", "in", access_sudo._publication_kinds(assurance)),
            CARD_FIELDS,
        )

    def _publication_kinds(self, assurance):
        """Return the kinds of publications that the gate opens at this level.

        :param str assurance: the level the visitor has reached
        :rtype: list[str]
        """
        return [
            kind
            for kind, permission in VIEW_PERMISSIONS.items()
            if self._check(permission, assurance)
        ]

    def _publication(self, publication_id, assurance):
        """Return one publication, or none when the visitor may not see it now.

        :param int publication_id: from the URL
        :param str assurance: the level the visitor has reached
        """
        publication_sudo = self.env["customer.publication"].sudo().browse(publication_id).exists()
        return publication_sudo.filtered(
            lambda publication: self._check(publication._view_permission(), assurance, publication)
        )

    def _visible(self, publications):
        """Return which of these the contact sees now, after confirming who one is.

        :param publications: ``customer.publication`` records
        """
        return publications & self._publications("account")

    def _meant(self, publications):
        """Return which of these are for this contact: published or not, let in or not.

        :param publications: ``customer.publication`` records
        """
        self.ensure_one()
        access_sudo = self.sudo()  # as in _publications
        return (
            publications.sudo()
            .filtered(
                lambda publication: access_sudo.role_id._holds(publication._view_permission())
            )
            .filtered_domain(access_sudo._publication_place_domain())
            .sudo(publications.env.su)
        )

    def _publication_waits(self, publication_id, assurance):
        """Say whether the visitor would see it after confirming who one is.

        :param int publication_id: from the URL
        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return not self._publication(publication_id, assurance) and bool(
            self._publication(publication_id, "account")
        )

    def _publication_path(self, publication):
        """Return the local path of a publication's page."""
        return f"{self._path()}/publication/{publication.id}"

    def _publication_page_values(self, publication, assurance, show_images=False):
        """Return what the page of a publication shows; other subjects add theirs here.

        :param publication: a ``customer.publication`` that the visitor may see
        :param str assurance: the level the visitor has reached
        :param bool show_images: load pictures from elsewhere, too
        :rtype: dict
        """
        return {"publication": publication._page_values(self, show_images)}

    # ------------------------------------------------------------
    # OPENED
    # ------------------------------------------------------------

    def _open_publication(self, publication):
        """Note that the contact reads a publication, at most once a minute.

        :param publication: a ``customer.publication`` that the visitor may see
        """
        self.ensure_one()
        if self._leaves_no_trace():
            return
        key = f"{self.id}-{publication.id}-{publication.version}"
        if not self.env["customer.quota"]._take("opened", key):
            # sudo: contacts have no rights of their own
            self.env["customer.publication.recipient"].sudo()._note_opened(self, publication)

    def _report_opened(self, publication, is_first):
        """Log that the contact has opened a publication; the first time tell staff.

        :param publication: the ``customer.publication``
        :param bool is_first: it was never opened by this contact before
        """
        if not is_first:
            self.env["customer.access.event"]._log("publication_opened", self, publication.name)
            return
        text = self._staff_env()._(
            "%(contact)s has opened “%(publication)s”",
            contact=self.partner_id.name,
            publication=publication.name,
        )
        self._report("publication_opened", text, notify=True, reason=publication.name)

    def _staff_env(self):
        """Return an environment in the language of the person in charge."""
        lang = self.person_in_charge_id.lang or self.company_id.partner_id.lang
        return self.with_context(lang=lang).env

    # ------------------------------------------------------------
    # CARDS OF THE WORKSPACE
    # ------------------------------------------------------------

    def _workspace_page_values(self, assurance):
        values = super()._workspace_page_values(assurance)
        if self.sudo()._target()._name == "res.partner":  # nothing is published there
            return {**values, "publications": None}
        everything_sudo = self._publications("account")
        kinds = self._publication_kinds(assurance)
        shown_sudo = everything_sudo.filtered(lambda publication: publication.kind in kinds)
        return {
            **values,
            "publications": self._publication_cards(shown_sudo),
            "publications_wait": assurance == "link" and shown_sudo != everything_sudo,
        }

    def _publication_cards(self, publications_sudo):
        """Return what the workspace shows of each publication, in the order of staff.

        The number of queries does not depend on the number of publications.

        :param publications_sudo: what ``_publications`` returned
        :rtype: list[dict]
        """
        if not publications_sudo:
            return []
        answers = publications_sudo._current_answers()
        rows = publications_sudo._row_counts()
        opened = self._opened_versions(publications_sudo)
        return [
            {
                **publication._facts(),
                "path": self._publication_path(publication),
                "answer": answers.get(publication.id),
                "files": len(publication.attachment_ids),
                "rows": rows.get(publication.id, 0),
                "mark": publication._mark(opened.get(publication.id)),
            }
            for publication in publications_sudo
        ]

    def _opened_versions(self, publications):
        """Return the newest version of each publication that the contact has opened, by id.

        :param publications: ``customer.publication`` records
        :rtype: dict
        """
        # sudo: contacts have no rights of their own
        recipients_sudo = self.env["customer.publication.recipient"].sudo()
        return {
            recipient.publication_id.id: recipient.opened_version
            for recipient in recipients_sudo.search(
                Domain("access_id", "=", self.id)
                & Domain("publication_id", "in", publications.ids)
                & Domain("opened_at", "!=", False)
            )
        }
