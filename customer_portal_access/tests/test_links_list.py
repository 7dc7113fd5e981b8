from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .http_common import CustomerHttpCase
from .publication_common import PublicationData


class TestLinksList(CustomerHttpCase, PublicationData):
    """Links as staff list, group and revoke them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.anna, cls.contact_person)
        cls.second = cls._create_access(cls.bo, cls.contact_person)

    def _links(self, user=None):
        return self.env["customer.access.link"].with_user(user or self.sara)

    def test_made_by_who_copied(self):
        self.access.with_user(self.sara).create_link()
        self.assertEqual(self.access.link_ids.issued_by_id, self.sara)

    def test_made_by_who_sent_the_mail(self):
        with self.mock_mail_gateway():
            self.access.with_user(self.sara).send_invitation()
            self.env["mail.mail"].sudo().search([]).send()
        self.access.invalidate_recordset()
        self.assertEqual(self.access.link_ids.issued_by_id, self.sara)

    def test_shows_where_it_leads(self):
        offer = self._create_publication()
        self.access.create_link(publication_id=offer.id)
        link = self._links().search([("access_id", "=", self.access.id)])
        self.assertEqual(link.publication_id, offer)
        self.assertEqual(link.res_name, "Kitchen for Berg")
        self.assertEqual(link.partner_id, self.anna)

    def test_states_are_searched_and_grouped_alike(self):
        links = self.env["customer.access.link"]
        for _number in range(5):
            self.access.create_link("login_free")
        live, expired, used, revoked, off = self.access.link_ids.sorted("id")
        expired.expires_at = "2020-01-01"
        used.used_at = "2020-01-01"
        revoked._revoke()
        off.epoch = -1
        expected = {"live": live, "expired": expired, "used": used, "revoked": revoked, "off": off}
        domain = [("access_id", "=", self.access.id)]
        groups = dict(self._links()._read_group(domain, ["state"], ["id:recordset"]))
        for state, link in expected.items():
            with self.subTest(state=state):
                self.assertEqual(link.state, state)
                self.assertEqual(links.search([*domain, ("state", "=", state)]), link)
                self.assertEqual(groups[state].ids, link.ids)

    def test_grouped_by_workspace_and_person(self):
        self.access.create_link()
        self.second.create_link()
        domain = [("access_id", "in", (self.access | self.second).ids)]
        for field, count in (("lead_id", 1), ("project_id", 1), ("partner_id", 2), ("kind", 1)):
            with self.subTest(field=field):
                groups = self._links().formatted_read_group(domain, [field], ["__count"])
                self.assertEqual(len(groups), count)

    def test_filters_of_the_search_view_work(self):
        self.access.create_link()
        view = self._links().get_view(view_type="search")
        self.assertIn("group_by_state", view["arch"])
        never_used = [("first_used_at", "=", False), ("access_id", "=", self.access.id)]
        self.assertEqual(self._links().search_count(never_used), 1)

    def test_revoked_in_bulk_with_a_receipt(self):
        self._enter_by_link(self.access)
        self.second.create_link()
        links = self._links().search([("access_id", "in", (self.access | self.second).ids)])
        self.assertEqual(self._get(self._path(self.access)).status_code, 200)
        action = links.action_revoke()
        self.assertIn("2 links, 1 open sessions", action["params"]["message"])
        self.assertEqual(set(links.mapped("state")), {"revoked"})
        self.assertFalse(self.access.revoked_at, "The access stands, only its links are dead.")
        answer = self._get(self._path(self.access))
        self.assertTrue(answer.headers["Location"].endswith("/customer/recover"))

    def test_revoked_twice_stops_nothing_more(self):
        self.access.create_link()
        links = self._links().search([("access_id", "=", self.access.id)])
        links.action_revoke()
        first = links.revoked_at
        self.assertIn("0 links, 0 open sessions", links.action_revoke()["params"]["message"])
        self.assertEqual(links.revoked_at, first)

    def test_nobody_revokes_what_is_not_theirs(self):
        self.access.create_link()
        self.lead.user_id = self.paul
        link = self.access.link_ids
        for user in (self.sara, self.pia):
            with self.subTest(user=user.login):
                self.assertFalse(self._links(user).search([("id", "=", link.id)]))
                with self.assertRaises(AccessError):
                    link.with_user(user).action_revoke()
        self.assertEqual(link.state, "live")

    def test_other_company_sees_none(self):
        lead = self.env["crm.lead"].create(
            {"name": "Abroad", "type": "opportunity", "company_id": self.other_company.id}
        )
        access = self._create_access(self.anna, self.contact_person, lead)
        access.create_link("invitation")
        self.assertFalse(self._links(self.paul).search([("access_id", "=", access.id)]))


class TestRevocation(CustomerHttpCase):
    """Several accesses revoked at once: asked before, told after, undone by an invitation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.anna, cls.contact_person)
        cls.second = cls._create_access(cls.bo, cls.contact_person)

    def _dialog(self, accesses, user=None):
        Revocation = self.env["customer.access.revocation"].with_user(user or self.sara)
        return Form(Revocation.with_context(default_access_ids=accesses.ids))

    def test_asks_with_numbers_before(self):
        self._enter_by_link(self.access)
        self.second.create_link()
        action = self.lead.with_user(self.sara).action_customer_revoke_all()
        accesses = self.env["customer.access"].browse(action["context"]["default_access_ids"])
        self.assertEqual(accesses, self.access | self.second)
        form = self._dialog(accesses)
        self.assertEqual((form.access_count, form.link_count, form.session_count), (2, 2, 1))
        self.assertEqual(form.names, "Anna Berg, Bo Berg")
        self.assertFalse(self.access.revoked_at, "Nothing has happened yet.")

    def test_tells_what_stopped_and_how_to_undo(self):
        self._enter_by_link(self.access)
        form = self._dialog(self.access)
        form.reason = "Left the company"
        message = form.save().action_revoke()["params"]["message"]
        self.assertIn("1 links, 1 open sessions", message)
        self.assertIn("send a new invitation", message)
        self.assertEqual(self.access.state, "revoked")
        self.assertEqual(self.access.event_ids[0].reason, "Left the company")
        with self.mock_mail_gateway():
            [result] = self.access.with_user(self.sara).send_invitation()
        self.assertEqual(result["status"], "sent")
        self.assertFalse(self.access.revoked_at)

    def test_nobody_invited(self):
        with self.assertRaisesRegex(UserError, "nothing to revoke"):
            self.lead.with_user(self.sara).action_customer_revoke_all()

    def test_only_who_has_been_let_in(self):
        self.access.create_link()
        action = self.lead.with_user(self.sara).action_customer_revoke_all()
        self.assertEqual(action["context"]["default_access_ids"], self.access.ids)

    def test_blocked_ones_can_be_revoked_too(self):
        self.access.create_link()
        self.anna.email = "no address"
        self.assertEqual(self.access.state, "blocked")
        action = self.lead.with_user(self.sara).action_customer_revoke_all()
        self.assertEqual(action["context"]["default_access_ids"], self.access.ids)

    def test_not_theirs(self):
        self.access.create_link()
        self.lead.user_id = self.paul
        with self.assertRaises(AccessError):
            self._dialog(self.access).save()
        with self.assertRaises(AccessError):
            self.env["customer.access.revocation"].with_user(self.pia).create(
                {"access_ids": self.access.ids}
            )
        self.assertFalse(self.access.revoked_at)

    def test_a_portal_user_revokes_nothing(self):
        self._enter_by_code(self._create_access(self.anna, target=self.project))
        user = self.anna.user_ids
        self.access.create_link()
        with self.assertRaises(AccessError):
            self.access.with_user(user).action_revoke_several()
        with self.assertRaises(AccessError):
            self.access.link_ids.with_user(user).action_revoke()


