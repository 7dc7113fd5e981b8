"""Portal access in one go: the plan, the run, what changed, and undoing it."""

from playwright.sync_api import expect

from .people import make_workspace
from .test_concurrency import in_parallel
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


ENTER = """
from threading import Barrier, Thread
from odoo.service.model import retrying

contact = env["res.partner"].create({"name": "First of many", "email": "first@many.example"})
contact.customer_portal_policy = "enabled"
env.cr.commit()
barrier, found = Barrier(many), []

def enter():
    with env.registry.cursor() as cursor:
        own = env(cr=cursor)
        own["res.partner"].browse(contact.id).email  # sees the database as it is now
        barrier.wait()
        company = own["res.company"].browse(1)
        found.append(retrying(
            lambda: own["res.partner"].browse(contact.id)._customer_policy_access(company).id, own
        ))

threads = [Thread(target=enter) for _index in range(many)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
env.invalidate_all()
env.cr.rollback()
result = {"found": found, "made": contact.customer_access_ids.ids}
"""


def test_first_entries_at_once_make_one_access(server):
    entries = server.shell(ENTER, many=6)
    assert len(entries["found"]) == 6
    assert set(entries["found"]) == set(entries["made"])
    assert len(entries["made"]) == 1


def test_a_plan_run_several_times_at_once_runs_once(server):
    make_workspace(server)
    ids = server.shell(MAKE, number="parallel")
    sara = server.rpc("sara")
    context = {"active_model": "res.partner", "active_ids": ids}
    [plan_id] = sara.call(
        "customer.policy.plan", "create", vals_list=[{"policy": "enabled"}], context=context
    )
    actions = in_parallel(
        [
            lambda: sara.call("customer.policy.plan", "action_run", ids=[plan_id])
            for _click in range(6)
        ]
    )
    assert len({action["res_id"] for action in actions}) == 1
    [(changes,)] = server.sql(
        "SELECT count(DISTINCT change_id) FROM customer_policy_change_line "
        "WHERE record_ids @> %s::jsonb",
        [str(ids[:1])],
    )
    assert changes == 1
