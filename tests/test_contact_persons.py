"""Contact persons in the browser: added by e-mail address, removed, put back."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from .people import Visitor
from .test_story import assert_fits, sign_in
from .waiting import wait_until

_numbers = itertools.count(1)

MAKE = """
Partner = env["res.partner"]
no = env.ref("base.no")
env.ref("base.main_company").country_id = no
user = env["res.users"].search([("login", "=", "siri")])
if not user:
    user = env["res.users"].with_context(no_reset_password=True).create({
        "name": "Siri Moe", "login": "siri", "password": "siri-demo-password",
        "email": "siri@seller.example",
        "group_ids": [(4, env.ref(xmlid).id) for xmlid in (
            "sales_team.group_sale_salesman", "project.group_project_manager",
            "base.group_partner_manager")],
    })
customer = Partner.create({"name": f"Fjord {number} AS", "is_company": True})
persons = [
    Partner.create({"name": f"{name} {number}", "email": f"{name.lower()}{number}@fjord.example",
                    "phone": "+47 406 12 345"})
    for name in ("Eva", "Finn")
]
member = env["customer.access"].create({"partner_id": persons[0].id, "customer_id": customer.id})
lead = env["crm.lead"].create({
    "name": f"Pier {number}", "type": "opportunity", "user_id": user.id,
    "partner_id": customer.id,
})
result = {"number": number, "customer": customer.id, "lead": lead.id, "member": member.id,
          "persons": [person.id for person in persons]}
"""


@pytest.fixture
def fjord(server):
    """A customer with Eva as contact person; Finn is somebody else; an opportunity."""
    return server.shell(MAKE, number=next(_numbers))


@pytest.fixture
def staff(server, page, fjord):
    """The browser of Siri, who sells and runs projects."""
    sign_in(page, server, "siri", "siri-demo-password")
    return page


def open_tab(page, server, path, tab):
    page.goto(f"{server.url}/odoo/{path}")
    page.get_by_role("tab", name=tab).click()
    return page.get_by_label("Add by e-mail")


def open_customer(page, server, fjord):
    return open_tab(page, server, f"res.partner/{fjord['customer']}", "Contact persons")


def save(page):
    page.get_by_role("button", name="Save manually").click()
    expect(page.get_by_role("button", name="Save manually")).to_be_hidden()


def members(server, fjord):
    """Return the names of the customer's contact persons."""
    return [
        name
        for (name,) in server.sql(
            "SELECT partner.name FROM customer_access access "
            "JOIN res_partner partner ON partner.id = access.partner_id "
            "WHERE access.customer_id = %s ORDER BY access.id",
            [fjord["customer"]],
        )
    ]


def row(page, name):
    """Return the line of a contact, on a list or among cards."""
    return page.locator(".o_data_row, .o_kanban_record").filter(has_text=name)


def test_known_by_keyboard_alone(server, staff, fjord):
    box = open_customer(staff, server, fjord)
    box.focus()
    staff.keyboard.type(f"FINN{fjord['number']}@Fjord.example")
    expect(staff.get_by_role("status").get_by_text("Known", exact=True)).to_be_visible()
    staff.keyboard.press("Enter")
    expect(row(staff, f"Finn {fjord['number']}")).to_be_visible()
    expect(box).to_be_focused()
    save(staff)
    assert members(server, fjord) == [f"Eva {fjord['number']}", f"Finn {fjord['number']}"]


def test_already_on_the_list(server, staff, fjord):
    box = open_customer(staff, server, fjord)
    box.fill(f"eva{fjord['number']}@fjord.example")
    expect(staff.get_by_text("On the list", exact=True)).to_be_visible()
    box.press("Enter")
    expect(row(staff, f"Eva {fjord['number']}")).to_have_count(1)


