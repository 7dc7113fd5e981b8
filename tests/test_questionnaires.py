"""A questionnaire from the salesperson's tick to the answers, on a phone, in two sittings."""

import pytest
from playwright.sync_api import expect

from .conftest import PHONE
from .people import link_in, make_workspace
from .test_concurrency import new_link
from .test_login_free import SWITCH
from .test_story import assert_fits, sign_in
from .waiting import wait_until

SURVEY = """
survey = env["survey.survey"].create({
    "title": f"About your kitchen {number}", "customer_offered": True, "access_mode": "token",
    "questions_layout": layout, "scoring_type": "no_scoring",
    "question_and_page_ids": [(0, 0, {
        "title": "Name of your cat", "question_type": "char_box", "sequence": 1,
    }), (0, 0, {
        "title": "Which front?", "question_type": "simple_choice", "sequence": 2,
        "constr_mandatory": True,
        "suggested_answer_ids": [(0, 0, {"value": "Oak"}), (0, 0, {"value": "Ash"})],
    }), (0, 0, {
        "title": "Anything else?", "question_type": "text_box", "sequence": 3,
    })],
})
result = survey.title
"""
ASK = """
access = env["customer.access"].browse(access_id)
access._choose_questionnaires(env["survey.survey"].search([("title", "=", title)]))
result = access.questionnaire_ids.id
"""
ANSWERS = """
SELECT question.title->>'en_US', COALESCE(line.value_char_box, line.value_text_box,
                                          choice.value->>'en_US')
  FROM survey_user_input_line line
  JOIN customer_questionnaire asked ON asked.answer_id = line.user_input_id
  JOIN survey_question question ON question.id = line.question_id
  LEFT JOIN survey_question_answer choice ON choice.id = line.suggested_answer_id
 WHERE asked.access_id = %s AND NOT line.skipped
"""


@pytest.fixture
def workspace(server):
    """An opportunity of Sara's with two contact persons, while login-free access is on."""
    workspace = make_workspace(server, contacts=2, role="contact_person")
    server.shell(SWITCH, on=True)
    yield workspace
    server.shell(SWITCH, on=False)


def offer_survey(server, workspace, layout="page_per_question"):
    return server.shell(SURVEY, number=workspace["number"], layout=layout)


def ask(server, workspace, title):
    """Tick a questionnaire for the first contact; return its path."""
    [access_id, _other] = workspace["access_ids"]
    asked = server.shell(ASK, access_id=access_id, title=title)
    return f"/my/customer/{access_id}/questionnaire/{asked}"


def answers(server, workspace):
    return dict(server.sql(ANSWERS, [workspace["access_ids"][0]]))


def enter(server, url, page):
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/customer/*")


def test_ticked_then_answered_on_a_phone_in_two_sittings(server, workspace, page, open_page):
    title = offer_survey(server, workspace)
    sign_in(page, server, "sara", "sara-demo")
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    page.get_by_role("tab", name="Customer Centre").click()
    page.get_by_role("button", name="Questionnaires").click()
    dialog = page.get_by_role("dialog")
    row = dialog.get_by_role("row").filter(has_text=workspace["names"][0]).filter(has_text=title)
    row.get_by_role("checkbox").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).not_to_be_visible()
    listed = page.locator("[name=customer_questionnaire_ids]").get_by_role("row")
    expect(listed.filter(has_text=workspace["names"][0])).to_contain_text(title)
    expect(listed.filter(has_text=workspace["names"][1])).to_have_count(0)

    server.rpc("sara").call("customer.access", "send_invitation", ids=workspace["access_ids"])
    [mail] = server.mails(workspace["emails"][0])
    assert title in mail.text
    [other] = server.mails(workspace["emails"][1])
    assert title not in other.text

    # first sitting, on a phone: one answer handed in, one only typed
    first = open_page(**PHONE)
    enter(server, link_in(mail), first)
    assert_fits(first)
    first.get_by_role("link", name=title).tap()
    first.get_by_role("button", name="Start Survey").tap()
    assert_fits(first)
    first.get_by_role("textbox").first.fill("Luna")
    first.get_by_role("button", name="Continue").tap()
    first.get_by_text("Ash", exact=True).tap()
    first.get_by_role("link", name=workspace["lead"]).tap()
    first.wait_for_url("**/my/customer/*#questionnaires")
    expect(first.get_by_text("Begun: your answers so far are kept")).to_be_visible()
    assert answers(server, workspace) == {"Name of your cat": "Luna", "Which front?": "Ash"}

    # second sitting, on another phone
    second = open_page(**PHONE)
    enter(server, new_link(server, workspace), second)
    second.get_by_role("link", name=title).tap()
    expect(second.locator("label", has_text="Ash").locator("input")).to_be_checked()
    assert_fits(second)
    second.get_by_role("button", name="Continue").tap()
    second.get_by_role("textbox").first.fill("A door for the cat")
    second.get_by_role("button", name="Submit", exact=True).tap()
    second.get_by_role("dialog").get_by_role("button", name="Submit").tap()
    expect(second.get_by_text("Thank you!")).to_be_visible()
    expect(second.get_by_text("Your answers are kept")).not_to_be_visible()
    second.get_by_role("link", name=workspace["lead"]).tap()
    expect(second.get_by_text("Answered,")).to_be_visible()
    second.get_by_role("link", name=title).tap()
    expect(second.get_by_text("A door for the cat")).to_be_visible()
    assert_fits(second)

    # staff read it, and let it be changed
    page.reload()
    page.get_by_role("tab", name="Customer Centre").click()
    expect(page.get_by_text(f"{workspace['names'][0]} has answered").first).to_be_visible()
    page.get_by_role("button", name="Answers").click()
    expect(page.get_by_role("dialog").get_by_text("A door for the cat")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator(".o_notification", has_text="can be answered again")).to_be_visible()
    second.goto(f"{server.url}/my/customer/{workspace['access_ids'][0]}")
    expect(second.get_by_text("Go on")).to_be_visible()


def test_revoked_while_answering(server, workspace, phone_page):
    path = ask(server, workspace, offer_survey(server, workspace))
    enter(server, new_link(server, workspace), phone_page)
    phone_page.goto(server.url + path)
    phone_page.get_by_role("button", name="Start Survey").tap()
    phone_page.get_by_role("textbox").first.fill("Luna")
    server.rpc("sara").call("customer.access", "revoke", ids=workspace["access_ids"])
    phone_page.get_by_role("button", name="Continue").tap()
    phone_page.wait_for_url("**/customer/recover")
    assert not answers(server, workspace)


def test_left_for_another_app(server, workspace, phone_page):
    """Whatever was typed on a page with many questions is kept."""
    path = ask(server, workspace, offer_survey(server, workspace, layout="one_page"))
    enter(server, new_link(server, workspace), phone_page)
    phone_page.goto(server.url + path)
    phone_page.get_by_role("button", name="Start Survey").tap()
    phone_page.get_by_role("textbox").first.fill("Luna")
    phone_page.evaluate(
        """() => {
            Object.defineProperty(document, "visibilityState", {value: "hidden"});
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    wait_until(lambda: answers(server, workspace) == {"Name of your cat": "Luna"})
    phone_page.reload()
    expect(phone_page.get_by_role("textbox").first).to_have_value("Luna")
    assert_fits(phone_page)
