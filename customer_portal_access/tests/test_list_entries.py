from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models import customer_publication_rows
from .common import CustomerCase
from .list_common import ListData


class TestListEntries(CustomerCase, ListData):
    """What contacts do to rows: the verbs, and who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.list = cls._create_list()
        cls.row = cls.list.entry_ids
        cls.access = cls._create_access(cls.bo, cls.contact_person)
        cls.colleague = cls._create_access(cls.anna)

    def _change(self, action, access=None, assurance="code", publication=None, **posted):
        self.env.flush_all()  # for the transactions of their own
        return (access or self.access)._change_row(
            publication or self.list, assurance, action, posted
        )

    def _save(self, revision=1, entry=None, **values):
        entry = entry or self.row
        return self._change("save", entry_id=str(entry.id), revision=str(revision), **values)

    def _add(self, **values):
        result = self._change("add", **{"item": "Sink", **values})
        self.list.invalidate_recordset()
        return self.env["customer.publication.entry"].browse(
            result["row"]["id"] if result["status"] == "ok" else []
        )

    def test_save_keeps_the_other_cells_and_says_who(self):
        result = self._save(price="2,000.5")
        self.assertEqual(result["status"], "ok")
        self.assertEqual(result["row"]["revision"], 2)
        self.assertEqual(result["row"]["cells"]["price"]["text"], "2,000.5")
        self.row.invalidate_recordset()
        self.assertEqual(self.row._stored(), {"item": "Oven", "pieces": 1, "price": 2000.5})
        self.assertEqual(self.row.access_id, self.access)
        self.assertEqual(self.row.changed_by, "Bo Berg")
        self.assertTrue(self.row.changed_at)

    def test_save_of_something_wrong_writes_nothing(self):
        result = self._save(item="Hob", pieces="many", day="2026-13-01")
        self.assertEqual(result["status"], "invalid")
        self.assertEqual(set(result["errors"]), {"pieces", "day"})
        self.assertEqual(self._item(self.row), "Oven")

    def test_save_leaves_out_unknown_fields(self):
        self._save(item="Hob", sequence="1", company_id="7", active="0", other="x")
        self.assertEqual(self._item(self.row), "Hob")
        self.assertTrue(self.row.active)
        self.assertNotIn("other", self.row._stored())

    def test_a_colleague_was_faster(self):
        self.colleague._change_row(
            self.list,
            "code",
            "save",
            {"entry_id": str(self.row.id), "revision": "1", "item": "Hob"},
        )
        result = self._save(item="Stove")
        self.assertEqual(result["status"], "conflict")
        self.assertEqual(result["row"]["changed_by"], "Anna Berg")
        self.assertEqual(result["row"]["cells"]["item"]["text"], "Hob")
        self.assertEqual(result["row"]["revision"], 2)
        self.assertEqual(self._item(self.row), "Hob")
        self.assertEqual(self._save(2, item="Stove")["status"], "ok")

    def test_staff_were_faster(self):
        self.row.with_user(self.sara).write({"values": {"item": "Fridge"}})
        result = self._save(item="Stove")
        self.assertEqual(result["status"], "conflict")
        self.assertEqual(result["row"]["changed_by"], "Sara")

    def test_the_same_change_again_is_done_already(self):
        for _time in range(2):
            result = self._save(item="Hob")
            self.assertEqual((result["status"], result["row"]["revision"]), ("ok", 2))

    def test_add(self):
        row = self._add(urgent="1")
        self.assertEqual(row._stored()["item"], "Sink")
        self.assertTrue(row.is_customer_row)
        self.assertEqual(row.access_id, self.access)
        self.assertEqual(self.list.entry_ids.sorted()[-1], row)

    def test_add_asks_for_what_is_required(self):
        result = self._change("add", pieces="2")
        self.assertEqual(set(result["errors"]), {"item"})
        self.assertEqual(len(self.list.entry_ids), 1)

    def test_add_of_nothing(self):
        plain = self._create_list([{"name": "a", "string": "A", "type": "char"}], rows=[])
        result = self._change("add", publication=plain, a=" ")
        self.assertEqual(result["status"], "invalid")
        self.assertFalse(plain.entry_ids)

    def test_add_twice_by_a_double_click_adds_once(self):
        rows = {self._add(form_id="abc").id for _time in range(2)}
        self.assertEqual(len(rows), 1)
        self.assertEqual(len(self.list.entry_ids), 2)
        self.assertEqual(len(rows | {self._add(form_id="def").id}), 2)

    def test_form_of_another_contact_adds_its_own_row(self):
        self._add(form_id="abc")
        self._change("add", self.colleague, item="Sink", form_id="abc")
        self.list.invalidate_recordset()
        self.assertEqual(len(self.list.entry_ids), 3)

    def test_rows_cannot_be_added_where_staff_say_so(self):
        self.list.allow_new_rows = False
        self.assertEqual(self._change("add", item="Sink")["status"], "closed")
        self.assertEqual(len(self.list.entry_ids), 1)

    def test_a_full_list_takes_no_more(self):
        with patch.object(customer_publication_rows, "LIST_ROWS", 2):
            self.assertTrue(self._add())
            self.assertEqual(self._change("add", item="Hob")["status"], "full")

    def test_remove_and_restore(self):
        result = self._change("remove", entry_id=str(self.row.id), revision="1")
        self.assertEqual(result["status"], "ok")
        self.row.invalidate_recordset()
        self.assertFalse(self.row.active)
        self.list.invalidate_recordset()
        self.assertFalse(self.list.entry_ids)
        result = self._change("restore", entry_id=str(self.row.id), revision="2")
        self.assertEqual((result["status"], result["row"]["revision"]), ("ok", 3))
        self.assertEqual(self._item(self.row), "Oven")

    def test_removing_what_a_colleague_has_changed_asks_first(self):
        self._save(item="Hob")
        result = self._change("remove", self.colleague, entry_id=str(self.row.id), revision="1")
        self.assertEqual(result["status"], "conflict")
        self.row.invalidate_recordset()
        self.assertTrue(self.row.active)

    def test_saving_a_removed_row(self):
        self._change("remove", self.colleague, entry_id=str(self.row.id), revision="1")
        result = self._save(item="Hob")
        self.assertEqual(result["status"], "gone")
        self.assertEqual(result["row"]["changed_by"], "Anna Berg")
        self.assertEqual(self._item(self.row), "Oven")

    def test_what_staff_have_removed_is_gone(self):
        self.row.with_user(self.sara).active = False
        self.env.flush_all()
        self.env.invalidate_all()
        for action in ("save", "remove", "restore"):
            for revision in ("1", "2", "3"):
                with self.subTest(action=action, revision=revision):
                    result = self._change(
                        action, entry_id=str(self.row.id), revision=revision, item="Hob"
                    )
                    self.assertEqual(result, {"status": "gone"})
        self.row.invalidate_recordset()
        self.assertFalse(self.row.active)
        self.assertFalse(self.list.sudo()._removed_view(str(self.row.id)))

    def test_prepared_rows_stay_where_none_may_be_added(self):
        added = self._add()
        self.list.allow_new_rows = False
        result = self._change("remove", entry_id=str(self.row.id), revision="1")
        self.assertEqual(result["status"], "kept")
        result = self._change("remove", entry_id=str(added.id), revision="1")
        self.assertEqual(result["status"], "ok")

    def test_closed_or_past_its_date_nothing_changes(self):
        yesterday = fields.Date.subtract(fields.Date.today(), days=1)
        for values in ({"state": "closed"}, {"state": "published", "date_until": yesterday}):
            self.list.sudo().write(values)
            for action in ("save", "add", "remove", "restore"):
                with self.subTest(values=values, action=action):
                    result = self._change(
                        action, entry_id=str(self.row.id), revision="1", item="Hob"
                    )
                    self.assertEqual(result["status"], "closed")
        self.assertEqual(self._item(self.row), "Oven")

    def test_closed_by_staff_just_before_the_save(self):
        """The verb looks again: the check of the gate may be a moment old."""
        self.list.sudo().state = "closed"
        self.env.flush_all()
        self.assertEqual(self.row._save(self.access, {"item": "Hob"}, 1)["status"], "closed")
        self.assertEqual(self.list._add_entry(self.access, {"item": "Hob"})["status"], "closed")
        self.assertEqual(self._item(self.row), "Oven")

    def test_archived_workspace_is_read_only(self):
        self.lead.active = False
        self.assertEqual(self._save(item="Hob")["status"], "archived")

    def test_who_may_not_edit(self):
        reader = self.contact_person.copy({"code": "reader"})
        reader.permission_ids -= self.env.ref("customer_portal_access.permission_edit_lists")
        contact = self._create_contact("Carla", "carla@berg.example")
        cases = {
            "role": (self._create_access(contact, reader), "account", self.list),
            "level": (self.access, "link", self.list),
            "workspace": (self.access, "account", self._create_list(target=self.project)),
            "draft": (self.access, "account", self._create_list(state="draft")),
            "other role": (
                self.access,
                "account",
                self._create_list(role_ids=self.applicant.ids),
            ),
        }
        for case, (access, assurance, publication) in cases.items():
            with self.subTest(case=case):
                entry = publication.entry_ids
                result = self._change(
                    "save",
                    access,
                    assurance,
                    publication,
                    entry_id=str(entry.id),
                    revision="1",
                    item="Hob",
                )
                self.assertEqual(result["status"], "permission")
                self.assertEqual(self._item(entry), "Oven")

    def test_list_of_another_company(self):
        self.list.sudo().company_id = self.other_company
        self.assertEqual(self._save(item="Hob")["status"], "permission")

    def test_revoked(self):
        self.access.revoke()
        self.assertEqual(self._save(item="Hob")["status"], "permission")

    def test_row_of_another_list(self):
        other = self._create_list(name="Other").entry_ids
        for entry_id in (str(other.id), "0", "999999999", "", "x", "1" * 30):
            with self.subTest(entry_id=entry_id):
                result = self._change("save", entry_id=entry_id, revision="1", item="Hob")
                self.assertEqual(result["status"], "gone")
        self.assertEqual(self._item(other), "Oven")

    def test_too_many_changes(self):
        key = str(self.access.id)
        self.env["customer.quota"].create(
            {
                "scope": "row_change",
                "key": key,
                "started_at": fields.Datetime.now(),
                "used": 3000,
            }
        )
        self.env.flush_all()
        self.assertEqual(self._save(item="Hob")["status"], "limit")

    def test_staff_are_told_once_an_hour(self):
        before = self.lead.message_ids
        for name in ("Hob", "Stove"):
            self._save(self.row.revision, item=name)
            self.row.invalidate_recordset()
        self._add()
        self.env.invalidate_all()
        told = self.lead.message_ids - before
        self.assertEqual(
            [str(body) for body in told.mapped("body")],
            ["<p>Bo Berg filled in rows of “The list”.</p>"],
        )
        self.assertEqual(
            self.lead.activity_ids.mapped("summary"), ["Bo Berg filled in rows of “The list”"]
        )
        self.assertEqual(self.access.event_ids.mapped("kind").count("rows_changed"), 1)
        self._change("add", self.colleague, item="Tap")
        self.env.invalidate_all()
        self.assertEqual(len(self.lead.message_ids - before), 2)

    def test_what_is_refused_is_not_told(self):
        before = self.lead.message_ids
        self._save(7, item="Hob")
        self._save(item=" ")
        self.env.invalidate_all()
        self.assertEqual(self.lead.message_ids, before)

    # staff

    def test_staff_change_rows_and_it_counts(self):
        row = self.row.with_user(self.sara)
        self._save(item="Hob")
        row.invalidate_recordset()
        row.write({"values": {"item": "Oven 2"}})
        self.assertEqual((row.revision, row.changed_by), (3, "Sara"))
        self.assertFalse(row.access_id)
        row.sequence = 5
        self.assertEqual(row.revision, 3)

    def _staff_save(self, seen, **cells):
        """Write as Odoo's form does: all cells, and with them what it has read."""
        columns = self.list._columns()
        as_sent = [
            [{**column, "value": cells.get(column["name"], False)} for column in columns]
            for cells in (seen, {**seen, **cells})
        ]
        self.row.invalidate_recordset()
        self.list.with_user(self.sara).write(
            {
                "entry_ids": [
                    Command.update(self.row.id, {"seen_values": as_sent[0], "values": as_sent[1]})
                ]
            }
        )
        self.env.flush_all()

    def test_staff_keep_the_cells_that_a_contact_changed_meanwhile(self):
        seen = dict(self.row._stored())
        self._save(price="7")
        self._staff_save(seen, item="Hob")
        self.row.invalidate_recordset()
        stored = {name: value for name, value in self.row._stored().items() if value}
        self.assertEqual(stored, {"item": "Hob", "pieces": 1, "price": 7.0})
        self.assertEqual((self.row.revision, self.row.changed_by), (3, "Sara"))

    def test_staff_are_told_when_a_contact_changed_the_same_cell(self):
        seen = dict(self.row._stored())
        self._save(item="Hob", price="7")
        with self.assertRaises(UserError) as caught:
            self._staff_save(seen, item="Stove", pieces=4)
        for text in ("Bo Berg", "Item", "“Hob”", "“Stove”"):
            self.assertIn(text, str(caught.exception))
        self.assertNotIn("Pieces", str(caught.exception))
        self.row.invalidate_recordset()
        self.assertEqual(self.row._stored(), {"item": "Hob", "pieces": 1, "price": 7.0})
        self._staff_save(seen, item="Hob", pieces=4)
        self.row.invalidate_recordset()
        self.assertEqual((self.row._stored()["pieces"], self._item(self.row)), (4, "Hob"))

    def test_an_emptied_cell_is_no_zero(self):
        seen = dict(self.row._stored())
        self._save(pieces="0")
        with self.assertRaises(UserError):
            self._staff_save(seen, pieces=False)
        self._staff_save({**seen, "pieces": 0}, pieces=False)
        self.row.invalidate_recordset()
        self.assertFalse(self.row._stored()["pieces"])

    def test_staff_are_told_when_a_contact_removed_the_row(self):
        seen = dict(self.row._stored())
        self._change("remove", entry_id=str(self.row.id), revision="1")
        with self.assertRaises(UserError) as caught:
            self._staff_save(seen, item="Hob")
        self.assertIn("Bo Berg has removed the row “Oven”", str(caught.exception))

    def test_the_bin_takes_filled_in_rows_off_the_list_only(self):
        added = self._add()
        self._save(item="Hob")
        untouched = self._create_list(name="New").entry_ids
        rows = self.row | added | untouched
        for row in rows:
            row.publication_id.with_user(self.sara).write({"entry_ids": [Command.delete(row.id)]})
        rows.invalidate_recordset()
        self.assertEqual(rows.exists(), self.row | added)
        self.assertFalse((self.row | added).filtered("active"))
        self.assertEqual(self.row.changed_by, "Sara")
        self.assertEqual(self._item(self.row), "Hob")
        self.row.with_user(self.sara).action_unarchive()
        self.list.invalidate_recordset()
        self.assertEqual(self.list.entry_ids, self.row)

    def test_filled_in_rows_are_deleted_only_after_they_were_removed(self):
        self._save(item="Hob")
        self.row.invalidate_recordset()
        row = self.row.with_user(self.sara)
        with self.assertRaises(UserError):
            row.unlink()
        row.action_archive()
        self.assertTrue(row.unlink())

    def test_a_draft_is_deleted_with_its_rows(self):
        self.row.with_user(self.sara).write({"values": {"item": "Hob"}})
        self.list.sudo().state = "draft"
        self.list.with_user(self.sara).unlink()
        self.assertFalse(self.row.exists())

    def test_staff_cannot_forge_who_changed_a_row(self):
        row = self.row.with_user(self.sara)
        for facts in ({"revision": 9}, {"access_id": self.access.id}, {"changed_by": "Bo"}):
            with self.subTest(facts=facts), self.assertRaises(AccessError):
                row.write(facts)
            with self.subTest(facts=facts), self.assertRaises(AccessError):
                row.create({"publication_id": self.list.id, **facts})

    def test_contacts_have_no_rights_of_their_own(self):
        user = self.env["res.users"].create(
            {
                "name": "Bo",
                "login": "bo-portal",
                "partner_id": self.bo.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        for operation in ("read", "write", "create", "unlink"):
            with self.subTest(operation=operation), self.assertRaises(AccessError):
                self.row.with_user(user).check_access(operation)

    def test_other_company_sees_no_rows(self):
        self.list.sudo().company_id = self.other_company
        rows = self.env["customer.publication.entry"].with_user(self.paul)
        self.assertNotIn(self.row.id, rows.search([]).ids)
        self.assertIn(self.row.id, self.row.sudo().search([]).ids)

    # the page

    def test_queries_do_not_grow_with_rows(self):
        self.env["customer.publication.entry"].create(
            [
                {"publication_id": self.list.id, "values": {"item": f"Row {number}"}}
                for number in range(400)
            ]
        )
        small = self._create_list(name="Small")
        counts = []
        small._list_values(self.access, "code")  # languages and the like are cached now
        for publication in (small, self.list):
            self.env.flush_all()
            self.env.invalidate_all()
            self.access._list_refusal(publication, "code")
            before = self.env.cr.sql_log_count
            values = publication._list_values(self.access, "code")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual((len(values["rows"]), values["row_count"]), (200, 401))
        last = self.list._list_values(self.access, "code", "3")
        self.assertEqual(([len(last["rows"]), last["list_page"]]), [1, 3])
        for page in ("99", "x", "-1", None, "0"):
            self.assertTrue(self.list._list_values(self.access, "code", page)["rows"])
