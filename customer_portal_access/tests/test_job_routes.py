from odoo.tests import tagged
from odoo.tools import mute_logger

from .job_common import JobData
from .portal_common import PortalPageCase

OURS = "odoo.addons.customer_portal_access.controllers.job"
GET = "GET"
POST = "POST"


@tagged("post_install", "-at_install")
class TestJobRoutes(JobData, PortalPageCase):
    """Every route of jobs and requests, for everybody who has no business there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_job_data()
        cls.company.customer_login_free = False
        cls.access = cls._create_access(cls.anna, cls.contact_person, cls.project)
        cls.guest = cls._create_access(cls.bo, cls.contact_person, cls.project)
        cls.file = cls.env["ir.attachment"].create({"name": "plan.txt", "raw": b"plan"})
        cls.shown.message_post(
            body="We begin on Monday",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachment_ids=cls.file.ids,
        )
        task = f"/task/{cls.shown.id}"
        cls.routes = {
            "/tasks": (GET, "/tasks", {}),
            "/task/<int:task_id>": (GET, task, {}),
            "/task/<int:task_id>/file/<int:attachment_id>": (
                GET,
                f"{task}/file/{cls.file.id}",
                {},
            ),
            "/task/<int:task_id>/message": (
                POST,
                f"{task}/message",
                {"text": "Intruder", "form_id": "1"},
            ),
            "/request": (GET, "/request", {}),
            "/request/send": (
                POST,
                "/request/send",
                {"title": "Intruder", "text": "Intruder", "form_id": "2"},
            ),
            "/me/notices": (POST, "/me/notices", {"job_notice": "none"}),
        }

    def _ask(self, access, route, token=""):
        """Send a request as if the page with its form had been there."""
        method, path, values = self.routes[route]
        path = self._path(access) + path
        if method == GET:
            return self._get(path)
        return self.url_open(path, data={**values, "csrf_token": token}, allow_redirects=False)

    def _assert_nothing_came_of_it(self):
        self.env.invalidate_all()
        tasks = self.env["project.task"].search([("name", "=", "Intruder")])
        messages = self.env["mail.message"].search([("body", "like", "Intruder")])
        self.assertFalse(tasks or messages)
        self.assertFalse(
            (self.access + self.guest).filtered(lambda one: one.customer_job_notice == "none")
        )

    def _assert_closed(self, access, form, open_routes=()):
        """Let every route of an access tell nothing and change nothing.

        :param form: the access whose page has a form
        :param open_routes: what is the visitor's own
        """
        token = self._csrf(self._path(form))
        for route in self.routes:
            if route not in open_routes:
                with self.subTest(route=route):
                    answer = self._ask(access, route, token)
                    self.assertIn(answer.status_code, (303, 404))
                    self.assertNotIn("Pack the kitchen", answer.text)
                    self.assertNotIn("We begin", answer.text)
        self._assert_nothing_came_of_it()

    def test_every_route_is_looked_at_here(self):
        self.assertEqual(self._rules_of(OURS), set(self.routes))

    def test_stranger(self):
        for route, (method, _path, _values) in self.routes.items():
            with self.subTest(route=route):
                answer = self._ask(self.access, route)
                if method == GET:
                    self._assert_outside(answer)
                else:
                    self.assertIn(answer.status_code, (303, 400))
        self._assert_nothing_came_of_it()

    def test_colleague(self):
        self._enter_by_code(self.access)
        self._assert_closed(self.guest, form=self.access)

    def test_other_role(self):
        self._enter_by_code(self.access)
        self.access.role_id = self._role("timesheet_approver")
        self._assert_closed(self.access, form=self.access, open_routes=("/me/notices",))

    def test_own_place_elsewhere(self):
        """On another project, and on an opportunity."""
        lead = self.lead.copy({"name": "Another kitchen"})
        own = ("/tasks", "/request", "/request/send", "/me/notices")
        self._enter_by_code(self.access)
        for target in (self.project.copy({"name": "Other"}), lead):
            access = self._create_access(self.anna, self.contact_person, target)
            self._assert_closed(access, form=self.access, open_routes=own)

    def test_other_company(self):
        """A job of a project there, below one's own workspace here."""
        project = self.env["project.project"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        foreign = self.env["project.task"].create(
            {"name": "Pack the kitchen there", "project_id": project.id, "customer_visible": True}
        )
        foreign.message_post(
            body="We begin there",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachment_ids=self.file.copy().ids,
        )
        file = foreign.message_ids.attachment_ids
        self._enter_by_code(self.access)
        token = self._csrf(self._path(self.access))
        self.assertNotIn(foreign.name, self._get(f"{self._path(self.access)}/tasks").text)
        path = f"{self._path(self.access)}/task/{foreign.id}"
        for page in (path, f"{path}/file/{file.id}"):
            self.assertEqual(self._get(page).status_code, 404)
        data = {"text": "Intruder", "form_id": "3", "csrf_token": token}
        self.assertEqual(self.url_open(f"{path}/message", data=data).status_code, 404)
        self._assert_nothing_came_of_it()

    def test_revoked_while_inside(self):
        self._enter_by_code(self.access)
        token = self._csrf(self._path(self.access))
        self.access.revoke()
        for route in self.routes:
            with self.subTest(route=route):
                self._assert_outside(self._ask(self.access, route, token))
        self._assert_nothing_came_of_it()

    @mute_logger("odoo.http")
    def test_every_post_asks_for_its_token(self):
        self._enter_by_code(self.access)
        for route, (method, _path, _values) in self.routes.items():
            if method == POST:
                answer = self._ask(self.access, route, "wrong")
                self.assertEqual(answer.status_code, 400, route)
        self._assert_nothing_came_of_it()

    def test_they_are_open_to_whom_they_are_for(self):
        """What the others were refused works: the answers above mean something."""
        self._enter_by_code(self.access)
        token = self._csrf(self._path(self.access))
        for route, (method, _path, _values) in self.routes.items():
            with self.subTest(route=route):
                answer = self._ask(self.access, route, token)
                self.assertEqual(answer.status_code, 200 if method == GET else 303)
        self.env.invalidate_all()
        self.assertTrue(self.env["project.task"].search([("name", "=", "Intruder")]))
