from odoo.tests import tagged

from .test_data_page import DataPageCase


@tagged("post_install", "-at_install")
class TestDataConflict(DataPageCase):
    """What a colleague has changed meanwhile is not overwritten unseen."""

    def _ida_saves(self, **typed):
        """Let Ida save one value through her own page."""
        fields = self.other._data_fields()
        form = {}
        for key, text in typed.items():
            form[key] = [text]
            form[f"base-{key}"] = [fields[key].base()]
        result = self.other._save_data(form, "code")
        self.assertEqual(result["status"], "saved")

    def test_newer_change_is_shown_with_who_and_when(self):
        page = self._open_data()
        self._ida_saves(**{"target-referred": "Ida's <aunt>"})
        answer = self._save(page, **{"target-referred": "Uncle", "target-function": "Boss"})
        text = " ".join(answer.text.split())
        self.assertIn("Ida Berg has changed this since you opened the page", text)
        self.assertIn("&lt;aunt&gt;", text)
        self.assertIn('value="Uncle"', text)
        self.assertIn('value="Boss"', text)
        self.assertEqual(self.lead.referred, "Ida's <aunt>")
        self.assertFalse(self.lead.function)
        return answer

    def test_without_a_decision_it_asks_again(self):
        answer = self.test_newer_change_is_shown_with_who_and_when()
        again = self._save(answer)
        self.assertIn("has changed this", again.text)
        self.assertEqual(self.lead.referred, "Ida's <aunt>")

    def test_mine_is_saved(self):
        answer = self.test_newer_change_is_shown_with_who_and_when()
        self._save(answer, **{"decide-target-referred": "mine"})
        self.assertEqual(self.lead.referred, "Uncle")
        self.assertEqual(self.lead.function, "Boss")
        self.assertIn("Ida's &lt;aunt&gt; → Uncle", self.lead.message_ids[0].body)

    def test_theirs_is_left(self):
        answer = self.test_newer_change_is_shown_with_who_and_when()
        self._save(answer, **{"decide-target-referred": "theirs"})
        self.assertEqual(self.lead.referred, "Ida's <aunt>")
        self.assertEqual(self.lead.function, "Boss")

    def test_decided_on_an_older_change_it_asks_again(self):
        answer = self.test_newer_change_is_shown_with_who_and_when()
        self._ida_saves(**{"target-referred": "Her cousin"})
        again = self._save(answer, **{"decide-target-referred": "mine"})
        self.assertIn("Her cousin", again.text)
        self.assertEqual(self.lead.referred, "Her cousin")

    def test_change_by_staff_has_no_name(self):
        page = self._open_data()
        self.lead.with_user(self.sara).referred = "Sara's"
        answer = self._save(page, **{"target-referred": "Uncle"})
        self.assertIn("This has been changed since you opened the page", answer.text)
        self.assertNotIn("Sara has changed", answer.text)

    def test_both_typed_the_same(self):
        page = self._open_data()
        self._ida_saves(**{"target-referred": "Uncle"})
        answer = self._save(page, **{"target-referred": "Uncle"})
        self.assertIn("saved=0", answer.headers["Location"])

    def test_change_on_another_workspace_does_not_name_its_people(self):
        lead = self.lead.copy({"name": "Bath"})
        access = self._create_access(self.bo, self.contact_person, target=lead)
        self._create_access(self.ida, target=lead)
        page = self._open_data()
        access.role_id = self.applicant
        key = self._key(self.ida, "city")
        form = {key: ["Bergen"], f"base-{key}": ["null"]}
        self.assertEqual(access._save_data(form, "code")["status"], "saved")
        answer = self._save(page, **{key: "Oslo"})
        self.assertIn("Bergen", answer.text)
        self.assertIn("This has been changed since you opened the page", answer.text)

    def test_damaged_base_asks(self):
        page = self._open_data()
        for base in ("{", '["x"]', "x" * 10, "1e999"):
            answer = self._save(page, **{"base-property-aa11": base, "property-aa11": "7"})
            self.assertIn("It is now", answer.text)
        self.assertEqual(dict(self.lead.lead_properties)["aa11"], 1250.5)

    def test_field_no_longer_shared_keeps_what_was_typed(self):
        page = self._open_data()
        self.team.customer_field_names = ["function"]
        answer = self._save(page, **{"target-referred": "My uncle Otto"})
        self.assertIn("My uncle Otto", answer.text)
        self.assertEqual(self.lead.referred, "A friend")