def test_unknown_by_keyboard_alone(server, staff, fjord):
    box = open_customer(staff, server, fjord)
    email, name = f"gro{fjord['number']}@fjord.example", f"Gro {fjord['number']}"
    box.focus()
    staff.keyboard.type(email)
    expect(staff.get_by_role("status").get_by_text("New", exact=True)).to_be_visible()
    staff.keyboard.press("Enter")
    expect(staff.get_by_label("Name", exact=True)).to_be_focused()
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("alert").get_by_text("Please type a name.")).to_be_visible()
    staff.keyboard.type(name)
    staff.keyboard.press("Tab")
    staff.keyboard.type("12")
    staff.keyboard.press("Enter")
    expect(staff.get_by_text(re.compile(r"12 is no phone number.*\+47"))).to_be_visible()
    expect(staff.get_by_label("Phone", exact=True).last).to_be_focused()
    staff.keyboard.press("Control+A")
    staff.keyboard.type("406 12 399")
    staff.keyboard.press("Enter")
    expect(row(staff, name)).to_be_visible()
    save(staff)
    assert members(server, fjord)[-1] == name
    assert server.sql("SELECT parent_id, phone FROM res_partner WHERE email = %s", [email]) == [
        (fjord["customer"], "+47 40 61 23 99")
    ]


def test_two_of_them(server, staff, fjord):
    email, twin = f"finn{fjord['number']}@fjord.example", f"Finnur {fjord['number']}"
    server.shell(
        "env['res.partner'].create({'name': name, 'email': email}); result = True",
        name=twin,
        email=email,
    )
    box = open_customer(staff, server, fjord)
    box.fill(email)
    box.press("Enter")
    expect(staff.get_by_text("2 contacts have this address: choose one.")).to_be_visible()
    expect(row(staff, "Finn")).to_have_count(0)
    staff.get_by_role("button", name="Merge them").click()
    merge = staff.get_by_role("dialog")
    expect(merge.get_by_text(twin).first).to_be_visible()
    merge.get_by_role("button", name="Close").click()
    staff.locator(".o_customer_email_box").get_by_role("button", name=twin).click()
    expect(row(staff, twin)).to_be_visible()
    save(staff)
    assert members(server, fjord)[-1] == twin


MAKE_TWIN = """
finn = env["res.partner"].browse(id)
twin = env["res.partner"].create({"name": name, "email": finn.email, "phone": finn.phone})
role = env.ref("customer_portal_access.role_applicant")
on_lead = env["customer.access"].create(
    {"partner_id": twin.id, "lead_id": lead, "role_id": role.id}
)
env["customer.access"].create({"partner_id": finn.id, "customer_id": customer})
for contact in finn + twin:
    contact._customer_user(env.company)
result = on_lead.create_link()
"""


def test_two_of_them_merged(server, staff, fjord):
    """Both have a portal user: one log-in stays, the accesses of both, and no old link."""
    email, twin = f"finn{fjord['number']}@fjord.example", f"Finnur {fjord['number']}"
    url = server.shell(
        MAKE_TWIN,
        id=fjord["persons"][1],
        name=twin,
        lead=fjord["lead"],
        customer=fjord["customer"],
    )
    box = open_tab(staff, server, f"crm.lead/{fjord['lead']}", "Customer Centre")
    box.fill(email)
    box.press("Enter")
    staff.get_by_role("button", name="Merge them").click()
    staff.get_by_role("dialog").get_by_role("button", name="Merge Contacts").click()
    wait_until(lambda: len(contacts(server, email)) == 1)
    [kept] = contacts(server, email)
    targets = server.sql(
        "SELECT customer_id, lead_id FROM customer_access WHERE partner_id = %s ORDER BY id",
        [kept],
    )
    assert sorted(targets, key=str) == sorted(
        [(None, fjord["lead"]), (fjord["customer"], None)], key=str
    )
    users = server.sql("SELECT login FROM res_users WHERE partner_id = %s AND active", [kept])
    assert users == [(email,)]
    assert Visitor(server).get(url).status_code == 410


def contacts(server, email):
    """Return the contacts with an address."""
    query = "SELECT id FROM res_partner WHERE email_normalized = %s AND active"
    return [contact for (contact,) in server.sql(query, [email])]


