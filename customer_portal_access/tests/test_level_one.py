import re

from odoo.http import root
from odoo.tools import mute_logger

from .portal_common import PortalPageCase
from .publication_common import PublicationData

OWN = "odoo.addons.customer_portal_access"
MUTED = ("odoo.http", "werkzeug", "odoo.addons.base.models.ir_http", "odoo.sql_db")
# What a walk leaves out, and why.
LEFT_OUT = {
    r"^/web/database/": "manages whole databases, whoever asks",
    r"^/web/session/(logout|destroy)": "ends the session that walks",
    r"^/websocket": "no page: an upgrade to another protocol",
    r"/static/": "files of modules, the same for everybody",
    r"^/web/assets": "bundles, slow to make and the same for everybody",
    r"^/web/tests|^/web/bundle|/tests$": "test suites of the web client",
}
# What stands for an argument in an address: an id that exists, a word that is nothing.
DUMMIES = {"int": "1", "model": "1", "float": "1.0"}
ARGUMENT = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>")


def dummy(match):
    """Return what stands for an argument of a route."""
    converter, choice = match.groups()
    if converter == "any":
        return choice.partition(",")[0].strip("'\" ")
    return DUMMIES.get(converter, "x")


class TestLevelOne(PortalPageCase, PublicationData):
    """Level 1 is no log-in: it opens one workspace, and nothing else knows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer = cls._create_publication("offer")
        cls.rows = cls._create_publication("list")

    def setUp(self):
        super().setUp()
        self._enter_by_link(self.guest)

    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _answer(self, path):
        """Return what matters of an answer: its status, and where it leads."""
        answer = self._get(path, timeout=60)
        return answer.status_code, answer.headers.get("Location")

    def _answer_form(self, path):
        """Return the same for a form that is sent with a token of this session."""
        data = {"csrf_token": self._token_of_forms}
        answer = self.url_open(path, data=data, allow_redirects=False, timeout=60)
        return answer.status_code, answer.headers.get("Location")

    def _answer_call(self, path):
        """Return what matters of the answer to a call by JSON without arguments."""
        call = {"jsonrpc": "2.0", "params": {}}
        answer = self.url_open(path, json=call, allow_redirects=False, timeout=60)
        error = answer.status_code == 200 and answer.json().get("error", {})
        return answer.status_code, error and error.get("data", {}).get("name")

    def _walkable(self, method="GET", kind="http"):
        """Return an address for each route of Odoo's that is not ours."""
        paths = set()
        for rule in self.env["ir.http"].routing_map().iter_rules():
            routing = rule.endpoint.routing
            if (
                routing["type"] == kind
                and method in (rule.methods or [method])
                and not rule.endpoint.func.__module__.startswith(OWN)
                and not any(re.search(pattern, rule.rule) for pattern in LEFT_OUT)
            ):
                paths.add(ARGUMENT.sub(dummy, rule.rule))
        return sorted(paths)

    def _assert_as_to_a_stranger(self, answer, paths):
        """Walk at level 1, then as somebody who was never here, and compare.

        :param answer: asks for one address and returns what matters of the answer
        """
        mine = dict(self.opener.cookies)
        self._token_of_forms = self._csrf("/web/login")
        at_level_one = {path: answer(path) for path in paths}
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200, "Here all along.")
        self.assertIsNone(self._session().uid)
        self._other_browser()
        self._token_of_forms = self._csrf("/web/login")
        as_stranger = {path: answer(path) for path in paths}
        self.assertNotEqual(mine["session_id"], self.opener.cookies["session_id"])
        differing = {
            path: (at_level_one[path], as_stranger[path])
            for path in paths
            if at_level_one[path] != as_stranger[path]
        }
        self.assertFalse(differing)

    @mute_logger(*MUTED)
    def test_every_page_of_odoo_answers_as_to_a_stranger(self):
        paths = self._walkable()
        self.assertGreater(len(paths), 100)
        for known in ("/my", "/my/home", "/my/account", "/my/security", "/my/projects"):
            self.assertIn(known, paths)
        self._assert_as_to_a_stranger(self._answer, paths)

    @mute_logger(*MUTED)
    def test_every_form_of_odoo_answers_as_to_a_stranger(self):
        paths = self._walkable("POST")
        self.assertIn("/my/address/submit", paths)
        self._assert_as_to_a_stranger(self._answer_form, paths)

    @mute_logger(*MUTED)
    def test_every_call_of_odoo_answers_as_to_a_stranger(self):
        paths = self._walkable("POST", "jsonrpc")
        self.assertIn("/mail/message/post", paths)
        self._assert_as_to_a_stranger(self._answer_call, paths)

    def test_rpc_answers_as_to_a_stranger(self):
        for model, method in (
            ("res.partner", "search_read"),
            ("crm.lead", "search_read"),
            ("customer.access", "search_read"),
            ("customer.publication", "search_read"),
            ("ir.attachment", "search_read"),
        ):
            with self.subTest(model=model):
                answer = self.url_open(
                    "/web/dataset/call_kw",
                    json={
                        "jsonrpc": "2.0",
                        "params": {
                            "model": model,
                            "method": method,
                            "args": [[], ["id"]],
                            "kwargs": {},
                        },
                    },
                ).json()
                self.assertIn("SessionExpired", answer["error"]["data"]["name"])

    def test_only_this_workspace_is_listed(self):
        other = self._create_access(self.bo, self.contact_person, self.project)
        page = self._get("/my/customer")
        self.assertIn(self._path(self.guest), page.text)
        self.assertNotIn(self._path(other), page.text)
        self.assertNotIn("Office move", page.text)
        self.assertEqual(self._get(self._path(other)).status_code, 404)
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)

    def test_nothing_is_listed_once_the_role_asks_for_the_code(self):
        self.guest.role_id = self.applicant
        page = self._get("/my/customer")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Kitchen for Berg", page.text)

    def test_list_is_not_there(self):
        """One line says that there is more: no name, no number."""
        page = self._get(self._path(self.guest)).text
        self.assertIn("The offer", page)
        self.assertNotIn("The list", page)
        self.assertIn("Confirm who you are", page)
        waiting = self._get(f"{self._path(self.guest)}/publication/{self.rows.id}")
        self.assertNotIn("The list", waiting.text)

    def test_list_is_not_there_whatever_is_set(self):
        permissions = self.env["customer.permission"].search([("code", "like", "lists")])
        permissions.assurance = "link"
        self.assertNotIn("The list", self._get(self._path(self.guest)).text)

    def test_role_decides_what_is_there(self):
        self.guest.role_id = self._role("timesheet_approver")
        self.assertNotIn("The offer", self._get(self._path(self.guest)).text)
        path = f"{self._path(self.guest)}/publication/{self.offer.id}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_every_page_says_as_whom_one_is_here(self):
        for path in ("", f"/publication/{self.offer.id}", f"/publication/{self.rows.id}"):
            page = self._get(f"{self._path(self.guest)}{path}")
            self.assertIn("You are here as <strong>Bo Berg</strong>", page.text, path)
            answer = self._submit(page, "1", action="/customer/leave")
            self.assertURLEqual(answer.headers["Location"], "/customer/ask")
            self._enter_by_link(self.guest)

    def test_publication_of_another_workspace_is_not_there(self):
        other = self._create_publication("page", target=self.project)
        path = f"{self._path(self.guest)}/publication/{other.id}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_no_colleagues_and_no_messages(self):
        role = self.contact_person.copy({"code": "manager"})
        role.permission_ids |= self.env.ref("customer_portal_access.permission_manage_colleagues")
        self.guest.role_id = role
        page = self._get(self._path(self.guest)).text
        self.assertNotIn('id="colleagues"', page)
        self.assertNotIn('id="messages"', page)
        self.assertEqual(self._get(f"{self._path(self.guest)}/colleague").status_code, 404)

    def test_files_by_their_number_are_closed(self):
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"secret", "res_model": "crm.lead", "res_id": self.lead.id}
        )
        self.offer.attachment_ids = file
        for path in (f"/web/content/{file.id}", f"/web/image/{file.id}"):
            self.assertNotIn(b"secret", self._get(path).content)

    def test_sign_in_of_the_same_browser_is_offered(self):
        """Level 1 does not stand in the way of a password."""
        user = self.bo._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        self._post("/web/login", login=user.login, password="a-good-pass-phrase")
        self.assertEqual(self._session().uid, user.id)
        self.assertEqual(self._get("/my/home").status_code, 200)


