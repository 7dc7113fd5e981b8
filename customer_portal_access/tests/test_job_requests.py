import json

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .file_common import PDF, PROGRAM, FileForms
from .job_common import JobData
from .portal_common import PortalPageCase


@tagged("post_install", "-at_install")
class TestJobRequests(JobData, FileForms, PortalPageCase):
    """Contacts send requests, and hear what becomes of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_job_data()
        cls.keyholder = cls._role("contact_person").copy(
            {"code": "keyholder", "requires_code": True}
        )
        cls.holder = cls._create_access(cls.anna, cls.keyholder, cls.project)
        cls.helper = cls._create_access(cls.bo, cls.contact_person, cls.project)
        cls.guest.write({"invited_at": "2026-01-01"})

    def _requests(self):
        self.env.invalidate_all()
        return self.env["project.task"].search(
            [("project_id", "=", self.project.id), ("customer_requested_by", "!=", False)]
        )

    def _open_form(self):
        self._enter_by_code(self.holder)
        return self.url_open(f"{self._path(self.holder)}/request")

    def _letters(self):
        return self.env["mail.mail"].search([("customer_access_id", "!=", False)])

    # -- sending --

    def test_request_becomes_a_task(self):
        page = self._open_form()
        with self.mock_mail_gateway():
            answer = self._send_files(
                page,
                "/request/send",
                ("plan.pdf", PDF),
                title="A second door",
                text="Between <b>kitchen</b> and hall",
            )
        self.assertURLEqual(
            answer.headers["Location"], f"{self._path(self.holder)}?asked=request#jobs"
        )
        task = self._requests()
        self.assertEqual((task.name, task.stage_id), ("A second door", self.stages[:1]))
        self.assertTrue(task.customer_visible)
        self.assertEqual(task.customer_access_id, self.holder)
        self.assertEqual(task.customer_requested_by, "Anna Berg")
        self.assertIn("&lt;b&gt;kitchen", task.description)
        self.assertNotIn(self.anna, task.message_partner_ids)
        self.assertEqual(task.activity_ids.user_id, self.pia)
        self.assertIn("Anna Berg", task.activity_ids.summary)
        # the first message is the request, with its file
        path = f"{self._path(self.holder)}/task/{task.id}"
        page = self.url_open(path)
        self.assertIn("Between &lt;b&gt;kitchen", page.text)
        link = html.fromstring(page.content).xpath("//a[contains(@href, '/file/')]/@href")
        self.assertEqual(self.url_open(link[0]).content, PDF)
        self.assertIn("Thank you", self.url_open(f"{self._path(self.holder)}?asked=request").text)

    def test_request_is_confirmed_by_mail_with_a_way_to_it(self):
        with self.mock_mail_gateway():
            self.holder._request_job("A second door", "", "f1")
        self.env.invalidate_all()
        mail = self._letters().filtered(lambda mail: mail.customer_access_id == self.holder)
        self.assertIn("A second door", mail.subject)
        self.assertEqual(mail.customer_section, f"task-{self._requests().id}")
        url, _end = self.holder._release_link(
            self.env["customer.publication"], mail.customer_section
        )
        link = self.env["customer.access.link"]._find(url.rpartition("/")[2])
        self.assertEqual(
            link._target_path(), f"{self._path(self.holder)}/task/{self._requests().id}"
        )
        self._requests().action_customer_hide()
        self.assertEqual(link._target_path(), self._path(self.holder))

    def test_nobody_in_charge_and_no_machine_follows(self):
        self.pia.active = False
        with self.mock_mail_gateway():
            self.holder._request_job("Door", "", "f1")
        task = self._requests()
        self.assertEqual(task.create_uid, self.env.ref("base.user_root"))
        followers = task.message_partner_ids
        self.assertNotIn(self.env.ref("base.partner_root"), followers)
        self.assertNotIn(self.anna, followers)

    def test_same_form_twice_is_one(self):
        page = self._open_form()
        with self.mock_mail_gateway():
            for _double in range(2):
                self.assertEqual(self._submit(page, action="/send", title="Door").status_code, 303)
        self.assertEqual(len(self._requests()), 1)

    def test_errors_keep_what_was_typed(self):
        page = self._open_form()
        answer = self._send_files(page, "/send", title=" ", text="The long story")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("The long story", answer.text)
        self.assertIn('id="title_error"', answer.text)
        answer = self._send_files(page, "/send", ("run.exe", PROGRAM), title="Door")
        self.assertIn("run.exe", answer.text)
        self.assertFalse(self._requests())
        # and nothing is used up
        with self.mock_mail_gateway():
            self.assertEqual(self._send_files(page, "/send", title="Door").status_code, 303)
        self.assertEqual(len(self._requests()), 1)

    def test_too_long_is_refused(self):
        for title, text in (("x" * 201, ""), ("Door", "x" * 10_001)):
            result = self.holder._request_job(title, text, "f1")
            self.assertEqual(result["status"], "error")
        self.assertFalse(self._requests())

    def test_hostile_title_stays_text(self):
        with self.mock_mail_gateway():
            self.holder._request_job("a\r\nBcc: x@evil.example\u202e [link]", "", "f1")
        self.env.invalidate_all()
        task = self._requests()
        self.assertNotIn("\n", task.name)
        mail = self._letters().filtered(lambda mail: mail.customer_access_id == self.holder)
        self.assertNotIn("\n", mail.subject)
        self.assertNotIn("customer-link.invalid", mail.subject)

    def test_limit_an_hour(self):
        with self.mock_mail_gateway():
            answers = [
                self.holder._request_job(f"Door {number}", "", f"f{number}")["status"]
                for number in range(21)
            ]
        self.assertEqual(answers.count("ok"), 20)
        self.assertEqual(answers[-1], "error")

    # -- who may --

    def test_link_alone_leads_to_the_code_and_back(self):
        self._enter_by_link(self.helper)
        path = f"{self._path(self.helper)}/request"
        page = self.url_open(path)
        self.assertFalse(html.fromstring(page.content).xpath("//textarea"))
        answer = self._post(f"{path}/send", path, title="Door")
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._requests())
        self._submit(page, action="/confirm")
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        answer = self._submit(self._get("/customer/verify"), code="123456")
        self.assertURLEqual(answer.headers["Location"], path)

    def test_role_without_the_permission(self):
        self.keyholder.permission_ids -= self.env.ref(
            "customer_portal_access.permission_create_tasks"
        )
        self._enter_by_code(self.holder)
        self.assertEqual(self._get(f"{self._path(self.holder)}/request").status_code, 303)
        answer = self._post(
            f"{self._path(self.holder)}/request/send", self._path(self.holder), title="Door"
        )
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("New request", self._get(self._path(self.holder)).text)
        self.assertFalse(self._requests())

    def test_no_request_without_csrf_token(self):
        self._enter_by_code(self.holder)
        with self.assertLogs("odoo.http", "WARNING"):
            answer = self.url_open(
                f"{self._path(self.holder)}/request/send",
                data={"title": "Door"},
                allow_redirects=False,
            )
        self.assertEqual(answer.status_code, 400)

    def test_files_only_for_who_may_upload(self):
        self.keyholder.permission_ids -= self.env.ref(
            "customer_portal_access.permission_upload_files"
        )
        page = self._open_form()
        answer = self.url_open(
            f"{self._path(self.holder)}/request/send",
            data={"title": "Door", "csrf_token": self._token_of(page)},
            files=[("files", ("plan.pdf", PDF))],
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._requests())

    def _token_of(self, page):
        return html.fromstring(page.content).xpath("//input[@name='csrf_token']/@value")[0]

    def test_facts_of_a_request_are_not_written_by_rpc(self):
        with self.mock_mail_gateway():
            self.holder._request_job("Door", "", "f1")
        user = self.anna._customer_user(self.company)
        task = self._requests().with_user(user)
        with self.assertRaises(AccessError):
            task.write({"customer_visible": False})

    # -- mails when it moves on --

    def _move(self, tasks, **values):
        """Move tasks as Pia, and return who gets a mail about it."""
        known = self._letters()
        with self.mock_mail_gateway():
            tasks.with_user(self.pia).write(values or {"stage_id": self.stages[1].id})
        self.env.invalidate_all()
        return (self._letters() - known).customer_access_id

    def test_mail_as_the_contact_chose(self):
        (self.holder | self.helper).write({"invited_at": "2026-01-01"})
        self.shown.sudo().customer_access_id = self.holder
        self.assertEqual(self._move(self.shown), self.holder, "My own requests")
        self.helper.customer_job_notice = "all"
        self.holder.customer_job_notice = "none"
        self.assertEqual(self._move(self.shown, state="1_done"), self.helper)
        self.assertFalse(self._move(self.shown, state="1_done"), "Nothing has changed.")

    def test_mail_tells_nothing_hidden(self):
        (self.holder | self.helper).write({"invited_at": "2026-01-01"})
        self.helper.customer_job_notice = "all"
        known = self._letters()
        told = self._move(self.shown | self.hidden)
        self.assertEqual(told, self.helper)
        mail = self._letters() - known
        self.assertIn("Pack the kitchen", mail.body_html)
        self.assertIn("Ready", mail.body_html)
        self.assertNotIn("bill", mail.body_html)
        self.assertEqual(mail.email_from, self.pia.email_formatted)

    def test_no_mail_to_who_may_not_come_in(self):
        self.helper.write({"invited_at": "2026-01-01", "customer_job_notice": "all"})
        self.helper.revoke()
        self.assertFalse(self._move(self.shown))
        self.holder.customer_job_notice = "all"
        self.assertFalse(self._move(self.shown, stage_id=self.stages[0].id), "Never invited.")

    def test_removed_between_queue_and_sending(self):
        self.helper.write({"invited_at": "2026-01-01", "customer_job_notice": "all"})
        self._move(self.shown)
        mail = self._letters().filtered(lambda mail: mail.customer_access_id == self.helper)
        self.helper.revoke()
        self.env.flush_all()
        self.assertFalse(mail._prepare_outgoing_list())

    def test_broken_template_stops_nobody(self):
        self.helper.write({"invited_at": "2026-01-01", "customer_job_notice": "all"})
        template = self.env.ref("customer_portal_access.mail_template_job_changed")
        template.body_html = "<p>No way in</p>"
        self.assertFalse(self._move(self.shown))
        self.assertEqual(self.shown.stage_id, self.stages[1])
        self.assertIn("Bo Berg", self.project.activity_ids.summary)

    # -- the contact's own page --

    def test_contact_chooses(self):
        self._enter_by_code(self.holder)
        page = self.url_open(f"{self._path(self.holder)}/me")
        answer = self._submit(page, action="/me/notices", job_notice="all")
        self.assertIn("status=notices", answer.headers["Location"])
        self.env.invalidate_all()
        self.assertEqual(self.holder.customer_job_notice, "all")
        self._submit(page, action="/me/notices", job_notice="everything; DROP")
        self.env.invalidate_all()
        self.assertEqual(self.holder.customer_job_notice, "all")

    def test_choice_is_not_there_without_jobs(self):
        self.keyholder.permission_ids -= self.env.ref(
            "customer_portal_access.permission_view_tasks"
        )
        self._enter_by_code(self.holder)
        page = self.url_open(f"{self._path(self.holder)}/me")
        self.assertNotIn("job_notice", page.text)
        self.assertEqual(self.holder._choose_notices("code", "all")["status"], "refused")

    def test_choice_needs_the_code(self):
        self.assertEqual(self.helper._choose_notices("link", "all")["status"], "refused")

    def test_preview_sends_nothing(self):
        preview = self.holder.with_context(customer_preview=True)
        self.assertEqual(preview._request_job("Door", "", "f1")["status"], "no")
        self.assertEqual(preview._choose_notices("code", "all")["status"], "refused")

    # -- other doors --

    def test_rpc_has_no_verb(self):
        user = self.anna._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        self.authenticate(user.login, "a-good-pass-phrase")
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps(
                {
                    "params": {
                        "model": "customer.access",
                        "method": "write",
                        "args": [self.holder.ids, {"customer_job_notice": "all"}],
                        "kwargs": {},
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        self.assertIn("error", answer.json())
