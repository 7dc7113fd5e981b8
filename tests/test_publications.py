"""Publications as customers meet them: read, opened, accepted, declined, by two at once."""

import base64
import re

import pytest
from playwright.sync_api import expect

from .people import Visitor, make_workspace, publish
from .test_concurrency import in_parallel, new_link
from .test_story import assert_fits
from .waiting import wait_until

SWITCH = """
env.ref("base.main_company").customer_login_free = on
"""
PARALLEL = 10


@pytest.fixture
def workspace(server):
    """An opportunity with two contact persons, while login-free access is on."""
    workspace = make_workspace(server, contacts=2, role="contact_person")
    server.shell(SWITCH, on=True)
    yield workspace
    server.shell(SWITCH, on=False)


def open_workspace(page, server, workspace, index=0):
    """Come in by a login-free link."""
    page.goto(new_link(server, workspace, index))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/customer/*")


def open_card(page, workspace, kind):
    """Open a publication from its card on the workspace."""
    page.get_by_role("link", name=f"The {kind} {workspace['number']}").click()
    page.wait_for_url("**/publication/*")


def scripted(page):
    """Wait until Odoo's scripts have started on the page."""
    expect(page.locator(".o_customer_print").first).to_be_visible()


def answers(server, offer):
    return server.sql(
        "SELECT decision, signed_by, comment, access_id FROM customer_publication_response "
        "WHERE publication_id = %s ORDER BY id",
        [offer],
    )


def sign(page):
    """Draw a line on the pad."""
    canvas = page.locator(".o_customer_pad canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] * 0.7)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(
            box["x"] + 30 + step * 12, box["y"] + box["height"] * (0.7 - 0.04 * (step % 5))
        )
    page.mouse.up()


def test_offer_is_accepted_and_signed(server, workspace, page):
    offer = publish(
        server,
        workspace,
        "offer",
        body="<h2>Oak kitchen</h2><p>Fronts in oiled oak.</p>",
        amount=12500,
        require_signature=True,
    )
    open_workspace(page, server, workspace)
    expect(page.locator(".o_customer_publication", has_text="New")).to_have_count(1)
    open_card(page, workspace, "offer")
    expect(page.get_by_text("Fronts in oiled oak.")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value(workspace["names"][0])
    # forgotten to sign: nothing is lost
    page.get_by_label("Comment (optional)").fill("Please start in May")
    page.get_by_role("button", name="Accept the offer").click()
    expect(page.get_by_text("Please draw your signature.")).to_be_visible()
    expect(page.get_by_label("Comment (optional)")).to_have_value("Please start in May")
    sign(page)
    page.get_by_role("button", name="Accept the offer").click()
    expect(page.get_by_text("Thank you. Your answer is noted")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Signature of"))).to_be_visible()
    expect(page.get_by_role("button", name="Accept the offer")).to_have_count(0)
    assert answers(server, offer) == [
        ("accepted", workspace["names"][0], "Please start in May", workspace["access_ids"][0])
    ]
    # back on the workspace the card says so, and is not new any more
    page.get_by_role("link", name=workspace["lead"]).first.click()
    card = page.locator(".o_customer_publication")
    expect(card).to_contain_text(f"Accepted by {workspace['names'][0]}")
    expect(card).not_to_contain_text("New")
    [mail] = server.mails(workspace["emails"][0])
    assert "you have accepted this offer" in mail.text
    assert not [link for link in mail.links if "/customer/link/" in link]
    # staff see what happened
    [(opened,)] = server.sql(
        "SELECT count(*) FROM customer_publication_recipient "
        "WHERE publication_id = %s AND opened_at IS NOT NULL",
        [offer],
    )
    assert opened == 1
    texts = [
        body
        for (body,) in server.sql(
            "SELECT body FROM mail_message WHERE model = 'crm.lead' AND res_id = %s",
            [workspace["lead_id"]],
        )
    ]
    assert any("has opened" in text for text in texts)
    assert any("has accepted" in text for text in texts)


def test_signature_by_keyboard(server, workspace, page):
    offer = publish(server, workspace, "offer", body="<p>Oak</p>", require_signature=True)
    open_workspace(page, server, workspace)
    open_card(page, workspace, "offer")
    page.get_by_label("Your name").fill("Anna von und zu Berg")
    button = page.get_by_role("button", name="Write my name")
    button.focus()
    page.keyboard.press("Enter")
    wait_until(lambda: page.locator("input[name=signature]").input_value())
    page.get_by_role("button", name="Accept the offer").press("Enter")
    expect(page.get_by_text("Thank you. Your answer is noted")).to_be_visible()
    assert answers(server, offer)[0][:2] == ("accepted", "Anna von und zu Berg")


def test_offer_is_declined_on_a_phone(server, workspace, phone_page):
    offer = publish(server, workspace, "offer", body="<p>Oak</p>", amount=900)
    phone = phone_page
    open_workspace(phone, server, workspace)
    assert_fits(phone)
    open_card(phone, workspace, "offer")
    assert_fits(phone)
    phone.get_by_text("Decline the offer…").tap()
    phone.get_by_label("Why do you decline it?").fill("Too dear")
    assert_fits(phone)
    phone.get_by_role("button", name="Decline the offer").tap()
    expect(phone.get_by_text("Thank you. Your answer is noted")).to_be_visible()
    expect(phone.get_by_text("Too dear")).to_be_visible()
    assert_fits(phone)
    assert answers(server, offer)[0][:3] == ("declined", None, "Too dear")


def test_page_and_link(server, workspace, page):
    publish(server, workspace, "page", body="<p>How we build</p>")
    publish(server, workspace, "link", url="https://plan.example/kitchen")
    open_workspace(page, server, workspace)
    open_card(page, workspace, "page")
    expect(page.get_by_text("How we build")).to_be_visible()
    page.get_by_role("link", name=workspace["lead"]).first.click()
    open_card(page, workspace, "link")
    button = page.get_by_role("link", name="Open plan.example")
    expect(button).to_have_attribute("href", "https://plan.example/kitchen")
    expect(button).to_have_attribute("rel", "noopener noreferrer")


def test_images_from_elsewhere_load_when_asked_for(server, workspace, page):
    dot = base64.b64encode(b"").decode()
    publish(
        server,
        workspace,
        "page",
        body=f'<p><img src="https://pixel.example/a.png?{dot}" alt="Oak door"></p>',
    )
    asked = []
    page.route("https://pixel.example/**", lambda route: (asked.append(1), route.abort()))
    open_workspace(page, server, workspace)
    open_card(page, workspace, "page")
    scripted(page)
    expect(page.get_by_role("img", name="Oak door")).to_be_visible()
    assert not asked
    page.get_by_role("link", name="Show images").press("Enter")
    wait_until(lambda: asked)
    expect(page.get_by_role("link", name="Show images")).to_have_count(0)
    assert "images=1" not in page.url


def test_two_colleagues_answer_at_once(server, workspace):
    """Many clicks of two people: one answer, and the others are told whose."""
    offer = publish(server, workspace, "offer", body="<p>Oak</p>")
    visitors, paths = [], []
    for index in range(2):
        visitor = Visitor(server)
        visitor.post(new_link(server, workspace, index))
        visitors.append(visitor)
        paths.append(f"/my/customer/{workspace['access_ids'][index]}/publication/{offer}")
    tokens = [visitor.csrf(path) for visitor, path in zip(visitors, paths, strict=True)]
    sent = in_parallel(
        [
            lambda index=index: (
                index,
                visitors[index]
                .clone()
                .post(
                    f"{paths[index]}/respond",
                    csrf=tokens[index],
                    decision="accepted",
                    signed_by=workspace["names"][index],
                ),
            )
            for _click in range(PARALLEL)
            for index in range(2)
        ]
    )
    [(decision, name, _comment, winner)] = answers(server, offer)
    first = workspace["access_ids"].index(winner)
    assert (decision, name) == ("accepted", workspace["names"][first])
    for index, answer in sent:
        assert answer.status_code == 303
        status = "ok" if index == first else "answered"
        assert f"answered={status}" in answer.headers["Location"]
    told = visitors[1 - first].get(f"{paths[1 - first]}?answered=answered").text
    assert f"{name}</span> was faster" in told or f"{name} was faster" in told
    assert re.search(rf"Accepted by {name}", told)
    server.mails(workspace["emails"][first])
    assert not server.catcher.store.mails(workspace["emails"][1 - first])
    [(noted,)] = server.sql(
        "SELECT count(*) FROM customer_access_event WHERE kind = 'publication_answered' "
        "AND access_id = ANY(%s)",
        [workspace["access_ids"]],
    )
    assert noted == 1


def test_parallel_openings_make_one_row(server, workspace):
    offer = publish(server, workspace, "offer", body="<p>Oak</p>")
    visitor = Visitor(server)
    visitor.post(new_link(server, workspace))
    path = f"/my/customer/{workspace['access_ids'][0]}/publication/{offer}"
    pages = in_parallel([lambda: visitor.clone().get(path) for _time in range(PARALLEL)])
    assert {page.status_code for page in pages} == {200}
    [(rows, events)] = server.sql(
        """
        SELECT (SELECT count(*) FROM customer_publication_recipient
                 WHERE publication_id = %s AND opened_at IS NOT NULL),
               (SELECT count(*) FROM customer_access_event
                 WHERE kind = 'publication_opened' AND access_id = %s)
        """,
        [offer, workspace["access_ids"][0]],
    )
    assert (rows, events) == (1, 1)
