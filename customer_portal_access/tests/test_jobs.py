from lxml import html

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.customer_access_job import JOB_FIELDS
from .job_common import JobData
from .portal_common import PortalPageCase


@tagged("post_install", "-at_install")
class TestJobs(JobData, PortalPageCase):
    """The jobs of a project: who sees which, and what of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_job_data()
        cls.helper = cls._create_access(cls.bo, cls.contact_person, cls.project)
        cls.keyholder = cls._role("contact_person").copy(
            {"code": "keyholder", "requires_code": True}
        )
        cls.holder = cls._create_access(cls.anna, cls.keyholder, cls.project)

    def _titles(self, path):
        """Return the titles of the jobs that a page lists."""
        page = html.fromstring(self.url_open(path).content)
        items = page.xpath("//ul[contains(@class, 'o_customer_jobs')]/li/a")
        return [item.text_content() for item in items]

    # -- who sees which --

    def test_workspace_lists_what_staff_show(self):
        self._enter_by_link(self.helper)
        page = self._get(self._path(self.helper)).text
        self.assertIn("Pack the kitchen", page)
        self.assertNotIn("Talk about their bill", page)

    def test_new_tasks_are_hidden_unless_the_project_says_otherwise(self):
        self.assertFalse(self._create_task("A").customer_visible)
        self.project.customer_show_tasks = True
        self.assertTrue(self._create_task("B").customer_visible)
        self.assertFalse(self.hidden.customer_visible, "What was there stays as it is.")

    def test_moved_to_another_project_begins_anew(self):
        other = self.project.copy({"name": "Other"})
        self.shown.project_id = other
        self.assertFalse(self.shown.customer_visible)

    def test_hidden_again_is_not_found(self):
        self._enter_by_link(self.helper)
        path = f"{self._path(self.helper)}/task/{self.shown.id}"
        self.assertEqual(self._get(path).status_code, 200)
        self.shown.action_customer_hide()
        self.assertEqual(self._get(path).status_code, 404)
        self.assertNotIn("Pack", self._get(self._path(self.helper)).text)

    def test_role_without_the_permission(self):
        self.helper.role_id = self._role("timesheet_approver")
        self._enter_by_link(self.helper)
        self.assertNotIn("Pack the kitchen", self._get(self._path(self.helper)).text)
        for page in ("tasks", "request"):
            self.assertEqual(self._get(f"{self._path(self.helper)}/{page}").status_code, 303)
        path = f"{self._path(self.helper)}/task/{self.shown.id}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_each_route_is_closed_to_a_colleague(self):
        path = f"{self._path(self.helper)}/task/{self.shown.id}"
        self._enter_by_code(self.holder)
        for page in ("", "/tasks", f"/task/{self.shown.id}", "/request"):
            with self.subTest(page=page):
                self.assertEqual(self._get(self._path(self.helper) + page).status_code, 404)
        for page, form in (
            (f"{path}/message", {"text": "Hello"}),
            (f"{self._path(self.helper)}/request/send", {"title": "Hello"}),
            (f"{self._path(self.helper)}/me/notices", {"job_notice": "all"}),
        ):
            with self.subTest(page=page):
                answer = self._post(page, self._path(self.holder), **form)
                self.assertEqual(answer.status_code, 404)

    def test_task_of_another_project_or_hidden_is_not_found(self):
        other = self.project.copy({"name": "Other"})
        foreign = self.env["project.task"].create(
            {"name": "Foreign", "project_id": other.id, "customer_visible": True}
        )
        self._enter_by_link(self.helper)
        for task in (foreign, self.hidden):
            path = f"{self._path(self.helper)}/task/{task.id}"
            self.assertEqual(self._get(path).status_code, 404)
        self.assertEqual(self._get(f"{self._path(self.helper)}/task/{2**31}").status_code, 404)

    def test_role_with_code_sees_none_by_the_link(self):
        self.assertFalse(self.holder._jobs("link"))
        self.assertEqual(self.holder._jobs("code"), self.shown)

    def test_revoked_at_the_next_request(self):
        self._enter_by_link(self.helper)
        self.helper.revoke()
        self.assertEqual(self._get(f"{self._path(self.helper)}/tasks").status_code, 303)

    def test_archived_project_is_read_only(self):
        self.project.active = False
        self.assertEqual(self.helper._jobs("code"), self.shown)
        self.assertFalse(self.helper._may_request("code"))

    def test_lead_and_customer_have_none(self):
        self.assertIsNone(self.guest._workspace_page_values("code")["jobs"])
        wide = self._create_access(self.anna, self.contact_person, self.customer)
        self.assertIsNone(wide._workspace_page_values("code")["jobs"])
        self.assertIsNone(wide._job_page("code"))

    # -- what of them --

    def test_no_field_beyond_the_whitelist(self):
        """Fill each text of the task, and what it refers to, and look for it on the pages."""
        tag = self.env["project.tags"].create({"name": "secret tag"})
        milestone = self.env["project.milestone"].create(
            {"name": "secret milestone", "project_id": self.project.id}
        )
        partner = self.env["res.partner"].create({"name": "secret partner"})
        values = {"tag_ids": tag.ids, "milestone_id": milestone.id, "partner_id": partner.id}
        for name, field in self.shown._fields.items():
            if (
                field.type in ("char", "text", "html")
                and field.store
                and not field.related
                and name not in (*JOB_FIELDS, "access_token", "html_field_history")
            ):
                values[name] = f"secret {name}"
        self.shown.write(values)
        self.shown.message_post(body="secret note", subtype_xmlid="mail.mt_note")
        self.shown.message_post(body="secret comment", subtype_xmlid="mail.mt_comment")
        self._enter_by_code(self.holder)
        path = self._path(self.holder)
        for page in ("", "/tasks", f"/task/{self.shown.id}"):
            text = self._get(path + page).text
            self.assertIn("Pack the kitchen", text)
            self.assertNotIn("secret", text)
        self.assertGreater(len(values), 5)

    def test_values_are_named(self):
        self.assertEqual(
            set(self.holder._job_values(self.shown)),
            {
                "id",
                "path",
                "title",
                "stage",
                "closed",
                "deadline",
                "people",
                "mine",
                "requested_by",
            },
        )

    def test_page_tells_stage_deadline_and_who(self):
        self.shown.write(
            {"date_deadline": "2030-05-01 10:00:00", "user_ids": [Command.set(self.pia.ids)]}
        )
        self._enter_by_link(self.helper)
        page = self._get(f"{self._path(self.helper)}/task/{self.shown.id}").text
        for text in ("New", "2030", "Pia"):
            self.assertIn(text, page)
        self.shown.state = "1_done"
        self.assertIn("Done", self._get(f"{self._path(self.helper)}/task/{self.shown.id}").text)

    # -- list: filter and search --

    def test_filter_and_search(self):
        done = self._create_task("Paint 100% of it", customer_visible=True, state="1_done")
        mine = self._create_task("Second door", customer_visible=True)
        mine.sudo().customer_access_id = self.helper
        self._enter_by_link(self.helper)
        path = f"{self._path(self.helper)}/tasks"
        self.assertEqual(set(self._titles(path)), {self.shown.name, mine.name})
        self.assertEqual(self._titles(f"{path}?show=done"), [done.name])
        self.assertEqual(self._titles(f"{path}?show=mine"), [mine.name])
        self.assertEqual(len(self._titles(f"{path}?show=all")), 3)
        self.assertEqual(self._titles(f"{path}?show=all&search=DOOR%20second"), [mine.name])
        self.assertEqual(self._titles(f"{path}?show=all&search=0%25"), [done.name])
        for search in ("bill", "%27%3B--", "x" * 500):
            self.assertFalse(self._titles(f"{path}?show=all&search={search}"))

    def test_pages(self):
        for number in range(25):
            self._create_task(f"Box {number}", customer_visible=True)
        self._enter_by_link(self.helper)
        path = f"{self._path(self.helper)}/tasks"
        self.assertEqual(len(self._titles(path)), 20)
        self.assertEqual(len(self._titles(f"{path}?page=2")), 6)
        for page in ("0", "99", "-1", "x", "9" * 30):
            self.assertTrue(self._titles(f"{path}?page={page}"))

    # -- milestones and update --

    def test_milestones_and_update_only_when_ticked(self):
        self.project.allow_milestones = True
        self.env["project.milestone"].create({"name": "Walls up", "project_id": self.project.id})
        self.env["project.update"].create(
            {
                "name": "Week 12",
                "project_id": self.project.id,
                "status": "on_track",
                "description": '<p>All fine</p><img src="https://tracker.example/x.png"/>',
            }
        )
        self._enter_by_link(self.helper)
        page = self._get(self._path(self.helper)).text
        self.assertNotIn("Walls up", page)
        self.assertNotIn("Week 12", page)
        self.project.write({"customer_show_milestones": True, "customer_show_update": True})
        page = self._get(self._path(self.helper)).text
        for text in ("Walls up", "Week 12", "All fine"):
            self.assertIn(text, page)
        self.assertNotIn(' src="https://tracker.example', page)

    # -- thread --

    def test_thread_of_a_job(self):
        file = self.env["ir.attachment"].create({"name": "plan.txt", "raw": b"plan"})
        self.shown.message_post(
            body="We begin on Monday",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachment_ids=file.ids,
        )
        self._enter_by_code(self.holder)
        path = f"{self._path(self.holder)}/task/{self.shown.id}"
        page = self.url_open(path)
        self.assertIn("We begin on Monday", page.text)
        self.assertEqual(self.url_open(f"{path}/file/{file.id}").content, b"plan")
        # the workspace's own thread is another one
        self.assertNotIn("We begin on Monday", self._get(self._path(self.holder)).text)
        self.assertEqual(self._get(f"{self._path(self.holder)}/file/{file.id}").status_code, 404)
        for _double in range(2):
            self.assertEqual(self._submit(page, text="Good, see you").status_code, 303)
        written = self.shown.message_ids.filtered(lambda message: "see you" in (message.body or ""))
        self.assertEqual(len(written), 1)
        self.assertEqual(written.author_id, self.anna)
        self.assertNotIn(self.anna, self.shown.message_partner_ids)
        self.assertIn(self.pia.partner_id, written.notified_partner_ids)

    def test_thread_and_its_files_need_the_code(self):
        file = self.env["ir.attachment"].create({"name": "plan.txt", "raw": b"plan"})
        self.shown.message_post(
            body="We begin on Monday",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachment_ids=file.ids,
        )
        self._enter_by_link(self.helper)
        path = f"{self._path(self.helper)}/task/{self.shown.id}"
        page = self.url_open(path)
        self.assertNotIn("We begin on Monday", page.text)
        self.assertEqual(self._get(f"{path}/file/{file.id}").status_code, 404)
        self.assertEqual(self._post(f"{path}/message", path, text="Hello").status_code, 404)
        # and the way there comes back to the job
        answer = self._submit(page, action="/confirm")
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        answer = self._submit(self._get("/customer/verify"), code="123456")
        self.assertURLEqual(answer.headers["Location"], path)

    # -- Odoo's own portal --

    def _as_contact(self, record):
        return record.with_user(self.bo._customer_user(self.company))

    def test_tick_holds_on_odoos_own_portal(self):
        self.project.message_subscribe(self.bo.ids)
        for task in (self.shown, self.hidden):
            task.message_subscribe(self.bo.ids)
        Task = self._as_contact(self.env["project.task"])
        self.assertEqual(Task.search([("project_id", "=", self.project.id)]), self.shown)
        self.assertFalse(self._as_contact(self.hidden).has_access("read"))
        user = self.bo.user_ids
        user.password = "a-good-pass-phrase"
        self.authenticate(user.login, "a-good-pass-phrase")
        pages = [self.url_open(path).text for path in ("/my/tasks", "/my/projects")]
        pages.append(self.url_open(f"/my/projects/{self.project.id}").text)
        self.assertIn(self.shown.name, pages[0])
        for page in pages:
            self.assertNotIn(self.hidden.name, page)
        self.assertEqual(self._get(f"/my/tasks/{self.shown.id}").status_code, 200)
        self.assertNotEqual(self._get(f"/my/tasks/{self.hidden.id}").status_code, 200)

    def test_tick_holds_in_project_sharing(self):
        self.env["project.collaborator"].create(
            {"project_id": self.project.id, "partner_id": self.bo.id, "limited_access": False}
        )
        self.project.message_subscribe(self.bo.ids)
        self.hidden.message_subscribe(self.bo.ids)
        Task = self._as_contact(self.env["project.task"])
        self.assertEqual(Task.search([("project_id", "=", self.project.id)]), self.shown)
        own = Task.with_context(default_project_id=self.project.id).create({"name": "By me"})
        self.assertTrue(own.sudo().customer_visible, "Whoever writes it may see it.")
        with self.assertRaises(AccessError):
            own.write({"customer_visible": False})

    def test_milestones_in_project_sharing(self):
        self.project.allow_milestones = True
        milestone = self.env["project.milestone"].create(
            {"name": "Walls up", "project_id": self.project.id}
        )
        self.env["project.collaborator"].create(
            {"project_id": self.project.id, "partner_id": self.bo.id}
        )
        milestones = self._as_contact(self.env["project.milestone"])
        self.assertFalse(milestones.search([]))
        self.project.customer_show_milestones = True
        self.assertEqual(milestones.search([]), milestone)
        self.helper.revoke()
        self.assertFalse(milestones.search([]))

    def test_portal_users_outside_the_group_lose_nothing(self):
        outsider = self._create_contact("Olga", "olga@berg.example")
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Olga",
                    "login": "olga@berg.example",
                    "partner_id": outsider.id,
                    "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                }
            )
        )
        self.hidden.message_subscribe(outsider.ids)
        self.assertTrue(self.hidden.with_user(user).has_access("read"))

    # -- another company --

    def test_second_company_sees_nothing(self):
        staff = self._create_staff("otto", "project.group_project_user")
        staff.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        Task = self.env["project.task"].with_user(staff)
        self.assertFalse(Task.search([("customer_visible", "=", True)]) & self.shown)
        for verb in ("action_customer_show", "action_customer_hide", "action_customer_message"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(self.hidden.with_user(staff), verb)()
        # and their project's jobs are not for contacts of the first
        project = self.env["project.project"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        foreign = self.env["project.task"].create(
            {"name": "Foreign", "project_id": project.id, "customer_visible": True}
        )
        self.assertFalse(self.helper._job(foreign.id, "code"))
        self.assertFalse(foreign._customer_job_paths(self.helper))
        self.assertFalse(foreign.action_customer_message()["context"]["default_partner_ids"])

    # -- staff write --

    def _write_to_customer(self, task):
        """Write as Pia by the button's composer; return the mails that left, by address."""
        action = task.with_user(self.pia).action_customer_message()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.pia)
            .with_context(**action["context"])
            .create({"body": "<p>We begin on Monday</p>"})
        )
        with self.mock_mail_gateway():
            composer._action_send_mail()
        return {mail["email_to"][0]: mail["body"] for mail in self._mails}

    def test_staff_write_to_who_sees_the_job(self):
        self.assertFalse(
            self.shown.action_customer_message()["context"]["default_partner_ids"],
            "Nobody is invited yet.",
        )
        (self.helper | self.holder).write({"invited_at": "2026-01-01"})
        self.holder.role_id = self._role("timesheet_approver")
        action = self.shown.with_user(self.pia).action_customer_message()
        self.assertEqual(action["context"]["default_partner_ids"], self.bo.ids)
        self.helper.revoke()
        action = self.shown.with_user(self.pia).action_customer_message()
        self.assertFalse(action["context"]["default_partner_ids"])

    def test_contact_may_not_ask_whom_staff_write_to(self):
        self.shown.message_subscribe(self.bo.ids)
        with self.assertRaises(AccessError):
            self._as_contact(self.shown).action_customer_message()

    def test_mail_leads_to_the_own_page_of_the_job(self):
        (self.helper | self.holder).write({"invited_at": "2026-01-01"})
        self.shown.partner_id = self.bo  # Odoo's customer of the task, who gets a token
        mails = self._write_to_customer(self.shown)
        self.assertEqual(len(mails), 2)
        for access in (self.helper, self.holder):
            [body] = [text for to, text in mails.items() if access.partner_id.email in to]
            self.assertIn("We begin on Monday", body)
            self.assertIn(f"{self._path(access)}/task/{self.shown.id}", body)
            for way in ("access_token", "/mail/view", "/my/tasks", "signup"):
                self.assertNotIn(way, body)
        self._enter_by_code(self.holder)
        page = self.url_open(f"{self._path(self.holder)}/task/{self.shown.id}")
        self.assertIn("We begin on Monday", page.text)

    def test_mail_about_a_hidden_task_leads_nowhere(self):
        self.hidden.partner_id = self.bo
        with self.mock_mail_gateway():
            self.hidden.with_user(self.pia).message_post(
                body="By mistake", partner_ids=self.bo.ids, subtype_xmlid="mail.mt_comment"
            )
        [mail] = self._mails
        for way in ("access_token", "/mail/view", "/my/", "signup"):
            self.assertNotIn(way, mail["body"])

    # -- staff --

    def test_staff_show_many_at_once(self):
        self.project.with_user(self.pia).action_customer_show_tasks()
        self.assertTrue(self.hidden.customer_visible)
        tasks = (self.shown | self.hidden).with_user(self.pia)
        tasks.action_customer_hide()
        self.assertEqual(tasks.mapped("customer_visible"), [False, False])

    def test_dates_end_the_view(self):
        self.helper.date_until = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertFalse(self.helper._jobs("code"))
