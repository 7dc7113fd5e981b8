import re

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..utils import PASSWORD_LENGTH, judge_password
from .common import CustomerCase
from .http_common import CustomerHttpCase

GOOD = "oak table under rain"
WEAK = "password123"


@tagged("post_install", "-at_install")
class TestPasswordRules(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.anna._customer_user(cls.company)

    def _refusal(self, password):
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            self.user.password = password
        return refused.exception.args[0]

    def _signs_in(self, password, user=None):
        user = user or self.user
        credential = {"type": "password", "login": user.login, "password": password}
        return self.env["res.users"].authenticate(credential, {"interactive": True})["uid"]

    def test_predictable_passwords_are_refused_with_what_helps(self):
        for password, code in {
            "annaberg": "own",
            "AnnaBerg!2024": "own",
            "anna@berg.example": "own",
            "berg-as-berg-as": "own",
            "Password1!": "common",
            "iloveyou2": "common",
            "grandmother": "word",
            "qazxdrfv": "keys",
            "aaaaaaaaaaaa": "repeat",
            "        ": "repeat",
            "efghijklm": "sequence",
            "19841231": "date",
        }.items():
            with self.subTest(password):
                verdict = self.env["res.users"]._judge_password(password, self.anna)
                self.assertEqual(verdict.code, code)
                text = self.env["res.users"]._password_text(verdict)
                self.assertEqual(self._refusal(password), text)

    def test_words_of_the_own_company_count_for_nothing(self):
        self.company.name = "Nordic Kitchens"
        self.assertIn("known to others", self._refusal("Nordic-Kitchens-24"))

    def test_good_passwords_are_taken_as_they_are(self):
        for password in (
            GOOD,
            " two blanks, at both ends ",
            "x7#kQ2!p",
            "夏天的风吹过山谷",
            "дождь над старым столом",
            "cafe\u0301 under the rain",  # not normalised
            "باران می‌بارد در باغ",  # with a zero-width non-joiner
            "a day in may " * 9 + "by the sea",
        ):
            with self.subTest(password):
                self.user.password = password
                self.assertEqual(self._signs_in(password), self.user.id)

    def test_length_goes_from_8_to_128(self):
        text = "q7 Vx!m2Zr#K" * 11
        self.assertIn("at least 8", self._refusal(text[:7]))
        self.user.password = text[:8]
        self.user.password = text[:PASSWORD_LENGTH]
        self.assertEqual(self._signs_in(text[:PASSWORD_LENGTH]), self.user.id)
        self.assertIn("at most 128", self._refusal(text[: PASSWORD_LENGTH + 1]))
        self.assertIn("at most 128", self._refusal("x" * 1_000_000))

    def test_minimum_is_never_below_8(self):
        parameter = self.env["ir.config_parameter"]
        for value in ("0", "-3", "7", "many", "8"):
            with self.subTest(value):
                parameter.set_param("auth_password_policy.minlength", value)
                self.assertIn("at least 8", self._refusal("q7Vx!m2"))
        parameter.set_param("auth_password_policy.minlength", "14")
        self.assertEqual(self.env["res.users"].get_password_policy(), {"minlength": 14})
        self.assertIn("at least 14", self._refusal("q7 Vx!m2Zr#K"))

    def test_settings_show_and_save_the_minimum_that_counts(self):
        settings = self.env["res.config.settings"].create({"minlength": 3})
        settings._on_change_mins()
        self.assertEqual(settings.minlength, 8)
        settings.minlength = 4
        settings.set_values()
        value = self.env["ir.config_parameter"].get_param("auth_password_policy.minlength")
        self.assertEqual(value, "8")

    def test_what_no_hash_takes_is_refused(self):
        for password in ("half a \ud83d face in rain", "a zero \0 in the rain"):
            with self.subTest(ascii(password)):
                self.assertIn("cannot be used", self._refusal(password))

    def test_every_way_of_staff_is_bound(self):
        admin = self.env.ref("base.user_admin")
        users = self.env["res.users"].with_user(admin)
        wizard = (
            self.env["change.password.wizard"]
            .with_user(admin)
            .create({"user_ids": [Command.create({"user_id": self.user.id, "new_passwd": WEAK})]})
        )
        ways = {
            "write": lambda: users.browse(self.user.id).write({"password": WEAK}),
            "create": lambda: users.with_context(no_reset_password=True).create(
                {"name": "New", "login": "new-person", "password": WEAK}
            ),
            "wizard": wizard.change_password_button,
            "change_password": lambda: (
                self.env["res.users"].with_user(self.user).change_password(GOOD, WEAK)
            ),
        }
        self.user.password = GOOD
        for way, step in ways.items():
            with self.subTest(way), self.assertRaises(UserError), self.cr.savepoint():
                step()
        self.assertEqual(self._signs_in(GOOD), self.user.id)

    def test_import_says_which_line(self):
        result = (
            self.env["res.users"]
            .with_context(import_file=True, no_reset_password=True)
            .load(
                ["name", "login", "password"],
                [["One", "one@import.example", GOOD], ["Two", "two@import.example", WEAK]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertIn("Easy to guess", result["messages"][0]["message"])

    def test_staff_are_bound_too(self):
        with self.assertRaises(UserError):
            self.sara.password = WEAK

    def test_hostile_input_is_scored_in_part_only(self):
        verdict = judge_password("4@8({[</369&#!1/|0$5+7%2" * 5, ["4@8({["], 8)
        self.assertIn(verdict.score, range(5))

    def test_sentence_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user = self.user.with_context(lang="de_DE")
        self.assertNotIn("Easy", self._refusal(WEAK))


@tagged("post_install", "-at_install")
class TestPasswordPages(CustomerHttpCase):
    def _user(self):
        return new_test_user(
            self.env,
            "olga@portal.example",
            "base.group_portal",
            name="Olga Lund",
            password=GOOD,
            context={"no_reset_password": True},
        )

    def _strength(self, password, **data):
        data["csrf_token"] = data.get("csrf_token") or self._csrf("/web/login")
        return self.url_open(
            "/customer/password/strength", data={"password": password, **data}
        ).json()

    def test_own_page_refuses_and_keeps_blanks(self):
        user = self._user()
        self.authenticate(user.login, GOOD)

        def change(old, new):
            return self._post("/my/security", op="password", old=old, new1=new, new2=new).text

        self.assertIn("Easy to guess", change(GOOD, WEAK))
        self.assertIn("Password Updated", change(GOOD, "  rain on the table "))
        self.assertIn("Password Updated", change("  rain on the table ", GOOD))

    def test_page_of_odoos_link_refuses(self):
        user = self._user()
        user.partner_id.signup_prepare("reset")
        token = user.partner_id._generate_signup_token()
        path = f"/web/reset_password?token={token}"
        page = self.url_open(path).text
        self.assertIn('data-strength="password"', page)
        self.assertNotIn("owl-component", page)
        csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        data = {"csrf_token": csrf, "token": token}
        answer = self.url_open(path, data={**data, "password": WEAK, "confirm_password": WEAK})
        self.assertIn("Easy to guess", answer.text)
        self.assertEqual(self._strength("Olga Lund 24", token=token)["ok"], False)
        new = "rain on the table"
        answer = self.url_open(path, data={**data, "password": new, "confirm_password": new})
        self.assertIn("reset successfully", answer.text)

    def test_meter_says_what_the_server_says(self):
        user = self._user()
        self.authenticate(user.login, GOOD)
        self.assertIn('data-strength="new1"', self.url_open("/my/security").text)
        csrf = self._csrf("/my/security")
        for password in ("short", WEAK, "olga lund 77", GOOD, "x" * 200, "x7#kQ2!p"):
            with self.subTest(password):
                verdict = user._judge_password(password, user.partner_id)
                answer = self._strength(password, csrf_token=csrf)
                self.assertEqual(answer["ok"], not verdict.code)
                self.assertEqual(answer["score"], verdict.score)
                self.assertEqual(answer["text"], user._password_text(verdict))

    def test_meter_knows_whose_invitation_it_is(self):
        self.company.write({"customer_require_sms_code": False, "customer_login_free": False})
        token = self._token(self._create_access(self.bo, self.contact_person))
        self._post(f"/customer/link/{token}")
        csrf = self._csrf("/customer/password")
        self.assertEqual(self._strength("bo@berg.example", csrf_token=csrf)["ok"], False)
        answer = self._post("/customer/password", password="bo@berg.example")
        self.assertIn("known to others", answer.text)

    def test_meter_survives_anything(self):
        for token in ("", "x", "AAAA", "ü" * 50):
            self.assertEqual(self._strength(WEAK, token=token)["ok"], False)
