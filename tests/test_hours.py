"""Hours that a customer approves: on a phone, from the reminder; two approvers at once."""

import re

import pytest
from playwright.sync_api import expect

from .people import Visitor, code_in, link_in, make_workspace
from .test_concurrency import in_parallel
from .test_story import assert_fits, come_in

MAKE_PROJECT = """
company = env.ref("base.main_company")
pia = env["res.users"].search([("login", "=", "pia-hours")]) or env["res.users"].with_context(
    no_reset_password=True).create({
        "name": "Pia Voll", "login": "pia-hours", "password": "count-the-hours-here",
        "email": "pia-hours@seller.example",
        "group_ids": [(4, env.ref("project.group_project_user").id)]})
project = env["project.project"].create({
    "name": name, "user_id": pia.id, "company_id": company.id,
    "customer_hours_from": "2026-01-05"})
accesses = [env["customer.access"].create({
    "partner_id": access.partner_id.id, "project_id": project.id, "invited_at": "2026-01-05",
    "role_id": env.ref("customer_portal_access.role_timesheet_approver").id})
    for access in env["customer.access"].browse(access_ids)]
employees = env["hr.employee"].create([
    {"name": f"Ola {project.id}", "company_id": company.id},
    {"name": f"Kari {project.id}", "company_id": company.id}])
lines = env["account.analytic.line"].create([
    {"project_id": project.id, "employee_id": employees[index % 2].id, "unit_amount": 2.5,
     "date": f"2026-01-{12 + index:02d}", "name": f"Boxes {index}"} for index in range(4)])
result = {"project": project.id, "accesses": [access.id for access in accesses],
          "lines": lines.ids, "employees": employees.mapped("name"),
          "urls": [access.with_user(pia).create_link() for access in accesses]}
"""

REMIND = """
company = env.ref("base.main_company")
now = company._customer_now()
company.customer_hours_reminder = str(now.weekday())
access = env["customer.access"].browse(access_id)
access._take_hours_reminder()._remind_hours()
result = True
"""

CHANGE = """
line = env["account.analytic.line"].browse(line_id)
line.unit_amount = 9
result = True
"""

PATH = "/my/customer/{}/hours?week=2026-W03"


@pytest.fixture
def make_project(server):
    """Return a maker of projects with hours that wait, and their facts."""

    def make(contacts=1):
        workspace = make_workspace(server, contacts=contacts, role="contact_person")
        name = f"Office move {workspace['number']}"
        facts = server.shell(MAKE_PROJECT, name=name, access_ids=workspace["access_ids"])
        return {**workspace, **facts, "name": name}

    return make


def states(server, facts):
    rows = server.sql(
        "SELECT customer_state FROM account_analytic_line WHERE id IN %s ORDER BY id",
        [tuple(facts["lines"])],
    )
    return [state for (state,) in rows]


def visit(server, facts, index=0):
    """Return a visitor who has come in by link and code."""
    visitor = Visitor(server)
    visitor.post(facts["urls"][index])
    visitor.post("/customer/verify", action="send")
    visitor.post("/customer/verify", code=code_in(server.sms(facts["phones"][index])[-1]))
    return visitor


def form_of(visitor, path):
    """Return the token of a page, and the lines that its forms hold."""
    page = visitor.get(path).text
    tokens = sorted(set(re.findall(r'name="line"[^>]*value="(\d+-\w+)"', page)))
    return visitor.csrf(path), tokens


def test_week_approved_on_a_phone_from_the_reminder(server, make_project, phone_page):
    facts = make_project()
    server.shell(REMIND, access_id=facts["accesses"][0])
    [mail] = server.mails(facts["emails"][0])
    assert facts["name"] in mail.text
    assert "10:00 hours" in " ".join(mail.text.split())
    phone = phone_page
    come_in(phone, server, link_in(mail), facts["phones"][0])
    # straight to the week that waits
    expect(phone.get_by_role("heading", name="Hours, week 3")).to_be_visible()
    assert_fits(phone)
    # a line of Kari's is sent back: with a reason, or not at all
    kari = phone.get_by_role("region", name=facts["employees"][1])
    kari.get_by_label("Boxes 3").uncheck()
    kari.get_by_text("Comment, or send back").tap()
    kari.get_by_role("button", name="Send back what is ticked").tap()
    kari = phone.get_by_role("region", name=facts["employees"][1])
    expect(kari.get_by_role("alert")).to_contain_text("Please say what is wrong")
    expect(kari.get_by_label("Boxes 3")).not_to_be_checked()
    assert_fits(phone)
    kari.get_by_label("Comment").fill("She was not here")
    kari.get_by_role("button", name="Send back what is ticked").tap()
    expect(phone.get_by_role("status")).to_contain_text("Sent back: 1 entry")
    expect(phone.get_by_text("She was not here")).to_be_visible()
    # and the rest of the week approved
    phone.get_by_role("button", name="Approve the whole week").tap()
    expect(phone.get_by_role("status")).to_contain_text("Approved: 3 entries")
    expect(phone.get_by_text("Nothing of this week waits for you.")).to_be_visible()
    assert_fits(phone)
    assert states(server, facts) == ["approved", "rejected", "approved", "approved"]
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Excel").tap()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_two_approvers_at_once_have_one_outcome(server, make_project):
    facts = make_project(contacts=2)
    calls = []
    for index, access_id in enumerate(facts["accesses"]):
        visitor = visit(server, facts, index)
        csrf, tokens = form_of(visitor, PATH.format(access_id))
        assert len(tokens) == 4
        decision = ("approved", "rejected")[index]
        for _again in range(4):
            calls.append((visitor.clone(), access_id, csrf, tokens, decision))
    answers = in_parallel(
        [
            lambda call=call: call[0].post(
                f"/my/customer/{call[1]}/hours",
                csrf=call[2],
                line=call[3],
                decision=call[4],
                comment="Because",
                week="2026-W03",
            )
            for call in calls
        ]
    )
    assert {answer.status_code for answer in answers} == {303}
    outcome = set(states(server, facts))
    assert len(outcome) == 1
    for answer, call in zip(answers, calls, strict=True):
        mine = call[4] in outcome
        assert ("done=4" in answer.headers["Location"]) is mine
        assert ("decided=4" in answer.headers["Location"]) is not mine
    [(count,)] = server.sql(
        "SELECT count(*) FROM customer_access_event WHERE kind LIKE 'hours_%%' AND access_id IN %s",
        [tuple(facts["accesses"])],
    )
    assert count == 1


def test_change_at_the_same_moment_comes_before_or_not_at_all(server, make_project):
    """Whatever is approved is what the contact has read."""
    facts = make_project()
    visitor = visit(server, facts)
    path = PATH.format(facts["accesses"][0])
    csrf, tokens = form_of(visitor, path)

    def approve():
        return visitor.post(
            path.partition("?")[0], csrf=csrf, line=tokens, decision="approved", week="2026-W03"
        )

    def change():
        try:
            return server.shell(CHANGE, line_id=facts["lines"][0])
        except Exception:  # noqa: BLE001  refused: approved already
            return None

    _answer, changed = in_parallel([approve, change])
    [(state, amount)] = server.sql(
        "SELECT customer_state, unit_amount FROM account_analytic_line WHERE id = %s",
        [facts["lines"][0]],
    )
    assert (state, amount) == (("to_approve", 9) if changed else ("approved", 2.5))
