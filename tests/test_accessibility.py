"""No page for customers violates WCAG 2.2 A or AA, as far as axe-core can tell."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import PHONE
from .people import make_workspace, publish
from .test_concurrency import new_link
from .test_publications import SWITCH, open_workspace
from .test_shifts import NEXT_WEEK, make_shifts, shift_link
from .test_story import assert_fits, come_in, sign_in

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}

OWN_ROLE = """
accesses = env["customer.access"].browse(access_ids)
role = accesses.role_id.copy({"code": f"own_{access_ids[0]}"})
role.permission_ids |= env.ref("customer_portal_access.permission_manage_colleagues")
accesses.role_id = role
"""

TAKE_REGISTRATIONS = """
result = env["res.company"].create({
    "name": f"Kitchens by {keys}", "email": "keys@seller.example", "customer_registration": True,
    "customer_registration_privacy_text": "We keep it to look at it.",
    "customer_registration_privacy_url": "https://seller.example/privacy",
}).id
"""

GIVE_PASSWORD = """
access = env["customer.access"].browse(access_id)
user = access.partner_id._customer_user(access.company_id)
user._set_encrypted_password(user.id, user._crypt_context().hash(password))
"""

FILL_ROWS = """
env["customer.publication.entry"].create([
    {"publication_id": list_id, "values": {"item": item, "day": "2026-12-31", "ready": True}}
    for item in ("Oven", "Sink", "Tap")
])
"""

ADD_HOURS = """
employee = env["hr.employee"].search([("name", "=", "Emil Moen")])
env["account.analytic.line"].create([
    {"project_id": project_id, "employee_id": employee.id, "unit_amount": 2.5,
     "date": f"2026-01-{day}", "name": f"Boxes of day {day}"} for day in (12, 13)])
