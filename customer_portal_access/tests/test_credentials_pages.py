from .portal_common import PortalPageCase

PASSWORD = "a-good-pass-phrase"
OWN = "rain on the oak table"


class TestCredentialsPages(PortalPageCase):
    """What customers meet after their credentials were renewed."""

    def setUp(self):
        super().setUp()
        self.user = self.bo._customer_user(self.company)
        self.user.password = PASSWORD

    def _sign_in(self, path="/my"):
        return self._post("/web/login", login=self.user.login, password=PASSWORD, redirect=path)

    def _renew(self, contact=None, **ticks):
        job = (
            self.env["customer.invitation.job"]
            .with_user(self.paul)
            .create(
                {
                    "kind": "credentials",
                    "whom": "selection",
                    "partner_ids": [(6, 0, (contact or self.bo).ids)],
                    **ticks,
                }
            )
        )
        job.action_start()
        self._run_cron("invitation_job")
        self.env.flush_all()
        self.env.invalidate_all()

    def test_new_password_at_the_next_sign_in_then_where_it_was_meant(self):
        self._renew(new_password=True)
        target = self._path(self.guest)
        self.assertURLEqual(self._sign_in(target).headers["Location"], target)
        answer = self._get(target)
        self.assertEqual(answer.status_code, 303)
        page = self._get(answer.headers["Location"])
        self.assertIn("We ask you to choose a new password", page.text)
        self.assertIn("that you have now", self._submit(page, password=PASSWORD).text)
        done = self._submit(page, password=OWN)
        self.assertURLEqual(done.headers["Location"], target)
        self.assertEqual(self._get(target).status_code, 200)
        self.assertFalse(self.user.sudo().customer_renew_password)

    def test_who_is_in_goes_on_and_may_not_replace_the_password(self):
        """Whoever sits at somebody's open session does not know the password."""
        self._sign_in()
        self._renew(new_password=True)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200)
        page = self._get("/customer/password")
        self.assertIn("timed out", page.text)
        self.url_open(
            "/customer/password",
            data={"csrf_token": self._csrf("/my/security"), "password": OWN},
        )
        self.assertTrue(self.user.sudo().customer_renew_password)
        self._other_browser()
        self._sign_in()
        self.assertIn("/customer/password", self._get("/my/home").headers["Location"])

    def test_a_session_of_the_last_time_is_not_asked_again(self):
        self._renew(new_password=True)
        self._sign_in()
        self._submit(self._get("/customer/password"), password=OWN)
        self._renew(new_password=True)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200)

    def test_asked_after_a_code_too(self):
        user = self.anna._customer_user(self.company)
        user.password = PASSWORD
        self._renew(self.anna, new_password=True)
        self._open_by_code()
        answer = self._get(self._path(self.access))
        self.assertIn("/customer/password", answer.headers["Location"])
        done = self._submit(self._get(answer.headers["Location"]), password=OWN)
        self.assertURLEqual(done.headers["Location"], self._path(self.access))

    def test_password_over_rpc_is_no_way_round(self):
        self._renew(new_password=True)
        self.assertTrue(self.user._rpc_api_keys_only())
        self.assertFalse(self.sara._rpc_api_keys_only())

    def test_open_session_ends_at_the_next_request(self):
        self._sign_in()
        home = self._get("/my/home")
        self.assertEqual(home.status_code, 200)
        self._renew(end_sessions=True)
        answer = self._get("/my/home")
        self.assertIn("/web/login", answer.headers["Location"])
        self._other_browser()
        self._sign_in()
        self.assertEqual(self._get("/my/home").status_code, 200, "The password stands.")
        self.assertEqual(self._get("/my/home").status_code, 200)

    def test_visit_by_link_ends_and_the_link_stands(self):
        path = self._link(self.guest)
        self._submit(self._get(path))
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200)
        self._renew(end_sessions=True)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303)
        page = self._get(path)
        self.assertEqual(page.status_code, 200, "Asked again: the browser is forgotten.")
        self._submit(page)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 200)

    def test_session_by_code_ends(self):
        self._open_by_code()
        self._renew(self.anna, end_sessions=True)
        self.assertNotEqual(self._get(self._path(self.access)).status_code, 200)

    def test_revoked_link_is_refused(self):
        path = self._link(self.guest)
        self._submit(self._get(path))
        self._renew(revoke_links=True)
        self.assertEqual(self._get(path).status_code, 410)
        self.assertEqual(self._get(self._path(self.guest)).status_code, 303)