def test_archived_comes_back_only_explicitly(server, staff, fjord):
    server.shell(
        "env['res.partner'].browse(id).active = False; result = True", id=fjord["persons"][1]
    )
    box = open_customer(staff, server, fjord)
    box.fill(f"finn{fjord['number']}@fjord.example")
    box.press("Enter")
    button = staff.get_by_role("button", name="Reactivate and add")
    expect(button).to_be_focused()
    expect(row(staff, "Finn")).to_have_count(0)
    staff.keyboard.press("Enter")
    expect(row(staff, f"Finn {fjord['number']}")).to_be_visible()
    save(staff)
    assert server.sql("SELECT active FROM res_partner WHERE id = %s", [fjord["persons"][1]]) == [
        (True,)
    ]


def test_on_an_opportunity_that_is_not_saved_yet(server, staff, fjord):
    box = open_tab(staff, server, "crm.lead/new", "Customer Centre")
    staff.get_by_placeholder("e.g. Product Pricing").fill(f"Quay {fjord['number']}")
    staff.get_by_label("Role").select_option("Applicant")
    box.fill(f"finn{fjord['number']}@fjord.example")
    box.press("Enter")
    expect(row(staff, f"Finn {fjord['number']}")).to_be_visible()
    save(staff)
    expect(row(staff, f"Finn {fjord['number']}").get_by_text("Applicant")).to_be_visible()


def test_invite_right_after_adding(server, staff, fjord):
    """The form is saved, and the invitation of just this contact opens."""
    box = open_customer(staff, server, fjord)
    email = f"ine{fjord['number']}@fjord.example"
    box.fill(email)
    box.press("Enter")
    staff.get_by_label("Name", exact=True).fill(f"Ine {fjord['number']}")
    staff.get_by_label("Phone", exact=True).fill("+47 406 55 123")
    staff.get_by_role("button", name="Add new contact").click()
    staff.get_by_role("status").get_by_role("button", name="Invite", exact=True).click()
    dialog = staff.get_by_role("dialog")
    expect(dialog.get_by_text(f"Ine {fjord['number']}").first).to_be_visible()
    assert not server.catcher.store.mails(email)
    dialog.get_by_role("button", name="Send Invitation").click()
    expect(staff.locator(".o_notification", has_text="1 sent")).to_be_visible()
    assert len(server.mails(email)) == 1


def test_on_a_customer_that_is_not_saved_yet(server, staff, fjord):
    staff.goto(f"{server.url}/odoo/res.partner/new")
    staff.get_by_label("Company", exact=True).first.check()
    staff.get_by_placeholder("e.g. Lumber Inc").fill(f"Skerry {fjord['number']} AS")
    staff.get_by_role("tab", name="Contact persons").click()
    box = staff.get_by_label("Add by e-mail")
    box.fill(f"hege{fjord['number']}@skerry.example")
    box.press("Enter")
    staff.get_by_label("Name", exact=True).fill(f"Hege {fjord['number']}")
    staff.keyboard.press("Enter")
    expect(row(staff, f"Hege {fjord['number']}")).to_be_visible()
    save(staff)
    assert server.sql(
        "SELECT parent.name FROM res_partner person "
        "JOIN res_partner parent ON parent.id = person.parent_id WHERE person.name = %s",
        [f"Hege {fjord['number']}"],
    ) == [(f"Skerry {fjord['number']} AS",)]


def test_ticked_when_a_project_is_made(server, staff, fjord):
    staff.goto(f"{server.url}/odoo/action-project.open_create_project")
    staff.get_by_placeholder("e.g. Office Party").fill(f"Dock {fjord['number']}")
    customer = staff.get_by_label("Customer", exact=True)
    customer.fill(f"Fjord {fjord['number']} AS")
    staff.get_by_role("option", name=f"Fjord {fjord['number']} AS").first.click()
    staff.get_by_label(re.compile(f"^Eva {fjord['number']} ")).check()
    staff.get_by_role("button", name="Create project").click()
    staff.wait_for_url("**/tasks**")
    assert server.sql(
        "SELECT access.partner_id FROM customer_access access "
        "JOIN project_project project ON project.id = access.project_id "
        "WHERE project.name->>'en_US' = %s",
        [f"Dock {fjord['number']}"],
    ) == [(fjord["persons"][0],)]


