from pathlib import Path

import polib
from lxml import etree

from odoo.tests import TransactionCase, tagged

ADDON = Path(__file__).parents[1]
CUSTOMERS_READ_IN = ("nb", "de", "fr")
PDF = '<i class="fa fa-file-pdf-o" aria-hidden="true"/><span>PDF</span>'
SAME_WORD = {
    "nb": {PDF},
    "de": {PDF, "Option", "Total"},
    "fr": {PDF, "Option", "Taxes", "Total"},
}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """What contacts read is there in their languages."""

    def _terms(self):
        terms = {"Quotations for you:"}
        for name in ("portal_sale.xml",):
            for node in etree.parse(ADDON / "views" / name).xpath("//template[@id]"):
                view = self.env.ref(f"customer_portal_access_sale.{node.get('id')}")
                view = view.with_context(lang="en_US")
                terms.update(view._fields["arch_db"].get_trans_terms(view.arch_db))
        return {term for term in terms if any(map(str.isalpha, term))}

    def test_pages_and_mails_are_translated(self):
        terms = self._terms()
        self.assertGreater(len(terms), 10)
        for lang in CUSTOMERS_READ_IN:
            entries = polib.pofile(str(ADDON / "i18n" / f"{lang}.po"))
            translated = {entry.msgid for entry in entries.translated_entries()}
            with self.subTest(lang=lang):
                self.assertFalse(terms - translated - SAME_WORD.get(lang, set()))
                self.assertFalse(entries.fuzzy_entries() + entries.obsolete_entries())
