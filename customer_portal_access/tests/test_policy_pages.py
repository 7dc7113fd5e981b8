from lxml import html

from odoo.tests import tagged

from .http_common import CustomerHttpCase


@tagged("post_install", "-at_install")
class TestPolicyPages(CustomerHttpCase):
    """What a contact finds who comes in by the policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_portal_default = "enabled"
        cls.access = cls.anna._customer_policy_access(cls.company)
        cls.user = cls.anna._customer_user(cls.company)
        cls.user._set_encrypted_password(
            cls.user.id, cls.user._crypt_context().hash("Anna knows it 7")
        )

    def _sign_in(self):
        self.authenticate(self.user.login, "Anna knows it 7")

    def _page(self, path="/my/customer"):
        response = self.url_open(path)
        return " ".join(html.fromstring(response.content).xpath("string(//main)").split())

    def _hold_all_workspaces(self):
        permission = self.env.ref("customer_portal_access.permission_all_workspaces")
        self.contact_person.permission_ids += permission

    def test_nothing_to_see_says_whom_to_ask(self):
        self.customer.user_id = self.sara
        self._sign_in()
        page = self._page()
        self.assertIn("There is no workspace for you", page)
        self.assertIn("Sara", page)
        self.assertIn("Write to us", page)
        self.assertIn("You are on no project or opportunity", self._page(self.access._path()))

    def test_the_workspaces_it_is_on(self):
        access = self._create_access(self.anna, self.contact_person)
        self._sign_in()
        page = self._page()
        self.assertIn("Kitchen for Berg", page)
        self.assertNotIn("Office move", page)
        self.assertNotIn("There is no workspace", page)
        access.revoke()
        self.assertIn("There is no workspace", self._page())

    def test_all_workspaces_of_the_customer(self):
        self._hold_all_workspaces()
        stranger = self.env["res.partner"].create({"name": "Dahl AS", "is_company": True})
        self.env["crm.lead"].create(
            {"name": "Not ours", "type": "opportunity", "partner_id": stranger.id}
        )
        self._sign_in()
        page = self._page()
        self.assertIn("Kitchen for Berg", page)
        self.assertIn("Office move", page)
        self.assertNotIn("Not ours", page)
        opened = self._page(f"{self.access._path()}/lead/{self.lead.id}")
        self.assertIn("Kitchen for Berg", opened)

    def test_disabled_ends_the_session_at_the_next_request(self):
        self._sign_in()
        self.assertEqual(self.url_open("/my/customer").status_code, 200)
        self.anna.customer_portal_policy = "disabled"
        response = self.url_open("/my/customer", allow_redirects=False)
        self.assertIn("/web/login", response.headers.get("Location", ""))
        self.assertFalse(self.user._compute_session_token("a" * 84))

    def test_the_default_switched_off_ends_it_too(self):
        self._sign_in()
        self.company.customer_portal_default = "disabled"
        response = self.url_open("/my/customer", allow_redirects=False)
        self.assertIn("/web/login", response.headers.get("Location", ""))

    def test_signing_in_adds_what_the_policy_opens(self):
        self._hold_all_workspaces()
        self._create_access(self.bo, self.contact_person)
        user = self.bo._customer_user(self.company)
        user._customer_come_in()
        self.env.invalidate_all()  # done in a transaction of its own
        added = self.bo.customer_access_ids.filtered("by_policy")
        self.assertEqual(added.customer_id, self.customer)
        user._customer_come_in()
        self.env.invalidate_all()
        self.assertEqual(self.bo.customer_access_ids.filtered("by_policy"), added)

    def test_signing_in_adds_nothing_to_whom_the_policy_does_not_let_in(self):
        self._hold_all_workspaces()
        self.company.customer_portal_default = "disabled"
        self._create_access(self.bo, self.contact_person)
        self.bo._customer_user(self.company)._customer_come_in()
        self.assertFalse(self.bo.customer_access_ids.filtered("by_policy"))
