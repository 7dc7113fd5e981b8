from pathlib import Path

import polib
from lxml import etree

from odoo.tests import TransactionCase, tagged

ADDON = Path(__file__).parents[1]
CUSTOMERS_READ_IN = ("nb", "de", "fr")
PDF = '<i class="fa fa-file-pdf-o" aria-hidden="true"/><span>PDF</span>'
EXCEL = '<i class="fa fa-file-excel-o" aria-hidden="true"/><span>Excel</span>'
SAME_WORD = {
    "nb": {PDF, EXCEL, "Person"},
    "de": {PDF, EXCEL, "Person", "in"},
    "fr": {PDF, EXCEL, "Date", "Page", "Pages", "Total"},
}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """What contacts read is there in their languages."""

    def _terms(self):
        terms = set(
            self.env["customer.permission"].search([]).filtered(self._is_ours).mapped("name")
        )
        views = ADDON / "views"
        for path in sorted([*views.glob("portal_*.xml"), *views.glob("manual*.xml")]):
            for node in etree.parse(path).xpath("//template[@id]"):
                view = self.env.ref(f"customer_portal_access_timesheet.{node.get('id')}")
                view = view.with_context(lang="en_US")
                terms.update(view._fields["arch_db"].get_trans_terms(view.arch_db))
        for template in self.env["mail.template"].search([]).filtered(self._is_ours):
            template = template.with_context(lang="en_US")
            terms |= {template.subject, str(template.body_html)}
        return {term for term in terms if any(map(str.isalpha, term))}

    def _is_ours(self, record):
        return record.get_external_id()[record.id].startswith("customer_portal_access_timesheet.")

    def test_pages_and_mails_are_translated(self):
        terms = self._terms()
        self.assertIn("Approve hours", terms)
        for lang in CUSTOMERS_READ_IN:
            entries = polib.pofile(str(ADDON / "i18n" / f"{lang}.po"))
            translated = {entry.msgid for entry in entries.translated_entries()}
            with self.subTest(lang=lang):
                self.assertFalse(terms - translated - SAME_WORD.get(lang, set()))
                self.assertFalse(entries.fuzzy_entries() + entries.obsolete_entries())
