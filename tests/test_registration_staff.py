"""What staff do with registrations in their browser."""

from playwright.sync_api import expect

from .test_registration import company, made, person
from .test_story import sign_in

__all__ = ["company"]  # the fixture

# registrations as the click in their mail leaves them
TAKE_IN = """
env = env(context={"lang": "en_US"})
company = env["res.company"].browse(company_id)
ids = []
for typed in forms:
    registration = env["customer.registration"].with_company(company).create({
        **typed, "company_id": company.id, "state": "pending",
    })
    registration._enter_crm()
    registration._tell_staff()
    ids.append(registration.id)
result = ids
"""

READ = "result = env['customer.registration'].browse(registration_id).state"


def take_in(server, company, *forms):
    """Let registrations come in; return their ids."""
    return server.shell(TAKE_IN, company_id=company["id"], forms=forms)


def be_sara(page, server, company):
    """Sign in as Sara, who works for that company now."""
    sign_in(page, server, "sara", "sara-demo")
    page.context.add_cookies([{"name": "cids", "value": str(company["id"]), "url": server.url}])


def open_registrations(page, server, company):
    """Go to the registrations by the menu, as Sara."""
    be_sara(page, server, company)
    page.goto(f"{server.url}/odoo/crm")
    page.get_by_role("button", name="Customer portal").click()
    page.get_by_role("menuitem", name="Registrations").click()
    expect(page.locator(".o_kanban_view")).to_be_visible()


def read(server, registration_id):
    """Return the state of a registration."""
    return server.shell(READ, registration_id=registration_id)


def test_many_approved_at_once(server, company, page):
    first, second, third = (person() for _person in range(3))
    ids = take_in(server, company, first, second, third)
    open_registrations(page, server, company)
    cards = page.locator(".o_kanban_record:not(.o_kanban_ghost)")
    expect(cards).to_have_count(3)
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.locator(".o_searchview_facet", has_text="To decide")).to_be_visible()
    page.get_by_role("button", name="List View").click()
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(3)
    for typed in (first, second):
        rows.filter(has_text=typed["email"]).locator(".o_list_record_selector input").check()
    page.get_by_role("button", name="Approve").click()
    dialog = page.get_by_role("dialog")
    lines = dialog.locator(".o_data_row")
    expect(lines).to_have_count(2)
    expect(dialog).to_contain_text(f"as a contact of {first['company_name']}")
    dialog.get_by_role("button", name="Approve").click()
    expect(lines.filter(has_text="The mail is on its way.")).to_have_count(2)
    dialog.get_by_role("button", name="Close").first.click()
    states = [read(server, registration_id) for registration_id in ids]
    assert states == ["approved", "approved", "pending"]
    for typed in (first, second):
        assert "is approved" in server.mails(typed["email"])[-1].text
        assert made(server, typed["email"]) == (1, 0, 1)
    expect(rows).to_have_count(1)  # what is left to decide
