"""What staff do with registrations in their browser: kanban, form, dialogs, vouching."""

import pytest
from playwright.sync_api import expect

from .people import link_in
from .test_accessibility import assert_accessible
from .test_registration import company, confirm_link, made, person, register, send_form
from .test_story import assert_fits, come_in, sign_in
from .waiting import wait_until

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

# a customer whose contact may manage colleagues, and an opportunity to open
MAKE_CUSTOMER = """
company = env["res.company"].browse(company_id)
sara = env["res.users"].search([("login", "=", "sara")])
customer = env["res.partner"].create({
    "name": f"Berg {number} AS", "is_company": True, "company_id": company.id,
})
contact = env["res.partner"].create({
    "name": f"Bea {number}", "email": f"bea@berg{number}.example", "parent_id": customer.id,
    "phone": f"+47 406 33 {number % 1000:03d}", "company_id": company.id,
})
permission = env.ref("customer_portal_access.permission_manage_colleagues")
role = env["customer.contact.role"].create({
    "name": "Team lead", "code": f"lead_{number}", "company_id": company.id,
    "can_be_invited": True, "requires_code": True,
    "permission_ids": [(6, 0, permission.ids)],
})
access = env["customer.access"].create({
    "partner_id": contact.id, "customer_id": customer.id, "role_id": role.id,
    "company_id": company.id,
})
lead = env["crm.lead"].create({
    "name": f"Hall {number}", "type": "opportunity", "company_id": company.id,
    "user_id": sara.id, "team_id": False,
})
result = {
    "customer": customer.name, "customer_id": customer.id,
    "colleague": f"nina@berg{number}.example",
    "contact": contact.name, "email": contact.email, "phone": access.code_number,
    "lead_id": lead.id, "lead": lead.name,
}
"""

MAKE_TWIN = """
result = env["res.partner"].browse(customer_id).copy({"name": customer}).id
"""

READ = """
registration = env["customer.registration"].browse(registration_id)
access = env["customer.access"].search([("partner_id", "=", registration.partner_id.id)])
result = {
    "state": registration.state, "customer_id": registration.partner_id.parent_id.id,
    "role": access.role_id.code, "lead_id": access.lead_id.id, "reason": registration.reason,
}
"""


@pytest.fixture
def customer(server, company):
    """A customer of that company, with a contact who may manage colleagues."""
    return server.shell(MAKE_CUSTOMER, company_id=company["id"], number=company["id"])


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


def open_form(page, server, registration_id):
    """Open a registration as Sara, who is signed in."""
    page.goto(f"{server.url}/odoo/customer.registration/{registration_id}")
    expect(page.get_by_text("What was typed")).to_be_visible()


def choose(page, field, text):
    """Choose a record in a field by typing its name."""
    widget = page.locator(f".o_field_widget[name={field}]")
    widget.locator("input").fill(text)
    widget.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def read(server, registration_id):
    """Return what became of a registration."""
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
    states = [read(server, registration_id)["state"] for registration_id in ids]
    assert states == ["approved", "approved", "pending"]
    for typed in (first, second):
        assert "is approved" in server.mails(typed["email"])[-1].text
        assert made(server, typed["email"]) == (1, 0, 1)
    expect(rows).to_have_count(1)  # what is left to decide


def test_form_customer_role_and_workspace(server, company, customer, page, open_page):
    """Two customers of that name are proposed; staff choose one, another role, a workspace."""
    customer_ids = (
        customer["customer_id"],
        server.shell(MAKE_TWIN, customer_id=customer["customer_id"], customer=customer["customer"]),
    )
    typed = {**person(), "company_name": customer["customer"], "email": "nina.berg@gmail.com"}
    [registration_id] = take_in(server, company, typed)
    be_sara(page, server, company)
    open_form(page, server, registration_id)
    expect(page.get_by_text("No customer is chosen").first).to_be_visible()
    proposed = page.locator(".o_field_widget[name=proposed_customer_ids] .o_data_row")
    expect(proposed).to_have_count(2)
    choose(page, "customer_id", customer["customer"])
    expect(page.locator(".alert-info")).to_contain_text(f"as a contact of {customer['customer']}")
    allowed = page.locator(".o_field_widget[name=role_permissions]")
    before = allowed.inner_text()
    choose(page, "role_id", "Guarantor")
    expect(allowed).not_to_have_text(before)
    expect(allowed).to_contain_text("asks for a code by SMS")
    choose(page, "open_lead_ids", customer["lead"])
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".o_notification", has_text="is let in")).to_be_visible()
    found = read(server, registration_id)
    assert found["state"] == "approved"
    assert found["customer_id"] in customer_ids
    assert (found["role"], found["lead_id"]) == ("guarantor", customer["lead_id"])
    nina = open_page()
    phone = typed["phone"].replace(" ", "")
    come_in(nina, server, link_in(server.mails(typed["email"])[-1]), phone)
    expect(nina.get_by_role("heading", name=customer["lead"])).to_be_visible()


