"""Lists filled in: on a phone, by keyboard, without script, and by two people at once."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import PHONE
from .people import Visitor, code_in, make_workspace
from .test_concurrency import in_parallel, new_link
from .test_story import assert_fits, come_in, sign_in
from .waiting import wait_until

MAKE_LIST = """
publication = env["customer.publication"].create({
    "name": "What goes where", "kind": "list", "lead_id": lead_id,
    "columns_definition": [
        {"name": "item", "string": "Item", "type": "char", "required": True},
        {"name": "pieces", "string": "Pieces", "type": "integer"},
        {"name": "day", "string": "Day", "type": "date"},
        {"name": "colour", "string": "Colour", "type": "selection",
         "selection": [["r", "Red"], ["b", "Blue"]]},
        {"name": "urgent", "string": "Urgent", "type": "boolean"},
    ],
})
env["customer.publication.entry"].create([
    {"publication_id": publication.id, "values": {"item": item, "pieces": 1}}
    for item in items
])
publication.state = "published"
result = publication.id
"""


@pytest.fixture
def workspace(server):
    """An opportunity with two contacts and a list of two rows."""
    workspace = make_workspace(server, contacts=2)
    workspace["list_id"] = server.shell(
        MAKE_LIST, lead_id=workspace["lead_id"], items=["Oven", "Sink"]
    )
    workspace["paths"] = [
        f"/my/customer/{access_id}/publication/{workspace['list_id']}"
        for access_id in workspace["access_ids"]
    ]
    return workspace


def open_list(page, server, workspace, index=0):
    """Come in as one of the contacts and open the list."""
    come_in(page, server, new_link(server, workspace, index), workspace["phones"][index])
    page.goto(server.url + workspace["paths"][index])
    expect(page.locator(".o_customer_list_live")).to_be_visible()


def rows_in(server, workspace, active=True):
    """Return the values of the rows, as the database has them."""
    rows = server.sql(
        'SELECT "values" FROM customer_publication_entry '
        "WHERE publication_id = %s AND active = %s ORDER BY sequence, id",
        [workspace["list_id"], active],
    )
    return [values for (values,) in rows]


def row_of(page, number):
    return page.locator("tbody .o_customer_row").nth(number)


def status(page):
    return page.locator(".o_customer_list_status")


def test_filled_in_on_a_phone(server, workspace, phone_page):
    phone = phone_page
    open_list(phone, server, workspace)
    assert_fits(phone)
    row = row_of(phone, 0)
    row.get_by_label("Day").fill("2026-12-31")
    row.get_by_label("Colour").select_option("Blue")
    row.get_by_label("Urgent").tap()
    expect(status(phone)).to_have_text("Saved")
    row.get_by_label("Pieces").fill("many")
    row.get_by_label("Item").tap()
    expect(row.get_by_text("This is not a number")).to_be_visible()
    expect(row.get_by_label("Pieces")).to_have_attribute("aria-invalid", "true")
    assert_fits(phone)
    row.get_by_label("Pieces").fill("1,200")
    row.get_by_label("Item").tap()
    expect(status(phone)).to_have_text("Saved")
    expect(row.get_by_text("This is not a number")).to_have_count(0)
    # a new row, first without what it needs
    new = phone.locator(".o_customer_row_new")
    new.get_by_label("Pieces").fill("3")
    new.get_by_role("button", name="Add").tap()
    expect(new.get_by_text("Please fill this in.")).to_be_visible()
    expect(new.get_by_label("Item")).to_be_focused()
    new.get_by_label("Item").fill("Tap")
    new.get_by_role("button", name="Add").tap()
    expect(status(phone)).to_have_text("Row added")
    expect(row_of(phone, 2).get_by_label("Item")).to_have_value("Tap")
    expect(new.get_by_label("Item")).to_have_value("")
    # removed by mistake
    row_of(phone, 1).get_by_role("button", name="Remove").tap()
    undo = phone.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    assert len(rows_in(server, workspace)) == 2
    undo.tap()
    expect(status(phone)).to_have_text("Row put back")
    expect(row_of(phone, 1).get_by_label("Item")).to_have_value("Sink")
    assert_fits(phone)
    assert rows_in(server, workspace) == [
        {"item": "Oven", "pieces": 1200, "day": "2026-12-31", "colour": "b", "urgent": True},
        {"item": "Sink", "pieces": 1},
        {"item": "Tap", "pieces": 3, "day": False, "colour": False, "urgent": False},
    ]


def test_by_keyboard_only(server, workspace, page):
    open_list(page, server, workspace)
    row_of(page, 0).get_by_label("Item").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Hob")
    page.keyboard.press("Enter")
    expect(row_of(page, 1).get_by_label("Item")).to_be_focused()
    page.keyboard.type("Basin")
    page.keyboard.press("Tab")
    expect(row_of(page, 1).get_by_label("Pieces")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(row_of(page, 0).get_by_label("Pieces")).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    expect(row_of(page, 0).get_by_label("Pieces")).to_have_value("1")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("8")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    new = page.locator(".o_customer_row_new")
    expect(new.get_by_label("Pieces")).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Tap")
    page.keyboard.press("Enter")
    expect(row_of(page, 2).get_by_label("Item")).to_have_value("Tap")
    expect(new.get_by_label("Item")).to_be_focused()
    wait_until(
        lambda: (
            [(row["item"], row["pieces"]) for row in rows_in(server, workspace)]
            == [("Hob", 8), ("Basin", 1), ("Tap", 2)]
        )
    )


def test_two_change_the_same_cell_and_the_later_decides(server, workspace, page, open_page):
    other = open_page(**PHONE)
    open_list(page, server, workspace, 0)
    open_list(other, server, workspace, 1)
    row_of(page, 0).get_by_label("Item").fill("Stove")
    row_of(page, 0).get_by_label("Item").press("Tab")
    expect(status(page)).to_have_text("Saved")
    # another cell of the same row: both stand
    row_of(other, 0).get_by_label("Pieces").fill("5")
    row_of(other, 0).get_by_label("Pieces").blur()
    expect(status(other)).to_contain_text("A colleague has changed other fields")
    expect(row_of(other, 0).get_by_label("Item")).to_have_value("Stove")
    # the same cell: the later one decides
    row_of(page, 0).get_by_label("Pieces").fill("6")
    row_of(page, 0).get_by_label("Pieces").press("Tab")
    told = row_of(page, 0).get_by_text(f"{workspace['names'][1]} has written here: 5")
    expect(told).to_be_visible()
    assert rows_in(server, workspace)[0]["pieces"] == 5
    row_of(page, 0).get_by_role("button", name="Keep mine").click()
    expect(status(page)).to_have_text("Saved")
    expect(told).to_have_count(0)
    assert rows_in(server, workspace)[0] == {"item": "Stove", "pieces": 6}
    row_of(other, 0).get_by_label("Pieces").fill("9")
    row_of(other, 0).get_by_label("Pieces").blur()
    expect(row_of(other, 0).get_by_text("has written here")).to_be_visible()
    assert_fits(other)
    row_of(other, 0).get_by_role("button", name="Take theirs").tap()
    expect(row_of(other, 0).get_by_label("Pieces")).to_have_value("6")
    assert rows_in(server, workspace)[0]["pieces"] == 6


def test_a_row_that_a_colleague_has_removed_can_be_put_back(server, workspace, page, open_page):
    other = open_page()
    open_list(page, server, workspace, 0)
    open_list(other, server, workspace, 1)
    row_of(other, 0).get_by_role("button", name="Remove").click()
    expect(other.get_by_role("button", name="Undo")).to_be_visible()
    row_of(page, 0).get_by_label("Item").fill("Stove")
    row_of(page, 0).get_by_label("Item").press("Tab")
    expect(page.get_by_text("has removed this row meanwhile").first).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(row_of(page, 0).get_by_label("Item")).to_have_value("Stove")
    expect(status(page)).to_have_text("Saved")
    assert [row["item"] for row in rows_in(server, workspace)] == ["Stove", "Sink"]


def test_nothing_typed_is_lost_when_the_line_is_cut(server, workspace, page):
    open_list(page, server, workspace)
    page.route("**/entries", lambda route: route.abort())
    row_of(page, 0).get_by_label("Item").fill("Stove")
    row_of(page, 0).get_by_label("Item").press("Tab")
    expect(status(page)).to_contain_text("Not saved")
    page.unroute("**/entries")
    page.get_by_role("button", name="Try again").click()
    expect(status(page)).to_have_text("Saved")
    assert rows_in(server, workspace)[0]["item"] == "Stove"


def test_without_script(server, workspace, open_page):
    page = open_page(java_script_enabled=False)
    come_in(page, server, new_link(server, workspace), workspace["phones"][0])
    page.goto(server.url + workspace["paths"][0])
    row_of(page, 0).get_by_label("Item").fill("Stove")
    row_of(page, 0).get_by_label("Urgent").check()
    row_of(page, 0).get_by_role("button", name="Save").click()
    expect(row_of(page, 0).get_by_label("Item")).to_have_value("Stove")
    row_of(page, 0).get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Undo").click()
    expect(row_of(page, 0).get_by_label("Urgent")).to_be_checked()
    assert rows_in(server, workspace)[0]["item"] == "Stove"


def visitors(server, workspace, count):
    """Return windows of one contact's browser at the list, with the token of its form."""
    visitor = Visitor(server)
    visitor.post(new_link(server, workspace))
    visitor.post("/customer/verify", action="send")
    code = code_in(server.sms(workspace["phones"][0])[-1])
    visitor.post("/customer/verify", code=code)
    csrf = visitor.csrf(workspace["paths"][0])
    return [visitor.clone() for _window in range(count)], csrf


