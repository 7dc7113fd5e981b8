"""The pictures for whoever approves hours: from the mail to a week that is decided."""

from .contact_person import COMPANY, come_in
from .samples import SAMPLES

ADDON = "customer_portal_access_timesheet"
TEMPLATE = "customer_portal_access_timesheet.manual_timesheet_approver"

PREPARE = (
    COMPANY
    + """
monday = today - timedelta(today.weekday() + 7)
project = env["project.project"].create({
    "name": words["project"], "partner_id": customer.id, "user_id": pia.id,
    "privacy_visibility": "portal", "allow_timesheets": True, "customer_hours_from": monday,
})
task = env["project.task"].create({"name": words["jobs"][0], "project_id": project.id})
employees = env["hr.employee"].create([{"name": name} for name in words["workers"]])
env["account.analytic.line"].create([
    {"project_id": project.id, "task_id": task.id, "name": text, "unit_amount": hours,
     "employee_id": employee.id, "date": monday + timedelta(day)}
    for employee, times, texts in zip(employees, worked, words["hours"])
    for (day, hours), text in zip(times, texts)
])
access = env["customer.access"].create({
    "partner_id": contact.id, "project_id": project.id,
    "role_id": env.ref("customer_portal_access.role_timesheet_approver").id,
})
env["customer.publication"].create({
    "project_id": project.id, "kind": "page", "name": words["page"], "body": words["page_body"],
}).with_user(pia)._publish()
result = {"access_id": access.id, "phone": access.code_number}
"""
)
# When each of the workers worked, from Monday on, and for how long.
WORKED = [[(0, 7.5), (1, 8), (2, 4)], [(1, 6), (2, 7.5)]]
PERSON = "section[id^=person_]"


def walk(live, camera, lang):
    """Come in as the approver does, decide on a week, and take a picture of each step."""
    words = SAMPLES[lang]
    # other people than those of the manual before: its contact is signed in already
    words = {**words, "email": f"hours.{words['email']}"}
    number = len(SAMPLES) + list(SAMPLES).index(lang)
    facts = live.shell(PREPARE, lang=lang, words=words, number=number, worked=WORKED)
    come_in(live, camera, facts, words["email"])
    page = camera.page
    page.goto(f"{page.url}/hours")
    camera.take("week", 680, "h1")
    first, second = page.locator(PERSON).first, page.locator(PERSON).last
    first.locator("input[type=checkbox]").last.uncheck()
    camera.take("approve", 425, f"{PERSON} .card-body")
    first.locator("input[type=checkbox]").last.check()
    first.locator("input[type=checkbox]").first.uncheck()
    first.locator("summary").click()
    first.locator("textarea").fill(words["comment"])
    camera.take("back", 425, f"{PERSON} li:last-child")
    first.locator("button[value=rejected]").click()
    page.wait_for_url("**told=rejected**")
    camera.take("told", 425, "h1")
    second.locator("button[value=approved]").click()
    page.wait_for_url("**told=approved**")
    camera.take("done", 395, f"{PERSON} .card-body")
    camera.take("files", 395, f"{PERSON}:last-of-type li:nth-child(2)")
