"""Credentials in one go: the plan, the run, its result, and the customer afterwards."""

import pytest
from playwright.sync_api import expect

from .people import make_workspace
from .test_concurrency import in_parallel
from .test_sign_in import GOOD, OTHER, try_to_sign_in, ways
from .test_story import assert_fits, sign_in
from .waiting import wait_until

PREPARE = """
accesses = env["customer.access"].browse(ids)
for access in accesses:
    access.partner_id._customer_user(access.company_id).password = password
env["mail.mail"].search([("state", "=", "outgoing")]).unlink()
result = [access._path() for access in accesses]
"""
JOB = """
sara = env["res.users"].search([("login", "=", "sara")])
job = env["customer.invitation.job"].with_user(sara).create({
    "kind": "credentials", "whom": "selection", "mails_per_hour": 0, "end_sessions": True,
    "tell": True,
    "partner_ids": [(6, 0, env["customer.access"].browse(ids).partner_id.ids)],
})
job._plan()
result = job.id
"""


@pytest.fixture
def workspace(server):
    """People with a password each, who need no code."""
    made = make_workspace(server, contacts=3, role="contact_person")
    made["paths"] = server.shell(PREPARE, ids=made["access_ids"], password=GOOD)
    return made


def select_contacts(page, server, word, count):
    page.goto(f"{server.url}/odoo/action-base.action_partner_form?view_type=list")
    page.get_by_role("searchbox").fill(word)
    expect(page.locator(".o_searchview_autocomplete")).to_contain_text(word)
    page.keyboard.press("Enter")
    expect(page.locator(".o_data_row")).to_have_count(count)
    page.locator("thead .o_list_record_selector input").check()
    page.get_by_role("button", name="Actions").click()


def test_plan_run_result_and_the_customer(server, page, open_page, workspace):
    email, path = workspace["emails"][0], workspace["paths"][0]
    customer = open_page()
    try_to_sign_in(customer, server, email, GOOD, f"?redirect={path}")
    customer.wait_for_url(f"**{path}")

    sign_in(page, server, "sara", "sara-demo")
    select_contacts(page, server, f"Anna {workspace['number']}-", 3)
    page.get_by_role("menuitem", name="Renew credentials").click()
    page.get_by_role("button", name="Plan", exact=True).click()
    refusal = page.get_by_role("dialog")
    expect(refusal).to_contain_text("Nothing is ticked")
    refusal.get_by_role("button", name="Close").last.click()
    page.get_by_label("Choose a new password at the next sign-in").check()
    page.get_by_label("End all open sessions").check()
    page.get_by_label("Tell them by mail").check()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("[name=password_count]")).to_have_text("3")
    expect(page.locator("[name=session_count]")).to_have_text("1")
    expect(page.locator("[name=preview_body]")).to_contain_text("signed out everywhere")
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    customer.reload()
    customer.wait_for_url(f"**{path}")

    page.get_by_role("button", name="Start").click()
    page.get_by_role("dialog").get_by_role("button", name="Start").click()
    finished = page.get_by_role("radio", name="Done", checked=True)
    expect(finished).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Rows").click()
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Way to a new password")
    expect(rows.first).to_contain_text("Sent")

    # who was in is out, signs in once more, and chooses another one before any other page
    customer.reload()
    customer.wait_for_url("**/web/login**")
    try_to_sign_in(customer, server, email, GOOD, f"?redirect={path}")
    expect(customer.get_by_text("We ask you to choose a new password")).to_be_visible()
    assert_fits(customer)
    customer.get_by_label("Password").fill(OTHER)
    customer.get_by_role("button", name="Save and continue").click()
    customer.wait_for_url(f"**{path}")
    # or by the mail, which leads there, too
    second = open_page()
    [url] = ways(server, workspace["emails"][1])
    second.goto(url)
    second.get_by_role("button", name="Continue").click()
    second.get_by_label("Password").fill(OTHER)
    second.get_by_role("button", name="Save and continue").click()
    expect(second.get_by_text(workspace["lead"]).first).to_be_visible()


def test_started_several_times_at_once_runs_once(server, workspace):
    job_id = server.shell(JOB, ids=workspace["access_ids"])
    sara = server.rpc("sara")
    in_parallel(
        [
            lambda: sara.call("customer.invitation.job", "action_start", ids=[job_id])
            for _click in range(6)
        ]
    )

    def state():
        [values] = sara.call("customer.invitation.job", "read", ids=[job_id], fields=["state"])
        return values["state"] == "done"

    wait_until(state, timeout=120)
    for email in workspace["emails"]:
        assert len(ways(server, email)) == 1
    epochs = server.sql(
        """
        SELECT DISTINCT users.customer_session_epoch FROM res_users AS users
          JOIN res_partner AS partner ON partner.id = users.partner_id WHERE partner.email IN %s
        """,
        [tuple(workspace["emails"])],
    )
    assert epochs == [(1,)]
