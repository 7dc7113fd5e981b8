from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CustomerCase
from .publication_common import PublicationData


@tagged("post_install", "-at_install")
class TestPublishWizard(CustomerCase, PublicationData):
    """Publish tells whom; Send again shows what was sent before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].create({"name": "Test", "smtp_host": "smtp.example"})
        cls.env["ir.config_parameter"].set_param("sms.endpoint", "https://sms.example")
        cls.company.customer_login_free = True
        cls.anna_access = cls._create_access(cls.anna)
        cls.bo_access = cls._create_access(cls.bo, cls.contact_person)
        cls.offer = cls._draft("offer", "Oak kitchen")
        cls.page = cls._draft("page", "House rules")

    @classmethod
    def _draft(cls, kind, name, **values):
        publication = cls._create_publication(
            kind, state="draft", name=name, body="<p>Text</p>", **values
        )
        return publication.with_user(cls.sara)

    def _open(self, publications, action="action_publish", user=None):
        """Open the dialog as the button does."""
        user = user or self.sara
        action = getattr(publications.with_user(user), action)()
        wizard = self.env[action["res_model"]].with_user(user)
        return Form(wizard.with_context(**action["context"]))

    def _send(self, form):
        """Click the main button, and return the notification's text."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            return form.save().action_send()["params"]["message"]

    def _addresses(self):
        return sorted(mail["email_to"][0] for mail in self._mails)

    def _lines(self, form):
        return {line["name"]: line for line in form.line_ids._records}

    def test_queries_do_not_grow_with_contacts(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            form = self._open(self.offer)
            return len(self._lines(form)), self.env.cr.sql_log_count - before

        count()  # fills what Odoo caches for good
        few, before = count()
        people = self.env["res.partner"].create(
            [{"name": f"P {number}", "email": f"p{number}@berg.example"} for number in range(20)]
        )
        for person in people:
            self._create_access(person, self.contact_person)
        many, after = count()
        self.assertEqual(many, few + 20)
        self.assertLess(after - before, 20, "Not one a contact.")

    def test_publish_and_send(self):
        form = self._open(self.offer)
        self.assertEqual((form.purpose, form.mail_them), ("publish", True))
        self.assertEqual(form.publication_ids[:], self.offer)
        self.assertEqual(form.preview_subject, "New for you: Oak kitchen")
        self.assertEqual(self.offer.state, "draft", "Nothing happens before the click.")
        self.assertEqual(self._send(form), "Published. 2 sent")
        self.assertEqual(self.offer.state, "published")
        self.assertEqual(
            self._addresses(), ['"Anna Berg" <anna@berg.example>', '"Bo Berg" <bo@berg.example>']
        )
        self.assertEqual(self.bo_access.link_ids.publication_id, self.offer.sudo())

    def test_several_are_one_mail_a_person(self):
        self.assertEqual(self._send(self._open(self.offer | self.page)), "Published. 2 sent")
        self.assertEqual(len(self._mails), 2)
        self.assertEqual((self.offer | self.page).mapped("state"), ["published"] * 2)

    def test_publish_without_mail(self):
        form = self._open(self.offer)
        form.mail_them = False
        self.assertEqual(self._send(form), "Published, and nobody was told by mail.")
        self.assertEqual(self.offer.state, "published")
        self.assertFalse(self._mails)
        self.assertEqual(self.bo_access.state, "new")

    def test_publish_where_nobody_is(self):
        publication = self._create_publication(
            "page", self.project, state="draft", body="<p>Text</p>"
        )
        form = self._open(publication, user=self.pia)
        self.assertFalse(form.mail_them)
        self._send(form)
        self.assertEqual(publication.state, "published")

    def test_who_cannot_be_reached_is_named_with_the_way_to_mend_it(self):
        self.anna.email = False
        oda = self._create_contact("Oda Berg", "oda@berg.example")
        self._create_access(oda, self.observer)
        per = self._create_contact("Per Berg", "per@berg.example")
        self._create_access(per, self.contact_person).revoke()
        form = self._open(self.offer)
        lines = self._lines(form)
        self.assertIn("No valid e-mail address", lines["Anna Berg"]["reason"])
        self.assertIn("choose another role", lines["Oda Berg"]["reason"])
        self.assertIn("Send Invitation lets them in again", lines["Per Berg"]["reason"])
        ticked = [name for name, line in lines.items() if line["ticked"]]
        self.assertEqual(ticked, ["Bo Berg"])
        self.assertEqual(self._send(form), "Published. 1 sent")

    def test_contacts_whose_role_does_not_see_it_are_not_there(self):
        approver = self._create_contact("Ada Berg", "ada@berg.example")
        self._create_access(approver, self._role("timesheet_approver"))
        self.page.role_ids = self.applicant
        self.assertEqual(set(self._lines(self._open(self.offer))), {"Anna Berg", "Bo Berg"})
        self.assertEqual(set(self._lines(self._open(self.page))), {"Anna Berg"})

    def test_each_line_says_what_the_contact_sees_of_several(self):
        self.page.role_ids = self.applicant
        lines = self._lines(self._open(self.offer | self.page))
        self.assertFalse(lines["Anna Berg"]["sees_text"])
        self.assertEqual(lines["Bo Berg"]["sees_text"], "Oak kitchen")

    def test_incomplete_publication_is_refused_before_the_dialog(self):
        self.offer.body = False
        with self.assertRaisesRegex(UserError, "Oak kitchen"):
            self.offer.action_publish()

    def test_published_meanwhile_by_somebody_else(self):
        form = self._open(self.offer)
        self.offer.sudo()._publish()
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "Somebody else has published this meanwhile"):
            wizard.action_send()

    def test_several_workspaces_are_refused(self):
        other = self._create_publication("page", self.project, state="draft", body="<p>Text</p>")
        with self.assertRaisesRegex(UserError, "one opportunity or project"):
            (self.offer.sudo() | other).action_publish()

    def test_all_drafts_of_a_workspace_that_are_complete(self):
        empty = self._create_publication("page", state="draft", name="Not ready")
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.customer_draft_count, 3)
        action = self.lead.with_user(self.sara).action_customer_publish()
        self.assertEqual(action["context"]["default_publication_ids"], (self.offer | self.page).ids)
        (self.offer | self.page).sudo().state = "published"
        with self.assertRaisesRegex(UserError, "Not ready"):
            self.lead.with_user(self.sara).action_customer_publish()
        empty.unlink()
        with self.assertRaisesRegex(UserError, "no draft"):
            self.lead.with_user(self.sara).action_customer_publish()

    def test_taking_one_out_in_the_dialog(self):
        self.page.role_ids = self.applicant
        form = self._open(self.offer | self.page)
        form.publication_ids.remove(id=self.offer.id)
        self.assertEqual(set(self._lines(form)), {"Anna Berg"})
        self.assertEqual(form.preview_subject, "New for you: House rules")
        self.assertEqual(self._send(form), "Published. 1 sent")
        self.assertEqual((self.offer.state, self.page.state), ("draft", "published"))

    def test_send_again_shows_what_was_last_sent(self):
        self._send(self._open(self.offer))
        form = self._open(self.offer, "action_send_again")
        self.assertEqual(form.purpose, "again")
        line = self._lines(form)["Bo Berg"]
        self.assertRegex(line["sent_text"], "Sara: “New for you: Oak kitchen”")
        form.subject = "Have you seen it, [name]?"
        self.assertEqual(self._send(form), "2 sent")
        form = self._open(self.offer, "action_send_again")
        self.assertIn("Have you seen it, Bo Berg?", self._lines(form)["Bo Berg"]["sent_text"])

    def test_what_was_sent_without_a_subject_has_none(self):
        self._send(self._open(self.offer))
        self.offer.recipient_ids.sudo().sent_subject = False
        form = self._open(self.offer, "action_send_again")
        self.assertRegex(self._lines(form)["Bo Berg"]["sent_text"], ", Sara$")

    def test_send_again_is_not_for_drafts(self):
        with self.assertRaisesRegex(UserError, "publish it first"):
            self.offer.action_send_again()

    def test_send_again_spares_who_has_opened_it(self):
        self._send(self._open(self.offer))
        rows = self.offer.sudo().recipient_ids
        rows.filtered(lambda row: row.access_id == self.bo_access).opened_at = "2026-01-01"
        ticked = {
            name: line["ticked"]
            for name, line in self._lines(self._open(self.offer, "action_send_again")).items()
        }
        self.assertEqual(ticked, {"Anna Berg": True, "Bo Berg": False})

    def test_send_again_follows_the_policy_of_today(self):
        self._send(self._open(self.offer))
        self.company.customer_login_free = False
        self.env.invalidate_all()
        self._send(self._open(self.offer, "action_send_again"))
        self.assertEqual(self.bo_access.link_ids[:2].mapped("kind"), ["invitation", "login_free"])

    def test_without_a_personal_link_the_text_changes(self):
        form = self._open(self.offer)
        form.has_link = False
        self.assertIn("Sign in to see it", form.preview_body)
        self.assertIn("Bo Berg", form.sign_in_note)
        self._send(form)
        self.assertFalse(self.bo_access.link_ids)
        self.assertNotIn("/customer/link/", "".join(mail["body"] for mail in self._mails))

    def test_without_a_personal_link_an_edited_text_stays(self):
        form = self._open(self.offer)
        form.subject = "Mine"
        form.has_link = False
        self.assertEqual(form.subject, "Mine")

    def test_list_note_names_who_cannot_confirm(self):
        columns = [{"name": "size", "string": "Size", "type": "char"}]
        rows = self._draft("list", "Sizes", columns_definition=columns)
        note = self._open(rows).list_note
        self.assertIn("shows no lists", note)
        self.assertNotIn("Bo Berg", note)
        self.bo.phone = False
        self.assertIn("Bo Berg", self._open(rows).list_note)
        self.assertFalse(self._open(self.offer).list_note)
        self.company.customer_login_free = False
        self.env.invalidate_all()
        self.assertFalse(self._open(rows).list_note)

    def test_text_without_link_publishes_nothing(self):
        form = self._open(self.offer)
        form.body = "<p>Hello [name]</p>"
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "The text has no link"), self.env.cr.savepoint():
            wizard.action_send()
        self.assertEqual(self.offer.state, "draft")

    def test_test_mail_shows_the_titles(self):
        with self.mock_mail_gateway():
            self._open(self.offer).save().action_test()
        self.assertEqual(self._new_mails.subject, "New for you: Oak kitchen")
        self.assertFalse(self.bo_access.link_ids)

    def test_stranger_cannot_publish(self):
        wizard = self._open(self.offer).save()
        self.lead.user_id = self.paul
        with self.assertRaises(AccessError):
            wizard.action_send()
        with self.assertRaises(AccessError):
            self.offer.action_publish()

    def test_project_user_publishes_on_projects(self):
        self._create_access(self.anna, target=self.project)
        page = self._create_publication("page", self.project, state="draft", body="<p>Text</p>")
        self.assertEqual(self._send(self._open(page, user=self.pia)), "Published. 1 sent")

    def test_copy_link_for_the_only_contact(self):
        self.offer.sudo().state = "published"
        self.anna_access.granted = False
        action = self.offer.action_copy_link()
        token = action["params"]["url"].rpartition("/")[2]
        link = self.env["customer.access.link"]._find(token)
        self.assertEqual((link.access_id, link.publication_id), (self.bo_access, self.offer.sudo()))

    def test_copy_link_asks_for_which_contact(self):
        self.offer.sudo().state = "published"
        action = self.offer.action_copy_link()
        accesses = self.env["customer.access"].search(action["domain"])
        self.assertEqual(accesses, self.anna_access | self.bo_access)
        accesses[0].with_context(**action["context"]).with_user(self.sara).action_copy_link()
        self.assertEqual(accesses[0].link_ids.publication_id, self.offer.sudo())

    def test_copy_link_to_a_draft_is_refused(self):
        with self.assertRaisesRegex(UserError, "Nobody sees “Oak kitchen” now"):
            self.offer.action_copy_link()

    def test_deleting_stops_the_mails_about_it(self):
        self._send(self._open(self.offer))
        mail = self.env["mail.mail"]._queue_letter(
            {
                "customer_access_id": self.bo_access.id,
                "customer_publication_ids": self.offer.ids,
                "state": "outgoing",
            }
        )
        self.offer.unlink()
        self.assertEqual(mail.state, "cancel")