class TestFirstVisit(PortalPageCase, PublicationData):
    """The person in charge hears of the first real visit, once."""

    def _notices(self):
        self._run_cron("visit")
        self.env.invalidate_all()
        return self.lead.message_ids.filtered(
            lambda message: "for the first time" in (message.body or "")
        )

    def test_first_visit_notifies_the_person_in_charge(self):
        self._open_by_link()
        self._run_cron("visit")
        notified = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.sara.partner_id.id)]
        )
        bodies = notified.mail_message_id.mapped("body")
        self.assertTrue([body for body in bodies if "Bo Berg has opened" in body])
        self.assertEqual(len(self._notices()), 1)
        self.assertTrue(self.guest.first_seen_at)

    def test_later_visits_are_told_to_nobody(self):
        self._open_by_link()
        told = len(self._notices())
        self.guest.last_seen_at = "2020-01-01"
        self._get(self._path(self.guest))
        self.assertEqual(len(self._notices()), told)
        kinds = self.guest.event_ids.mapped("kind")
        self.assertEqual(kinds.count("entered"), 2)

    def test_link_straight_to_an_offer_counts(self):
        offer = self._create_publication("offer")
        url = self.guest.create_link(publication_id=offer.id)
        entered = self._submit(self._get(f"/customer/link/{url.rpartition('/')[2]}"))
        self._get(entered.headers["Location"])
        self.assertEqual(len(self._notices()), 1)

    def test_looking_at_the_link_is_no_visit(self):
        self._get(self._link(self.guest))
        self.assertFalse(self._notices())
        self.assertFalse(self.guest.first_seen_at)

    def test_preview_is_no_visit(self):
        self.guest.with_context(customer_preview=True)._seen()
        self.assertFalse(self._notices())
        self.assertFalse(self.guest.first_seen_at)
