from odoo.http import root

from .portal_common import CODE, PortalPageCase
from .publication_common import PublicationData

PASSWORD = "a-good-pass-phrase"


class RecoveryCase(PortalPageCase, PublicationData):
    """The way back in for whoever has a link that works no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer = cls._create_publication("offer")
        cls.rows = cls._create_publication("list")

    def _session(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def _expired(self, access=None, publication=None):
        """Return the path of a link that worked until now."""
        access = access or self.guest
        url = access.create_link(publication_id=publication and publication.id)
        access.link_ids.expires_at = "2020-01-01"
        return f"/customer/link/{url.rpartition('/')[2]}"

    def _click(self, path, wish=None):
        """Click one button of the recovery page and let the mails leave."""
        page = self._get(path)
        answer = self._submit(page, wish, action="/customer/recover")
        self.assertURLEqual(answer.headers["Location"], "/customer/recover?sent=1")
        return self._answer()

    def _ask(self, email, wish=None):
        page = self._get("/customer/recover")
        answer = self._submit(page, wish, email=email)
        self.assertURLEqual(answer.headers["Location"], "/customer/recover?sent=1")
        return self._answer()

    def _answer(self):
        """Let the scheduled action and the mail queue run; return what was sent."""
        with self.mock_mail_gateway():
            self.env.ref("customer_portal_access.ir_cron_recovery").method_direct_trigger()
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        self.env.invalidate_all()
        return [mail for mail in self._mails if "seller.example" not in mail["email_to"][0]]

    def _link_in(self, mail):
        return "/customer/link/" + mail["body"].partition("/customer/link/")[2].partition('"')[0]


class TestRecoveryLink(RecoveryCase):
    def test_new_link_leads_to_what_the_first_one_meant(self):
        [mail] = self._click(self._expired(publication=self.offer))
        self.assertIn("bo@berg.example", mail["email_to"][0])
        answer = self._submit(self._get(self._link_in(mail)))
        path = f"{self._path(self.guest)}/publication/{self.offer.id}"
        self.assertURLEqual(answer.headers["Location"], path)
        self.assertIn("The offer", self._get(path).text)

    def test_switched_off_link_comes_back_with_the_code_at_its_page(self):
        url = self.guest.create_link(publication_id=self.offer.id)
        self.company.customer_login_free = False
        [mail] = self._click(f"/customer/link/{url.rpartition('/')[2]}")
        link = self.guest.link_ids[0]
        self.assertEqual((link.kind, link.requires_code), ("invitation", True))
        self._submit(self._get(self._link_in(mail)))
        with self._sms_gateway():
            self._submit(self._get("/customer/verify"), "send")
        answer = self._submit(self._get("/customer/verify"), code=CODE)
        path = f"{self._path(self.guest)}/publication/{self.offer.id}"
        self.assertURLEqual(answer.headers["Location"], path)

    def test_withdrawn_publication_leads_to_the_workspace(self):
        path = self._expired(publication=self.offer)
        self.offer.sudo().state = "draft"
        [mail] = self._click(path)
        answer = self._submit(self._get(self._link_in(mail)))
        self.assertURLEqual(answer.headers["Location"], self._path(self.guest))

    def test_ended_session_comes_back_to_its_page(self):
        url = self.guest.create_link(publication_id=self.offer.id)
        self._submit(self._get(f"/customer/link/{url.rpartition('/')[2]}"))
        self.guest.link_ids.action_revoke()
        self.env.flush_all()
        ended = self._get(self._path(self.guest))
        self.assertURLEqual(ended.headers["Location"], "/customer/recover")
        [mail] = self._click("/customer/recover")
        answer = self._submit(self._get(self._link_in(mail)))
        self.assertIn(f"/publication/{self.offer.id}", answer.headers["Location"])

    def test_address_on_record_gets_it(self):
        path = self._expired()
        self.bo.email = "bo@new.example"
        [mail] = [mail for mail in self._click(path) if "/customer/link/" in mail["body"]]
        self.assertIn("bo@new.example", mail["email_to"][0])

    def test_nobody_who_may_not_come_in_gets_a_link(self):
        ends = {
            "revoked": lambda: self.guest.revoke(),
            "not granted": lambda: self.guest.write({"granted": False}),
            "role": lambda: self.guest.write({"role_id": self.observer.id}),
            "dates": lambda: self.guest.write({"date_until": "2020-01-01"}),
            "archived": lambda: self.bo.write({"active": False}),
        }
        for name, end in ends.items():
            for wish in (None, "password"):
                with self.subTest(name, wish=wish), self.cr.savepoint() as savepoint:
                    path = self._expired()
                    end()
                    self.env.flush_all()
                    self.assertFalse(self._click(path, wish))
                    activities = self.lead.activity_ids.filtered(
                        lambda activity: "asks for a new link" in activity.summary
                    )
                    self.assertEqual(activities.user_id, self.sara)
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_deleted_access_answers_alike(self):
        path = self._expired()
        self.guest.unlink()
        self.assertFalse(self._click(path))

    def test_at_most_three_an_hour(self):
        path = self._expired()
        mails = [mail for _click in range(5) for mail in self._click(path)]
        self.assertEqual(len(mails), 3)

    def test_ended_session_is_forgotten_after_coming_in_again(self):
        self._open_by_link()
        self.guest.link_ids.action_revoke()
        self.env.flush_all()
        self._get(self._path(self.guest))
        self._submit(self._get(self._link(self.guest)))
        self.assertFalse(self._session().get("customer_ended"))


class TestRecoveryPassword(RecoveryCase):
    def _with_password(self, partner):
        user = partner._customer_user(self.company)
        with self.mock_mail_gateway():  # Odoo tells the user
            user.password = PASSWORD
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).unlink()
        return user

    def test_contact_with_a_password_resets_it(self):
        user = self._with_password(self.bo)
        [mail] = self._click(self._expired(), "password")
        self.assertIn("bo@berg.example", mail["email_to"][0])
        self.assertIn("/customer/reset/", mail["body"])
        self.assertNotIn("/customer/link/", mail["body"])
        self.assertFalse(self._session().uid)
        self.assertEqual(user.login, "bo@berg.example")

    def test_one_reset_mail_however_many_workspaces(self):
        self._with_password(self.bo)
        self._create_access(self.bo, self.contact_person, self.project)
        self.assertEqual(len(self._ask("bo@berg.example", "password")), 1)

    def test_contact_without_password_chooses_one(self):
        path = self._expired(publication=self.offer)
        self.company.write({"customer_login_free": False, "customer_require_sms_code": False})
        [mail] = self._click(path, "password")
        answer = self._submit(self._get(self._link_in(mail)))
        self.assertURLEqual(answer.headers["Location"], "/customer/password")
        done = self._submit(self._get("/customer/password"), password=PASSWORD)
        self.assertURLEqual(
            done.headers["Location"], f"{self._path(self.guest)}/publication/{self.offer.id}"
        )

    def test_role_with_code_gets_an_invitation_with_code(self):
        self._with_password(self.anna)
        [mail] = self._click(self._expired(self.access), "password")
        self.assertNotIn("/customer/reset/", mail["body"])
        link = self.access.link_ids[0]
        self.assertEqual((link.kind, link.requires_code), ("invitation", True))
        self._submit(self._get(self._link_in(mail)))
        self.assertIsNone(self._session().uid, "The mailbox alone lets nobody in.")

    def test_answer_is_the_same_whoever_asks(self):
        self._with_password(self.bo)
        pages, bodies = [], set()
        for email in ("bo@berg.example", "nobody@berg.example", self.sara.email):
            page = self._get("/customer/recover")
            answer = self._submit(page, "password", email=email)
            pages.append((answer.status_code, answer.headers["Location"], len(answer.content)))
            bodies.add(self.url_open("/customer/recover?sent=1").text)
        self.assertEqual(len(set(pages)), 1)
        self.assertEqual(len(bodies), 1)

    def test_nothing_is_sent_inside_the_request(self):
        self._with_password(self.bo)
        with self.mock_mail_gateway():
            self._submit(self._get("/customer/recover"), "password", email="bo@berg.example")
        self.assertFalse(self._mails)
        self.assertEqual(self.env["customer.link.request"].search([]).wish, "password")

    def test_our_own_people_are_not_reset_here(self):
        self.assertFalse(self._ask(self.sara.email, "password"))

    def test_odd_wish_is_a_link(self):
        self._post("/customer/recover", email="bo@berg.example", wish="admin")
        self.env.invalidate_all()
        self.assertEqual(self.env["customer.link.request"].search([]).wish, "link")