def post_rows(windows, workspace, csrf, data):
    """Send forms at the same time; return the status of each."""
    path = f"{workspace['paths'][0]}/entries"
    for window in windows:
        window.http.headers["Accept"] = "application/json"
    answers = in_parallel(
        [
            lambda window=window, fields=fields: window.post(path, csrf=csrf, **fields)
            for window, fields in zip(windows, data, strict=True)
        ]
    )
    return [answer.json()["status"] for answer in answers]


def test_parallel_saves_of_one_revision_have_one_winner(server, workspace):
    [(row_id,)] = server.sql(
        "SELECT min(id) FROM customer_publication_entry WHERE publication_id = %s",
        [workspace["list_id"]],
    )
    windows, csrf = visitors(server, workspace, 12)
    data = [
        {"action": "save", "entry_id": row_id, "revision": 1, "item": f"Item {number}"}
        for number in range(len(windows))
    ]
    statuses = post_rows(windows, workspace, csrf, data)
    assert statuses.count("ok") == 1
    assert statuses.count("conflict") == len(windows) - 1
    [(item, revision)] = server.sql(
        "SELECT \"values\" ->> 'item', revision FROM customer_publication_entry WHERE id = %s",
        [row_id],
    )
    assert revision == 2
    assert item == f"Item {statuses.index('ok')}"
    told = server.sql(
        "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND res_id = %s "
        "AND body LIKE '%%filled in rows%%' AND message_type = 'notification'",
        [workspace["lead_id"]],
    )
    assert told == [(1,)]


