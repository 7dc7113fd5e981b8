"""Login-free links as staff use them: the switch, revoking, seeing it as the customer."""

import re

import pytest
from playwright.sync_api import expect

from .people import link_in, make_workspace
from .test_story import assert_fits, come_in, sign_in
from .waiting import wait_until

SWITCH = """
company = env.ref("base.main_company")
company.customer_login_free = on
result = True
"""
LINKS = "customer_portal_access.customer_access_link_action"


@pytest.fixture
def login_free(server):
    """Login-free links are on for the test."""
    server.shell(SWITCH, on=True)
    yield
    server.shell(SWITCH, on=False)


def make_link(server, workspace, index=0):
    return server.rpc("sara").call(
        "customer.access", "create_link", ids=[workspace["access_ids"][index]]
    )


def enter(page, url):
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/customer/*")


def open_centre(page, server, workspace):
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    page.get_by_role("tab", name="Customer Centre").click()
    expect(page.get_by_role("cell", name=workspace["names"][0]).first).to_be_visible()


def throw_switch(page, server):
    """Click the switch on the settings page, and return the question it asks."""
    page.goto(f"{server.url}/odoo/action-customer_portal_access.customer_portal_settings_action")
    page.get_by_label("Login-free links").click()
    page.get_by_role("button", name="Save").click()
    return page.get_by_role("dialog")


def notice(page, text):
    return page.locator(".o_notification", has_text=re.compile(text))


def test_revoked_while_the_customer_reads(server, login_free, page, open_page):
    workspace = make_workspace(server, contacts=2, role="contact_person")
    customers = []
    for index in range(2):
        customers.append(open_page())
        enter(customers[-1], make_link(server, workspace, index))
    sign_in(page, server, "sara", "sara-demo")
    open_centre(page, server, workspace)
    page.get_by_role("button", name="Revoke all").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 contacts")
    expect(dialog).to_contain_text("2 links and 2 open sessions")
    dialog.get_by_role("button", name="Revoke").click()
    expect(notice(page, "2 links, 2 open sessions")).to_be_visible()
    for customer in customers:
        customer.reload()
        customer.wait_for_url("**/customer/recover")
    # and let in again, by the line
    expect(page.get_by_text("Revoked").first).to_be_visible()
    page.locator(".o_data_row button[name=action_send_invitation]").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Send Invitation").click()
    expect(notice(page, "1 sent")).to_be_visible()
    [mail] = server.mails(workspace["emails"][0])
    enter(customers[0], link_in(mail))
    expect(customers[0].get_by_role("heading", name=workspace["lead"])).to_be_visible()


def test_off_on_off(server, login_free, page, open_page):
    workspace = make_workspace(server, role="contact_person")
    url = make_link(server, workspace)
    customer = open_page()
    enter(customer, url)
    sign_in(page, server, "sara", "sara-demo")
    # off, with new links
    dialog = throw_switch(page, server)
    expect(dialog).to_contain_text("hold login-free links that work now")
    expect(dialog.get_by_label("Send these people a new invitation now")).to_be_checked()
    dialog.get_by_role("button", name="Switch off").click()
    expect(notice(page, r"\d+ mails with a new link")).to_be_visible()
    customer.reload()
    customer.wait_for_url("**/customer/recover")
    customer.goto(url)
    expect(customer.get_by_role("button", name="Send me a new link")).to_be_visible()
    # the mail that was offered arrives and works
    [mail] = wait_until(lambda: server.mails(workspace["emails"][0]), timeout=60)
    assert "no longer works" in mail.text
    come_in(customer, server, link_in(mail), workspace["phones"][0])
    expect(customer.get_by_role("heading", name=workspace["lead"])).to_be_visible()
    # on: what was dead stays dead
    dialog = throw_switch(page, server)
    expect(dialog).to_contain_text("These roles keep the code by SMS")
    dialog.get_by_role("button", name="Switch on").click()
    expect(page.get_by_label("Login-free links")).to_be_checked()
    stranger = open_page()
    stranger.goto(url)
    expect(stranger.get_by_role("button", name="Send me a new link")).to_be_visible()
    fresh = make_link(server, workspace)
    enter(stranger, fresh)
    # off again: the old and the new one, without mails this time
    count = len(server.mails(workspace["emails"][0]))
    dialog = throw_switch(page, server)
    dialog.get_by_label("Send these people a new invitation now").uncheck()
    dialog.get_by_role("button", name="Switch off").click()
    expect(notice(page, "stopped working")).to_be_visible()
    stranger.reload()
    stranger.wait_for_url("**/customer/recover")
    for dead in (url, fresh):
        stranger.goto(dead)
        expect(stranger.get_by_role("button", name="Send me a new link")).to_be_visible()
    assert len(server.mails(workspace["emails"][0])) == count


def test_seen_as_the_customer(server, login_free, page):
    workspace = make_workspace(server, role="contact_person")
    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    page.get_by_role("button", name="See as customer").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Link")).to_be_checked()
    dialog.get_by_role("button", name="Open").click()
    page.wait_for_url("**/my/customer/*")
    banner = page.get_by_role("region", name="Preview")
    expect(banner).to_contain_text(f"You see this as {workspace['names'][0]}, with the link alone.")
    expect(page.get_by_label("Your message")).to_be_hidden()
    banner.get_by_role("button", name="Account").click()
    expect(banner).to_contain_text("with an account")
    page.get_by_label("Your message").fill("Written in a preview")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Nothing was saved")).to_be_visible()
    expect(banner).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="Back to the workspace").click()
    expect(page.get_by_role("heading", name=workspace["lead"])).to_be_visible()
    assert_fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    banner.get_by_role("button", name="End preview").click()
    page.wait_for_url(f"**/odoo/crm.lead/{workspace['lead_id']}")
    [facts] = server.sql(
        "SELECT first_seen_at, last_seen_at, (SELECT array_agg(kind || ' ' || reason ORDER BY id) "
        "FROM customer_access_event WHERE access_id = access.id AND kind <> 'created'), "
        "(SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND res_id = lead_id "
        "AND body LIKE '%%Written in a preview%%') "
        "FROM customer_access access WHERE id = %s",
        [workspace["access_ids"][0]],
    )
    assert facts == (None, None, ["preview link", "preview account"], 0)
    page.goto(f"{server.url}/my/customer/{workspace['access_ids'][0]}")
    expect(page.get_by_text("404")).to_be_visible()


def test_links_revoked_in_bulk(server, login_free, page, open_page):
    workspace = make_workspace(server, contacts=2, role="contact_person")
    urls = [make_link(server, workspace, index) for index in range(2)]
    customer = open_page()
    enter(customer, urls[0])
    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/action-{LINKS}")
    for name in workspace["names"]:
        line = page.locator(".o_data_row", has_text=name)
        expect(line).to_contain_text("Sara Dahl")
        line.get_by_role("checkbox").check()
    page.get_by_role("button", name="Revoke", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    expect(notice(page, "2 links, 1 open sessions")).to_be_visible()
    customer.reload()
    customer.wait_for_url("**/customer/recover")
    for url in urls:
        customer.goto(url)
        expect(customer.get_by_role("button", name="Send me a new link")).to_be_visible()
