"""The whole story with real mail and real SMS: from the salesperson's click to the workspace."""

from playwright.sync_api import expect

from .people import code_in, link_in, make_workspace


def sign_in(page, server, login, password):
    page.goto(f"{server.url}/web/login")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/odoo**")


def send_invitation(page, server, workspace):
    """Open the opportunity as Sara and click through Send Invitation."""
    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    page.get_by_role("tab", name="Customer Centre").click()
    for name in workspace["names"]:
        expect(page.get_by_role("cell", name=name).first).to_be_visible()
    page.get_by_role("button", name="Send Invitation").click()
    dialog = page.get_by_role("dialog")
    for name in workspace["names"]:
        expect(dialog.get_by_text(name).first).to_be_visible()
    dialog.get_by_role("button", name="Send Invitation").click()
    sent = f"{len(workspace['names'])} sent"
    expect(page.locator(".o_notification", has_text=sent)).to_be_visible()


def come_in(page, server, url, phone):
    """Open the link as a person does: Continue, send the code, type it, Continue."""
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/customer/verify**")
    before = len(server.catcher.store.sms(phone))
    page.get_by_role("button", name="Send code").click()
    code = code_in(server.sms(phone, count=before + 1)[-1])
    page.get_by_label("Code from the SMS").fill(code)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/customer/**")


def assert_fits(page):
    """Nothing asks for scrolling sideways."""
    width, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= room, f"{page.url} is {width} px wide on {room} px"


def test_from_click_to_workspace(server, page, open_page):
    workspace = make_workspace(server, contacts=2)
    send_invitation(page, server, workspace)
    for index, name in enumerate(workspace["names"]):
        [mail] = server.mails(workspace["emails"][index])
        assert "sara@seller.example" in str(mail.message["From"])
        assert name in mail.text
        customer = open_page()
        come_in(customer, server, link_in(mail), workspace["phones"][index])
        expect(customer.get_by_role("heading", name=workspace["lead"])).to_be_visible()
        expect(customer.get_by_text("Sara Dahl").first).to_be_visible()
    # staff see who is in
    page.reload()
    page.get_by_role("tab", name="Customer Centre").click()
    expect(page.get_by_text("Active").first).to_be_visible()
    # and hear from them
    customer.get_by_label("Your message").fill("When do we start?")
    customer.get_by_role("button", name="Send").click()
    expect(customer.get_by_text("When do we start?")).to_be_visible()
    page.reload()
    expect(page.locator(".o-mail-Chatter").get_by_text("When do we start?")).to_be_visible()


def test_on_a_phone(server, phone_page):
    workspace = make_workspace(server)
    server.rpc("sara").call("customer.access", "send_invitation", ids=workspace["access_ids"])
    [mail] = server.mails(workspace["emails"][0])
    phone = phone_page
    phone.goto(link_in(mail))
    assert_fits(phone)
    phone.get_by_role("button", name="Continue").tap()
    phone.wait_for_url("**/customer/verify**")
    assert_fits(phone)
    phone.get_by_role("button", name="Send code").tap()
    [sms] = server.sms(workspace["phones"][0])
    field = phone.get_by_label("Code from the SMS")
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    expect(field).to_be_focused()
    field.fill("000000" if code_in(sms) != "000000" else "111111")
    phone.get_by_role("button", name="Continue").tap()
    expect(phone.get_by_role("alert")).to_contain_text("4 tries left")
    assert_fits(phone)
    # the mail app's window is lost: the same link leads back to the code
    phone.goto(link_in(mail))
    phone.wait_for_url("**/customer/verify**")
    code = code_in(sms)
    phone.get_by_label("Code from the SMS").fill(f"{code[:3]} {code[3:]}")
    phone.get_by_role("button", name="Continue").tap()
    phone.wait_for_url("**/my/customer/*")
    expect(phone.get_by_role("heading", name=workspace["lead"])).to_be_visible()
    assert_fits(phone)
    phone.goto(f"{server.url}/my/customer")
    expect(phone.get_by_text(workspace["lead"])).to_be_visible()
    assert_fits(phone)
    phone.goto(f"{server.url}/my/home")
    expect(phone.get_by_text("Workspaces").first).to_be_visible()
    assert_fits(phone)


def test_revoked_while_the_customer_reads(server, page):
    workspace = make_workspace(server)
    url = server.rpc("sara").call("customer.access", "create_link", ids=workspace["access_ids"])
    come_in(page, server, url, workspace["phones"][0])
    ended = server.rpc("sara").call("customer.access", "revoke", ids=workspace["access_ids"])
    assert ended == {"links": 1, "sessions": 1}
    page.reload()
    page.wait_for_url("**/customer/recover")
    page.goto(url)
    expect(page.get_by_role("button", name="Send me a new link")).to_be_visible()


def test_by_keyboard_alone(server, page):
    workspace = make_workspace(server)
    page.goto(
        server.rpc("sara").call("customer.access", "create_link", ids=workspace["access_ids"])
    )
    press_until(page, "Continue")
    page.wait_for_url("**/customer/verify**")
    press_until(page, "Send code")
    [sms] = server.sms(workspace["phones"][0])
    expect(page.get_by_label("Code from the SMS")).to_be_focused()
    page.keyboard.type(code_in(sms))
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/customer/*")


def press_until(page, name):
    """Tab to the button of that name and press it."""
    button = page.get_by_role("button", name=name)
    for _step in range(15):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


def test_scripts_that_click_nothing_let_nobody_in(server, open_page):
    """Mail scanners open links in browsers that run scripts."""
    workspace = make_workspace(server)
    url = server.rpc("sara").call("customer.access", "create_link", ids=workspace["access_ids"])
    page = open_page()
    for _visit in range(3):
        page.goto(url)
        page.wait_for_load_state("networkidle")
        assert page.url == url
    [(count, events)] = server.sql(
        "SELECT COALESCE(sum(use_count), 0), (SELECT count(*) FROM customer_access_event "
        "WHERE access_id = %(id)s AND kind = 'link_opened') "
        "FROM customer_access_link WHERE access_id = %(id)s",
        {"id": workspace["access_ids"][0]},
    )
    assert (count, events) == (0, 0)
