import re
import time
from unittest.mock import patch

from odoo import fields, sql_db
from odoo.tools import mute_logger

from ..models import customer_registration_form
from ..utils import LIMITS, MESSAGE_LENGTH
from .registration_common import NEW, RegistrationCase


class TestRegistrationForm(RegistrationCase):
    """The page: what it takes, what it refuses, and that it tells nothing."""

    # -- on and off --

    def test_off_the_page_is_not_there_and_nothing_links_to_it(self):
        self.company.customer_registration = False
        for path in ("/customer/register", f"/customer/register?company={self.company.id}"):
            self.assertEqual(self._get(path).status_code, 404)
        self.assertNotIn("/customer/register", self.url_open("/web/login").text)
        data = {"csrf_token": self._csrf("/web/login"), **self.typed}
        self.assertEqual(self.url_open("/customer/register", data=data).status_code, 404)
        self.assertFalse(self._open())

    def test_on_the_sign_in_page_links_to_it(self):
        self.assertIn('href="/customer/register"', self.url_open("/web/login").text)
        self.assertEqual(self._get("/customer/register").status_code, 200)

    def test_company_of_the_url(self):
        self.other_company.customer_registration = True
        path = f"/customer/register?company={self.other_company.id}"
        self.assertIn("Other Company", self.url_open(path).text)
        self._submit_form(path)
        self.assertFalse(self._open())
        self.assertEqual(self._open(company=self.other_company).company_id, self.other_company)

    def test_company_that_takes_nobody_or_does_not_exist(self):
        for number in (self.other_company.id, "0", "99999999", "abc", "1e3", "9" * 30, "-1"):
            with self.subTest(number):
                path = f"/customer/register?company={number}"
                self.assertEqual(self._get(path).status_code, 404)

    def test_e_mail_is_not_offered(self):
        page = self.url_open("/customer/register").text
        self.company.customer_registration_by_email = False
        self.assertNotIn("<form", self.url_open("/customer/register").text)
        data = {**self._hidden(page), **self.typed}
        self.assertEqual(self.url_open("/customer/register", data=data).status_code, 404)

    # -- what it takes --

    def test_a_form_is_one_row_and_nothing_else(self):
        models = ("res.partner", "crm.lead", "res.users", "mail.message")
        models += ("mail.mail", "customer.registration")
        before = {model: self.env[model].search_count([]) for model in models}
        answer = self._submit_form()
        self.assertEqual(answer.status_code, 303)
        self.assertURLEqual(
            answer.headers["Location"], f"/customer/register?company={self.company.id}&sent=1"
        )
        self.assertIn("look into your mailbox", self.url_open(answer.headers["Location"]).text)
        self.assertEqual({model: self.env[model].search_count([]) for model in models}, before)
        self.assertEqual(len(self._forms()), 1)
        self.assertRecordValues(
            self._open(),  # which the scheduled action makes of it, with the mail
            [
                {
                    "name": "Nina Holm",
                    "email": NEW,
                    "phone": "+47 40 61 23 99",
                    "company_name": "Holm AS",
                    "country_id": self.env.ref("base.no").id,
                    "message": "We would like a kitchen.",
                    "state": "unverified",
                    "company_id": self.company.id,
                    "partner_id": False,
                    "customer_id": False,
                }
            ],
        )
        for model in models[:3]:
            self.assertEqual(self.env[model].search_count([]), before[model])

    def test_whatever_is_no_field_of_the_form_is_ignored(self):
        self._submit_form(
            state="approved",
            role_id=str(self.contact_person.id),
            partner_id=str(self.anna.id),
            customer_id=str(self.customer.id),
            company_id=str(self.other_company.id),
            user_id=str(self.sara.id),
            provider="google",
            lang="xx_XX",
            confirmed_at="2020-01-01",
        )
        registration = self._open()
        self.assertEqual(registration.state, "unverified")
        self.assertEqual(registration.company_id, self.company)
        self.assertEqual(registration.lang, "en_US")
        for field in ("role_id", "partner_id", "customer_id", "provider", "confirmed_at"):
            self.assertFalse(registration[field], field)
        self.assertEqual(registration.user_id, self.env["res.users"])

    def test_text_is_text(self):
        self._submit_form(
            name="Nina\r\nBcc: Holm\u202e\u200b",
            email=" Nina@Holm.EXAMPLE\r\n",
            company_name="Holm\0 AS\u200f",
            message="<script>x</script>\r\nline\u202e",
        )
        [mail] = self._run_registration_cron()
        registration = self._open()
        self.assertEqual(registration.name, "Nina Bcc: Holm")
        self.assertEqual(registration.company_name, "Holm AS")
        self.assertEqual(registration.message, "<script>x</script>\nline")
        self.assertEqual(mail["email_to"], [NEW])
        self.assertNotIn("<script>", self.url_open(self._confirm_path()).text.split("<main")[1])

    def test_two_addresses_are_none(self):
        for email in (
            "a@b.example, c@d.example",
            "a@b.example;c@d.example",
            "a@b.example c@d.example",
        ):
            with self.subTest(email):
                self.assertIn('id="email_error"', self._submit_form(email=email).text)
        self.assertFalse(self.registrations.search([]))

    def test_language_of_the_page_is_that_of_the_mail(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.opener.cookies.set("frontend_lang", "de_DE")
        page = self.url_open("/customer/register").text
        self.assertIn('lang="de-DE"', page)
        self._submit_form()
        self.assertEqual(self._open().lang, "de_DE")

    def test_file_in_place_of_a_text(self):
        page = self.url_open("/customer/register").text
        data = {**self._hidden(page), **self.typed}
        data.pop("message")
        answer = self.url_open(
            "/customer/register",
            data=data,
            files={"message": ("a.txt", b"x")},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 303)
        self.assertFalse(self._open().message)

    # -- what it refuses --

    def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(self):
        for field, value in {
            "name": "  ",
            "email": "nobody",
            "phone": "12",
            "company_name": "x" * 201,
            "vat": "NO 974 760 674 MVA",
            "message": "x" * (MESSAGE_LENGTH + 1),
        }.items():
            with self.subTest(field):
                page = self._submit_form(**{field: value})
                self.assertEqual(page.status_code, 200)
                self.assertIn(f'id="{field}_error"', page.text)
                for kept in self.typed.keys() - {field, "country_id"}:
                    self.assertIn(self.typed[kept], page.text)
                norway = self.typed["country_id"]
                self.assertRegex(page.text, rf'<option value="{norway}"[^>]*selected="selected"')
        self.assertFalse(self._open())

    def test_names_are_no_advertisements(self):
        for name in ("Win at https://spam.example", "www.spam.example", "a <b@c.example>"):
            with self.subTest(name):
                self.assertIn('id="name_error"', self._submit_form(name=name).text)
        self.assertFalse(self._open())

    def test_company_numbers(self):
        countries = {code: self.env.ref(f"base.{code}") for code in ("no", "de", "se", "us", "fr")}
        check = self.registrations._number_error
        for code, number in (
            ("no", "974760673"),
            ("no", "NO 974 760 673 MVA"),
            ("de", "DE136695976"),
            ("de", "136 695 976"),
            ("se", "SE 123456789701"),
            ("fr", "Fr 40 303 265 045"),
            ("us", "12-3456789"),
        ):
            self.assertFalse(check(number, countries[code]), number)
        for code, number in (
            ("no", "974760674"),
            ("de", "DE136695978"),
            ("us", "a@b"),
            ("fr", "12"),
        ):
            self.assertTrue(check(number, countries[code]), number)

    def test_programs_fill_in_what_people_do_not_see(self):
        answer = self._submit_form(website="https://spam.example")
        self.assertIn("sent=1", answer.headers["Location"])
        self.assertFalse(self._open())

    def test_programs_are_too_fast(self):
        with patch.object(customer_registration_form, "FORM_SECONDS", 2):
            page = self._submit_form()
            self.assertIn("once more", page.text)
            self.assertIn("Nina Holm", page.text)
            self.assertFalse(self._open())
            data = {**self._hidden(page.text), **self.typed}
            time.sleep(2)
            answer = self.url_open("/customer/register", data=data, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(self._open())

    def test_when_the_form_was_shown_cannot_be_forged(self):
        real = self._hidden(self.url_open("/customer/register").text)["stamp"]
        old = int(real.partition(".")[0]) - 100
        yesterday = int(time.time()) - 25 * 3600
        with patch.object(customer_registration_form.time, "time", lambda: yesterday):
            stale = self.registrations._stamp()
        for stamp in ("", "1", f"{old}.{real.partition('.')[2]}", "x.y", stale):
            with self.subTest(stamp):
                page = self._submit_form(stamp=stamp)
                self.assertIn("once more", page.text)
        self.assertFalse(self._open())

    def test_needs_csrf(self):
        with mute_logger("odoo.http"):
            answer = self.url_open("/customer/register", data=self.typed)
        self.assertEqual(answer.status_code, 400)

    # -- how often --

    def test_limit_of_a_client_address(self):
        maximum = LIMITS["registration_address"].maximum
        with patch.object(
            type(self.env["customer.quota"]), "_address_key", lambda *args: "203.0.113.9"
        ):
            for number in range(maximum):
                self.assertEqual(
                    self._submit_form(email=f"n{number}@holm.example").status_code, 303
                )
            page = self._submit_form(email="late@holm.example")
        self.assertIn("many registrations", page.text)
        self.assertIn("late@holm.example", page.text)
        self.assertEqual(self.env["customer.registration.confirmation"].search_count([]), maximum)

    def test_limit_of_an_address_is_not_told(self):
        answers = {
            (answer.status_code, answer.headers["Location"])
            for answer in (self._submit_form() for _form in range(6))
        }
        self.assertEqual(len(answers), 1)
        self.assertEqual(len(self._forms()), LIMITS["registration_email"].maximum)

    def test_limit_of_a_company(self):
        self.company.customer_registration_hourly_limit = 3
        with self.mock_mail_gateway():
            for number in range(5):
                page = self._submit_form(email=f"n{number}@holm.example")
        self.assertIn("many registrations", page.text)
        self.assertEqual(self.env["customer.registration.confirmation"].search_count([]), 3)
        self.assertIn(
            "Many registrations",
            self.env["mail.message"]
            .search([("partner_ids", "in", self.paul.partner_id.id)], limit=1)
            .subject,
        )

    def test_two_forms_with_one_address_are_one_registration(self):
        self._submit_form()
        first = self._open()
        self._submit_form(name="Somebody Else", company_name="Other AS")
        self.assertEqual(self._open(), first)
        self.assertEqual(first.name, "Nina Holm")
        self.assertEqual(first.company_name, "Holm AS")

    def test_the_database_keeps_one_open_registration(self):
        from psycopg2 import IntegrityError

        self._submit_form()
        self.assertTrue(self._open())
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.registrations.create({"name": "Twin", "email": NEW, "state": "pending"})

    # -- what it tells --

    def _all_kinds(self):
        """Return an address of each kind that there is, by kind."""
        self._create_access(self.bo, self.contact_person)
        archived = self._create_contact("Old Berg", "old@berg.example")
        archived.action_archive()
        self._take(email="waits@holm.example")
        rejected = self._take(email="no@holm.example", vat="")
        with self.mock_mail_gateway():
            rejected.reject("Nobody", send_mail=False)
        self._submit_form(email="asked@holm.example")
        self._run_registration_cron()
        return {
            "unknown": "nobody@holm.example",
            "known": self.anna.email,
            "with access": self.bo.email,
            "archived": archived.email,
            "internal": self.sara.email,
            "asked": "asked@holm.example",
            "pending": "waits@holm.example",
            "rejected": "no@holm.example",
        }

    def test_every_address_gets_the_same_answer(self):
        """Compared in full: status, where it leads, cookies, headers, the page after it."""
        seen = set()
        for kind, email in self._all_kinds().items():
            self._other_browser()
            answer = self._submit_form(email=email)
            page = self.url_open(answer.headers["Location"])
            seen.add(
                (
                    answer.status_code,
                    answer.headers["Location"],
                    answer.text,
                    tuple(sorted(answer.headers.keys())),
                    tuple(sorted(self.opener.cookies.keys())),
                    page.status_code,
                    page.text,
                )
            )
            self.assertEqual(len(seen), 1, kind)

    def test_every_address_costs_the_same_queries(self):
        """What time could tell: a row more or less, a look at what is known."""
        queries = {}
        data = {**self._hidden(self.url_open("/customer/register").text), **self.typed}
        for kind, email in {"warm up": "first@holm.example", **self._all_kinds()}.items():
            before = sql_db.sql_counter
            answer = self.url_open(
                "/customer/register", data={**data, "email": email}, allow_redirects=False
            )
            queries[kind] = sql_db.sql_counter - before
            self.assertEqual(answer.status_code, 303)
        del queries["warm up"]
        self.assertEqual(len(set(queries.values())), 1, queries)

    def test_headers_and_nothing_of_others(self):
        page = self._get("/customer/register")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page.text)
        self.assertFalse([url for url in loaded if re.match(r"https?:|//", url)])

    def test_background(self):
        path = f"/customer/register/background/{self.company.id}"
        self.assertNotIn("page_background", self.url_open("/customer/register").text)
        self.assertEqual(self._get(path).status_code, 404)
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
            "RU5ErkJggg=="
        )
        self.company.customer_registration_background = pixel
        self.assertIn(f'src="{path}"', self.url_open("/customer/register").text)
        answer = self._get(path)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("image/"))
        self.company.customer_registration = False
        self.assertEqual(self._get(path).status_code, 404)

    def test_privacy(self):
        self.company.write(
            {
                "customer_registration_privacy_text": "We keep <little>.",
                "customer_registration_privacy_url": "https://seller.example/privacy",
            }
        )
        page = self.url_open("/customer/register").text
        self.assertIn("We keep &lt;little&gt;.", page)
        self.assertIn('href="https://seller.example/privacy"', page)

    def test_unconfirmed_ones_vanish_after_a_week(self):
        self._submit_form()
        self._submit_form(email="late@holm.example")
        old = self._open()
        never_answered = self._forms()[0].copy({"registration_id": False, "token_hash": False})
        week = fields.Datetime.subtract(fields.Datetime.now(), days=7, minutes=1)
        self.env.cr.execute(
            "UPDATE customer_registration SET create_date = %s WHERE id = %s", [week, old.id]
        )
        self.env.cr.execute(
            "UPDATE customer_registration_confirmation SET create_date = %s WHERE id IN %s",
            [week, tuple((old.confirmation_ids | never_answered).ids)],
        )
        self.env.invalidate_all()
        self.env["customer.registration.confirmation"]._gc_unconfirmed()
        self.assertFalse(old.exists())
        self.assertFalse(never_answered.exists())
        self.assertTrue(self._open("late@holm.example"))