def test_removal_is_blocked_and_says_where(server, staff, fjord):
    server.shell(
        "env['customer.access'].create({'partner_id': partner, 'lead_id': lead}); result = True",
        partner=fjord["persons"][0],
        lead=fjord["lead"],
    )
    open_customer(staff, server, fjord)
    staff.get_by_role("button", name=f"Remove Eva {fjord['number']}").click()
    staff.get_by_role("button", name="Save manually").click()
    dialog = staff.get_by_role("dialog")
    expect(dialog.get_by_text(f"Eva {fjord['number']}: Pier {fjord['number']}")).to_be_visible()
    dialog.get_by_role("button", name="Open them").click()
    staff.wait_for_url(f"**/crm.lead/{fjord['lead']}")
    assert members(server, fjord) == [f"Eva {fjord['number']}"]


def test_removed_and_reinstated_before_saving(server, staff, fjord):
    open_customer(staff, server, fjord)
    line = row(staff, f"Eva {fjord['number']}")
    staff.get_by_role("button", name=f"Remove Eva {fjord['number']}").click()
    expect(line).to_have_class(re.compile("opacity-50"))
    staff.get_by_role("button", name=f"Put Eva {fjord['number']} back").click()
    expect(line).not_to_have_class(re.compile("opacity-50"))
    save(staff)
    assert members(server, fjord) == [f"Eva {fjord['number']}"]


def test_removed_and_undone(server, staff, fjord):
    url = server.rpc("siri").call("customer.access", "create_link", ids=[fjord["member"]])
    open_customer(staff, server, fjord)
    staff.get_by_role("button", name=f"Remove Eva {fjord['number']}").click()
    save(staff)
    expect(row(staff, f"Eva {fjord['number']}")).to_have_count(0)
    assert members(server, fjord) == []
    staff.locator(".o_notification").get_by_role("button", name="Undo").click()
    expect(row(staff, f"Eva {fjord['number']}")).to_be_visible()
    assert members(server, fjord) == [f"Eva {fjord['number']}"]
    assert staff.request.get(url).status == 410


def test_new_address_in_the_dialog_behind_the_name(server, staff, fjord):
    server.rpc("siri").call("customer.access", "send_invitation", ids=[fjord["member"]])
    old, new = (f"eva{fjord['number']}@{domain}.example" for domain in ("fjord", "home"))
    server.mails(old)
    open_customer(staff, server, fjord)
    staff.get_by_role("button", name=f"Eva {fjord['number']}", exact=True).click()
    dialog = staff.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill(new)
    dialog.get_by_label("E-mail").press("Tab")
    expect(dialog.get_by_text("Links sent so far stop working")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(row(staff, new)).to_be_visible()
    [_invitation, told] = server.mails(old, count=2)
    assert "another e-mail address" in told.text
    assert new not in told.text
    [told] = server.mails(new)
    assert "/customer/link/" not in told.text


def test_on_a_phone(server, phone_page, fjord):
    sign_in(phone_page, server, "siri", "siri-demo-password")
    box = open_customer(phone_page, server, fjord)
    box.fill(f"finn{fjord['number']}@fjord.example")
    phone_page.get_by_role("button", name=f"Add Finn {fjord['number']}").tap()
    expect(row(phone_page, f"Finn {fjord['number']}")).to_be_visible()
    assert_fits(phone_page)
    phone_page.get_by_role("button", name=f"Remove Eva {fjord['number']}").tap()
    expect(phone_page.get_by_text("Removed once you save")).to_be_visible()
    save(phone_page)
    assert members(server, fjord) == [f"Finn {fjord['number']}"]
