from odoo.http import root
from odoo.tests import new_test_user, tagged

from .http_common import CustomerHttpCase


@tagged("post_install", "-at_install")
class TestSession(CustomerHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._create_access(cls.anna)

    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _person(self, partner=None, **values):
        self.company.customer_login_free = True
        return self._create_access(partner or self.bo, self.contact_person, **values)

    # -- the way in --

    def test_link_code_workspace(self):
        answer = self._enter_by_code(self.access)
        self.assertEqual(answer.status_code, 303)
        self.assertURLEqual(answer.headers["Location"], self._path(self.access))
        page = self._get(self._path(self.access))
        self.assertEqual(page.status_code, 200)
        self.assertIn("Kitchen for Berg", page.text)
        user = self.anna.user_ids
        self.assertEqual(user.login, "anna@berg.example")
        self.assertTrue(user.share)
        self.assertTrue(user.has_group("base.group_portal"))
        self.assertTrue(user.has_group("customer_portal_access.group_customer_contact"))
        self.assertEqual(user.company_id, self.company)
        self.assertEqual(self.access.state, "active")
        kinds = self.access.event_ids.mapped("kind")
        for kind in ("link_opened", "code_sent", "code_passed", "entered"):
            self.assertIn(kind, kinds)

    def test_user_works_in_the_company_of_the_workspace(self):
        project = self.env["project.project"].create(
            {"name": "Other", "company_id": self.other_company.id, "privacy_visibility": "portal"}
        )
        self._enter_by_code(self._create_access(self.anna, target=project))
        self.assertEqual(self.anna.user_ids.company_ids, self.other_company)

    def test_second_entry_makes_no_second_user(self):
        self._enter_by_code(self.access)
        user = self.anna.user_ids
        self._other_browser()
        self.env.cr.execute("DELETE FROM customer_quota")
        self._enter_by_code(self.access)
        self.assertEqual(self.anna.user_ids, user)

    def test_shared_address_each_their_own_user(self):
        self._enter_by_code(self.access)
        twin = self._create_contact("Twin", "anna@berg.example", "+47 406 12 347")
        self._other_browser()
        self._enter_by_code(self._create_access(twin))
        self.assertTrue(twin.user_ids)
        self.assertNotEqual(twin.user_ids.login, self.anna.user_ids.login)

    def test_get_and_head_change_nothing(self):
        token = self._token(self.access)
        events = len(self.access.event_ids)
        self._get(f"/customer/link/{token}")
        self.opener.head(self.base_url() + f"/customer/link/{token}")
        self.env.invalidate_all()
        self.assertFalse(self.access.link_ids.use_count)
        self.assertEqual(len(self.access.event_ids), events)
        self.assertFalse(self._session().get("customer"))

    def test_post_without_csrf_refused(self):
        token = self._token(self.access)
        for path in (f"/customer/link/{token}", "/customer/verify", "/customer/recover"):
            with self.subTest(path=path):
                answer = self.url_open(path, data={"code": "1"}, allow_redirects=False)
                self.assertEqual(answer.status_code, 400)

    def test_no_entry_for_those_who_may_not(self):
        """Checked at the link, and again when the code is passed."""
        changes = {
            "archived": lambda: self.anna.write({"active": False}),
            "internal": lambda: new_test_user(
                self.env, "promoted", "base.group_user", partner_id=self.anna.id
            ),
            "removed": lambda: self.access.unlink(),
            "revoked": lambda: self.access.revoke(),
            "role": lambda: self.access.write({"role_id": self.observer.id}),
            "merged": lambda: self.env["base.partner.merge.automatic.wizard"]._merge(
                (self.anna | self.bo).ids, self.bo, extra_checks=False
            ),
        }
        token = self._token(self.access)
        for name, change in changes.items():
            with self.subTest(name), self.cr.savepoint() as savepoint:
                change()
                self.env.flush_all()
                self.assertEqual(self._get(f"/customer/link/{token}").status_code, 410)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_ended_log_in_is_nobodys_on_public_pages(self):
        """Already the request that ends it: Odoo's public routes take whoever is there."""
        self._enter_by_code(self.access)
        path = f"/web/image/res.partner/{self.anna.id}/avatar_128"
        own = self._get(path).content
        self.access.revoke()
        self.env.flush_all()
        ended = self._get(path).content
        self._other_browser()
        self.assertEqual(ended, self._get(path).content)
        self.assertNotEqual(ended, own)

    # -- level 1 --

    def test_level_1_is_no_log_in(self):
        access = self._person()
        self._enter_by_link(access)
        self.assertIsNone(self._session().uid)
        self.assertEqual(self._get(self._path(access)).status_code, 200)
        self.assertFalse(self.bo.user_ids)
        for path in ("/my/home", "/my/account", "/my/security", "/my/projects", "/odoo"):
            with self.subTest(path=path):
                answer = self._get(path)
                self.assertEqual(answer.status_code, 303)
                self.assertIn("/web/login", answer.headers["Location"])
        other = self._create_access(self.bo, self.contact_person, self.project)
        self.assertEqual(self._get(self._path(other)).status_code, 404)

    def test_level_1_has_no_thread(self):
        access = self._person()
        self._enter_by_link(access)
        secret = "Only for those who passed the code"
        self.lead.message_post(body=secret, subtype_xmlid="customer_portal_access.mt_to_customer")
        self.assertNotIn(secret, self._get(self._path(access)).text)
        answer = self._post(
            f"{self._path(access)}/message", form_path=self._path(access), text="Hello"
        )
        self.assertEqual(answer.status_code, 404)

    def test_login_free_again_and_again(self):
        access = self._person()
        token = self._enter_by_link(access)
        self._post("/customer/leave", form_path=self._path(access))
        self.assertEqual(self._get(self._path(access)).status_code, 303)
        answer = self._post(f"/customer/link/{token}")
        self.assertURLEqual(answer.headers["Location"], self._path(access))
        self.env.invalidate_all()
        self.assertEqual(access.link_ids.use_count, 2)

    def test_step_up_by_code_and_back(self):
        access = self._person()
        self._enter_by_link(access)
        answer = self._post(f"{self._path(access)}/confirm", form_path=self._path(access))
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
            code = self._sms[-1]["body"][:6]
        answer = self._post("/customer/verify", code=code)
        self.assertURLEqual(answer.headers["Location"], self._path(access))
        self.assertEqual(self._session().uid, self.bo.user_ids.id)

    def test_role_with_code_never_at_level_1(self):
        self.company.customer_login_free = True
        token = self._token(self.access)
        answer = self._post(f"/customer/link/{token}")
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")
        self.assertEqual(self._get(self._path(self.access)).status_code, 303)

    # -- revocation reaches open sessions --

    def _assert_ended(self, access):
        answer = self._get(self._path(access))
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/customer/recover", answer.headers["Location"])

    def test_each_end_reaches_a_level_1_session(self):
        access = self._person()
        ends = {
            "revoked": lambda: access.revoke(),
            "not granted": lambda: access.write({"granted": False}),
            "role": lambda: access.write({"role_id": self.observer.id}),
            "dates": lambda: access.write({"date_until": "2020-01-01"}),
            "policy": lambda: self.company.write({"customer_login_free": False}),
            "link": lambda: access.link_ids.action_revoke(),
            "removed": lambda: access.unlink(),
        }
        for name, end in ends.items():
            with self.subTest(name), self.cr.savepoint() as savepoint:
                self._other_browser()
                self._enter_by_link(access)
                self.assertEqual(self._get(self._path(access)).status_code, 200)
                end()
                self.env.flush_all()
                self._assert_ended(access)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_revocation_ends_the_log_in_it_led_to(self):
        self._enter_by_code(self.access)
        self.assertEqual(self._get("/my/home").status_code, 200)
        self.access.revoke()
        self.env.flush_all()
        answer = self._get("/my/home")
        self.assertIn("/customer/recover", answer.headers["Location"])
        self.assertIsNone(self._session().uid)

    def test_revocation_reaches_whatever_checks_sessions(self):
        """Websockets check a session by its token, and by nothing of ours."""
        self._enter_by_code(self.access)
        user, sid = self.anna.user_ids, self._session().sid
        self.assertTrue(user._compute_session_token(sid))
        self.access.revoke()
        self.assertFalse(user._compute_session_token(sid))

    def test_other_sessions_of_the_person_live_on(self):
        self._enter_by_code(self.access)
        user = self.anna.user_ids
        other = self._create_access(self.anna, self.contact_person, self.project)
        self.access.role_id = self.contact_person  # a password alone is enough now
        user.password = "a-good-pass-phrase"
        self._other_browser()
        self.authenticate(user.login, "a-good-pass-phrase")
        self.access.revoke()
        self.assertEqual(self._get(self._path(other)).status_code, 200)
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)

    def test_a_second_link_in_the_browser_hides_no_log_in_from_revocation(self):
        self._enter_by_code(self.access)
        self.company.customer_login_free = True
        other = self._create_access(self.anna, self.contact_person, self.project)
        self._enter_by_link(other)
        sid = self._session().sid
        self.assertEqual(self._get("/my/home").status_code, 200)
        self.access.revoke()
        self.env.flush_all()
        self.assertFalse(self.anna.user_ids._compute_session_token(sid))
        self.assertIn("/customer/recover", self._get("/my/home").headers["Location"])
        self.assertIsNone(self._session().uid)

    def test_a_link_whose_access_is_gone_ends_nobody_elses_log_in(self):
        access = self._person()
        self.sara.password = "oak-doors-and-rain"
        self.authenticate(self.sara.login, "oak-doors-and-rain")
        self._enter_by_link(access)
        access.unlink()
        self._assert_ended(access)
        self.assertEqual(self._session().uid, self.sara.id)

    # -- somebody else is signed in --

    def test_signing_in_over_a_code_session_is_another_person(self):
        self._enter_by_code(self.access)
        other = self._create_access(self.bo, self.contact_person, self.project)
        user = self.bo._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        session = self._session()
        session.update({"uid": user.id, "login": user.login})
        session.session_token = user._compute_session_token(session.sid)
        root.session_store.save(session)
        self.assertEqual(self._get(self._path(self.access)).status_code, 404)
        self.access.revoke()
        self.env.flush_all()
        self.assertEqual(self._get(self._path(other)).status_code, 200)

    def test_whoever_signed_in_meanwhile_is_not_replaced(self):
        self._post(f"/customer/link/{self._token(self.access)}")
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
            code = self._sms[-1]["body"][:6]
        session = self._session()
        session.update({"uid": self.sara.id, "login": self.sara.login})
        session.session_token = self.sara._compute_session_token(session.sid)
        root.session_store.save(session)
        answer = self._post("/customer/verify", code=code)
        self.assertIn("status=switch", answer.headers["Location"])
        self.assertEqual(self._session().uid, self.sara.id)

    def test_asks_before_ending_another_log_in(self):
        other = self._create_access(self.bo)
        password = "a-good-pass-phrase"
        new_test_user(self.env, "stranger", "base.group_portal", password=password)
        for login in ("stranger", self.sara.login):
            with self.subTest(login=login):
                self.env["res.users"].search([("login", "=", login)]).password = password
                self._other_browser()
                self.authenticate(login, password)
                uid = self._session().uid
                token = self._token(self.access)
                answer = self._post(f"/customer/link/{token}")
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(self._session().uid, uid)
                answer = self._post(f"/customer/link/{token}", switch="1")
                self.assertURLEqual(answer.headers["Location"], "/customer/verify")
                self.assertEqual(self._session().uid, uid, "Only the code ends it.")
                answer = self._post(f"/customer/link/{self._token(other)}")
                self.assertEqual(answer.status_code, 200, "Agreed for one contact alone.")

    def test_level_1_leaves_staff_signed_in(self):
        access = self._person()
        self.sara.password = "oak-doors-and-rain"
        self.authenticate(self.sara.login, "oak-doors-and-rain")
        self._enter_by_link(access)
        self.assertEqual(self._session().uid, self.sara.id)
        self.assertEqual(self._get(self._path(access)).status_code, 200)

    def test_step_up_asks_before_ending_another_log_in(self):
        access = self._person()
        self.sara.password = "oak-doors-and-rain"
        self.authenticate(self.sara.login, "oak-doors-and-rain")
        self._enter_by_link(access)
        path = self._path(access)
        answer = self._post(f"{path}/confirm", form_path=path)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Sara", answer.text)
        answer = self._post(f"{path}/confirm", form_path=path, switch="1")
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")
        self.assertEqual(self._session().uid, self.sara.id, "Only the code ends it.")

    def test_session_id_rotates_at_each_rise(self):
        access = self._person()
        self._get("/customer/recover")
        sids = [self.opener.cookies["session_id"]]
        self._enter_by_link(access)
        sids.append(self.opener.cookies["session_id"])
        self._enter_by_code(self.access)
        sids.append(self.opener.cookies["session_id"])
        self.assertEqual(len(set(sids)), 3)

    # -- password --

    def test_password_sign_in_asks_for_the_code(self):
        self._enter_by_code(self.access)
        user = self.anna.user_ids
        user.password = "a-good-pass-phrase"
        self._other_browser()
        self.env.cr.execute("DELETE FROM customer_quota")
        self._post(
            "/web/login", login=user.login, password="a-good-pass-phrase", redirect="/my/home"
        )
        self.assertIsNone(self._session().uid)
        self.assertIn("/web/login", self._get("/my/home").headers["Location"])
        with self.mockSMSGateway():
            self._post("/customer/verify?redirect=/my/home", action="send")
            code = self._sms[-1]["body"][:6]
        answer = self._post("/customer/verify", code=code, redirect="/my/home")
        self.assertURLEqual(answer.headers["Location"], "/my/home")
        self.assertEqual(self._session().uid, user.id)

    def test_code_by_mail_counts_for_nothing(self):
        user = self.anna._customer_user(self.company)
        self.env["ir.config_parameter"].set_param("auth_totp.policy", "all_required")
        self.assertEqual(user._mfa_type(), "customer_sms")
        self.assertEqual(user._mfa_url(), "/customer/verify")
        self.access.role_id = self.contact_person
        self.assertNotEqual(user._mfa_type(), "customer_sms")

    def test_role_that_comes_later_asks_for_the_code_then(self):
        person = self._create_access(self.bo, self.contact_person)
        user = self.bo._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        self.authenticate(user.login, "a-good-pass-phrase")
        self.assertEqual(self._get(self._path(person)).status_code, 200)
        person.role_id = self.applicant
        self.env.flush_all()
        answer = self._get(self._path(person))
        self.assertIn("/customer/verify", answer.headers["Location"])
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
            code = self._sms[-1]["body"][:6]
        answer = self._post("/customer/verify", code=code, redirect=self._path(person))
        self.assertURLEqual(answer.headers["Location"], self._path(person))
        self.assertEqual(self._get(self._path(person)).status_code, 200)

    def test_password_after_a_link_sends_the_code_to_its_own_person(self):
        self._post(f"/customer/link/{self._token(self.access)}")
        self._create_access(self.bo)
        user = self.bo._customer_user(self.company)
        user.password = "a-good-pass-phrase"
        self._post("/web/login", login=user.login, password="a-good-pass-phrase")
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
        self.assertEqual(self._sms[-1]["number"], "+4740612346")

    def test_another_country_is_another_number(self):
        self.anna.write({"phone": "40612345", "country_id": self.env.ref("base.no").id})
        self.assertFalse(self.anna._customer_number_depends_on(self.env.ref("base.no").id))
        self.assertTrue(self.anna._customer_number_depends_on(self.env.ref("base.de").id))

    def test_code_of_one_finishes_no_sign_in_of_another(self):
        users = {}
        for partner, access in ((self.anna, self.access), (self.bo, self._create_access(self.bo))):
            users[partner] = partner._customer_user(self.company)
            users[partner].password = "a-good-pass-phrase"
            access.flush_recordset()
        self._post("/web/login", login=users[self.anna].login, password="a-good-pass-phrase")
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
            code = self._sms[-1]["body"][:6]
        self._post("/web/login", login=users[self.bo].login, password="a-good-pass-phrase")
        self._post("/customer/verify", code=code)
        self.assertIsNone(self._session().uid)

    def test_password_alone_opens_no_rpc(self):
        self._enter_by_code(self.access)
        user = self.anna.user_ids
        self.assertTrue(user._rpc_api_keys_only())
        self.assertFalse(self.sara._rpc_api_keys_only())

    def test_invitation_replaces_no_password(self):
        self.company.customer_require_sms_code = False
        access = self._create_access(self.bo, self.contact_person)
        self.bo._customer_user(self.company).password = "bos-own-pass-phrase"
        answer = self._post(f"/customer/link/{self._token(access)}")
        self.assertURLEqual(answer.headers["Location"], self._path(access))
        self.assertIn("/web/login", self._get(self._path(access)).headers["Location"])

    def test_unusable_password_does_not_use_up_the_link(self):
        self.company.customer_require_sms_code = False
        access = self._create_access(self.bo, self.contact_person)
        self._post(f"/customer/link/{self._token(access)}")
        for password in ("", "x" * 129, "x" * 5000):
            answer = self._post("/customer/password", password=password)
            self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        self.assertFalse(access.link_ids.used_at)

    def test_invitation_without_code_chooses_a_password_once(self):
        self.company.customer_require_sms_code = False
        access = self._create_access(self.bo, self.contact_person)
        token = self._token(access)
        answer = self._post(f"/customer/link/{token}")
        self.assertURLEqual(answer.headers["Location"], "/customer/password")
        answer = self._post("/customer/password", password="short")
        self.assertEqual(answer.status_code, 200, "Too short: said so, nothing used up.")
        answer = self._post("/customer/password", password="a-good-pass-phrase")
        self.assertURLEqual(answer.headers["Location"], self._path(access))
        self.assertEqual(self._get(self._path(access)).status_code, 200)
        self._other_browser()
        self.assertEqual(self._get(f"/customer/link/{token}").status_code, 410)

    # -- who sees what --

    def test_colleague_without_access_sees_nothing(self):
        self._enter_by_code(self.access)
        for access in (
            self._create_access(self.bo, self.contact_person),
            self._create_access(self.bo, self.contact_person, self.project),
        ):
            self.assertEqual(self._get(self._path(access)).status_code, 404)
        self.project.message_subscribe(self.customer.ids)
        self.project.privacy_visibility = "portal"
        task = self.env["project.task"].create({"name": "Secret", "project_id": self.project.id})
        self.assertNotEqual(self._get(f"/my/projects/{self.project.id}").status_code, 200)
        self.assertNotEqual(self._get(f"/my/tasks/{task.id}").status_code, 200)
        projects = self.env["project.project"].with_user(self.anna.user_ids)
        self.assertFalse(projects.search([]))
        self._create_access(self.anna, self.contact_person, self.project)
        self.assertEqual(projects.search([]), self.project)

    def test_nothing_by_rpc(self):
        self._enter_by_code(self.access)
        for model in (
            "crm.lead",
            "customer.access",
            "customer.access.link",
            "customer.access.event",
            "customer.sms.challenge",
            "customer.contact.role",
        ):
            with self.subTest(model=model):
                answer = self.make_jsonrpc_request_error(model)
                self.assertIn("AccessError", answer)

    def make_jsonrpc_request_error(self, model):
        params = {"model": model, "method": "search_read", "args": [[], ["id"]], "kwargs": {}}
        answer = self.url_open(
            "/web/dataset/call_kw", json={"jsonrpc": "2.0", "params": params}
        ).json()
        return answer.get("error", {}).get("data", {}).get("name", "no error")

    def test_own_address_and_number_not_by_rpc(self):
        # a portal user from before the addon is guarded as well
        self.anna._customer_user(self.company).group_ids = self.env.ref("base.group_portal")
        self._enter_by_code(self.access)
        user = self.anna.user_ids
        for field, value in (("email", "evil@example.com"), ("phone", "+47 406 00 000")):
            params = {
                "model": "res.users",
                "method": "write",
                "args": [[user.id], {field: value}],
                "kwargs": {},
            }
            self.url_open("/web/dataset/call_kw", json={"jsonrpc": "2.0", "params": params})
        self.env.invalidate_all()
        self.assertEqual(self.anna.email, "anna@berg.example")
        self.assertEqual(self.anna.phone, "+47 406 12 345")

    def test_thread_shows_what_is_for_customers_only(self):
        note = self.lead.message_post(body="Internal note")
        self.lead.message_post(
            body="Mail to another", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.lead.message_post(
            body="Welcome", subtype_xmlid="customer_portal_access.mt_to_customer"
        )
        self._enter_by_code(self.access)
        page = self._get(self._path(self.access)).text
        self.assertIn("Welcome", page)
        self.assertNotIn("Internal note", page)
        self.assertNotIn("Mail to another", page)
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"x", "res_model": "crm.lead", "res_id": self.lead.id}
        )
        note.attachment_ids = file
        self.assertEqual(self._get(f"{self._path(self.access)}/file/{file.id}").status_code, 404)
        self.assertEqual(self._get(f"/web/content/{file.id}").status_code, 404)

    def test_files_of_the_thread_as_attachment(self):
        self.lead.message_post(
            body="Plan",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            attachments=[("plan.html", b"<script>alert(1)</script>")],
        )
        file = self.lead.message_ids.attachment_ids
        self._enter_by_code(self.access)
        answer = self._get(f"{self._path(self.access)}/file/{file.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])

    def test_customers_text_is_plain(self):
        self._enter_by_code(self.access)
        path = self._path(self.access)
        self._post(
            f"{path}/message", form_path=path, text="<b>Hi</b> <script>x</script>", form_id="1"
        )
        self.assertIn("&lt;b&gt;Hi&lt;/b&gt;", self._get(path).text)
        self.assertIn("&lt;b&gt;", self.lead.message_ids[0].body)
        self.assertEqual(self.lead.message_ids[0].author_id, self.anna)

    def test_odd_input_is_no_error(self):
        self._enter_by_code(self.access)
        path = self._path(self.access)
        odd = (
            "\0",
            "x" * 100_000,
            "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        )
        for value in odd:
            with self.subTest(value=value[:5]):
                for form, data in {
                    f"{path}/message": {"text": f"a{value}"[:9000], "form_id": value},
                    "/customer/verify": {"code": value, "redirect": value},
                    "/customer/recover": {"email": f"{value}@x.example", "token": value},
                    "/customer/password": {"password": value[:5]},
                }.items():
                    answer = self._post(form, form_path=path, **data)
                    self.assertLess(answer.status_code, 500, form)
        for odd_path in (
            "/my/customer/99999999999999999999",
            f"{path}?before=9999999999999999999",
            "/customer/link/%00",
            f"/customer/link/{'x' * 5000}",
        ):
            with self.subTest(path=odd_path[:40]):
                self.assertLess(self._get(odd_path).status_code, 500)

    def test_spoofed_address_header_changes_nothing(self):
        token = self._token(self.access)
        csrf = self._csrf(f"/customer/link/{token}")
        self.url_open(
            f"/customer/link/{token}",
            data={"csrf_token": csrf},
            headers={"X-Forwarded-For": "6.6.6.6"},
        )
        self.env.invalidate_all()
        event = self.access.event_ids.filtered(lambda event: event.kind == "link_opened")
        self.assertEqual(event.ip_address, "127.0.0.1")

    def test_forged_host_shows_in_no_link(self):
        token = self._token(self.access)
        page = self.url_open(f"/customer/link/{token}", headers={"Host": "evil.example"})
        self.assertNotIn("evil.example", page.text)
        self.assertIn(self.access.get_base_url(), self.access.create_link())

    def test_redirect_stays_here(self):
        self._enter_by_code(self.access)
        user = self.anna.user_ids
        user.password = "a-good-pass-phrase"
        self._other_browser()
        self.env.cr.execute("DELETE FROM customer_quota")
        self._post("/web/login", login=user.login, password="a-good-pass-phrase")
        with self.mockSMSGateway():
            self._post("/customer/verify", action="send")
            code = self._sms[-1]["body"][:6]
        answer = self._post("/customer/verify", code=code, redirect="//evil.example/x")
        self.assertNotIn("evil.example", answer.headers["Location"].partition("?")[0])
