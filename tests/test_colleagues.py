"""Proposing a colleague on a phone, approved by staff; and two who approve at once."""

import pytest
from playwright.sync_api import expect

from tools.live import RpcError

from .people import Visitor, code_in, link_in, make_workspace
from .test_concurrency import PARALLEL, in_parallel
from .test_story import assert_fits, come_in, sign_in

MAY_MANAGE = """
role = env["customer.contact.role"].search([("code", "=", "team_lead")])
if not role:
    permission = env.ref("customer_portal_access.permission_manage_colleagues")
    role = env["customer.contact.role"].create({
        "name": "Team lead", "code": "team_lead", "requires_code": True,
        "permission_ids": [(6, 0, permission.ids)],
    })
env["customer.access"].browse(access_ids[0]).role_id = role
"""

PROPOSE = """
for access in env["customer.access"].browse(access_ids):
    access._ask_colleague(name="Carla Holm", email=email)
"""


@pytest.fixture
def workspace(server):
    """An opportunity with two contacts, of whom the first may manage colleagues."""
    workspace = make_workspace(server, contacts=2)
    server.shell(MAY_MANAGE, access_ids=workspace["access_ids"])
    number = workspace["number"]
    workspace["carla"] = f"carla{number}@berg.example"
    workspace["path"] = f"/my/customer/{workspace['access_ids'][0]}"
    return workspace


def propose(server, workspace, access_ids):
    """Let contacts propose Carla; return the ids of the requests."""
    server.shell(PROPOSE, access_ids=access_ids, email=workspace["carla"])
    rows = server.sql(
        "SELECT id FROM customer_colleague_request WHERE email = %s", [workspace["carla"]]
    )
    return [request_id for (request_id,) in rows]


def approve(server, request_id):
    """Click Approve as Sara over the external API; return what went wrong, if anything."""
    try:
        server.rpc("sara").call("customer.colleague.request", "action_approve", ids=[request_id])
    except RpcError as error:
        return error.message
    return None


def first_link(server, workspace):
    """Return a link of the contact who may manage colleagues."""
    ids = workspace["access_ids"][:1]
    return server.rpc("sara").call("customer.access", "create_link", ids=ids)


def test_proposed_on_a_phone_approved_and_invited(server, workspace, phone_page, page, open_page):
    phone, number = phone_page, workspace["number"]
    come_in(phone, server, first_link(server, workspace), workspace["phones"][0])
    colleagues = phone.get_by_role("region", name="Colleagues")
    expect(colleagues.get_by_text(workspace["names"][1])).to_be_visible()
    expect(phone.get_by_text(workspace["emails"][1])).to_have_count(0)
    assert_fits(phone)
    phone.get_by_role("link", name="Propose a colleague").tap()
    expect(phone.get_by_role("heading", name="Propose a colleague")).to_be_visible()
    assert_fits(phone)
    phone.get_by_label("Name").fill("Carla Holm")
    phone.get_by_label("E-mail address").fill(workspace["carla"])
    phone.get_by_label("Phone (optional)").fill("12")
    phone.get_by_role("button", name="Propose").tap()
    field = phone.get_by_label("Phone (optional)")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("12")
    expect(phone.get_by_label("Name")).to_have_value("Carla Holm")
    assert_fits(phone)
    field.fill(f"+47 406 {number:03d} 99")
    phone.get_by_role("button", name="Propose").tap()
    expect(phone.get_by_role("status")).to_contain_text("Sara Dahl will look at it")
    expect(colleagues.get_by_text("to let Carla Holm in")).to_be_visible()
    assert_fits(phone)
    # staff see it where the activity leads, and approve
    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    expect(page.locator(".o-mail-Activity").get_by_text("Carla Holm")).to_be_visible()
    page.get_by_role("tab", name="Customer Centre").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".o_notification", has_text="Carla Holm")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    # and invite
    page.get_by_role("button", name="Send Invitation").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Carla Holm").first).to_be_visible()
    dialog.get_by_role("button", name="Send Invitation").click()
    expect(page.locator(".o_notification", has_text="2 sent")).to_be_visible()
    [mail] = server.mails(workspace["carla"])
    carla = open_page()
    come_in(carla, server, link_in(mail), f"+47406{number:03d}99")
    expect(carla.get_by_role("heading", name=workspace["lead"])).to_be_visible()
    expect(carla.get_by_text("Your role: Contact Person")).to_be_visible()


def test_two_approvals_at_once_make_one_contact(server, workspace):
    [request_id] = propose(server, workspace, workspace["access_ids"][:1])
    answers = in_parallel([lambda: approve(server, request_id)] * 4)
    assert answers.count(None) == 1, answers
    assert all("has decided on this already" in text for text in answers if text)
    assert count_contacts(server, workspace) == (1, 1)


def test_approvals_of_two_requests_for_one_address_make_one_contact(server, workspace):
    ids = propose(server, workspace, workspace["access_ids"])
    assert len(ids) == 2
    answers = in_parallel([lambda one=one: approve(server, one) for one in ids])
    assert answers == [None, None]
    assert count_contacts(server, workspace) == (1, 1)


def test_an_approval_and_a_rejection_at_once_have_one_outcome(server, workspace):
    [request_id] = propose(server, workspace, workspace["access_ids"][:1])

    def reject():
        try:
            server.rpc("sara").call("customer.colleague.request", "action_reject", ids=[request_id])
        except RpcError as error:
            return error.message
        return None

    answers = in_parallel([lambda: approve(server, request_id), reject])
    assert answers.count(None) == 1, answers
    [(state,)] = server.sql(
        "SELECT state FROM customer_colleague_request WHERE id = %s", [request_id]
    )
    made = (1, 1) if state == "approved" else (0, 0)
    assert count_contacts(server, workspace) == made


def test_the_same_form_sent_often_at_once_is_one_request(server, workspace):
    visitor = Visitor(server)
    visitor.post(first_link(server, workspace))
    visitor.post("/customer/verify", action="send")
    visitor.post("/customer/verify", code=code_in(server.sms(workspace["phones"][0])[-1]))
    path = f"{workspace['path']}/colleague"
    csrf = visitor.csrf(path)
    answers = in_parallel(
        [
            lambda: visitor.clone().post(
                path, csrf=csrf, name="Carla Holm", email=workspace["carla"]
            )
            for _send in range(PARALLEL)
        ]
    )
    # ten are taken, all others are told to wait
    assert sorted(answer.status_code for answer in answers) == [200] * (PARALLEL - 10) + [303] * 10
    [(count,)] = server.sql(
        "SELECT count(*) FROM customer_colleague_request WHERE email = %s", [workspace["carla"]]
    )
    assert count == 1


def count_contacts(server, workspace):
    """Return how many contacts have Carla's address, and how many accesses they have."""
    [row] = server.sql(
        "SELECT count(DISTINCT partner.id), count(access.id) FROM res_partner partner "
        "LEFT JOIN customer_access access ON access.partner_id = partner.id "
        "WHERE partner.email_normalized = %s",
        [workspace["carla"]],
    )
    return row
