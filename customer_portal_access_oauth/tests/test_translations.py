from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged

ADDON = Path(__file__).parents[1]
READ_BY_CUSTOMERS = (":customer_portal_access_oauth.portal_", ".mail_template_", "code:addons")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The files of the translators."""

    def test_pages_mails_and_sentences_are_translated(self):
        template = polib.pofile(str(ADDON / "i18n" / "customer_portal_access_oauth.pot"))
        wanted = {
            entry.msgid
            for entry in template
            if any(
                mark in place for place, _line in entry.occurrences for mark in READ_BY_CUSTOMERS
            )
        }
        self.assertTrue(wanted)
        for lang in ("de", "fr", "nb"):
            translated = {
                entry.msgid: entry.msgstr
                for entry in polib.pofile(str(ADDON / "i18n" / f"{lang}.po")).translated_entries()
            }
            self.assertFalse(wanted - set(translated), lang)
            for term in wanted:
                for placeholder in ("[name]", "[link]", "[company]", "%(provider)s", "%(error)s"):
                    self.assertEqual(placeholder in term, placeholder in translated[term])
