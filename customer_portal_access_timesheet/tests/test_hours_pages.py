import io

from lxml import html
from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_access.tests.portal_common import PortalPageCase

from ..models.account_analytic_line import DECISION
from ..models.customer_access_hours import HOUR_FIELDS
from .hours_common import WEEK, HoursData


@tagged("post_install", "-at_install")
class HoursPageCase(HoursData, PortalPageCase):
    """Anna approves after the code, Bo holds a login-free link to the same project."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_hours_data()
        cls.access = cls.hours_access = cls._create_access(cls.anna, cls.approver, cls.project)
        cls.guest = cls._create_access(cls.bo, cls.approver, cls.project)
        cls.company.customer_login_free = False

    def _page(self, query="", access=None, path=""):
        return self.url_open(f"{self._path(access or self.access)}/hours{path}{query}")

    def _send(self, page=None, **values):
        """Send the form that holds these values, as the page fills it in."""
        page = page or self._page()
        data = {
            "csrf_token": html.fromstring(page.content).xpath(
                "string(//input[@name='csrf_token']/@value)"
            ),
            "week": WEEK,
            "line": self._tokens(self.lines),
            "decision": "approved",
            **values,
        }
        answer = self.url_open(f"{self._path(self.access)}/hours", data=data)
        self.env.invalidate_all()
        return answer

    def _form(self, page, person=""):
        """Return the fields that the form of one person, or of the week, sends."""
        for form in html.fromstring(page.content).forms:
            values = [value for name, value in form.form_values() if name == "person"]
            if (
                form.action.endswith("/hours")
                and form.method == "POST"
                and values == [person][: bool(person)]
            ):
                return form
        return self.fail("There is no such form.")


class TestHoursPages(HoursPageCase):
    """The page of a week: read, approve, send back."""

    def test_card_on_the_workspace(self):
        page = self._open_by_code()
        text = " ".join(html.fromstring(page.content).xpath("string()").split())
        self.assertIn("Waiting for your approval: 17:45 hours", text)
        self.assertIn(f"{self._path(self.access)}/hours", page.text)
        self._decide(self.lines)
        page = self.url_open(self._path(self.access))
        self.assertIn("No hours wait for your approval.", page.text)

    def test_project_that_asks_nobody_has_no_card(self):
        self.project.customer_hours_from = False
        page = self._open_by_code()
        self.assertNotIn("/hours", page.text)
        self.assertEqual(self._page().status_code, 404)

    def test_week_by_person(self):
        self._open_by_code()
        page = self._page()
        self.assertEqual(self._headline(page), "Hours, week 3")
        for text in ("Ola", "15:30", "Kari", "2:15", "Pack the kitchen", "Boxes", "Cleaning"):
            self.assertIn(text, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")

    def test_no_field_beyond_the_whitelist(self):
        """Whatever else stands on a line, its task, employee or project is for staff."""
        secrets = 0
        for record in (self.line, self.task, self.ola, self.project):
            values = {
                name: f"secret {name}"
                for name, field in record._fields.items()
                if field.type in ("char", "text", "html")
                and field.store
                and not field.related
                and not (field.compute and field.readonly)
                and name
                not in (*HOUR_FIELDS, *DECISION, "name", "access_token", "html_field_history")
                and "email" not in name
                and "phone" not in name
                and name not in ("barcode", "pin", "lang", "tz", "label_tasks")
            }
            secrets += len(values)
            record.sudo().write(values)
        self.line.amount = -98765
        self._decide(self.third)
        self._open_by_code()
        for page in (self._page(), self.url_open(self._path(self.access))):
            self.assertIn("Hours", page.text)
            self.assertNotIn("secret", page.text)
            self.assertNotIn("98765", page.text)
        self.assertGreater(secrets, 10)

    def test_whole_week_is_approved(self):
        self._open_by_code()
        page = self._page()
        form = self._form(page)
        tokens = [value for name, value in form.form_values() if name == "line"]
        self.assertEqual(set(tokens), set(self._tokens(self.lines)))
        page = self._send(page, line=tokens)
        self.assertIn("told=approved", page.url)
        self.assertEqual(set(self.lines.mapped("customer_state")), {"approved"})
        self.assertIn("Nothing of this week waits for you.", page.text)
        self.assertIn("Approved by Anna Berg", " ".join(page.text.split()))

    def test_person_is_approved_partly(self):
        self._open_by_code()
        form = self._form(self._page(), str(self.ola.id))
        tokens = [value for name, value in form.form_values() if name == "line"]
        self.assertEqual(set(tokens), set(self._tokens(self.line | self.second)))
        self._send(line=tokens[:1], person=self.ola.id)
        self.assertEqual(
            self.lines.mapped("customer_state"), ["approved", "to_approve", "to_approve"]
        )

    def test_sent_back(self):
        self._open_by_code()
        page = self._send(line=self._tokens(self.third), decision="rejected", comment="Not there")
        self.assertEqual(self.third.customer_state, "rejected")
        self.assertIn("Sent back by Anna Berg", " ".join(page.text.split()))
        self.assertIn("Not there", page.text)

    def test_what_was_typed_is_kept(self):
        self._open_by_code()
        page = self._send(decision="rejected", person=self.ola.id, line=self._tokens(self.second))
        self.assertEqual(page.status_code, 200)
        self.assertIn("Please say what is wrong", page.text)
        form = self._form(page, str(self.ola.id))
        ticked = [value for name, value in form.form_values() if name == "line"]
        self.assertEqual(ticked, self._tokens(self.second))
        page = self._send(decision="rejected", comment="Too many " * 2000, person="")
        self.assertIn("This is too long", page.text)
        self.assertIn("Too many Too many", page.text)
        page = self._send(line=[], person=self.ola.id, comment="Fine")
        self.assertIn("Please tick at least one entry.", page.text)
        self.assertIn("Fine", self._form(page, str(self.ola.id)).fields["comment"])
        self.assertEqual(set(self.lines.mapped("customer_state")), {"to_approve"})

    def test_changed_and_decided_meanwhile_is_told(self):
        self._open_by_code()
        tokens = self._tokens(self.lines)
        self.third.unit_amount = 3
        self._decide(self.line, access=self.guest)
        page = self._send(line=tokens)
        text = " ".join(page.text.split())
        self.assertIn("Somebody else was faster", text)
        self.assertIn("Changed while you were reading", text)
        self.assertIn("Approved by Bo Berg", text)
        self.assertEqual(
            self.lines.mapped("customer_state"), ["approved", "approved", "to_approve"]
        )

    def test_counts_in_the_address_only_choose_sentences(self):
        self._open_by_code()
        page = self._page("?told=approved&done=x&changed=99999&decided=-1&gone=<b>")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("alert", html.fromstring(page.content).xpath("string(//main)"))

    def test_empty_week_and_rubbish_in_the_address(self):
        self._open_by_code()
        page = self._page("?week=2026-W30")
        self.assertIn("There are no hours in this week.", page.text)
        self.assertIn("Week 3", " ".join(html.fromstring(page.content).xpath("string()").split()))
        for week in ("rubbish", "2026-W99", "%00"):
            page = self._page(f"?week={week}")
            self.assertEqual(self._headline(page), "Hours, week 3")

    def test_page_asks_for_its_token(self):
        self._open_by_code()
        with mute_logger("odoo.http"):
            answer = self._send(csrf_token="")
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(set(self.lines.mapped("customer_state")), {"to_approve"})

    def test_reading_changes_nothing(self):
        self._open_by_code()
        for query in ("", "?week=2026-W03&decision=approved"):
            self._page(query)
        self.env.invalidate_all()
        self.assertEqual(set(self.lines.mapped("customer_state")), {"to_approve"})

    def test_level_link_confirms_and_comes_back(self):
        self.company.customer_login_free = True
        page = self._open_by_link()
        self.assertIn("Confirm who you are to see the hours worked for you.", page.text)
        self.assertNotIn("17:45", page.text)
        page = self._page(f"?week={WEEK}", self.guest)
        self.assertEqual(self._headline(page), "Confirm who you are")
        self.assertNotIn("Ola", page.text)
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"{self._path(self.guest)}/hours",
                data={
                    "csrf_token": html.fromstring(page.content).xpath(
                        "string(//input[@name='csrf_token']/@value)"
                    ),
                    "line": self._tokens(self.lines),
                    "decision": "approved",
                },
            )
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.guest.sudo()._section_path(f"hours-{WEEK}"), f"/hours?week={WEEK}")
        self.assertEqual(self.guest.sudo()._section_path("hours-rubbish"), "")
        self.guest.role_id = self.contact_person
        self.assertEqual(self.guest.sudo()._section_path(f"hours-{WEEK}"), "")

    def test_files_of_an_approved_week(self):
        self._open_by_code()
        self.assertEqual(self._page(path=f"/{WEEK}/xlsx").status_code, 404)
        self.third.name = "=1+1"
        self._decide(self.line | self.third, comment="Good")
        self.assertIn(f"/hours/{WEEK}/xlsx", self._page(f"?week={WEEK}").text)
        answer = self._page(path=f"/{WEEK}/xlsx")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
        self.assertEqual([row[2] for row in rows[1:3]], ["Ola", "Kari"])
        self.assertEqual(rows[2][4], "=1+1")
        self.assertEqual(rows[3][5], 9.75)
        self.assertNotIn("More boxes", str(rows))
        for path in ("/rubbish/xlsx", "/2026-W04/xlsx", f"/{WEEK}/csv"):
            self.assertEqual(self._page(path=path).status_code, 404)

    def test_pdf_of_an_approved_week(self):
        self._decide(self.line | self.third)
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, _type = report._render_qweb_html(
            "customer_portal_access_timesheet.account_analytic_line_report_hours", self.lines.ids
        )
        text = " ".join(html.fromstring(content).xpath("string()").split())
        for word in ("Office move", "Berg AS", "9:45", "Boxes", "Anna Berg"):
            self.assertIn(word, text)
        self.assertNotIn("More boxes", text)

    def test_other_peoples_workspaces(self):
        """Other role, other workspace, other company, revoked: no page, no file, no decision."""
        self._decide(self.third)
        self._open_by_code()
        elsewhere = self._create_access(self.anna, self.approver, self.customer)
        paths = ("", f"/{WEEK}/xlsx", f"/{WEEK}/pdf")
        for access in (elsewhere, self.guest):
            for path in paths:
                with self.subTest(access=access, path=path):
                    self.assertEqual(self._page(access=access, path=path).status_code, 404)
        page = self._page()
        self.access.role_id = self.contact_person
        for path in paths:
            self.assertEqual(self._page(path=path).status_code, 404)
        self.assertEqual(self._send(page).status_code, 404)
        self.access.role_id = self.approver
        self.access.revoke()
        self.assertIn("/customer/recover", self._send(page).url)
        self.assertEqual(self.line.customer_state, "to_approve")

    def test_manager_downloads_approved_hours(self):
        self._decide(self.lines)
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        action = self.lines.with_user(self.manager).action_customer_hours_xlsx()
        self.manager.password = "a-good-pass-phrase"
        self.authenticate(self.manager.login, "a-good-pass-phrase")
        answer = self.url_open(action["url"])
        rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
        self.assertEqual(len(rows), 5)
        self.ola_user.password = "a-good-pass-phrase"
        self.authenticate(self.ola_user.login, "a-good-pass-phrase")
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            answer = self.url_open(action["url"])
        self.assertNotIn("Content-Disposition", answer.headers)


class TestHoursDoors(HoursPageCase):
    """Odoo's own pages of timesheets follow the role, too."""

    def _sign_in(self, partner):
        user = partner._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        self._other_browser()
        self.authenticate(user.login, "a-good-pass-phrase")
        return user

    def test_odoos_own_pages(self):
        before = self._create_line(self.ola, -8, 1, "Before it began")
        self._sign_in(self.anna)
        page = self.url_open("/my/timesheets")
        self.assertIn("More boxes", page.text)
        self.assertNotIn(before.name, page.text)
        carla = self._create_contact("Carla Berg", "carla@berg.example", "+47 406 12 347")
        self._create_access(carla, self.contact_person, self.project)
        self.project.message_subscribe(carla.ids)
        self._sign_in(carla)
        for path in ("/my/timesheets", f"/my/tasks/{self.task.id}"):
            with self.subTest(path=path):
                self.assertNotIn("oxes", self.url_open(path).text)

    def test_record_rules(self):
        self.env["project.collaborator"]._toggle_project_sharing_portal_rules(True)
        self.project.collaborator_ids = [
            (0, 0, {"partner_id": partner.id}) for partner in (self.anna, self.bo)
        ]
        self.project.message_subscribe((self.anna + self.bo).ids)
        anna = self.anna._customer_user(self.company)
        bo = self.bo._customer_user(self.company)
        self.guest.role_id = self.contact_person
        self.assertTrue(self.line.with_user(anna).has_access("read"))
        self.assertFalse(self.line.with_user(bo).has_access("read"))
        self._decide(self.line)
        with self.assertRaises(UserError):
            self.line.with_user(anna).write({"customer_state": "to_approve"})
        self.assertEqual(self.line.customer_state, "approved")
        for values in (
            {"granted": False},
            {"date_until": "2020-01-01"},
            {"date_from": "2999-01-01"},
            {"role_id": self.contact_person.id},
        ):
            before = {
                "role_id": self.approver.id,
                "granted": True,
                "date_until": False,
                "date_from": False,
            }
            with self.subTest(values=values):
                self.access.write(values)
                self.assertFalse(self.line.with_user(anna).has_access("read"))
                self.access.write(before)
                self.assertTrue(self.line.with_user(anna).has_access("read"))
        self.access.revoke()
        self.assertFalse(self.line.with_user(anna).has_access("read"))

    def test_portal_users_who_were_there_before_lose_nothing(self):
        old = self._create_contact("Old", "old@berg.example")
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Old",
                    "login": "old@berg.example",
                    "partner_id": old.id,
                    "group_ids": self.env.ref("base.group_portal").ids,
                }
            )
        )
        domain = self.env["account.analytic.line"].with_user(user)._timesheet_get_portal_domain()
        self.assertTrue(self.env["account.analytic.line"].search(domain) & self.line)

    def test_other_company(self):
        anna = self.anna._customer_user(self.company)
        domain = self.env["account.analytic.line"].with_user(anna)._timesheet_get_portal_domain()
        self.assertIn(self.line, self.env["account.analytic.line"].search(domain))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_analytic_line SET company_id = %s WHERE id = %s",
            [self.other_company.id, self.line.id],
        )
        self.env.invalidate_all()
        found = self.env["account.analytic.line"].search(domain)
        self.assertNotIn(self.line, found)
        self.assertIn(self.second, found)
