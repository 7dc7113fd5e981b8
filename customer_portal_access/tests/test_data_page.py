from lxml import html

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .portal_common import PortalPageCase

DEFINITION = [
    {"name": "aa11", "string": "Loan amount", "type": "float"},
    {
        "name": "bb22",
        "string": "Purpose",
        "type": "selection",
        "selection": [["h", "Home"], ["c", "Car"]],
    },
    {
        "name": "cc33",
        "string": "Wishes",
        "type": "tags",
        "tags": [["q", "Quiet", 1], ["b", "Bright", 2]],
    },
    {"name": "dd44", "string": "Move in", "type": "date"},
    {"name": "ee55", "string": "Secret", "type": "char"},
    {"name": "ff66", "string": "Adviser", "type": "many2one", "comodel": "res.users"},
]


class DataPageCase(PortalPageCase):
    """Anna and Ida are applicants on the opportunity; the team shares two fields."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Kitchens",
                "company_id": cls.company.id,
                "lead_properties_definition": DEFINITION,
                "customer_field_names": ["referred", "function"],
                "customer_property_names": ["aa11", "bb22", "cc33", "dd44", "ff66"],
            }
        )
        cls.lead.write({"team_id": cls.team.id, "referred": "A friend"})
        cls.lead.lead_properties = {"aa11": 1250.5, "bb22": "h", "ee55": "keep out"}
        cls.ida = cls._create_contact("Ida Berg", "ida@berg.example", "+47 406 12 347")
        cls.other = cls._create_access(cls.ida)
        cls.norway = cls.env.ref("base.no")

    def _data_path(self, access=None):
        return f"{self._path(access or self.access)}/data"

    def _open_data(self):
        self._open_by_code()
        return self.url_open(self._data_path())

    def _save(self, page, drop=(), **typed):
        """Submit the form of the data page; names have ``_`` for ``-``."""
        [form] = [
            form
            for form in html.fromstring(page.content).forms
            if (form.action or "").endswith("/data")
        ]
        data = {}
        for key, value in form.form_values():
            data.setdefault(key, []).append(value or "")
        data.update({key: value for key, value in typed.items()})
        for key in drop:
            data.pop(key, None)
        answer = self.url_open(form.action, data=data, allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def _key(self, partner, name):
        return f"person-{partner.id}-{name}"

    def _texts(self, page, xpath):
        return [" ".join(text.split()) for text in html.fromstring(page.content).xpath(xpath)]

    def _errors(self, page):
        return self._texts(page, "//p[contains(@class, 'invalid-feedback')]/text()")


@tagged("post_install", "-at_install")
class TestDataPage(DataPageCase):
    """Who holds edit_data sees and edits all data entered on the workspace."""

    def test_shows_what_the_team_shares_and_every_applicant(self):
        page = self._open_data()
        labels = self._texts(page, "//label/text()")
        for label in ("Referred By", "Loan amount", "Purpose", "Move in"):
            self.assertIn(label, labels)
        self.assertNotIn("Secret", page.text)
        self.assertNotIn("keep out", page.text)
        self.assertNotIn("Adviser", page.text)  # links to records are not shown
        self.assertIn("Ida Berg", page.text)
        self.assertNotIn("Bo Berg", page.text)  # his role holds no edit_data

    def test_hides_what_identifies_others(self):
        page = self._open_data()
        self.assertNotIn("ida@berg.example", page.text)
        self.assertNotIn("406 12 347", page.text)
        self.assertIn("•••• 47", page.text)
        self.assertIn("only its owner can change it", page.text)

    def test_saves_and_notes_old_and_new_value(self):
        page = self._open_data()
        answer = self._save(
            page,
            **{
                "target-referred": "<b>Uncle</b>\u202e",
                "property-aa11": "2,000.75",
                "property-bb22": "c",
                "property-cc33": ["q", "b"],
                "property-dd44": "2027-03-01",
                self._key(self.ida, "name"): "Ida Holm",
            },
        )
        self.assertEqual(answer.headers["Location"].partition("?")[2], "saved=6")
        self.assertEqual(self.lead.referred, "<b>Uncle</b>")
        values = {
            one["name"]: one.get("value")
            for one in self.lead.read(["lead_properties"])[0]["lead_properties"]
        }
        self.assertEqual(values["aa11"], 2000.75)
        self.assertEqual(values["bb22"], "c")
        self.assertEqual(set(values["cc33"]), {"q", "b"})
        self.assertEqual(str(values["dd44"]), "2027-03-01")
        self.assertEqual(values["ee55"], "keep out")
        self.assertEqual(self.ida.name, "Ida Holm")
        note = self.lead.message_ids[0]
        self.assertEqual(note.author_id, self.anna)
        self.assertIn("A friend → &lt;b&gt;Uncle&lt;/b&gt;", note.body)
        self.assertIn("Home → Car", note.body)
        self.assertIn("Ida Berg → Ida Holm", note.body)
        self.assertFalse(note.notified_partner_ids)
        [event] = self.access.event_ids.filtered(lambda event: event.kind == "data_changed")
        self.assertNotIn("Uncle", str([event.reason, event.facts]))
        self.assertEqual(self.lead.activity_ids.summary, "Anna Berg changed data")

    def test_untouched_form_changes_nothing(self):
        self.lead.referred = "  two  spaces "
        page = self._open_data()
        before = self.lead.message_ids
        answer = self._save(page)
        self.assertIn("saved=0", answer.headers["Location"])
        self.assertEqual(self.lead.message_ids, before)
        self.assertEqual(self.lead.referred, "  two  spaces ")

    def test_only_changed_fields_are_written(self):
        page = self._open_data()
        self.lead.referred = "Set by staff"
        self._save(page, **{"target-function": "Boss"})
        self.assertEqual(self.lead.referred, "Set by staff")
        self.assertEqual(self.lead.function, "Boss")

    def test_errors_at_the_field_keep_what_was_typed(self):
        page = self._open_data()
        answer = self._save(
            page,
            **{
                "target-referred": "x" * 501,
                "property-aa11": "12,5",
                "property-bb22": "other",
                "property-dd44": "soon",
                self._key(self.anna, "name"): "\u200b ",
                self._key(self.anna, "city"): "Oslo",
            },
        )
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(len(self._errors(answer)), 5)
        self.assertIn("Nothing has been saved yet.", answer.text)
        self.assertIn('value="12,5"', answer.text)
        self.assertIn('value="Oslo"', answer.text)
        self.assertFalse(self.anna.city)

    def test_numbers_are_read_in_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        self.anna.lang = "nb_NO"
        page = self._open_data()
        self.assertIn('value="1250,5"', page.text)
        self._save(page, **{"property-aa11": "1 300,25"})
        self.assertEqual(dict(self.lead.lead_properties)["aa11"], 1300.25)

    def test_fields_that_are_not_on_the_page_are_ignored(self):
        page = self._open_data()
        key = f"person-{self.bo.id}-name"
        self._save(
            page,
            **{
                "base-target-email_from": "null",
                "target-email_from": "evil@evil.example",
                "base-" + self._key(self.ida, "phone"): '"+47 406 12 347"',
                self._key(self.ida, "phone"): "+47 406 99 999",
                f"base-{key}": '"Bo Berg"',
                key: "Evil",
                self._key(self.anna, "email"): "evil@evil.example",
            },
        )
        self.assertNotEqual(self.lead.email_from, "evil@evil.example")
        self.assertEqual(self.ida.phone, "+47 406 12 347")
        self.assertEqual(self.bo.name, "Bo Berg")
        self.assertEqual(self.anna.email, "anna@berg.example")

    def test_phone_of_others_is_theirs_while_codes_go_there(self):
        self.ida.customer_mobile = "+47 406 12 348"
        page = self._open_data()
        self._save(page, **{self._key(self.ida, "phone"): "+47 22 00 00 11"})
        self.assertEqual(self.ida.phone, "+47 22 00 00 11")
        self.assertEqual(self.other.code_number, "+4740612348")

    def test_mobile_number_of_others_is_theirs(self):
        self.ida.customer_mobile = "+47 406 12 348"
        page = self._open_data()
        answer = self._save(page, **{self._key(self.ida, "phone"): "+47 406 12 349"})
        self.assertEqual(len(self._errors(answer)), 1)
        self.ida.customer_mobile = False
        self.assertEqual(self.other.code_number, "+4740612347")

    def test_another_country_keeps_the_number_for_codes(self):
        self.ida.write({"phone": "406 12 347", "country_id": self.norway.id})
        number = self.other.code_number
        page = self._open_data()
        self._save(page, **{self._key(self.ida, "country_id"): str(self.env.ref("base.de").id)})
        self.assertEqual(self.ida.country_id.code, "DE")
        self.assertEqual(self.other.code_number, number)

    def test_another_country_makes_no_number_for_codes(self):
        self.ida.write({"phone": "406 12 347", "country_id": self.env.ref("base.us").id})
        self.assertFalse(self.other.code_number)
        page = self._open_data()
        answer = self._save(page, **{self._key(self.ida, "country_id"): str(self.norway.id)})
        self.assertEqual(len(self._errors(answer)), 1)
        self.assertEqual(self.ida.country_id.code, "US")

    def test_state_goes_with_its_country(self):
        usa = self.env.ref("base.us")
        self.anna.write({"country_id": usa.id, "state_id": usa.state_ids[0].id})
        page = self._open_data()
        self._save(page, **{self._key(self.anna, "country_id"): str(self.norway.id)})
        self.assertEqual(self.anna.country_id, self.norway)
        self.assertFalse(self.anna.state_id)

    def test_address_of_the_company_and_of_colleagues_stays(self):
        self.customer.write({"street": "Kaien 1", "city": "Oslo"})
        page = self._open_data()
        self.assertIn("The address is that of Berg AS", " ".join(page.text.split()))
        self._save(page, **{self._key(self.anna, "street"): "Home 7"})
        self.assertEqual(self.anna.street, "Home 7")
        self.assertEqual(self.anna.city, "Oslo")
        for other in (self.customer, self.ida, self.bo):
            self.assertEqual(other.street, "Kaien 1")
        self.customer.street = "Kaien 2"
        self.assertEqual(self.anna.street, "Home 7")

    def test_address_of_a_contact_below_stays(self):
        self.anna.parent_id = False
        self.ida.parent_id = self.anna
        self.anna.street = "Kaien 1"
        page = self._open_data()
        self._save(page, **{self._key(self.anna, "street"): "Home 7"})
        self.assertEqual(self.ida.street, "Kaien 1")

    def test_project_has_applicants_only(self):
        access = self._create_access(self.anna, target=self.project)
        self._open_by_code()
        page = self.url_open(self._data_path(access))
        self.assertIn("Anna Berg", page.text)
        self.assertNotIn("Ida Berg", page.text)
        self.assertNotIn("target-", page.text)
        self._save(page, **{self._key(self.anna, "city"): "Bergen"})
        self.assertEqual(self.anna.city, "Bergen")
        self.assertIn("Bergen", self.project.message_ids[0].body)

    def test_archived_is_read_only(self):
        page = self._open_data()
        self.lead.active = False
        self.assertIn("not change it here", self.url_open(self._data_path()).text)
        self._save(page, **{"target-referred": "x"})
        self.assertEqual(self.lead.referred, "A friend")

    def test_workspace_leads_there(self):
        page = self._open_by_code()
        self.assertIn(self._data_path(), page.text)
        self.assertIn("Seen and edited by Anna Berg, Ida Berg", " ".join(page.text.split()))


@tagged("post_install", "-at_install")
class TestDataPageOthers(DataPageCase):
    """To whom the page is closed."""

    def _assert_closed(self, path, status=(303, 404)):
        answer = self._get(path)
        self.assertIn(answer.status_code, status)
        self.assertNotIn("Loan amount", answer.text)
        csrf = self._csrf("/web/login")
        data = {
            "csrf_token": csrf,
            "base-target-referred": '"A friend"',
            "target-referred": "Evil",
        }
        answer = self.url_open(path, data=data, allow_redirects=False)
        self.assertIn(answer.status_code, status)
        self.env.invalidate_all()
        self.assertEqual(self.lead.referred, "A friend")

    def test_strangers(self):
        self._assert_closed(self._data_path())

    def test_level_link_even_with_the_permission(self):
        self.contact_person.permission_ids = [
            Command.link(self.env.ref("customer_portal_access.permission_edit_data").id)
        ]
        page = self._open_by_link()
        self.assertNotIn("Loan amount", page.text)
        self.assertNotIn("/data", page.text)
        self._assert_closed(self._data_path(self.guest), (200,))  # the way to the code

    def test_role_without_the_permission(self):
        self.applicant.permission_ids = [
            Command.unlink(self.env.ref("customer_portal_access.permission_edit_data").id)
        ]
        page = self._open_by_code()
        self.assertNotIn("/data", page.text)
        self._assert_closed(self._data_path())

    def test_other_workspace(self):
        lead = self.lead.copy({"name": "Bath for Berg"})
        other = self._create_access(self.bo, target=lead)
        self._open_by_code()
        self.assertEqual(self._get(self._data_path(other)).status_code, 404)

    def test_revoked(self):
        self._open_data()
        self.access.revoke()
        self._assert_closed(self._data_path())

    def test_people_who_are_out_are_not_shown(self):
        self.other.revoke()
        self.assertNotIn("Ida Berg", self._open_data().text)

    def test_other_company(self):
        """A workspace of another company shows its own people only."""
        partner = self.env["res.partner"].create({"name": "Otto", "email": "otto@o.example"})
        lead = self.env["crm.lead"].create(
            {"name": "Other", "type": "opportunity", "company_id": self.other_company.id}
        )
        self._create_access(partner, target=lead)
        self.assertNotIn("Otto", self._open_data().text)

    def test_preview_changes_nothing(self):
        preview = self.access.with_context(customer_preview=True)
        self.assertTrue(preview._data_page("code")["data_read_only"])
        form = {"base-target-referred": ['"A friend"'], "target-referred": ["Evil"]}
        self.assertEqual(preview._save_data(form, "code")["status"], "refused")
        self.assertEqual(self.lead.referred, "A friend")


@tagged("post_install", "-at_install")
class TestDataTeam(DataPageCase):
    """What staff may share with customers."""

    def test_internal_fields_cannot_be_shared(self):
        for name in (
            "probability",
            "expected_revenue",
            "email_from",
            "phone",
            "partner_name",
            "name",
            "active",
            "type",
            "create_date",
            "automated_probability",
            "partner_id",
            "description",
            "no_such_field",
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.team.customer_field_names = [name]

    def test_ticks_choose_fields_and_properties(self):
        ticks = dict(self.team.customer_field_ticks)
        self.assertTrue(ticks["referred"]["checked"])
        self.assertNotIn("probability", ticks)
        ticks["referred"]["checked"] = False
        self.team.customer_field_ticks = ticks
        self.assertEqual(self.team.customer_field_names, ["function"])
        ticks = dict(self.team.customer_property_ticks)
        self.assertEqual(ticks["ee55"], {"label": "Secret", "checked": False})
        self.assertNotIn("ff66", ticks)
        ticks["ee55"]["checked"] = True
        self.team.customer_property_ticks = ticks
        self.assertIn("ee55", self.team.customer_property_names)
        self.assertIn("Secret", self._open_data().text)

    def test_hostile_stored_names_show_nothing(self):
        self.env.cr.execute(
            "UPDATE crm_team SET customer_field_names = %s WHERE id = %s",
            ['["probability", "access_token", "email_from"]', self.team.id],
        )
        self.team.invalidate_recordset()
        self.assertFalse(self.team._customer_fields())