def test_rejected_with_a_reason_and_registering_again(server, company, page):
    registration_id, typed = register(server, company)
    be_sara(page, server, company)
    open_form(page, server, registration_id)
    page.get_by_role("button", name="Reject").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Send a polite mail")).to_be_checked()
    dialog.get_by_label("Reason").fill("We build in <b>Norway</b> only.\nAsk us in May.")
    dialog.get_by_role("button", name="Reject").click()
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text("Rejected")
    mail = server.mails(typed["email"], count=2)[-1]
    assert "We build in <b>Norway</b> only." in mail.text
    assert "Ask us in May." in mail.text
    # too early by the settings, until these say otherwise
    send_form(server, company, typed)
    assert "cannot take a new one" in server.mails(typed["email"], count=3)[-1].text
    page.goto(f"{server.url}/odoo/action-customer_portal_access.customer_portal_settings_action")
    page.locator(".o_field_widget[name=customer_registration_reapply] input").click()
    page.locator(".o_select_menu_item", has_text="At any time").click()
    page.get_by_role("button", name="Save").click()
    query = "SELECT customer_registration_reapply FROM res_company WHERE id = %s"
    wait_until(lambda: server.sql(query, [company["id"]]) == [("always",)])
    send_form(server, company, typed)
    assert confirm_link(server, typed["email"], number=4)


def ask_to_vouch(page, server, company, customer):
    """Let a colleague register, and ask the contact as Sara; return id and what was typed."""
    changes = {"email": customer["colleague"], "company_name": "Berg"}
    registration_id, typed = register(server, company, **changes)
    be_sara(page, server, company)
    open_form(page, server, registration_id)
    # found by the domain of the address that was proven
    expect(page.locator(".alert-info")).to_contain_text(f"as a contact of {customer['customer']}")
    choose(page, "voucher_id", customer["contact"])
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".o_notification", has_text="is asked by mail")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_have_count(0)
    return registration_id, typed


def open_question(page, server, customer, typed):
    """Come in as the contact who is asked, by the mail; return the question."""
    [mail] = server.mails(customer["email"])
    assert typed["name"] not in mail.text
    come_in(page, server, link_in(mail), customer["phone"])
    question = page.get_by_role("region", name="Do you know this colleague?")
    expect(question).to_contain_text(typed["name"])
    expect(question).to_contain_text(typed["email"])
    for hidden in (typed["phone"], typed["company_name"]):
        expect(question.get_by_text(hidden, exact=True)).to_have_count(0)
    assert_fits(page)
    assert_accessible(page)
    return question


def test_a_contact_vouches_and_the_colleague_comes_in(server, company, customer, page, open_page):
    registration_id, typed = ask_to_vouch(page, server, company, customer)
    bea = open_page()
    question = open_question(bea, server, customer, typed)
    # by keyboard: the comment, then the answer
    question.get_by_label("Comment (optional)").focus()
    bea.keyboard.type("She builds with me.")
    bea.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Yes, I know the person")).to_be_focused()
    bea.keyboard.press("Enter")
    expect(question).to_have_count(0)
    # who decides is told, sees the answer, and decides
    open_form(page, server, registration_id)
    vouched = page.locator(".o_field_widget[name=vouch_state]")
    expect(vouched).to_have_text("Knows the person")
    expect(page.locator(".o_field_widget[name=vouch_comment]")).to_have_text("She builds with me.")
    said = f"{customer['contact']} knows {typed['name']}."
    expect(page.locator(".o-mail-Chatter").get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".o_notification", has_text="is let in")).to_be_visible()
    found = read(server, registration_id)
    assert (found["state"], found["customer_id"]) == ("approved", customer["customer_id"])
    assert link_in(server.mails(typed["email"], count=2)[-1])


def test_a_contact_does_not_know_the_person(server, company, customer, page, phone_page):
    registration_id, typed = ask_to_vouch(page, server, company, customer)
    question = open_question(phone_page, server, customer, typed)
    question.get_by_label("Comment (optional)").fill("Never heard of.")
    question.get_by_role("button", name="No", exact=True).tap()
    expect(question).to_have_count(0)
    open_form(page, server, registration_id)
    vouched = page.locator(".o_field_widget[name=vouch_state]")
    expect(vouched).to_have_text("Does not know the person")
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text("Rejected")
    assert made(server, typed["email"]) == (1, 0, 0)
