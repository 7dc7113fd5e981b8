"""Portal access in one go: the plan, the run, what changed, and undoing it."""

from playwright.sync_api import expect

from .people import make_workspace
from .test_story import sign_in
from .waiting import wait_until

MAKE = """
contacts = env["res.partner"].create(
    [{"name": f"{word} {number}", "email": f"{word}@{number}.example"}
     for word in ("Anne", "Berit", "Carl")]
    + [{"name": f"Dora {number}"}]
)
contacts[2].customer_portal_policy = "disabled"
result = contacts.ids
"""
READ = """
result = env["res.partner"].browse(ids).mapped("customer_portal_policy")
"""


def test_plan_run_undo(server, page):
    workspace = make_workspace(server)
    crowd = f"crowd{workspace['number']}"
    ids = server.shell(MAKE, number=crowd)

    def policies():
        return server.shell(READ, ids=ids)

    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/action-base.action_partner_form?view_type=list")
    page.get_by_role("searchbox").fill(crowd)
    expect(page.locator(".o_searchview_autocomplete")).to_contain_text(crowd)
    page.keyboard.press("Enter")
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(4)
    page.locator("thead .o_list_record_selector input").check()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Portal access in one go").click()
    plan = page.get_by_role("dialog")
    expect(plan).to_contain_text("3: disabled by default")
    expect(plan).to_contain_text("1 were disabled by hand, and stay so")
    expect(plan).to_contain_text("1 without a valid e-mail address")
    assert policies() == ["default", "default", "disabled", "default"]
    plan.get_by_role("button", name="Run").click()
    expect(page.locator(".o_form_view")).to_contain_text("3 changed")
    assert policies() == ["enabled", "enabled", "disabled", "enabled"]

    server.shell(
        'env["res.partner"].browse(ids[:1]).customer_portal_policy = "disabled"; result = True',
        ids=ids,
    )
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    expect(page.locator(".o_notification")).to_contain_text("1 were changed again since")
    wait_until(lambda: policies() == ["disabled", "default", "disabled", "default"])
