from lxml import html

from .list_common import ListData
from .portal_common import PortalPageCase

JSON = {"Accept": "application/json"}


class TestListPages(PortalPageCase, ListData):
    """The page of a list: with and without script."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls._create_list()
        cls.row = cls.list.entry_ids

    def _url(self, suffix="", access=None):
        return f"{self._path(access or self.access)}/publication/{self.list.id}{suffix}"

    def _send(self, url=None, headers=JSON, **data):
        data["csrf_token"] = self._csrf(self._url())
        return self.url_open(
            url or self._url("/entries"), data=data, headers=headers, allow_redirects=False
        )

    def _row_data(self, **data):
        self.row.invalidate_recordset()
        return {"entry_id": self.row.id, "revision": self.row.revision, **data}

    def _fill_in(self, page, row, button, **values):
        """Send a row's form as a browser without script does: fields outside of it, too."""
        tree = html.fromstring(page.content)
        form = tree.xpath("//form[@id=$id]", id=f"row_form_{row}")[0]
        data = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
        for field in tree.xpath("//*[@form=$id]", id=f"row_form_{row}"):
            if field.get("type") != "checkbox" or field.get("checked"):
                value = field.text if field.tag == "textarea" else field.value
                data.setdefault(field.get("name"), value or "")
        data.update(values, action=button)
        return self.url_open(form.action, data=data, allow_redirects=False)

    def _texts(self, page, xpath):
        found = html.fromstring(page.content).xpath(xpath)
        return [" ".join(node.text_content().split()) for node in found]

    def test_level_1_sees_nothing_of_it(self):
        self._open_by_link()
        page = self._get(self._url(access=self.guest))
        self.assertNotIn("Oven", page.text)
        posted = self._post(
            f"{self._path(self.guest)}/publication/{self.list.id}/entries",
            self._path(self.guest),
            action="add",
            item="Sink",
        )
        self.assertEqual(posted.status_code, 404)
        self.assertEqual(len(self.list.entry_ids), 1)

    def test_page_shows_columns_and_rows(self):
        self._open_by_code()
        page = self._get(self._url())
        self.assertEqual(self._texts(page, "//thead//th")[1:3], ["Note", "Pieces"])
        fields = html.fromstring(page.content).xpath("//tr[@data-entry]//input[@name='item']")
        self.assertEqual([field.value for field in fields], ["Oven"])

    def test_without_script_saved_and_back(self):
        self._open_by_code()
        page = self._get(self._url())
        answer = self._fill_in(page, self.row.id, "save", item="Hob", urgent="1")
        self.assertEqual(answer.status_code, 303)
        self.assertURLEqual(answer.headers["Location"], self._url("?page=1#rows"))
        self.row.invalidate_recordset()
        self.assertEqual(self.row._stored()["item"], "Hob")
        self.assertIs(self.row._stored()["urgent"], True)
        self._fill_in(self._get(self._url()), self.row.id, "save")
        self.row.invalidate_recordset()
        self.assertIs(self.row._stored()["urgent"], True)

    def test_without_script_errors_keep_what_was_typed(self):
        self._open_by_code()
        page = self._get(self._url())
        answer = self._fill_in(page, self.row.id, "save", item="<b>Hob", pieces="many")
        self.assertEqual(answer.status_code, 200)
        [error] = self._texts(answer, "//td/p")
        self.assertIn("not a number", error)
        tree = html.fromstring(answer.content)
        [field] = tree.xpath("//input[@aria-invalid]")
        self.assertEqual((field.name, field.value), ("pieces", "many"))
        self.assertEqual(field.get("aria-describedby"), tree.xpath("//td/p/@id")[0])
        self.assertEqual(tree.xpath("//tr[@data-entry]//input[@name='item']")[0].value, "<b>Hob")

    def test_without_script_a_colleague_was_faster(self):
        self._open_by_code()
        page = self._get(self._url())
        self.row._save(self.guest, {"item": "Colleague's"}, 1)
        answer = self._fill_in(page, self.row.id, "save", item="Mine")
        self.assertIn("Bo Berg", answer.text)
        self.assertIn("Colleague&#39;s", answer.text)
        answer = self._fill_in(answer, self.row.id, "save")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self._item(self.row), "Mine")

    def test_without_script_add_remove_undo(self):
        self._open_by_code()
        page = self._get(self._url())
        for _double in range(2):
            self._fill_in(page, "new", "add", item="Sink")
        self.list.invalidate_recordset()
        row = self.list.entry_ids - self.row
        self.assertEqual(len(row), 1)
        answer = self._fill_in(self._get(self._url()), row.id, "remove")
        row.invalidate_recordset()
        self.assertFalse(row.active)
        page = self.url_open(answer.headers["Location"])
        self.assertIn("The row is removed", page.text)
        self._submit(page, "restore", action="/entries")
        row.invalidate_recordset()
        self.assertTrue(row.active)

    def test_script_gets_json(self):
        self._open_by_code()
        answer = self._send(action="save", **self._row_data(price="1.5"))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["row"]["cells"]["price"]["value"], "1.5")
        answer = self._send(action="save", entry_id=self.row.id, revision=1, item="Mine")
        self.assertEqual((answer.status_code, answer.json()["status"]), (409, "conflict"))
        answer = self._send(action="save", **self._row_data(pieces="x"))
        self.assertEqual(answer.status_code, 422)
        answer = self._send(action="add", item="<img src=x onerror=alert(1)>")
        self.assertIn("&lt;img src=x", answer.json()["html"])
        self.assertNotIn("<img", answer.json()["html"])
        rows = self._get(self._url("/entries"), headers=JSON).json()["rows"]
        self.assertEqual(len(rows), 2)

    def test_needs_the_csrf_token(self):
        self._open_by_code()
        data = {"action": "save", **self._row_data(item="Hob")}
        answer = self.url_open(self._url("/entries"), data=data, headers=JSON)
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self._item(self.row), "Oven")

    def test_get_changes_nothing(self):
        self._open_by_code()
        answer = self._get(self._url(f"/entries?action=remove&entry_id={self.row.id}&revision=1"))
        self.assertURLEqual(answer.headers["Location"], self._url())
        self.row.invalidate_recordset()
        self.assertTrue(self.row.active)

    def test_not_found_for_others(self):
        self._open_by_code()
        offer = self._create_publication("offer")
        elsewhere = self._create_list(target=self.project)
        for publication in (offer, elsewhere):
            url = f"{self._path(self.access)}/publication/{publication.id}/entries"
            self.assertEqual(self._send(url, action="add", item="x").status_code, 404)
        answer = self._send(self._url("/entries", self.guest), action="add", item="x")
        self.assertEqual(answer.status_code, 404)

    def test_closed_is_read_only(self):
        self.list.sudo().state = "closed"
        self._open_by_code()
        page = self._get(self._url())
        self.assertIn("Oven", page.text)
        self.assertFalse(html.fromstring(page.content).xpath("//section[@id='rows']//input"))

    def test_revoked_session_changes_nothing(self):
        self._open_by_code()
        data = {
            "csrf_token": self._csrf(self._url()),
            "action": "save",
            **self._row_data(item="Hob"),
        }
        self.access.revoke()
        answer = self.url_open(
            self._url("/entries"), data=data, headers=JSON, allow_redirects=False
        )
        self.assertNotEqual(answer.status_code, 200)
        self.assertEqual(self._item(self.row), "Oven")

    def test_hostile_fields_are_plain_text(self):
        self._open_by_code()
        nasty = '"><script>alert(1)</script>'
        self._send(action="save", **self._row_data(item=nasty, note="</textarea><b>x"))
        page = self._get(self._url())
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertNotIn("</textarea><b>", page.text)
        self.assertEqual(self._item(self.row), nasty)
