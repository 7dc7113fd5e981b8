"""Paying on a phone what was signed there, with Odoo's demo provider, to the confirmed order."""

import pytest
from playwright.sync_api import expect

from tools.console import Step
from tools.databases import install
from tools.live import Live

from .conftest import PHONE
from .people import make_workspace
from .test_concurrency import new_link
from .test_quotations import draw, make_order, state
from .test_story import assert_fits, come_in
from .waiting import wait_until

PROVIDER = """
provider = env.ref("payment.payment_provider_demo")
provider.write({"state": "test", "is_published": True})
result = provider.code
"""
TO_PAY = """
env["sale.order"].browse(order_id).require_payment = True
result = True
"""
TRANSACTION = """
SELECT t.state, t.is_post_processed FROM payment_transaction t
  JOIN sale_order_transaction_rel r ON r.transaction_id = t.id WHERE r.sale_order_id = %s
"""


@pytest.fixture(scope="module")
def server(odoo, databases):
    """Odoo with the demo provider, on a database of its own."""
    copy = databases.temporary(databases.ensure_template(), "payment")
    with copy as database:
        with Step("Odoo: install the demo provider") as step:
            install(odoo, database, ["payment_demo"], step)
        with Live(odoo, database) as live:
            assert live.shell(PROVIDER) == "demo"
            yield live


def sign(phone, order):
    phone.get_by_role("link", name=order["name"]).tap()
    expect(phone.get_by_text("It is ordered when it has been paid.")).to_be_visible()
    expect(phone.get_by_role("link", name="Pay online")).to_have_count(0)
    draw(phone)
    phone.get_by_role("button", name="Accept the offer").tap()
    expect(phone.get_by_text("Thank you. Your answer is noted.")).to_be_visible()
    assert_fits(phone)


def pay(phone, outcome):
    """Pay on Odoo's own page, where the dialog opens by itself."""
    phone.get_by_role("link", name="Pay online").first.tap()
    dialog = phone.get_by_role("dialog").filter(has_text="Pay Order")
    dialog.get_by_role("textbox", name="Payment Details").fill("4242 4242 4242 4242")
    dialog.get_by_label("Payment Status").select_option(outcome)
    dialog.get_by_role("button", name="Pay", exact=True).tap()
    phone.wait_for_url("**/my/orders/**", wait_until="commit")


def test_signed_then_paid_on_a_phone(server, open_page):
    workspace = make_workspace(server, role="contact_person")
    order = make_order(server, workspace, publish=True)
    server.shell(TO_PAY, order_id=order["id"])
    phone = open_page(**PHONE)
    come_in(phone, server, new_link(server, workspace), workspace["phones"][0])
    sign(phone, order)
    assert state(server, order) == ("sent", workspace["names"][0])
    pay(phone, "done")
    wait_until(lambda: state(server, order)[0] == "sale")
    wait_until(lambda: server.sql(TRANSACTION, [order["id"]]) == [("done", True)])
    phone.goto(f"{server.url}/my/customer/{workspace['access_ids'][0]}/quotation/{order['id']}")
    expect(phone.get_by_text(f"Accepted by {workspace['names'][0]}")).to_be_visible()
    expect(phone.get_by_role("link", name="Pay online")).to_have_count(0)
    assert_fits(phone)


def test_payment_that_does_not_come_at_once(server, open_page):
    workspace = make_workspace(server, role="contact_person")
    order = make_order(server, workspace, publish=True)
    server.shell(TO_PAY, order_id=order["id"])
    phone = open_page(**PHONE)
    come_in(phone, server, new_link(server, workspace), workspace["phones"][0])
    sign(phone, order)
    pay(phone, "pending")
    wait_until(lambda: server.sql(TRANSACTION, [order["id"]]) == [("pending", True)])
    phone.goto(f"{server.url}/my/customer/{workspace['access_ids'][0]}/quotation/{order['id']}")
    expect(phone.get_by_text("Your payment is under way.")).to_be_visible()
    expect(phone.get_by_role("link", name="Pay online")).to_have_count(0)
    assert state(server, order)[0] == "sent"
