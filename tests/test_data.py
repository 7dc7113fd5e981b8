"""Two applicants edit the same data at once; one's own number and e-mail are proven."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from .people import Visitor, code_in, make_workspace
from .test_concurrency import PARALLEL, in_parallel, new_link
from .test_story import assert_fits, come_in
from .waiting import wait_until

SHARE = """
lead = env["crm.lead"].browse(lead_id)
team = env["crm.team"].create({
    "name": f"Team {lead_id}", "company_id": lead.company_id.id,
    "lead_properties_definition": [{"name": "aa11", "string": "Floor area", "type": "float"}],
    "customer_field_names": ["referred"], "customer_property_names": ["aa11"],
})
lead.write({"team_id": team.id, "referred": "A friend"})
"""


@pytest.fixture
def workspace(server):
    """An opportunity with two applicants, whose team shares a field and a property."""
    workspace = make_workspace(server, contacts=2)
    server.shell(SHARE, lead_id=workspace["lead_id"])
    workspace["paths"] = [f"/my/customer/{access_id}" for access_id in workspace["access_ids"]]
    return workspace


def enter(server, workspace, index=0):
    """Return a visitor who has come in by link and code."""
    visitor = Visitor(server)
    visitor.post(new_link(server, workspace, index))
    visitor.post("/customer/verify", action="send")
    code = code_in(server.sms(workspace["phones"][index])[-1])
    visitor.post("/customer/verify", code=code)
    return visitor


def referred(server, workspace):
    [(value,)] = server.sql("SELECT referred FROM crm_lead WHERE id = %s", [workspace["lead_id"]])
    return value


def test_two_applicants_edit_at_once(server, workspace, page, phone_page):
    anna, ida = page, phone_page
    for index, browser in enumerate((anna, ida)):
        come_in(browser, server, new_link(server, workspace, index), workspace["phones"][index])
        browser.get_by_role("link", name="See and edit").click()
        expect(browser.get_by_label("Referred By")).to_have_value("A friend")
        assert_fits(browser)
    ida.get_by_label("Referred By").fill("Ida's aunt")
    ida.get_by_role("button", name="Save").tap()
    expect(ida.get_by_role("status")).to_contain_text("Saved")
    anna.get_by_label("Referred By").fill("My uncle")
    anna.get_by_label("Floor area").fill("24.5")
    anna.get_by_role("button", name="Save").click()
    expect(anna.get_by_role("alert").first).to_contain_text("Nothing has been saved yet")
    expect(anna.get_by_text(f"{workspace['names'][1]} has changed this")).to_be_visible()
    expect(anna.get_by_text("Ida's aunt")).to_be_visible()
    expect(anna.get_by_label("Referred By")).to_have_value("My uncle")
    assert referred(server, workspace) == "Ida's aunt"
    anna.get_by_label("Save what I typed").check()
    anna.get_by_role("button", name="Save").click()
    expect(anna.get_by_role("status")).to_contain_text("Saved")
    assert referred(server, workspace) == "My uncle"
    # the other way round: what is there now stays
    ida.get_by_label("Referred By").fill("Nobody")
    ida.get_by_role("button", name="Save").tap()
    expect(ida.get_by_text("It is now:")).to_be_visible()
    assert_fits(ida)
    ida.get_by_label("Leave it as it is now").check()
    ida.get_by_role("button", name="Save").tap()
    expect(ida.get_by_label("Referred By")).to_have_value("My uncle")
    assert referred(server, workspace) == "My uncle"


def test_saved_in_the_same_moment_nobody_overwrites_unseen(server, workspace):
    """Each of many parallel forms was rendered with the same value: one is saved."""
    visitors = [enter(server, workspace, index) for index in (0, 1)]
    calls = []
    for number in range(PARALLEL // 3):
        visitor = visitors[number % 2].clone()
        path = f"{workspace['paths'][number % 2]}/data"
        calls.append((visitor, path, visitor.csrf(path), f"Writer {number}"))
    answers = in_parallel(
        [
            lambda call=call: call[0].post(
                call[1],
                csrf=call[2],
                **{"base-target-referred": '"A friend"', "target-referred": call[3]},
            )
            for call in calls
        ]
    )
    saved = [call for call, answer in zip(calls, answers, strict=True) if answer.status_code == 303]
    assert [answer.status_code for answer in answers].count(200) == len(calls) - 1
    assert [referred(server, workspace)] == [call[3] for call in saved]
    [(notes,)] = server.sql(
        "SELECT count(*) FROM customer_access_event WHERE kind = 'data_changed' "
        "AND access_id IN %s",
        [tuple(workspace["access_ids"])],
    )
    assert notes == 1


def test_own_number_with_real_sms_on_both(server, workspace, phone_page):
    phone, old = phone_page, workspace["phones"][0]
    new = f"+47406{workspace['number']:03d}91"
    come_in(phone, server, new_link(server, workspace), old)
    phone.get_by_role("link", name="Your e-mail and number").tap()
    expect(phone.get_by_role("heading", name="Number for codes")).to_be_visible()
    assert_fits(phone)
    phone.get_by_label("New mobile number").fill(new)
    phone.get_by_role("button", name="Continue").tap()
    server.sql("DELETE FROM customer_quota WHERE scope = 'sms_pause'")
    before = len(server.catcher.store.sms(old))
    phone.get_by_role("button", name="Send code").tap()
    code = code_in(server.sms(old, count=before + 1)[-1])
    assert not server.catcher.store.sms(new)
    expect(phone.get_by_label("Code from the SMS")).to_be_focused()
    assert_fits(phone)
    phone.get_by_label("Code from the SMS").fill(code)
    phone.get_by_role("button", name="Confirm").tap()
    expect(phone.get_by_role("heading", name="Now the new number")).to_be_visible()
    phone.get_by_role("button", name="Send code").tap()
    code = code_in(server.sms(new)[-1])
    phone.get_by_label("Code from the SMS").fill(code)
    phone.get_by_role("button", name="Confirm").tap()
    expect(phone.get_by_role("status").first).to_contain_text("new number from now on")
    assert_fits(phone)
    [(number,)] = server.sql(
        "SELECT code_number FROM customer_access WHERE id = %s", [workspace["access_ids"][0]]
    )
    assert number == new
    [mail] = server.mails(workspace["emails"][0])
    assert "another phone number" in mail.text


def test_own_email_with_real_mail(server, workspace, page, open_page):
    new = f"anna{workspace['number']}.new@berg.example"
    come_in(page, server, new_link(server, workspace), workspace["phones"][0])
    page.get_by_role("link", name="Your e-mail and number").click()
    page.get_by_label("New e-mail address").fill(new)
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_text("look into the new mailbox")).to_be_visible()
    [mail] = server.mails(new)
    [notice] = server.mails(workspace["emails"][0])
    assert "/customer/email/" not in notice.text
    link = next(link for link in mail.links if "/customer/email/" in link)
    token = link.rpartition("/")[2]
    for table, column in (("mail_mail", "body_html"), ("mail_message", "body")):
        assert not server.sql(f"SELECT 1 FROM {table} WHERE {column} LIKE %s", [f"%{token}%"])
    # on another device, five at once: one changes it
    visitors = [Visitor(server) for _visitor in range(5)]
    tokens = [visitor.csrf(link) for visitor in visitors]
    with ThreadPoolExecutor(5) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post(link, csrf=pair[1]), zip(visitors, tokens, strict=True)
            )
        )
    places = [answer.headers["Location"] for answer in answers]
    assert sum("status=done" in place for place in places) == 1
    other = open_page()
    other.goto(server.url + "/customer/email?status=done")
    expect(other.get_by_role("heading")).to_contain_text("new address is in use")
    assert token not in server.log.read_text()
    # the links of before are dead, a new one comes by itself
    wait_until(lambda: len(server.catcher.store.mails(new)) >= 3, timeout=60)
    page.reload()
    page.wait_for_url("**/customer/recover**")