def test_parallel_adds_of_one_form_add_one_row(server, workspace):
    windows, csrf = visitors(server, workspace, 12)
    data = [{"action": "add", "item": "Tap", "form_id": "one"}] * len(windows)
    assert set(post_rows(windows, workspace, csrf, data)) == {"ok"}
    assert [row["item"] for row in rows_in(server, workspace)] == ["Oven", "Sink", "Tap"]


def test_other_contacts_find_nothing(server, workspace):
    elsewhere = make_workspace(server)
    [window], csrf = visitors(server, workspace, 1)
    path = f"/my/customer/{elsewhere['access_ids'][0]}/publication/{workspace['list_id']}"
    assert window.get(path).status_code == 404
    assert window.post(f"{path}/entries", csrf=csrf, action="add", item="x").status_code == 404
    assert re.search("Oven", window.get(workspace["paths"][0]).text)


def cell_of(page, number, text):
    """Return a cell of the list in the form of staff, by what stands in it."""
    row = page.locator(".o_field_widget[name=entry_ids] .o_data_row").nth(number)
    return row.get_by_role("cell", name=text, exact=True)


def write_as_staff(page, number, text, new):
    cell_of(page, number, text).click()
    field = page.locator(".o_selected_row .o_data_cell input").first
    expect(field).to_have_value(text)
    field.fill(new)


def test_staff_and_a_contact_write_at_the_same_time(server, workspace, page, open_page):
    staff = open_page()
    sign_in(staff, server, "sara", "sara-demo")
    staff.goto(f"{server.url}/odoo/customer.publication/{workspace['list_id']}")
    expect(cell_of(staff, 0, "Oven")).to_be_visible()
    open_list(page, server, workspace)
    row_of(page, 0).get_by_label("Pieces").fill("7")
    row_of(page, 0).get_by_label("Pieces").press("Tab")
    expect(status(page)).to_have_text("Saved")
    # another cell: both stand
    write_as_staff(staff, 0, "Oven", "Stove")
    staff.get_by_role("button", name="Save manually").click()
    expect(cell_of(staff, 0, "7")).to_be_visible()
    assert rows_in(server, workspace)[0] == {"item": "Stove", "pieces": 7}
    # the same cell: staff are told, and nothing is saved
    row_of(page, 1).get_by_label("Item").fill("Basin")
    row_of(page, 1).get_by_label("Item").press("Tab")
    expect(status(page)).to_have_text("Saved")
    write_as_staff(staff, 1, "Sink", "Tub")
    staff.get_by_role("button", name="Save manually").click()
    told = staff.get_by_role("dialog")
    expect(told).to_contain_text(f"{workspace['names'][0]} has changed the row “Basin”")
    expect(told).to_contain_text("“Basin” stands there now, you have written “Tub”")
    told.get_by_role("button", name="Close").first.click()
    staff.get_by_role("button", name="Discard all changes").click()
    staff.reload()
    expect(cell_of(staff, 1, "Basin")).to_be_visible()
    # the bin takes the row off the list; it can be put back
    staff.locator(".o_data_row").nth(1).locator(".o_list_record_remove button").click()
    staff.get_by_role("button", name="Save manually").click()
    expect(cell_of(staff, 1, "Basin")).to_have_count(0)
    wait_until(lambda: len(rows_in(server, workspace)) == 1)
    assert rows_in(server, workspace, active=False)[0]["item"] == "Basin"
