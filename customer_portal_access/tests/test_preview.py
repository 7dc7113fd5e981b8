from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .http_common import CustomerHttpCase
from .portal_common import PortalPageCase
from .publication_common import PublicationData


class TestPreview(PortalPageCase, PublicationData):
    """Staff see a workspace as its contact, and change nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = new_test_user(
            cls.env, "preview-sara", groups="sales_team.group_sale_salesman", password="staff-pw-1"
        )
        cls.lead.user_id = cls.staff

    def setUp(self):
        super().setUp()
        self._sign_in()

    def _sign_in(self, user=None):
        user = user or self.staff
        self.authenticate(user.login, "staff-pw-1")

    def _dialog(self, access, user=None):
        Preview = self.env["customer.access.preview"].with_user(user or self.staff)
        return Form(Preview.with_context(default_choice_ids=access.ids))

    def _rpc(self, model, method, ids, **kwargs):
        """Call a method as the web client does."""
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"model": model, "method": method, "args": [ids], "kwargs": kwargs},
            },
        )
        return response.json()

    def _start(self, access=None, level="code"):
        """Start a preview as the browser does; return what the button answered."""
        access = access or self.access
        wizard = (
            self.env["customer.access.preview"]
            .with_user(self.staff)
            .create(
                {"choice_ids": [Command.set(access.ids)], "access_id": access.id, "level": level}
            )
        )
        self.env.flush_all()
        return self._rpc("customer.access.preview", "action_open", [wizard.id])

    def _events(self, access=None):
        return (access or self.access).event_ids.filtered(lambda line: line.kind == "preview")

    def test_shows_the_page_with_a_banner(self):
        action = self._start()["result"]
        self.assertEqual(action["url"], self._path(self.access))
        page = self._get(action["url"])
        self.assertEqual(page.status_code, 200)
        self.assertIn("You see this as", page.text)
        self.assertIn("with a code by SMS", page.text)
        self.assertEqual(self._headline(page), "Kitchen for Berg")

    def test_without_a_preview_there_is_no_page(self):
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)

    def test_a_get_starts_none(self):
        for path in ("/customer/preview/level?level=code", "/customer/preview/end"):
            with self.subTest(path=path):
                self.assertIn(self._get(path).status_code, (404, 405))
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)

    def test_is_logged_and_counts_as_no_visit(self):
        self._start(level="account")
        self._get(self._path(self.access))
        self.access.invalidate_recordset()
        [line] = self._events()
        self.assertEqual((line.reason, line.user_id), ("account", self.staff))
        self.assertFalse(self.access.first_seen_at)
        self.assertFalse(self.access.last_seen_at)
        self.assertNotIn("entered", self.access.event_ids.mapped("kind"))
        self.assertEqual(self.access.state, "new")

    def test_saves_nothing(self):
        self._start()
        for suffix in ("message", "confirm", "colleague"):
            with self.subTest(suffix=suffix):
                before = self.lead.message_ids
                path = f"{self._path(self.access)}/{suffix}"
                answer = self._post(path, form_path=self._path(self.access), text="Hello")
                self.assertEqual(answer.status_code, 403)
                self.assertIn("Nothing was saved", answer.text)
                self.assertIn("You see this as", answer.text)
                self.env.invalidate_all()
                self.assertEqual(self.lead.message_ids, before)

    def test_saves_nothing_by_any_method(self):
        self._start()
        for method in ("PUT", "PATCH", "DELETE"):
            with self.subTest(method=method):
                answer = self.opener.request(method, self.base_url() + self._path(self.access))
                self.assertIn(answer.status_code, (403, 405))

    def test_leaving_the_link_is_refused_too(self):
        self._start(self.guest, "link")
        answer = self._post("/customer/leave", form_path=self._path(self.guest))
        self.assertTrue(answer.headers["Location"].endswith("/customer/preview/refused"))
        self.assertIn("Nothing was saved", self._get("/customer/preview/refused").text)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200)

    def test_level_decides_what_is_shown(self):
        self._start(level="link")
        page = self._get(self._path(self.access))
        self.assertIn("asks for a code by SMS first", page.text)
        self.assertNotIn("Kitchen for Berg", page.text)

    def test_other_level_from_the_banner(self):
        self._start(self.guest, "link")
        page = self._get(self._path(self.guest))
        self.assertNotIn('name="text"', page.text)
        answer = self._submit(page, "code", action="/customer/preview/level")
        self.assertEqual(answer.status_code, 303)
        self.assertIn('name="text"', self._get(self._path(self.guest)).text)
        self.env.invalidate_all()
        self.assertEqual(self._events(self.guest).mapped("reason"), ["code", "link"])

    def test_ends_at_the_record(self):
        self._start()
        page = self._get(self._path(self.access))
        answer = self._submit(page, action="/customer/preview/end")
        self.assertTrue(answer.headers["Location"].endswith(f"/odoo/crm.lead/{self.lead.id}"))
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)

    def test_who_cannot_enter_is_said_with_the_reason(self):
        self._start()
        self.access.revoke()
        page = self._get(self._path(self.access))
        self.assertIn("This contact cannot come in", page.text)
        self.assertIn("Revoked on", page.text)
        form = self._dialog(self.access)
        self.assertIn("Revoked on", form.problem)

    def test_dialog_proposes_the_next_links_level(self):
        self.assertEqual(self._dialog(self.access).level, "code")
        self.assertEqual(self._dialog(self.guest).level, "link")
        self.company.write({"customer_login_free": False, "customer_require_sms_code": False})
        self.assertEqual(self._dialog(self.guest).level, "account")

    def test_dialog_begins_with_who_can_enter(self):
        self.access.granted = False
        form = self._dialog(self.access | self.guest)
        self.assertEqual(form.access_id, self.guest)
        form.access_id = self.access
        self.assertIn("Not ticked", form.problem)

    def test_one_contact_only(self):
        self._start(self.guest, "link")
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)
        other = self._create_access(self.bo, target=self.lead.copy({"user_id": self.staff.id}))
        self.assertEqual(self._get(self._path(other)).status_code, 404)

    def test_all_of_the_contact_that_the_user_may_see(self):
        mine = self.lead.copy({"name": "Bath for Berg", "user_id": self.staff.id})
        hers = self.lead.copy({"name": "Secret for Berg", "user_id": self.sara.id})
        second, third = (self._create_access(self.anna, target=lead) for lead in (mine, hers))
        self._start()
        page = self._get("/my/customer")
        self.assertIn("You see this as", page.text)
        self.assertIn("Bath for Berg", page.text)
        self.assertNotIn("Secret for Berg", page.text)
        self.assertEqual(self._get(self._path(second)).status_code, 200)
        self.assertEqual(self._get(self._path(third)).status_code, 404)

    def test_workspaces_of_a_customer(self):
        role = self.contact_person.copy({"name": "Everything", "code": "everything"})
        role.permission_ids += self.env["customer.permission"].search(
            [("code", "=", "all_workspaces")]
        )
        member = self._create_access(self.bo, role, self.customer)
        mine = self.lead.copy({"name": "Bath for Berg", "user_id": self.staff.id})
        hers = self.lead.copy({"name": "Secret for Berg", "user_id": self.sara.id})
        self._start(member, "account")
        page = self._get(self._path(member))
        self.assertIn("Bath for Berg", page.text)
        self.assertNotIn("Secret for Berg", page.text)
        path = f"{self._path(member)}/lead"
        page = self._get(f"{path}/{mine.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("You see this as", page.text)
        self.assertEqual(self._get(f"{path}/{hers.id}").status_code, 404)
        answer = self._post(f"{path}/{mine.id}/message", form_path=f"{path}/{mine.id}", text="Hi")
        self.assertEqual(answer.status_code, 403)
        self.env.invalidate_all()
        self.assertFalse(member.last_seen_at)

    def test_ends_with_the_right_to_see_it(self):
        self._start()
        self.assertEqual(self._get(self._path(self.access)).status_code, 200)
        self.lead.user_id = self.sara
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)
        self.lead.user_id = self.staff
        self.assertEqual(self._get(self._path(self.access)).status_code, 404, "It had ended.")

    def test_ends_with_the_company(self):
        company = self.env["res.company"].create({"name": "Third Company"})
        self.staff.company_ids += company
        lead = self.env["crm.lead"].create(
            {
                "name": "Abroad",
                "type": "opportunity",
                "user_id": self.staff.id,
                "company_id": company.id,
            }
        )
        access = self._create_access(self.anna, target=lead)
        self._start(access)
        self.assertEqual(self._get(self._path(access)).status_code, 200)
        self.staff.company_ids -= company
        self.assertEqual(self._get(self._path(access)).status_code, 404)

    def test_ends_with_the_log_in(self):
        self._start()
        other = new_test_user(
            self.env, "preview-olga", groups="sales_team.group_sale_salesman", password="staff-pw-1"
        )
        self.lead.user_id = False  # both may see it
        self._sign_in(other)
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)

    def test_keeps_the_users_own_log_in(self):
        self._start()
        self._get(self._path(self.access))
        answer = self._rpc("crm.lead", "read", [self.lead.id], fields=["name", "user_id"])
        [lead] = answer["result"]
        self.assertEqual(lead["user_id"][0], self.staff.id)
        answer = self._rpc("crm.lead", "write", [self.lead.id], vals={"name": "Mine"})
        self.assertTrue(answer["result"])

    def test_extends_no_rights(self):
        secret = self.lead.copy({"name": "Secret", "user_id": self.sara.id})
        access = self._create_access(self.anna, target=secret)
        with self.assertRaises(AccessError):
            self._dialog(access).save()
        with self.assertRaises(AccessError):
            self.env["customer.access.preview"].with_user(self.staff).create(
                {"access_id": access.id, "level": "code"}
            )
        preview = self.env["customer.access.preview"].with_user(self.staff)
        preview = preview.create({"access_id": self.access.id, "level": "code"})
        with self.assertRaises(AccessError):
            preview.access_id = access
        with self.assertRaises(AccessError):
            access.with_user(self.staff)._start_preview("code")
        self._start()
        answer = self._rpc("crm.lead", "read", [secret.id], fields=["name"])
        self.assertIn("error", answer)
        self.assertEqual(self._get(self._path(access)).status_code, 404)

    def test_an_administrator_who_may_not_read_the_opportunity(self):
        self.assertTrue(self.access.with_user(self.paul).has_access("read"))
        with self.assertRaises(AccessError):
            self.access.with_user(self.paul)._start_preview("code")

    def test_a_portal_user_starts_none(self):
        user = new_test_user(self.env, "preview-portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self._dialog(self.access, user)
        with self.assertRaises(AccessError):
            self.access.with_user(user)._start_preview("code")

    def test_unknown_level(self):
        with self.assertRaises(UserError):
            self.access.with_user(self.staff)._start_preview("root")

    def test_speaks_the_contacts_language(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        self.env["ir.module.module"]._load_module_terms(
            ["customer_portal_access"], ["nb_NO"], overwrite=True
        )
        self.anna.lang = "nb_NO"
        self._start()
        page = self._get(self._path(self.access))
        self.assertIn("Meldinger", page.text)
        self.assertIn("You see this as", page.text)


class TestPreviewOfNobody(CustomerHttpCase):
    """Visitors who are signed in as nobody of staff."""

    def test_a_contact_cannot_start_one(self):
        access = self._create_access(self.anna)
        self._enter_by_code(access)
        answer = self._post(
            "/customer/preview/level", form_path=self._path(access), level="account"
        )
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self._get(self._path(access)).status_code, 200)
        self.assertNotIn("You see this as", self._get(self._path(access)).text)
        self.assertFalse(access.event_ids.filtered(lambda line: line.kind == "preview"))
