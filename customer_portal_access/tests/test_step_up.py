from odoo import Command
from odoo.http import root

from .portal_common import CODE, PortalPageCase
from .publication_common import PublicationData


class TestStepUp(PortalPageCase, PublicationData):
    """From a page that asks for more to the code or to signing in, and back to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer = cls._create_publication("offer")
        cls.rows = cls._create_publication("list")

    def setUp(self):
        super().setUp()
        self.token = self._enter_by_link(self.guest)
        self.path = self._path(self.guest)
        self.confirm = f"{self.path}/confirm"

    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _confirm(self, **data):
        return self._post(self.confirm, form_path=self.path, **data)

    def _pass(self):
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        return self._submit(self._get("/customer/verify"), code=CODE)

    def _password(self):
        user = self.bo._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        return user

    def test_list_by_code_and_back(self):
        path = f"{self.path}/publication/{self.rows.id}"
        page = self._get(path)
        self.assertNotIn("The list", page.text, "Not a word about what waits.")
        asked = self._submit(page, action="/confirm")
        self.assertURLEqual(asked.headers["Location"], "/customer/verify")
        self.assertURLEqual(self._pass().headers["Location"], path)
        self.assertIn("The list", self._get(path).text)

    def test_own_number_by_code_and_back(self):
        asked = self._submit(self._get(f"{self.path}/me"), action="/confirm")
        self.assertURLEqual(asked.headers["Location"], "/customer/verify")
        self.assertURLEqual(self._pass().headers["Location"], f"{self.path}/me")

    def test_data_by_code_and_back(self):
        self.contact_person.permission_ids = [
            Command.link(self.env.ref("customer_portal_access.permission_edit_data").id)
        ]
        asked = self._submit(self._get(f"{self.path}/data"), action="/confirm")
        self.assertURLEqual(asked.headers["Location"], "/customer/verify")
        self.assertURLEqual(self._pass().headers["Location"], f"{self.path}/data")

    def test_data_without_the_permission_leads_to_the_workspace(self):
        self.assertURLEqual(self._get(f"{self.path}/data").headers["Location"], self.path)

    def test_section_and_back(self):
        self._confirm(section="messages")
        self.assertTrue(self._pass().headers["Location"].endswith(f"{self.path}#messages"))

    def test_page_is_never_taken_from_the_browser(self):
        other_place = self._create_publication("page", target=self.project)
        draft = self._create_publication("page", state="draft")
        for data in (
            {"section": "//evil.example"},
            {"section": "../../web"},
            {"publication_id": "//evil.example"},
            {"publication_id": "9" * 30},
            {"publication_id": "-1"},
            {"publication_id": other_place.id},
            {"publication_id": draft.id},
            {"redirect": "//evil.example"},
        ):
            with self.subTest(data=data):
                page = self.guest._return_page(data.get("publication_id"), data.get("section"))
                self.assertEqual(self.guest._return_path(page), self.path)
                self.assertEqual(self._confirm(**data).status_code, 303)
        self.assertURLEqual(self._pass().headers["Location"], self.path)

    def test_withdrawn_meanwhile_leads_to_the_workspace(self):
        self._confirm(publication_id=self.rows.id)
        self.rows.sudo().state = "draft"
        self.assertURLEqual(self._pass().headers["Location"], self.path)

    def test_last_page_that_asked_counts(self):
        self._confirm(publication_id=self.rows.id)
        self._confirm()
        self.assertURLEqual(self._pass().headers["Location"], self.path)

    def test_invitation_leads_to_what_it_was_sent_for(self):
        self._other_browser()
        url = self.access.create_link(publication_id=self.offer.id)
        self._post(f"/customer/link/{url.rpartition('/')[2]}")
        path = f"{self._path(self.access)}/publication/{self.offer.id}"
        self.assertURLEqual(self._pass().headers["Location"], path)

    def test_no_number_signs_in_and_comes_back(self):
        self.bo.phone = False
        user = self._password()
        answer = self._confirm(publication_id=self.rows.id)
        path = f"{self.path}/publication/{self.rows.id}"
        self.assertURLEqual(answer.headers["Location"], f"/web/login?redirect={path}")
        login = self.url_open(answer.headers["Location"])
        entered = self._submit(login, login=user.login, password="a-good-pass-phrase")
        self.assertURLEqual(entered.headers["Location"], path)
        self.assertIn("The list", self._get(path).text)

    def test_no_number_while_somebody_else_is_signed_in(self):
        """Odoo's sign-in page would lead straight back, to the same question."""
        self.bo.phone = False
        user = self._password()
        self.sara.password = "oak-doors-and-rain"
        self.authenticate(self.sara.login, "oak-doors-and-rain")
        self._enter_by_link(self.guest)
        asked = self._confirm(publication_id=self.rows.id)
        self.assertIn("Sara", self._headline(asked))
        self.assertEqual(self._session().uid, self.sara.id, "Not without being asked.")
        answer = self._submit(asked, "1")
        path = f"{self.path}/publication/{self.rows.id}"
        self.assertURLEqual(answer.headers["Location"], f"/web/login?redirect={path}")
        self.assertEqual(self._get(self.path).status_code, 200, "Still here by the link.")
        login = self.url_open(answer.headers["Location"])
        entered = self._submit(login, login=user.login, password="a-good-pass-phrase")
        self.assertURLEqual(entered.headers["Location"], path)
        self.assertEqual(self._session().uid, user.id)

    def test_agreeing_to_end_another_log_in_keeps_the_page(self):
        self.sara.password = "oak-doors-and-rain"
        self.authenticate(self.sara.login, "oak-doors-and-rain")
        self._enter_by_link(self.guest)
        asked = self._confirm(publication_id=self.rows.id)
        answer = self._submit(asked, "1")
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")
        path = f"{self.path}/publication/{self.rows.id}"
        self.assertURLEqual(self._pass().headers["Location"], path)

    def test_code_is_not_enough_signs_in(self):
        self.env.ref("customer_portal_access.permission_view_lists").assurance = "account"
        user = self._password()
        path = f"{self.path}/publication/{self.rows.id}"
        self._confirm(publication_id=self.rows.id)
        self._pass()
        page = self._get(path)
        self.assertNotIn("The list", page.text)
        answer = self._submit(page, action="/confirm")
        self.assertURLEqual(answer.headers["Location"], f"/web/login?redirect={path}")
        login = self.url_open(answer.headers["Location"])
        entered = self._submit(login, login=user.login, password="a-good-pass-phrase")
        self.assertURLEqual(entered.headers["Location"], path)
        self.assertIn("The list", self._get(path).text)

    def test_signed_in_already_comes_straight_back(self):
        user = self._password()
        self._other_browser()
        self.authenticate(user.login, "a-good-pass-phrase")
        answer = self._confirm(publication_id=self.rows.id)
        self.assertURLEqual(answer.headers["Location"], f"{self.path}/publication/{self.rows.id}")
        self.assertEqual(self._session().uid, user.id)

    def test_one_session_after_the_code(self):
        """The receipt of a revocation counts a browser once."""
        self._confirm()
        self._pass()
        self.assertEqual(self.guest.revoke()["sessions"], 1)

    def test_role_that_came_to_ask_for_the_code(self):
        """The link in the mail leads to the code, and so does the page that was open."""
        self.contact_person.requires_code = True
        open_page = self._get(self.path)
        self.assertURLEqual(open_page.headers["Location"], "/customer/verify")
        self.opener.cookies.clear()
        link = self.env["customer.access.link"].search([("access_id", "=", self.guest.id)])
        entered = self._submit(self._get(f"/customer/link/{self.token}"))
        self.assertURLEqual(entered.headers["Location"], "/customer/verify")
        self.assertFalse(self._session().get("customer_link"), "Not in by the link alone.")
        self.assertURLEqual(self._pass().headers["Location"], self.path)
        self.assertEqual(self._get(self.path).status_code, 200)
        self.assertTrue(link.use_count)

    def test_remembered_browser_is_asked_for_the_code(self):
        self.contact_person.requires_code = True
        page = self._get(f"/customer/link/{self.token}")
        self.assertEqual(page.status_code, 200, "Nobody goes straight in.")

    def test_link_that_ended_meanwhile_keeps_the_way_to_the_code(self):
        link = self.env["customer.access.link"].search([("access_id", "=", self.guest.id)])
        link.expires_at = "2020-01-01"
        asked = self._confirm(publication_id=self.rows.id)
        self.assertURLEqual(asked.headers["Location"], "/customer/verify")
        path = f"{self.path}/publication/{self.rows.id}"
        self.assertURLEqual(self._pass().headers["Location"], path)
        self.assertEqual(self._get(path).status_code, 200)

    def test_code_of_a_link_that_ended_opens_no_other_browser(self):
        self._confirm()
        challenge = self._session()["customer_challenge"]
        link = self.env["customer.access.link"].search([("access_id", "=", self.guest.id)])
        link.expires_at = "2020-01-01"
        resumed = self.env["customer.sms.challenge"]._resume(challenge["id"], challenge["secret"])
        self.assertFalse(resumed, "Who is not inside is not let in.")
