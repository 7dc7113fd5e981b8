from odoo import models

# What may be named to come back to, and where it is on the workspace's page.
SECTIONS = {
    "messages": "#messages",
    "colleagues": "#colleagues",
    "data": "/data",
    "me": "/me",
}


class CustomerAccess(models.Model):
    """The page that a visitor comes back to after confirming who one is.

    The browser names it by an id or a word; the path is made here.
    """

    _inherit = "customer.access"

    def _return_page(self, publication_id=None, section=None):
        """Return what to keep of the page a visitor comes from.

        :param publication_id: from the form
        :param section: from the form, a key of ``SECTIONS``
        :return: ``publication_id`` (``False``: none that this contact may ever see) and
            ``section``
        :rtype: dict
        """
        self.ensure_one()
        wanted = int(publication_id) if str(publication_id or "").isdecimal() else 0
        publication = self._publication(wanted, "account") if 0 < wanted < 2**31 else None
        return {
            "publication_id": publication and publication.id,
            "section": section if self._section_path(section) else False,
        }

    def _data_waits(self, assurance):
        """Say whether the data page opens after confirming who one is.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return not self._check("edit_data", assurance) and self._check("edit_data", "account")

    def _section_path(self, section):
        """Return what leads from the workspace to a part of it.

        :param section: from a form, or kept by a link; other subjects know more
        :return: the end of a local path, ``""`` for what is not there
        :rtype: str
        """
        return SECTIONS.get(section, "")

    def _return_path(self, page):
        """Return the local path of a page to come back to, the workspace's for none.

        :param dict page: what ``_return_page`` returned, maybe a while ago
        :rtype: str
        """
        self.ensure_one()
        # what was withdrawn since leads to the workspace
        publication = page["publication_id"] and self._publication(
            page["publication_id"], "account"
        )
        if publication:
            return self._publication_path(publication)
        return f"{self._path()}{self._section_path(page['section'])}"
