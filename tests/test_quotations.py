"""A quotation from the salesperson's click to the signature, on a phone; two answers at once."""

import pytest
from playwright.sync_api import expect

from .conftest import PHONE
from .people import Visitor, code_in, link_in, make_workspace
from .test_concurrency import in_parallel, new_link
from .test_story import assert_fits, come_in, sign_in

ORDER = """
sara = env["res.users"].search([("login", "=", "sara")])
lead = env["crm.lead"].browse(lead_id)
customer = env["res.partner"].create({"name": f"Customer {lead.name}", "is_company": True})
lead.partner_id = customer
product = env["product.product"].create({"name": "Oak front", "list_price": 120})
order = env["sale.order"].create({
    "partner_id": customer.id, "opportunity_id": lead.id, "user_id": sara.id,
    "require_signature": signature, "require_payment": False,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 4,
                           "price_unit": 120, "tax_ids": [(5,)]})],
})
if publish:
    order._customer_publish()
result = {"id": order.id, "name": order.name, "version": order._customer_version()}
"""


@pytest.fixture
def workspace(server):
    """An opportunity of Sara's with two contact persons."""
    return make_workspace(server, contacts=2, role="contact_person")


def make_order(server, workspace, signature=True, publish=False):
    return server.shell(ORDER, lead_id=workspace["lead_id"], signature=signature, publish=publish)


def draw(phone):
    """Sign with a finger."""
    pad = phone.locator("canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    phone.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 120, box["y"] + 20, steps=8)
    phone.mouse.up()


def state(server, order):
    [row] = server.sql("SELECT state, signed_by FROM sale_order WHERE id = %s", [order["id"]])
    return row


def test_published_then_accepted_signed_on_a_phone(server, workspace, page, open_page):
    order = make_order(server, workspace)
    server.shell(
        'env["res.users"].search([("login", "=", "sara")]).group_ids |= '
        'env.ref("sales_team.group_sale_salesman"); result = True'
    )
    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/sale.order/{order['id']}")
    page.get_by_role("button", name="Publish to customer").click()
    dialog = page.get_by_role("dialog")
    for name in workspace["names"]:
        expect(dialog.get_by_role("cell", name=name).first).to_be_visible()
    dialog.get_by_role("button", name="Send").first.click()
    [mail] = server.mails(workspace["emails"][0])
    assert order["name"] in mail.text

    phone = open_page(**PHONE)
    come_in(phone, server, link_in(mail), workspace["phones"][0])
    assert_fits(phone)
    phone.get_by_role("link", name=order["name"]).tap()
    expect(phone.get_by_text("Oak front")).to_be_visible()
    expect(phone.get_by_text("480.00").first).to_be_visible()
    assert_fits(phone)
    draw(phone)
    phone.get_by_role("button", name="Accept the offer").tap()
    expect(phone.get_by_text("Thank you. Your answer is noted.")).to_be_visible()
    assert_fits(phone)
    assert state(server, order) == ("sale", workspace["names"][0])
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    expect(page.get_by_text(f"{workspace['names'][0]} has accepted").first).to_be_visible()


def test_two_answers_at_once_are_one(server, workspace):
    order = make_order(server, workspace, signature=False, publish=True)
    calls = []
    for index, access_id in enumerate(workspace["access_ids"]):
        visitor = Visitor(server)
        visitor.post(new_link(server, workspace, index))
        visitor.post("/customer/verify", action="send")
        code = code_in(server.sms(workspace["phones"][index])[-1])
        visitor.post("/customer/verify", code=code)
        path = f"/my/customer/{access_id}/quotation/{order['id']}"
        data = {"version": order["version"], "signed_by": f"No. {index}", "comment": "Because"}
        data["decision"] = ("accepted", "declined")[index]
        calls += [(visitor.clone(), path, visitor.csrf(path), data) for _again in range(4)]
    answers = in_parallel(
        [
            lambda call=call: call[0].post(f"{call[1]}/respond", csrf=call[2], **call[3])
            for call in calls
        ]
    )
    locations = [answer.headers.get("Location", "") for answer in answers]
    assert sum("answered=ok" in location for location in locations) == 1
    assert sum("answered=closed" in location for location in locations) == len(calls) - 1
    [(events,)] = server.sql(
        "SELECT count(*) FROM customer_access_event WHERE kind = 'quotation_answered' "
        "AND access_id IN %s",
        [tuple(workspace["access_ids"])],
    )
    assert events == 1
    assert state(server, order)[0] in ("sale", "cancel")
