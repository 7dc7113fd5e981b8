import io

import pypdf
from lxml import html

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import file_open

from .portal_common import PortalPageCase

FOLDER = "/customer_portal_access/static/manuals"
ENGLISH = f"{FOLDER}/contact_person.en.pdf"
NORWEGIAN = f"{FOLDER}/contact_person.nb.pdf"


@tagged("post_install", "-at_install")
class TestManuals(PortalPageCase):
    """Who holds a role with a manual downloads it, in the language of the page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        langs = [cls.env["res.lang"]._activate_lang(code) for code in ("nb_NO", "es_ES")]
        if "website" in cls.env:  # whose portal speaks its own languages only
            for lang in langs:
                cls.env["website"].search([]).language_ids += lang

    def _manuals(self, page, within=""):
        """Return the addresses of the manuals that a page links to.

        :param str within: an XPath, to look at a part of the page
        """
        tree = html.fromstring(page.content)
        return tree.xpath(f"{within}//a[contains(@href, '/static/manuals/')]/@href")

    def _speak(self, lang):
        self.opener.cookies.set("frontend_lang", lang)

    def _sign_in(self, access):
        user = access.partner_id._customer_user(self.company)
        user._set_encrypted_password(user.id, user._crypt_context().hash("Bo knows it 7"))
        self.authenticate(user.login, "Bo knows it 7")

    def test_each_file_has_two_pages_a_language_and_a_title(self):
        for name, lang in (("en", "en-US"), ("nb", "nb-NO"), ("de", "de-DE"), ("fr", "fr-FR")):
            path = f"{FOLDER[1:]}/contact_person.{name}.pdf"
            with self.subTest(lang=lang), file_open(path, "rb") as file:
                reader = pypdf.PdfReader(io.BytesIO(file.read()))
                self.assertEqual(len(reader.pages), 2)
                self.assertEqual(reader.root_object["/Lang"], lang)
                self.assertTrue(reader.metadata.title)

    def test_in_the_menu_by_a_link(self):
        self._open_by_link()
        self._speak("nb_NO")
        page = self.url_open(self._path(self.guest))
        self.assertEqual(self._manuals(page, "//header"), [NORWEGIAN])
        self.assertEqual(self._manuals(page, "//aside"), [NORWEGIAN])
        file = self._get(NORWEGIAN)
        self.assertEqual(file.headers["Content-Type"], "application/pdf")
        self.assertTrue(file.content.startswith(b"%PDF"))

    def test_in_english_where_there_is_none_in_the_language(self):
        self._open_by_link()
        for lang in ("en_US", "es_ES"):
            self._speak(lang)
            with self.subTest(lang=lang):
                page = self.url_open(self._path(self.guest))
                self.assertEqual(self._manuals(page, "//header"), [ENGLISH])

    def test_on_every_page_of_a_contact_who_is_signed_in(self):
        self._sign_in(self.guest)
        self._speak("nb_NO")
        for path in (self._path(self.guest), "/my/customer", "/my/home", "/my/customer/access"):
            with self.subTest(path=path):
                page = self.url_open(path)
                self.assertEqual(self._manuals(page, "//header"), [NORWEGIAN])
        [card] = self._manuals(
            self.url_open("/my/home"), "//div[contains(@class, 'o_portal_docs')]"
        )
        self.assertEqual(card, NORWEGIAN)

    def test_a_role_without_a_manual_has_no_link(self):
        page = self._open_by_code()
        self.assertIn(self.access.role_id.name, page.text)
        for path in (self._path(self.access), "/my/customer", "/my/home"):
            with self.subTest(path=path):
                self.assertFalse(self._manuals(self.url_open(path)))

    def test_one_link_for_two_roles_with_the_same_manual(self):
        self.applicant.manual = "contact_person"
        roles = self.applicant | self.contact_person
        self.assertEqual(len(roles._manuals()), 1)
        self.assertFalse(self.observer._manuals())

    def test_from_the_form_of_the_role(self):
        role = self.contact_person.with_user(self.paul).with_context(lang="nb_NO")
        self.assertEqual(role.action_open_manual()["url"], NORWEGIAN)
        self.assertEqual(role.with_context(lang="en_US").action_open_manual()["url"], ENGLISH)
        with self.assertRaises(UserError):
            self.observer.with_user(self.paul).action_open_manual()

    def test_staff_choose_the_manual_of_a_role(self):
        with Form(self.observer.with_user(self.paul)) as form:
            form.manual = "contact_person"
        self.assertEqual(self.observer.action_open_manual()["url"], ENGLISH)
