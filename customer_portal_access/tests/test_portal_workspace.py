import json

from lxml import html

from .portal_common import PortalPageCase


class TestWorkspacePages(PortalPageCase):
    def test_thread_needs_the_code(self):
        self._write_to_customer()
        self.assertNotIn("The first drawing", self._open_by_link().text)
        posted = self._post(
            f"{self._path(self.guest)}/message", self._path(self.guest), text="Hello"
        )
        self.assertEqual(posted.status_code, 404)

    def test_step_up_leads_to_the_code(self):
        answer = self._submit(self._open_by_link(), action="/confirm")
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")

    def test_message_is_posted_once(self):
        message = self._write_to_customer()
        page = self._open_by_code()
        self.assertIn("The first drawing", page.text)
        for _double in range(2):
            sent = self._submit(page, text="Lovely")
            self.assertEqual(sent.status_code, 303)
        from_customer = self.env.ref("customer_portal_access.mt_from_customer")
        answers = self.lead.message_ids.filtered(lambda m: m.subtype_id == from_customer)
        self.assertEqual(answers.author_id, self.anna)
        self.assertEqual(len(answers), 1)
        self.assertGreater(answers.id, message.id)

    def test_message_error_keeps_the_page(self):
        page = self._submit(self._open_by_code(), text="  ")
        self.assertEqual(page.status_code, 200)
        self.assertIn('id="text_error"', page.text)

    def test_file_is_downloaded(self):
        message = self._write_to_customer()
        other = self.env["ir.attachment"].create({"name": "secret.txt", "raw": b"secret"})
        path = f"{self._path(self.access)}/file"
        self._open_by_code()
        served = self.url_open(f"{path}/{message.attachment_ids.id}")
        self.assertEqual(served.content, b"<b>drawing</b>")
        self.assertIn("attachment", served.headers["Content-Disposition"])
        self.assertEqual(served.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.url_open(f"{path}/{other.id}").status_code, 404)

    def test_workspace_of_a_colleague_is_not_found(self):
        self._open_by_code()
        for path in ("", "/message", "/file/1"):
            page = self.url_open(f"{self._path(self.guest)}{path}")
            self.assertIn(page.status_code, (404, 405))
        self.assertNotIn(self._path(self.guest), self.url_open("/my/customer").text)

    def test_leaving_ends_level_1(self):
        answer = self._submit(self._open_by_link(), action="/customer/leave")
        left = self.url_open(answer.headers["Location"])
        self.assertEqual(self._headline(left), "You are logged out.")
        again = self._get(self._path(self.guest))
        self.assertIn("/web/login", again.headers["Location"])

    def test_revoked_session_leads_to_recovery(self):
        self._open_by_link()
        self.guest.revoke()
        page = self.url_open(self._path(self.guest))
        self.assertURLEqual(page.url, "/customer/recover")
        self.assertNotIn('type="email"', page.text)

    def test_empty_list_says_whom_to_ask(self):
        self._open_by_code()
        self.access.granted = False
        self.authenticate(self.anna.user_ids.login, None)
        self.assertIn("please ask", self.url_open("/my/customer").text)

    def test_home_counts_workspaces(self):
        self._open_by_code()
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["customer_access_count"]})
        self.assertEqual(counted, {"customer_access_count": 1})

    def test_email_and_phone_cannot_be_changed(self):
        self._open_by_code()
        form = self._address_form()
        for field, value in {"email": "evil@evil.example", "phone": "+47 406 99 999"}.items():
            answer = self.url_open("/my/address/submit", data={**form, field: value})
            self.assertIn(field, json.loads(answer.text)["invalid_fields"])
        self.assertEqual(self.anna.email, "anna@berg.example")
        self.assertEqual(self.anna.phone, "+47 406 12 345")
        answer = self.url_open("/my/address/submit", data={**form, "city": "Bergen"})
        self.assertIn("redirectUrl", json.loads(answer.text))
        self.assertEqual(self.anna.city, "Bergen")

    def _address_form(self):
        self.anna.write(
            {
                "street": "Kaien 1",
                "city": "Oslo",
                "zip": "0150",
                "country_id": self.env.ref("base.no").id,
            }
        )
        form = html.fromstring(self.url_open("/my/account").content).xpath(
            "//form[.//input[@name='email']]"
        )[0]
        return {key: value or "" for key, value in form.form_values()}

    def _write_to_customer(self):
        return self.lead.with_user(self.sara).message_post(
            body="The first drawing",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachments=[("drawing.html", b"<b>drawing</b>")],
        )
