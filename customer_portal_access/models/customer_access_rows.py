from odoo import models

from ..utils import as_integer


class CustomerAccess(models.Model):
    """What the contact of an access may do with the rows of a list."""

    _inherit = "customer.access"

    def _list_refusal(self, publication, assurance):
        """Return why the visitor may only read a list, or ``False``.

        :param publication: the list
        :param str assurance: the level the visitor has reached
        :return: ``permission``, ``archived`` or ``closed``
        :rtype: str | bool
        """
        self.ensure_one()
        if not self._check("edit_lists", assurance, publication):
            return "permission"
        if self._is_read_only():
            return "archived"
        return not publication._is_open() and "closed"

    def _change_row(self, publication, assurance, action, posted):
        """Do to a row of a list what its form asks for.

        :param publication: the list, which the visitor sees
        :param str assurance: the level the visitor has reached
        :param str action: ``add``, ``save``, ``remove`` or ``restore``
        :param dict posted: the form's fields: ``entry_id``, ``revision``, ``form_id``, and
            text by column name
        :return: ``status`` and what belongs to it, see the verbs of the row
        :rtype: dict
        """
        self.ensure_one()
        if refusal := self._list_refusal(publication, assurance):
            return {"status": refusal}
        if self.env["customer.quota"]._take("row_change", self.id):
            return {"status": "limit"}
        if action == "add":
            return publication._add_entry(self, posted, posted.get("form_id"))
        entry = publication._entry(as_integer(posted.get("entry_id")))
        if not entry:
            return {"status": "gone"}
        revision = as_integer(posted.get("revision"))
        if action == "remove":
            return entry._remove(self, revision)
        if action == "restore":
            return entry._restore(self, revision)
        return entry._save(self, posted, revision)

    def _report_rows(self, publication):
        """Tell staff that the contact fills in a list, at most once an hour.

        :param publication: the list
        """
        self.ensure_one()
        if self.env["customer.quota"]._take("rows_report", f"{self.id}-{publication.id}"):
            return
        lang = self.person_in_charge_id.lang or self.company_id.partner_id.lang
        lang_self = self.with_context(lang=lang)
        text = lang_self.env._(
            "%(contact)s filled in rows of “%(list)s”.",
            contact=self.partner_id.name,
            list=publication.name,
        )
        lang_self._report("rows_changed", text, activity=text.rstrip("."), reason=publication.name)