"""


def assert_accessible(page):
    """axe-core finds nothing on the page at hand, once it stands still."""
    page.wait_for_load_state("networkidle")
    page.emulate_media(reduced_motion="reduce")
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert not found, "\n".join(
        f"{page.url} {violation['id']}: {violation['help']}\n  {node['html']}"
        for violation in found
        for node in violation["nodes"]
    )


def tab_to(page, target, most=80):
    """Get to something with the Tab key alone; whatever has the focus on the way is seen."""
    for _press in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count():
            expect(focused).to_be_in_viewport()
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached on {page.url}.")


def own_role(server, workspace):
    """Let the contacts do all there is, in a role that nobody else has."""
    server.shell(OWN_ROLE, access_ids=workspace["access_ids"])


def publish_all(server, workspace):
    """Publish one of each kind; return their ids by kind."""
    columns = [
        {"name": "item", "string": "Item", "type": "char"},
        {"name": "day", "string": "Day", "type": "date"},
        {"name": "ready", "string": "Ready", "type": "boolean"},
    ]
    [file] = server.rpc("sara").call(
        "ir.attachment", "create", vals_list=[{"name": "plan.txt", "raw": "cGxhbg=="}]
    )
    files = [[4, file]]
    return {
        "offer": publish(
            server,
            workspace,
            "offer",
            body='<p>Oak <img src="https://pixel.example/a.png" alt="Door"></p>',
            amount=900,
            require_signature=True,
        ),
        "page": publish(server, workspace, "page", body="<h2>How</h2><p>We build</p>"),
        "link": publish(server, workspace, "link", url="https://plan.example/"),
        "file": publish(server, workspace, "file", attachment_ids=files),
        "list": publish(server, workspace, "list", columns_definition=columns),
    }


@pytest.fixture
def workspace(server):
    """An opportunity with a contact person, while login-free access is on."""
    workspace = make_workspace(server, role="contact_person")
    server.shell(SWITCH, on=True)
    own_role(server, workspace)
    yield workspace
    server.shell(SWITCH, on=False)


def test_pages_before_the_workspace(server, workspace, page):
    url = new_link(server, workspace)
    for path in (
        url,
        f"{server.url}/customer/link/unknown",
        f"{server.url}/customer/recover",
        f"{server.url}/customer/recover?sent=1",
        f"{server.url}/customer/left",
        f"{server.url}/customer/verify",
        f"{server.url}/customer/password",
        f"{server.url}/customer/first",
        f"{server.url}/customer/first?sent=1",
        f"{server.url}/customer/forgot",
        f"{server.url}/customer/forgot?sent=1",
        f"{server.url}/customer/forgot?expired=1",
    ):
        page.goto(path)
        assert_accessible(page)


def test_the_way_in_by_code(server, page):
    workspace = make_workspace(server)
    page.goto(new_link(server, workspace))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/customer/verify**")
    assert_accessible(page)
    page.get_by_role("button", name="Send code").click()
    field = page.get_by_label("Code from the SMS")
    field.fill("000000")
    assert_accessible(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)


def test_choosing_a_password(server, page):
    code = "env.ref('base.main_company').customer_require_sms_code = on"
    workspace = make_workspace(server, role="contact_person")
    server.shell(code, on=False)
    try:
        page.goto(new_link(server, workspace))
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/customer/password")
        assert_accessible(page)
    finally:
        server.shell(code, on=True)


both = pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])


@both
def test_at_level_link(server, workspace, open_page, options):
    page = open_page(**options)
    open_workspace(page, server, workspace)
    assert_accessible(page)  # nothing published yet
    publications = publish_all(server, workspace)
    path = page.url.split("?")[0]
    page.goto(path)
    assert_accessible(page)
    for publication in publications.values():  # the list waits for the code
        page.goto(f"{path}/publication/{publication}")
        assert_accessible(page)
    page.goto(f"{path}/publication/{publications['offer']}")
    page.get_by_text("Decline the offer…").click()
    expect(page.locator(".o_customer_pad")).to_be_visible()
    page.get_by_role("button", name="Accept the offer").click()
    expect(page.get_by_text("Please draw your signature.")).to_be_visible()
    assert_accessible(page)
    page.get_by_text("Decline the offer…").click()
    page.get_by_label("Why do you decline it?").fill("Too dear")
    page.get_by_role("button", name="Decline the offer").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{server.url}/my/customer")
    assert_accessible(page)


def test_after_the_code(server, page):
    workspace = make_workspace(server, contacts=2)
    own_role(server, workspace)
    publications = publish_all(server, workspace)
    come_in(page, server, new_link(server, workspace), workspace["phones"][0])
    path = page.url.split("?")[0]
    assert_accessible(page)
    page.get_by_label("Your message").fill("Hello")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Hello").first).to_be_visible()
    assert_accessible(page)
    for publication in publications.values():
        page.goto(f"{path}/publication/{publication}")
        assert_accessible(page)
    colleague = workspace["access_ids"][1]
    for address in (
        f"{path}/colleague",
        f"{path}/colleague/{colleague}/remove",
        f"{server.url}/my/customer",
    ):
        page.goto(address)
        assert_accessible(page)


def open_after_code(open_page, options, server, workspace, index=0):
    """Open the workspace as one of its contacts, after the code; return page and address."""
    page = open_page(**options)
    come_in(page, server, new_link(server, workspace, index), workspace["phones"][index])
    return page, page.url.split("?")[0]


@both
def test_lists(server, open_page, options):
    workspace = make_workspace(server, contacts=2)
    publications = publish_all(server, workspace)
    server.shell(FILL_ROWS, list_id=publications["list"])
    page, path = open_after_code(open_page, options, server, workspace)
    other, other_path = open_after_code(open_page, options, server, workspace, 1)
    for window, address in ((page, path), (other, other_path)):
        window.goto(f"{address}/publication/{publications['list']}")
        expect(window.locator(".o_customer_list_live")).to_be_visible()
    assert_accessible(page)
    for window, text in ((other, "Stove"), (page, "Hob")):
        window.get_by_label("Item").first.fill(text)
        window.get_by_label("Item").first.blur()
        if window is other:
            expect(window.locator(".o_customer_list_status")).to_have_text("Saved")
    expect(page.get_by_text("has written here")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Remove").last.click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert_accessible(page)


@both
def test_files_data_and_own_address(server, open_page, options):
    workspace = make_workspace(server)
    page, path = open_after_code(open_page, options, server, workspace)
    file = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
    for region, button in (("Your files", "Upload"), ("Messages", "Send")):
        section = page.get_by_role("region", name=region)
        section.locator("input[type=file]").set_input_files({**file, "name": "a.exe"})
        assert_accessible(page)  # refused before it is sent
        section.locator("input[type=file]").set_input_files(file)
        if region == "Messages":
            section.get_by_label("Your message").fill("The plan")
        section.get_by_role("button", name=button).click()
        expect(section.get_by_role("link", name="plan.pdf")).to_be_visible()
        assert_accessible(page)
    for address in ("/data", "/me"):
        page.goto(path + address)
        expect(page.locator("main form").first).to_be_visible()
        assert_accessible(page)


@both
def test_my_access(server, open_page, options):
    workspace, password = make_workspace(server, role="contact_person"), "seven oak tables"
    [access_id] = workspace["access_ids"]
    server.shell(GIVE_PASSWORD, access_id=access_id, password=password)
    other, page = open_page(), open_page(**options)
    for device in (other, page):
        device.goto(f"{server.url}/web/login?redirect=/my/customer/{access_id}")
        device.locator("#login").fill(workspace["emails"][0])
        device.locator("#password").fill(password)
        device.get_by_role("button", name="Log in").click()
        device.wait_for_url(f"**/my/customer/{access_id}")
    assert_accessible(page)
    assert_fits(page)
    tab_to(page, page.get_by_role("link", name="My access", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/customer/access")
    assert_accessible(page)
    assert_fits(page)
    tab_to(page, page.get_by_role("button", name="Sign out everywhere else"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Ended")
    assert_accessible(page)
    assert_fits(page)
    other.goto(f"{server.url}/my/customer/access")
    other.wait_for_url("**/web/login*")
    page.goto(f"{server.url}/my/customer/access?status=gone")
    assert_accessible(page)


@both
@pytest.mark.parametrize("name", ["first", "forgot"])
def test_the_way_in_by_keyboard(server, open_page, options, name):
    page = open_page(**options)
    page.goto(f"{server.url}/customer/{name}")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("nobody@nowhere.example")
    tab_to(page, page.get_by_role("button", name="Send me a mail"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Please look into your mailbox")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@both
def test_registering_by_keyboard(server, open_page, options):
    page = open_page(**options)
    company = server.shell(TAKE_REGISTRATIONS, keys="phone" if options else "desktop")
    page.goto(f"{server.url}/customer/register?company={company}")
    assert_accessible(page)
    assert_fits(page)
    for label, text in (
        ("Your name", "Kai Holm"),
        ("Your e-mail address", "kai"),
        ("Country", "Norw"),
        ("Mobile phone (optional)", "406 12 399"),
        ("Message (optional)", "A kitchen, please."),
    ):
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(text)
    expect(page.get_by_label("Country").locator("option:checked")).to_have_text("Norway")
    page.wait_for_timeout(3100)  # a person takes longer
    send = page.get_by_role("button", name="Register")
    tab_to(page, send)
    page.keyboard.press("Enter")
    email = page.get_by_label("Your e-mail address")
    expect(email).to_be_focused()
    expect(page.get_by_text("Please type one e-mail address")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("End")
    page.keyboard.type("@keys.example")
    tab_to(page, send)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Please look into your mailbox")).to_be_visible()
    assert_accessible(page)


@both
def test_asking_for_access_of_one_s_own(server, workspace, open_page, options):
    page = open_page(**options)
    open_workspace(page, server, workspace)
    page.get_by_role("button", name="Not you?").click()
    page.wait_for_url("**/customer/ask**")
    assert_accessible(page)


@both
def test_preview_by_staff(server, workspace, open_page, options):
    page = open_page()
    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    page.get_by_role("button", name="See as customer").click()
    page.get_by_role("dialog").get_by_role("button", name="Open").click()
    page.wait_for_url("**/my/customer/*")
    page.set_viewport_size(options.get("viewport") or page.viewport_size)
    banner = page.get_by_role("region", name="Preview")
    assert_accessible(page)
    banner.get_by_role("button", name="Account").click()
    expect(banner).to_contain_text("with an account")
    assert_accessible(page)
    page.goto(f"{server.url}/my/customer")
    assert_accessible(page)


@both
def test_ordering_shifts_by_keyboard(server, open_page, options):
    facts = make_shifts(server, ordered=NEXT_WEEK)
    page = open_page(**options)
    come_in(page, server, shift_link(server, facts), facts["phones"][0])
    path = page.url.split("?")[0]
    shift = f"/shift/{facts['order']}"
    for end in ("", "/shifts", "/shifts?show=past", shift, f"{shift}/change", f"{shift}/cancel"):
        page.goto(path + end)
        assert_accessible(page)
        assert_fits(page)
    page.goto(f"{path}/shifts/order")
    assert_accessible(page)
    send = page.get_by_role("button", name="Send the order")
    tab_to(page, send)
    page.keyboard.press("Enter")
    day = page.get_by_label("Day", exact=True)
    expect(page.get_by_text("Please enter the day.")).to_be_visible()
    expect(day).to_be_focused()
    assert_accessible(page)
    assert_fits(page)
    page.keyboard.type(f"{NEXT_WEEK:%m%d%Y}")
    for label, text in (("From", "1000PM"), ("To", "0600AM")):
        tab_to(page, page.get_by_label(label, exact=True))
        page.keyboard.type(text)
    tab_to(page, page.get_by_role("checkbox", name="Every week"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Until (if every week)"))
    page.keyboard.type(f"{NEXT_WEEK + timedelta(days=7):%m%d%Y}")
    tab_to(page, send)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("your order has arrived")
    expect(page.get_by_role("heading", name="Shifts: 3")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{path}{shift}/cancel")
    tab_to(page, page.get_by_role("button", name="Cancel the shift"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("It is cancelled.")
    assert_accessible(page)


@both
def test_approving_hours_by_keyboard(server, open_page, options):
    facts = make_shifts(server)
    server.shell(ADD_HOURS, project_id=facts["project"])
    page = open_page(**options)
    come_in(page, server, shift_link(server, facts), facts["phones"][0])
    page.goto(f"{page.url.split('?')[0]}/hours")
    assert_accessible(page)
    assert_fits(page)
    tab_to(page, page.get_by_text("Comment, or send back").first)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Send back what is ticked").first)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Please say what is wrong")).to_be_visible()
    assert_accessible(page)
    tab_to(page, page.get_by_role("button", name="Approve the whole week"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Approved: 2 entries")
    assert_accessible(page)
    assert_fits(page)
