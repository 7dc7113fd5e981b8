"""Jobs in the browser: a request on a phone, what staff do with it, and the mail about it."""

from playwright.sync_api import expect

from .people import Visitor, code_in, link_in, make_workspace
from .test_concurrency import in_parallel
from .test_story import assert_fits, come_in

MAKE_PROJECT = """
pia = env["res.users"].search([("login", "=", "pia-jobs")]) or env["res.users"].with_context(
    no_reset_password=True).create({
        "name": "Pia Voll", "login": "pia-jobs", "password": "move-the-office-chairs",
        "email": "pia@seller.example",
        "group_ids": [(4, env.ref("project.group_project_user").id)]})
stages = env["project.task.type"].create([{"name": "Planned", "sequence": 0},
                                          {"name": "Under way", "sequence": 1}])
project = env["project.project"].create({
    "name": name, "user_id": pia.id, "company_id": env.ref("base.main_company").id,
    "type_ids": [(6, 0, stages.ids)], "customer_show_tasks": True})
access = env["customer.access"].browse(access_id)
access = env["customer.access"].create({
    "partner_id": access.partner_id.id, "project_id": project.id, "role_id": access.role_id.id})
task = env["project.task"].with_user(pia).create({"name": "Carry the desks",
                                                  "project_id": project.id})
result = {"access": access.id, "project": project.id, "stages": stages.ids,
          "url": access.with_user(pia).create_link()}
"""

MOVE = """
task = env["project.task"].search([("project_id", "=", project_id),
                                   ("customer_requested_by", "!=", False)])
pia = env["res.users"].search([("login", "=", "pia-jobs")])
task.with_user(pia).stage_id = stage_id
result = task.read(["name", "customer_requested_by"])
"""


def make_project(server):
    """Make a project of Pia's with a contact and one job; return their facts."""
    workspace = make_workspace(server, role="contact_person")
    name = f"Office move {workspace['number']}"
    project = server.shell(MAKE_PROJECT, name=name, access_id=workspace["access_ids"][0])
    return {**workspace, **project, "name": name}


def test_request_on_a_phone_and_the_mail_when_it_moves_on(server, phone_page, open_page):
    facts = make_project(server)
    phone = phone_page
    come_in(phone, server, facts["url"], facts["phones"][0])
    jobs = phone.get_by_role("region", name="Jobs")
    expect(jobs.get_by_role("link", name="Carry the desks")).to_be_visible()
    assert_fits(phone)
    jobs.get_by_role("link", name="New request").tap()
    expect(phone.get_by_role("heading", name="New request")).to_be_visible()
    assert_fits(phone)
    phone.get_by_role("button", name="Send request").tap()
    expect(phone.get_by_role("alert").first).to_contain_text("Please say in a few words")
    phone.get_by_label("What is it about?").fill("A second door")
    phone.get_by_label("Tell us more").fill("Between kitchen and hall")
    phone.get_by_label("Files").set_input_files(
        [{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}]
    )
    phone.get_by_role("button", name="Send request").tap()
    jobs = phone.get_by_role("region", name="Jobs")
    expect(jobs.get_by_role("status")).to_contain_text("your request has arrived")
    [confirmation] = server.mails(facts["emails"][0])
    assert confirmation.subject == "We have received your request: A second door"
    jobs.get_by_role("link", name="A second door").tap()
    expect(phone.get_by_text("Between kitchen and hall")).to_be_visible()
    expect(phone.get_by_role("link", name="plan.pdf")).to_be_visible()
    assert_fits(phone)
    # staff move it, and the mail leads straight to it
    [task] = server.shell(MOVE, project_id=facts["project"], stage_id=facts["stages"][1])
    assert task["customer_requested_by"] == facts["names"][0]
    news = server.mails(facts["emails"][0], count=2)[-1]
    assert "A second door" in news.subject
    other = open_page()
    server.sql("DELETE FROM customer_quota WHERE scope = 'sms_pause'")
    other.goto(link_in(news))
    other.get_by_role("button", name="Continue").click()
    other.get_by_role("button", name="Send code").click()
    code = code_in(server.sms(facts["phones"][0], count=2)[-1])
    other.get_by_label("Code from the SMS").fill(code)
    other.get_by_role("button", name="Continue").click()
    expect(other.get_by_role("heading", name="A second door")).to_be_visible()
    expect(other.get_by_text("Under way")).to_be_visible()


def test_search_on_the_list(server, page):
    facts = make_project(server)
    come_in(page, server, facts["url"], facts["phones"][0])
    page.get_by_role("link", name="All jobs").click()
    page.get_by_label("Search").fill("nothing like it")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("Nothing was found")).to_be_visible()
    page.get_by_label("Search").fill("DESK")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Carry the desks")).to_be_visible()


def test_same_request_many_times_at_once_is_one_task(server):
    facts = make_project(server)
    visitor = Visitor(server)
    visitor.post(facts["url"])
    visitor.post("/customer/verify", action="send")
    visitor.post("/customer/verify", code=code_in(server.sms(facts["phones"][0])[-1]))
    form = f"/my/customer/{facts['access']}/request"
    csrf = visitor.csrf(form)
    send = {"csrf": csrf, "title": "One door", "form_id": "the same form"}
    answers = in_parallel([lambda: visitor.clone().post(f"{form}/send", **send)] * 8)
    assert {answer.status_code for answer in answers} == {303}
    rows = server.sql(
        "SELECT count(*) FROM project_task WHERE project_id = %s AND name = 'One door'",
        [facts["project"]],
    )
    assert rows == [(1,)]