class TestListWarning(CustomerHttpCase, PublicationData):
    """Staff who publish a list are told who will not see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.anna, cls.contact_person)

    def test_names_who_has_neither_number_nor_password(self):
        self.bo.phone = False
        self._create_access(self.bo, self.contact_person)
        warning = self._create_publication("list").with_user(self.sara).list_warning
        self.assertIn("do not show lists", warning)
        self.assertIn("Bo Berg", warning)
        self.assertNotIn("Anna Berg", warning)

    def test_a_password_will_do(self):
        self.bo.phone = False
        self._create_access(self.bo, self.contact_person)
        user = self.bo._customer_user(self.company)
        user.password = "Correct-horse-7-battery"
        self.env.flush_all()
        self.assertNotIn("Bo Berg", self._create_publication("list").list_warning)

    def test_other_roles_are_not_meant(self):
        self.bo.phone = False
        self._create_access(self.bo, self._role("timesheet_approver"))
        publication = self._create_publication("list")
        self.assertNotIn("Bo Berg", publication.list_warning)
        self.anna.phone = False
        publication.invalidate_recordset()
        self.assertIn("Anna Berg", publication.list_warning)
        publication.role_ids = self.applicant
        self.assertNotIn("Anna Berg", publication.list_warning)

    def test_silent_for_other_kinds_and_while_off(self):
        self.assertFalse(self._create_publication("page").list_warning)
        self.company.customer_login_free = False
        self.assertFalse(self._create_publication("list").list_warning)
