import re
from collections import Counter
from pathlib import Path

import polib
from lxml import etree

from odoo.tests import HttpCase, TransactionCase, tagged

ADDON = Path(__file__).parents[1]
CUSTOMERS_READ_IN = ("nb", "de", "fr")
# of all terms, those of staff too; what is left is the same word, or a new one
TRANSLATED = 0.95
# What the code or Odoo fills in: %(name)s, %s, [link], {{ ctx.get('customer_company') }}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\[\w+\]|\{\{.*?\}\}")
SAME_WORD = {
    "nb": {"Send"},
    "de": {
        "Code",
        "Link",
        "Links",
        "Name",
        '<i class="fa fa-fw fa-external-link" aria-hidden="true"/> Link',
    },
    "fr": {
        "Code",
        "E-mail",
        "Message",
        "Messages",
        "Page",
        "Pages",
        "minutes.",
        '<i class="fa fa-fw fa-file-text-o" aria-hidden="true"/> Page',
    },
}


def read_translations(lang):
    return polib.pofile(str(ADDON / "i18n" / f"{lang}.po"))


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The files of the translators, as Odoo loads them."""

    def _portal_terms(self):
        """Return the terms of all templates that customers read, manuals included."""
        terms = set()
        views = ADDON / "views"
        for path in sorted([*views.glob("portal_*.xml"), *views.glob("manual*.xml")]):
            for node in etree.parse(path).xpath("//template[@id]"):
                view = self.env.ref(f"customer_portal_access.{node.get('id')}")
                view = view.with_context(lang="en_US")
                terms.update(view._fields["arch_db"].get_trans_terms(view.arch_db))
        return {term for term in terms if any(map(str.isalpha, term))}

    def _assert_translated(self, lang, terms):
        entries = {entry.msgid: entry for entry in read_translations(lang)}
        missing = {
            term
            for term in terms - SAME_WORD.get(lang, set())
            if term not in entries or not entries[term].translated()
        }
        self.assertFalse(missing, f"not in {lang}.po")

    def test_placeholders_are_kept(self):
        for path in sorted((ADDON / "i18n").glob("*.po")):
            for entry in polib.pofile(str(path)).translated_entries():
                with self.subTest(file=path.name, term=entry.msgid):
                    self.assertEqual(
                        Counter(PLACEHOLDER.findall(entry.msgstr)),
                        Counter(PLACEHOLDER.findall(entry.msgid)),
                    )

    def test_nothing_is_fuzzy_or_obsolete(self):
        for path in sorted((ADDON / "i18n").glob("*.po")):
            entries = polib.pofile(str(path))
            self.assertFalse(entries.fuzzy_entries() + entries.obsolete_entries(), path.name)

    def test_what_share_is_translated(self):
        terms = polib.pofile(str(ADDON / "i18n" / f"{ADDON.name}.pot"))
        for lang in CUSTOMERS_READ_IN:
            translated = {entry.msgid for entry in read_translations(lang).translated_entries()}
            missing = [entry.msgid for entry in terms if entry.msgid not in translated]
            share = 1 - len(missing) / len(terms)
            self.assertGreater(share, TRANSLATED, f"{lang}.po lacks {missing}")

    def test_portal_pages_are_translated(self):
        terms = self._portal_terms()
        self.assertIn("Send me a new link", terms)
        for lang in CUSTOMERS_READ_IN:
            with self.subTest(lang=lang):
                self._assert_translated(lang, terms)

    def test_mails_are_translated(self):
        """Subject and text of each template that goes to customers."""
        templates = self.env["ir.model.data"].search(
            [("module", "=", "customer_portal_access"), ("model", "=", "mail.template")]
        )
        self.assertTrue(templates)
        for lang in CUSTOMERS_READ_IN:
            translated = {
                (reference.rpartition(".")[2], reference.split(":")[1])
                for entry in read_translations(lang).translated_entries()
                for reference, _line in entry.occurrences
                if reference.startswith("model:mail.template,")
            }
            for name in templates.mapped("name"):
                for field in ("subject", "body_html"):
                    with self.subTest(lang=lang, template=name, field=field):
                        self.assertIn((name, f"mail.template,{field}"), translated)


@tagged("post_install", "-at_install")
class TestScriptTranslations(HttpCase):
    def test_scripts_speak_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        texts = self.url_open("/website/translations?lang=nb_NO").json()
        mine = texts["modules"]["customer_portal_access"]["messages"]
        self.assertIn({"id": "Write my name", "string": "Skriv navnet mitt"}, mine)
