from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CustomerCase
from .http_common import CustomerHttpCase

CARLA = {"name": "Carla Holm", "email": "carla@berg.example", "phone": "+47 40 61 23 99"}


class ColleagueData:
    """Anna may manage colleagues on the opportunity; Bo is there, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.manager = cls.env["customer.contact.role"].create(
            {
                "name": "Team lead",
                "code": "team_lead",
                "requires_code": True,
                "permission_ids": [
                    Command.link(
                        cls.env.ref("customer_portal_access.permission_manage_colleagues").id
                    )
                ],
            }
        )
        cls.access = cls._create_access(cls.anna, cls.manager)
        cls.bo_access = cls._create_access(cls.bo, cls.contact_person)

    def _requests(self):
        return self.env["customer.colleague.request"].search([("access_id", "=", self.access.id)])

    def _propose(self, access=None, **values):
        access = access or self.access
        self.env.flush_all()
        self.assertEqual(access._ask_colleague(**{**CARLA, **values}), {})
        self.env.invalidate_all()
        return self._requests()[:1]

    def _kinds(self, access=None):
        return (access or self.access).event_ids.mapped("kind")


@tagged("post_install", "-at_install")
class TestColleagueRequest(ColleagueData, CustomerCase):
    """Asking and deciding."""

    # -- who else has access --

    def test_colleagues_are_names_and_roles_of_who_gets_in(self):
        dora = self._create_contact("Dora", "dora@berg.example")
        self._create_access(dora, self.observer)  # its role may not be invited
        emil = self._create_contact("Emil", "emil@berg.example")
        self._create_access(emil).revoke()
        self._create_access(emil, target=self.project)
        self.assertEqual(
            self.access._colleagues(),
            [{"id": self.bo_access.id, "name": "Bo Berg", "role": "Contact Person"}],
        )

    def test_who_sees_all_of_the_customer_is_listed_but_not_to_be_removed_here(self):
        self.manager.permission_ids += self.env.ref(
            "customer_portal_access.permission_all_workspaces"
        )
        dora = self._create_contact("Dora", "dora@berg.example")
        self._create_access(dora, self.manager, self.customer)
        self._create_access(self.bo, self.manager, self.customer)  # is here already
        self.assertEqual(
            self.access._colleagues()[1:], [{"id": None, "name": "Dora", "role": "Team lead"}]
        )

    # -- asking --

    def test_proposal_tells_who_is_in_charge(self):
        request = self._propose(message="She does the plans")
        self.assertEqual(request.email, "carla@berg.example")
        self.assertEqual(request.phone, "+47 40 61 23 99")
        self.assertEqual(request.state, "open")
        self.assertEqual(request.role_id, self.contact_person)
        self.assertEqual(request.lead_id, self.lead)
        self.assertEqual(request.company_id, self.company)
        activity = self.lead.activity_ids
        self.assertEqual(activity.user_id, self.sara)
        self.assertIn("Carla Holm", activity.summary)
        self.assertIn("She does the plans", activity.note)
        self.assertIn("colleague_proposed", self._kinds())
        self.assertFalse(
            self.env["res.partner"].search([("email_normalized", "=", "carla@berg.example")])
        )

    def test_proposal_is_made_once(self):
        first = self._propose()
        again = self._propose(email="CARLA@Berg.example ", name="Carla")
        self.assertEqual(first, again)
        self.assertEqual(len(self._requests()), 1)

    def test_proposal_may_come_again_after_a_decision(self):
        self._propose().action_reject()
        self._propose()
        self.assertEqual(len(self._requests()), 2)

    def test_what_is_wrong_is_told_by_field(self):
        cases = {
            "name": {"name": " \u200b"},
            "email": {"email": "carla"},
            "phone": {"phone": "12"},
            "message": {"message": "x" * 10_001},
        }
        for field, values in cases.items():
            with self.subTest(field=field):
                errors = self.access._ask_colleague(**{**CARLA, **values})
                self.assertEqual(list(errors), [field])
        for email in ("", "a@x.example, b@x.example", "a@x.example b@x.example"):
            with self.subTest(email=email):
                self.assertIn("email", self.access._ask_colleague(**{**CARLA, "email": email}))
        self.assertFalse(self._requests())

    def test_line_breaks_and_invisible_characters_are_stripped(self):
        request = self._propose(
            name="Carla\r\nBcc: y\u202e Holm", email="carla@berg.example\r\n", phone=""
        )
        self.assertEqual(request.name, "Carla Bcc: y Holm")
        self.assertEqual(request.email, "carla@berg.example")
        self.assertFalse(request.phone)

    def test_ten_proposals_an_hour(self):
        for number in range(10):
            self._propose(email=f"c{number}@berg.example")
        errors = self.access._ask_colleague(**CARLA)
        self.assertIn("minutes", errors["form"])
        self.assertEqual(len(self._requests()), 10)
        self.assertIn("limit_hit", self._kinds())

    def test_removal_is_asked_once(self):
        for _double in range(2):
            self.assertEqual(self.access._ask_removal(self.bo_access, "Has left"), {})
        self.env.invalidate_all()
        request = self._requests()
        self.assertEqual(
            (len(request), request.kind, request.name, request.colleague_access_id),
            (1, "remove", "Bo Berg", self.bo_access),
        )
        self.assertIn("Bo Berg", self.lead.activity_ids.summary)
        self.assertEqual(self.bo_access._closed(), False)

    def test_request_of_a_customer_wide_access_is_about_the_workspace(self):
        self.manager.permission_ids += self.env.ref(
            "customer_portal_access.permission_all_workspaces"
        )
        dora = self._create_contact("Dora", "dora@berg.example", "+47 406 12 377")
        wide = self._create_access(dora, self.manager, self.customer)
        opened = wide._open_workspace("project", self.project.id, "code")
        self.assertEqual(opened._ask_colleague(**CARLA), {})
        self.env.invalidate_all()
        request = self.env["customer.colleague.request"].search([("access_id", "=", wide.id)])
        self.assertEqual((request.project_id, request.customer_id.id), (self.project, False))
        self.assertEqual(self.project.activity_ids.user_id, self.pia)
        self.assertTrue(opened._open_requests())
        self.assertFalse(wide._open_requests())
        request.with_user(self.pia).action_approve()
        self.assertEqual(request.colleague_access_id.project_id, self.project)

    # -- deciding --

    def test_approval_of_an_unknown_address_makes_a_contact_of_the_customer(self):
        request = self._propose()
        answer = request.with_user(self.sara).action_approve()
        self.assertIn("Carla Holm", answer["params"]["message"])
        access = request.colleague_access_id
        self.assertEqual(access.partner_id.parent_id, self.customer)
        self.assertEqual(access.partner_id.email, "carla@berg.example")
        self.assertEqual(access.partner_id.phone, "+47 40 61 23 99")
        self.assertEqual(access.lead_id, self.lead)
        self.assertEqual(access.role_id, self.contact_person)
        self.assertTrue(access.granted)
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.decided_by_id, self.sara)
        self.assertTrue(request.decided_at)
        self.assertIn("colleague_approved", self._kinds())
        self.assertFalse(self.lead.activity_ids.filtered(lambda a: "Carla" in (a.summary or "")))

    def test_approval_of_a_known_address_links_the_contact(self):
        dora = self._create_contact("Dora", "Carla@Berg.example", "+47 406 12 355")
        request = self._propose()
        self.assertEqual(request.hint, f"Known contact: {dora.display_name}")
        request.with_user(self.sara).action_approve()
        self.assertEqual(request.colleague_access_id.partner_id, dora)
        self.assertEqual(dora.name, "Dora")
        self.assertEqual(dora.phone, "+47 406 12 355", "A proposal redirects no codes.")

    def test_approval_with_several_matches_asks_to_choose(self):
        one = self._create_contact("One", "carla@berg.example")
        two = self._create_contact("Two", "carla@berg.example", active=False)
        request = self._propose().with_user(self.sara)
        self.assertIn("choose one", request.hint)
        with self.assertRaises(UserError) as caught:
            request.action_approve()
        self.assertIn("Two", caught.exception.args[0])
        request.partner_id = self.bo  # has another address
        with self.assertRaises(UserError):
            request.action_approve()
        self.assertEqual(request.state, "open")
        request.partner_id = one
        request.action_approve()
        self.assertEqual(request.colleague_access_id.partner_id, one)
        self.assertFalse(two.customer_access_ids)

    def test_contacts_of_another_company_do_not_match(self):
        self._create_contact(
            "Other", "carla@berg.example", company_id=self.other_company.id, parent_id=False
        )
        request = self._propose()
        request.with_user(self.sara).action_approve()
        self.assertEqual(request.colleague_access_id.partner_id.name, "Carla Holm")

    def test_role_may_be_chosen_before_approving(self):
        request = self._propose().with_user(self.sara)
        change = Command.update(request.id, {"role_id": self.applicant.id})
        self.lead.with_user(self.sara).customer_colleague_request_ids = [change]
        request.action_approve()
        self.assertEqual(request.colleague_access_id.role_id, self.applicant)

    def test_company_has_its_own_plain_role(self):
        own = self.contact_person.copy({"code": "contact_person", "company_id": self.company.id})
        self.contact_person.copy({"code": "contact_person", "company_id": self.other_company.id})
        self.assertEqual(self._propose().role_id, own)

    def test_approval_keeps_the_role_of_who_is_there(self):
        request = self._propose(email=self.bo.email)
        request.role_id = self.applicant
        request.with_user(self.sara).action_approve()
        self.assertEqual(request.colleague_access_id, self.bo_access)
        self.assertEqual(self.bo_access.role_id, self.contact_person)

    def test_approval_lets_in_again_who_was_revoked(self):
        self.bo_access.revoke()
        request = self._propose(email=self.bo.email)
        request.with_user(self.sara).action_approve()
        self.assertEqual(request.colleague_access_id, self.bo_access)
        self.assertFalse(self.bo_access._closed())

    def test_approval_of_a_removal_revokes(self):
        self.access._ask_removal(self.bo_access)
        self.bo_access.create_link("login_free")
        self.env.invalidate_all()
        request = self._requests().with_user(self.sara)
        self.assertIn("loses access", request.hint)
        request.action_approve()
        self.assertTrue(self.bo_access.revoked_at)
        self.assertTrue(self.bo_access.link_ids.revoked_at)
        self.assertIn("removal_approved", self._kinds())
        self.assertEqual(self.access._colleagues(), [])

    def test_rejection_changes_nothing(self):
        request = self._propose().with_user(self.sara)
        request.action_reject()
        self.assertEqual(request.state, "rejected")
        self.assertFalse(request.colleague_access_id)
        self.assertIn("colleague_rejected", self._kinds())
        self.assertFalse(request.sudo().activity_id.active)

    def test_decided_once(self):
        request = self._propose().with_user(self.sara)
        request.action_approve()
        for verb in (request.action_approve, request.action_reject):
            with self.assertRaises(UserError):
                verb()
        self.assertEqual(len(request.colleague_access_id.partner_id), 1)

    # -- rights --

    def test_staff_change_role_and_contact_only(self):
        request = self._propose().with_user(self.sara)
        for values in ({"state": "approved"}, {"email": "x@y.example"}, {"decided_by_id": 1}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                request.write(values)
        for verb in (lambda: request.copy(), request.unlink):
            with self.assertRaises(AccessError):
                verb()

    def test_requests_follow_the_rules_of_accesses(self):
        request = self._propose()
        other = self._create_staff("olga", "sales_team.group_sale_salesman")
        plain = self._create_staff("petra", "base.group_user")
        for user in (other, self.pia, plain):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                request.with_user(user).action_approve()
        self.assertTrue(request.with_user(self.paul).has_access("write"))
        portal = self.anna._customer_user(self.company)
        self.assertFalse(request.with_user(portal).has_access("read"))

    def test_requests_stay_in_their_company(self):
        request = self._propose()
        self.paul.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        self.assertFalse(
            self.env["customer.colleague.request"]
            .with_user(self.paul)
            .search([("id", "=", request.id)])
        )

    # -- merging --

    def test_requests_follow_a_merge(self):
        twin = self._create_contact("Anna B.", "anna@berg.example", "+47 406 12 345")
        twin_access = self._create_access(twin, self.manager)
        self.assertEqual(twin_access._ask_colleague(**CARLA), {})
        self.assertEqual(twin_access._ask_colleague(**{**CARLA, "email": "d@berg.example"}), {})
        self._propose()
        self.access._absorb(twin_access)
        self.assertEqual(
            set(self._requests().mapped("email")), {"carla@berg.example", "d@berg.example"}
        )

    def test_requests_follow_merged_opportunities(self):
        request = self._propose()
        head = self.lead.copy({"name": "Kitchen, merged", "expected_revenue": 10_000})
        (head | self.lead).merge_opportunity()
        [merged] = (head | self.lead).exists()
        self.assertEqual(request.lead_id, merged)
        self.assertEqual(merged.customer_colleague_request_ids, request)


@tagged("post_install", "-at_install")
class TestColleaguePages(ColleagueData, CustomerHttpCase):
    """What the contact meets."""

    def _enter(self, access=None):
        self._enter_by_code(access or self.access)

    def _form(self, path=None, **values):
        path = path or f"{self._path(self.access)}/colleague"
        answer = self._post(path, **{**CARLA, **values})
        self.env.invalidate_all()
        return answer

    def test_section_shows_names_and_roles_only(self):
        self._enter()
        page = self._get(self._path(self.access)).text
        section = html.fromstring(page).xpath("//section[@id='colleagues']")[0].text_content()
        self.assertIn("Bo Berg", section)
        self.assertIn("Contact Person", section)
        self.assertNotIn("Anna Berg", section)
        for secret in (self.bo.email, self.bo.phone):
            self.assertNotIn(secret, page)

    def test_proposing_posts_and_redirects(self):
        self._enter()
        answer = self._form(message="Please")
        self.assertEqual(answer.status_code, 303)
        self.assertURLEqual(
            answer.headers["Location"], f"{self._path(self.access)}?asked=propose#colleagues"
        )
        for header, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")):
            self.assertEqual(answer.headers[header], value)
        page = self.url_open(answer.headers["Location"])
        self.assertIn("will look at it", page.text)
        self.assertIn("to let Carla Holm in", " ".join(page.text.split()))
        self.assertEqual(self._requests().email, "carla@berg.example")
        self.assertEqual(
            self.access.event_ids.filtered(
                lambda event: event.kind == "colleague_proposed"
            ).user_id.partner_id,
            self.anna,
        )

    def test_known_and_unknown_addresses_answer_alike(self):
        self._enter()
        answers = [
            self._form(email=email)
            for email in (self.bo.email, self.sara.email, "nobody@berg.example")
        ]
        self.assertEqual(len({answer.headers["Location"] for answer in answers}), 1)
        self.assertEqual({answer.status_code for answer in answers}, {303})

    def test_errors_stand_at_the_field_and_nothing_is_lost(self):
        self._enter()
        answer = self._form(email="carla", phone="12", message="Please")
        self.assertEqual(answer.status_code, 200)
        page = html.fromstring(answer.content)
        for field in ("email", "phone"):
            [control] = page.xpath(f"//input[@id='{field}']")
            self.assertEqual(control.get("aria-describedby"), f"{field}_error")
            self.assertTrue(page.xpath(f"//p[@id='{field}_error']")[0].text_content().strip())
            self.assertTrue(page.xpath(f"//label[@for='{field}']"))
        form = dict(page.xpath("//form[contains(@action, '/colleague')]")[0].form_values())
        typed = {key: form[key] for key in ("name", "email", "phone", "message")}
        self.assertEqual(
            typed,
            {"name": "Carla Holm", "email": "carla", "phone": "12", "message": "Please"},
        )
        self.assertFalse(self._requests())

    def test_limit_is_told_on_the_form(self):
        self._enter()
        for number in range(10):
            self._form(email=f"c{number}@berg.example")
        answer = self._form()
        self.assertIn("Please try again in", answer.text)
        self.assertIn('value="Carla Holm"', answer.text)
        self.assertEqual(len(self._requests()), 10)

    def test_removal_is_asked_for(self):
        self._enter()
        path = f"{self._path(self.access)}/colleague/{self.bo_access.id}/remove"
        self.assertIn(path, self._get(self._path(self.access)).text)
        self.assertIn("Bo Berg", self._get(path).text)
        answer = self._post(path, message="Has left")
        self.assertURLEqual(
            answer.headers["Location"], f"{self._path(self.access)}?asked=remove#colleagues"
        )
        self.env.invalidate_all()
        self.assertEqual(self._requests().colleague_access_id, self.bo_access)
        self.assertFalse(self.bo_access.revoked_at)

    def test_removal_of_others_is_not_found(self):
        elsewhere = self._create_access(self.bo, target=self.project)
        closed = self._create_access(self._create_contact("Emil", "emil@berg.example"))
        closed.revoke()
        self._enter()
        for access in (elsewhere, closed, self.access):
            with self.subTest(access=access.display_name):
                path = f"{self._path(self.access)}/colleague/{access.id}/remove"
                self.assertEqual(self._get(path).status_code, 404)
                posted = self._post(path, self._path(self.access))
                self.assertEqual(posted.status_code, 404)

    def test_without_permission_not_found(self):
        applicant = self._create_contact("Emil", "emil@berg.example", "+47 406 12 366")
        access = self._create_access(applicant)
        self._enter(access)
        self.assertNotIn("Colleagues", self._get(self._path(access)).text)
        self._refused(self._path(access))

    def test_archived_workspace_is_read_only(self):
        self.lead.active = False
        self._enter()
        page = self._get(self._path(self.access)).text
        self.assertIn("Bo Berg", page)
        self.assertNotIn("Propose a colleague", page)
        self.assertNotIn("Ask to remove", page)
        self._refused(self._path(self.access))

    def test_permission_taken_away_works_at_once(self):
        self._enter()
        self.manager.permission_ids = False
        self._refused(self._path(self.access))

    def test_workspace_of_another_is_not_found(self):
        self._enter()
        self._refused(self._path(self.bo_access))
        other = self._create_access(
            self._create_contact("Emil", "emil@berg.example"),
            self.manager,
            self.env["crm.lead"].create(
                {"name": "Other", "type": "opportunity", "company_id": self.other_company.id}
            ),
        )
        self._refused(self._path(other))

    def test_level_link_manages_nobody_whatever_is_set(self):
        self.env["customer.permission"].search(
            [("code", "=", "manage_colleagues")]
        ).assurance = "link"
        self.manager.requires_code = False
        self._enter_by_link(self.access)
        page = self._get(self._path(self.access))
        self.assertNotIn("Bo Berg", page.text)
        self._refused(self._path(self.access))

    @mute_logger("odoo.http")
    def test_post_without_csrf_token_is_refused(self):
        self._enter()
        for path in ("colleague", f"colleague/{self.bo_access.id}/remove"):
            answer = self.url_open(f"{self._path(self.access)}/{path}", data=CARLA)
            self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._requests())

    def test_customer_wide_contact_manages_colleagues_of_a_workspace(self):
        self.manager.permission_ids += self.env.ref(
            "customer_portal_access.permission_all_workspaces"
        )
        dora = self._create_contact("Dora", "dora@berg.example", "+47 406 12 377")
        wide = self._create_access(dora, self.manager, self.customer)
        self._enter(wide)
        path = f"{self._path(wide)}/lead/{self.lead.id}"
        self.assertIn(f"{path}/colleague/{self.bo_access.id}/remove", self._get(path).text)
        answer = self._form(f"{path}/colleague")
        self.assertURLEqual(answer.headers["Location"], f"{path}?asked=propose#colleagues")
        request = self.env["customer.colleague.request"].search([("access_id", "=", wide.id)])
        self.assertEqual(request.lead_id, self.lead)

    def _refused(self, path):
        """Neither pages nor forms of colleagues below a workspace are there."""
        for page in ("colleague", f"colleague/{self.bo_access.id}/remove"):
            self.assertEqual(self._get(f"{path}/{page}").status_code, 404)
            posted = self._post(f"{path}/{page}", "/customer/recover", **CARLA)
            self.assertEqual(posted.status_code, 404)
        self.env.invalidate_all()
        self.assertFalse(self._requests())
