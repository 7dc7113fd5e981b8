"""Invite, right after a contact was made in a dialog, by its name or among its company's."""

import contextlib
import itertools

import pytest
from playwright.sync_api import expect

from .people import make_workspace
from .test_story import assert_fits, sign_in

_numbers = itertools.count(1)

OPEN_TO_ALL = """
env["res.company"].browse(1).customer_portal_default = default
env["res.users"].search([("login", "=", "sara")]).group_ids += env.ref(
    "base.group_partner_manager"
)
result = env["res.partner"].create({"name": "Fjell AS", "is_company": True}).id
"""


@pytest.fixture
def staff(server, page, request):
    """The browser of Sara, where the portal is open to whoever is no exception."""
    workspace = make_workspace(server, contacts=0)
    default = getattr(request, "param", "enabled")
    workspace["customer"] = server.shell(OPEN_TO_ALL, default=default)
    sign_in(page, server, "sara", "sara-demo")
    page.workspace = workspace
    yield page
    server.shell(OPEN_TO_ALL, default="disabled")


@pytest.fixture
def person():
    """The name and e-mail address of somebody new."""
    number = next(_numbers)
    return f"Nora {number}", f"nora{number}@fjell.example"


def contact_field(page, server):
    page.goto(f"{server.url}/odoo/crm.lead/{page.workspace['lead_id']}")
    return page.locator("[name=partner_id] input").first


def create_in_dialog(page, server, name, email=None):
    """Make a contact by "Create and edit..." of an opportunity's contact."""
    field = contact_field(page, server)
    field.fill(name)
    page.get_by_text("Create and edit...").click()
    fill_in(page.get_by_role("dialog"), name, email)
    expect(field).to_have_value(name)


def fill_in(dialog, name, email):
    dialog.get_by_text("Person", exact=True).click()
    dialog.get_by_placeholder("e.g. Brandon Freeman").fill(name)
    if email:
        dialog.locator("[name=email] input").first.fill(email)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_hidden()


def offer(page, name):
    return page.locator(".o_notification", has_text=f"{name} may come to the customer portal")


@contextlib.contextmanager
def asked_whether(page):
    """Wait until the server has said whether the new contact may be invited."""
    with page.expect_response(lambda response: response.url.endswith("res.partner/read")) as answer:
        yield
    answer.value.finished()
    page.wait_for_timeout(200)  # for what would be shown now


def invite(page, server, name, email):
    """Click Invite, and wait for the mail."""
    offer(page, name).get_by_role("button", name="Invite").click()
    expect(page.locator(".o_notification", has_text="is on its way")).to_contain_text(name)
    expect(offer(page, name)).to_be_hidden()
    [mail] = server.mails(email)
    assert any(link.endswith("/web/login") for link in mail.links)


def test_after_create_and_edit(server, staff, person):
    name, email = person
    create_in_dialog(staff, server, name, email)
    invite(staff, server, name, email)


def test_on_a_phone(server, phone_page, staff, person):
    name, email = person
    sign_in(phone_page, server, "sara", "sara-demo")
    phone_page.workspace = staff.workspace
    contact_field(phone_page, server).click()
    search = phone_page.get_by_role("dialog")
    search.get_by_role("button", name="New").click()
    fill_in(phone_page.get_by_role("dialog").last, name, email)
    expect(offer(phone_page, name)).to_be_visible()
    assert_fits(phone_page)
    invite(phone_page, server, name, email)


def test_after_a_name_with_an_address(server, staff, person):
    name, email = person
    contact_field(staff, server).fill(f"{name} <{email}>")
    staff.get_by_text('Create "').click()
    invite(staff, server, name, email)


def test_on_the_contacts_tab_of_a_company(server, staff, person):
    name, email = person
    staff.goto(f"{server.url}/odoo/res.partner/{staff.workspace['customer']}")
    for index in (1, 2):
        staff.get_by_text("Add Contact").click()
        dialog = staff.get_by_role("dialog")
        dialog.locator("[name=name] input").fill(f"{name}-{index}")
        dialog.locator("[name=email] input").fill(f"{index}{email}")
        dialog.get_by_role("button", name="Save & Close").click()
        expect(dialog).to_be_hidden()
    staff.get_by_role("button", name="Save manually").click()
    expect(offer(staff, f"{name}-1")).to_be_visible()
    invite(staff, server, f"{name}-2", f"2{email}")
    expect(offer(staff, f"{name}-1")).to_be_visible()


def test_not_without_an_address(server, staff, person):
    name, _email = person
    with asked_whether(staff):
        create_in_dialog(staff, server, name)
    expect(offer(staff, name)).to_have_count(0)


@pytest.mark.parametrize("staff", ["disabled"], indirect=True)
def test_not_where_the_portal_is_closed(server, staff, person):
    name, email = person
    with asked_whether(staff):
        create_in_dialog(staff, server, name, email)
    expect(offer(staff, name)).to_have_count(0)
