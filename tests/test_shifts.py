"""From the order of a shift to approved hours, on a phone; staff and customers at once."""

from datetime import date, timedelta

import pytest
import vobject
from playwright.sync_api import expect

from tools.console import Step
from tools.databases import install, run_code
from tools.live import RpcError

from .conftest import PHONE
from .people import Visitor, code_in, link_in, make_workspace
from .test_concurrency import in_parallel
from .test_story import assert_fits, come_in, sign_in
from .waiting import wait_until

MAKE_PROJECT = """
company = env.ref("base.main_company")
groups = {"pia-shifts": ("project.group_project_user", "hr_timesheet.group_hr_timesheet_approver"),
          "emil-shifts": ("hr_timesheet.group_hr_timesheet_user",)}
users = {}
for login, names in groups.items():
    users[login] = env["res.users"].search([("login", "=", login)])
    if not users[login]:
        users[login] = env["res.users"].with_context(no_reset_password=True).create({
            "name": login.partition("-")[0].title(), "login": login, "password": "who-goes-where-when",
            "email": f"{login}@seller.example", "group_ids": [(4, env.ref(group).id) for group in names]})
        users[login].action_id = False
pia = users["pia-shifts"]
emil = env["hr.employee"].search([("user_id", "=", users["emil-shifts"].id)]) or env[
    "hr.employee"].create({"name": "Emil Moen", "user_id": users["emil-shifts"].id,
                           "company_id": company.id})
role = env["customer.contact.role"].search([("code", "=", "shift_keeper")]) or env.ref(
    "customer_portal_access.role_timesheet_approver").copy({"code": "shift_keeper", "permission_ids": [
        (4, env.ref(f"customer_portal_access_timesheet.permission_{code}").id)
        for code in ("order_shifts", "approve_timesheets")]})
kind = env["customer.shift.kind"].search([("name", "=", "Fitter")], limit=1) or env[
    "customer.shift.kind"].create({"name": "Fitter", "company_id": company.id})
project = env["project.project"].create({
    "name": name, "user_id": pia.id, "company_id": company.id, "customer_shift_names": True,
    "customer_hours_from": "2026-01-05"})
partners = env["customer.access"].browse(access_ids).partner_id
partners.tz = "Europe/Oslo"
accesses = env["customer.access"].create([{
    "partner_id": partner.id, "project_id": project.id, "role_id": role.id} for partner in partners])
order = env["customer.shift.order"]
if ordered:
    order = order.create({
        "project_id": project.id, "company_id": company.id, "access_id": accesses[0].id,
        "ordered_by": partners[0].name, "kind_id": kind.id, "tz": "Europe/Oslo",
        "date_start": f"{ordered} 06:00:00", "date_end": f"{ordered} 14:00:00"})
    accesses.invited_at = "2026-01-05"
result = {"project": project.id, "accesses": accesses.ids, "order": order.id}
"""

RUN_CRON = """
env.ref("customer_portal_access_timesheet.ir_cron_shift_hours")._trigger()
result = True
"""

TIME_PASSES = """
UPDATE customer_shift_order
   SET date_start = date_start - interval '9 days', date_end = date_end - interval '9 days'
 WHERE project_id = %s
"""

NEXT_WEEK = date.today() + timedelta(days=7)


def make_shifts(server, contacts=1, ordered=None):
    """Make a project in which contacts order shifts and approve hours; return its facts.

    :param ordered: the day of a shift that waits
    """
    workspace = make_workspace(server, contacts=contacts, role="contact_person")
    name = f"Store opening {workspace['number']}"
    facts = server.shell(
        MAKE_PROJECT,
        name=name,
        access_ids=workspace["access_ids"],
        ordered=ordered and ordered.isoformat(),
    )
    return {**workspace, **facts, "name": name}


def invite(server, facts):
    """Invite the contacts as Pia."""
    return server.rpc("pia-shifts").call(
        "customer.access", "send_invitation", ids=facts["accesses"]
    )


def order_of(server, facts):
    """Return id, state and revision of the one order of the project."""
    [row] = server.sql(
        "SELECT id, state, revision FROM customer_shift_order WHERE project_id = %s",
        [facts["project"]],
    )
    return row


def calendar_in(mail):
    """Return the event of the calendar file that a mail takes along."""
    [file] = mail.message.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    content = file.get_content()
    return vobject.readOne(content if isinstance(content, str) else content.decode()).vevent


def fill_order(phone, day):
    """Fill in the form of an order: from 22:00 to 06:00, as it is typed on a phone."""
    phone.get_by_label("Kind of work").select_option(label="Fitter")
    phone.get_by_label("Day", exact=True).fill(day.isoformat())
    phone.get_by_label("From").fill("22:00")
    phone.get_by_label("To", exact=True).fill("06:00")
    phone.get_by_label("Place (optional)").fill("Gate 4")


def test_from_the_order_to_approved_hours(server, page, open_page):
    facts = make_shifts(server)
    [result] = invite(server, facts)
    assert result["status"] == "sent"
    [mail] = server.mails(facts["emails"][0])
    phone = open_page(**PHONE)
    come_in(phone, server, link_in(mail), facts["phones"][0])

    # the customer orders
    phone.get_by_role("link", name="Order a shift").tap()
    fill_order(phone, NEXT_WEEK)
    phone.get_by_label("How many people?").fill("0")
    assert_fits(phone)
    phone.get_by_role("button", name="Send the order").tap()
    expect(phone.get_by_role("alert")).to_contain_text("a number from 1 to 200")
    phone.get_by_label("How many people?").fill("1")
    phone.get_by_role("button", name="Send the order").tap()
    expect(phone.get_by_role("status")).to_contain_text("your order has arrived")
    expect(phone.get_by_text("Requested")).to_be_visible()
    assert_fits(phone)
    mail = server.mails(facts["emails"][0], count=2)[-1]
    assert mail.subject.startswith("We have received your order: Fitter, ")
    order_id = order_of(server, facts)[0]

    # staff assign and confirm
    sign_in(page, server, "pia-shifts", "who-goes-where-when")
    page.goto(f"{server.url}/odoo/customer-shifts/{order_id}")
    expect(page.get_by_text("orders shifts: 1").first).to_be_visible()
    assigned = page.locator("[name=employee_ids] input")
    assigned.fill("Emil")
    page.get_by_role("option", name="Emil Moen").click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".o_notification", has_text="Done: 1.")).to_be_visible()
    expect(page.get_by_role("radio", name="Confirmed", checked=True)).to_be_visible()

    # the customer reads it: in the mail, in the calendar, on the page
    mail = server.mails(facts["emails"][0], count=3)[-1]
    assert "are confirmed" in mail.text
    assert "Coming: Emil Moen" in " ".join(mail.text.split())
    event = calendar_in(mail)
    assert event.status.value == "CONFIRMED"
    assert event.dtend.value - event.dtstart.value == timedelta(hours=8)
    server.sql("DELETE FROM customer_quota WHERE scope = 'sms_pause'")  # a while later
    come_in(phone, server, link_in(mail), facts["phones"][0])
    phone.wait_for_url(f"**/shift/{order_id}")
    expect(phone.get_by_text("Confirmed")).to_be_visible()
    expect(phone.get_by_text("Emil Moen")).to_be_visible()
    assert_fits(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Into my calendar").tap()
    assert event.uid.value in download.value.path().read_text()

    # the night is over, and the scheduled action makes the hours
    server.sql(TIME_PASSES, [facts["project"]])
    server.shell(RUN_CRON)
    lines = wait_until(
        lambda: server.sql(
            "SELECT id, customer_state, unit_amount, name FROM account_analytic_line "
            "WHERE customer_shift_id = %s",
            [order_id],
        ),
        timeout=60,
    )
    [(line_id, state, amount, name)] = lines
    assert (state, amount, name) == ("to_approve", 8, "Fitter, 22:00 – 06:00")

    # the customer approves them
    phone.goto(f"{server.url}/my/customer/{facts['accesses'][0]}/hours")
    expect(phone.get_by_text("Fitter, 22:00 – 06:00")).to_be_visible()
    assert_fits(phone)
    phone.get_by_role("button", name="Approve the whole week").tap()
    expect(phone.get_by_role("status")).to_contain_text("Approved: 1 entry")

    # from now on Emil cannot change them
    with pytest.raises(RpcError, match="approved"):
        server.rpc("emil-shifts").call(
            "account.analytic.line", "write", ids=[line_id], vals={"unit_amount": 9}
        )
    page.reload()
    page.locator("button[name=action_open_hours]").click()
    expect(page.get_by_role("cell", name="Fitter, 22:00 – 06:00")).to_be_visible()


def shift_link(server, facts, index=0):
    """Return a new link of a contact's."""
    return server.rpc("pia-shifts").call(
        "customer.access", "create_link", ids=[facts["accesses"][index]]
    )


def visit(server, facts, index=0):
    """Return a visitor who has come in by link and code."""
    visitor = Visitor(server)
    visitor.post(shift_link(server, facts, index))
    visitor.post("/customer/verify", action="send")
    visitor.post("/customer/verify", code=code_in(server.sms(facts["phones"][index])[-1]))
    return visitor


def test_two_confirm_at_once_and_the_customer_hears_once(server):
    facts = make_shifts(server, ordered=NEXT_WEEK)
    staff = server.rpc("pia-shifts")
    answers = in_parallel(
        [
            lambda: staff.call("customer.shift.order", "action_confirm", ids=[facts["order"]])
            for _click in range(6)
        ]
    )
    kinds = [answer["params"]["type"] for answer in answers]
    assert sorted(kinds) == ["success"] + ["warning"] * 5
    assert order_of(server, facts) == (facts["order"], "confirmed", 1)
    [mail] = server.mails(facts["emails"][0])
    assert calendar_in(mail).sequence.value == "1"


def test_cancelled_while_staff_confirm_has_one_outcome(server):
    facts = make_shifts(server, contacts=2, ordered=NEXT_WEEK)
    staff = server.rpc("pia-shifts")
    calls = []
    for index, access_id in enumerate(facts["accesses"]):
        visitor = visit(server, facts, index)
        path = f"/my/customer/{access_id}/shift/{facts['order']}/cancel"
        csrf = visitor.csrf(path)
        for window in (visitor, visitor.clone(), visitor.clone()):
            calls.append(lambda v=window, p=path, c=csrf: v.post(p, csrf=c, revision="0"))
        calls.append(
            lambda: staff.call("customer.shift.order", "action_confirm", ids=[facts["order"]])
        )
    answers = in_parallel(calls)
    told = [answer["params"]["type"] for answer in answers if isinstance(answer, dict)]
    sites = [answer.headers["Location"] for answer in answers if not isinstance(answer, dict)]
    _id, state, revision = order_of(server, facts)
    assert revision == 1
    if state == "confirmed":
        assert sorted(told) == ["success", "warning"]
        assert all(site.endswith("told=changed") for site in sites)
    else:
        assert state == "cancelled"
        assert told == ["warning", "warning"]
        assert all(site.endswith("told=cancelled") for site in sites)


TIME_OFF = """
from datetime import datetime, timedelta
company = env.ref("base.main_company")
employees = env["hr.employee"].create([
    {"name": name, "company_id": company.id} for name in ("Emil", "Ella", "Nils")])
kind = env["hr.leave.type"].create({"name": "Clinic", "requires_allocation": False})
day = datetime.combine(datetime.now() + timedelta(days=14), datetime.min.time())
day -= timedelta(days=day.weekday())
leaves = env["hr.leave"].create([
    {"employee_id": employee.id, "holiday_status_id": kind.id, "request_date_from": day.date(),
     "request_date_to": day.date()} for employee in employees[:2]])
leaves[1].action_refuse()
order = env["customer.shift.order"].create({
    "project_id": env["project.project"].create({"name": "Move"}).id, "company_id": company.id,
    "kind_id": env["customer.shift.kind"].create({"name": "Fitter"}).id, "tz": "UTC",
    "date_start": day + timedelta(hours=9), "date_end": day + timedelta(hours=15),
    "employee_ids": [(6, 0, employees.ids)]})
print([leaves[0].state, order.warning])
"""


def test_time_off_that_is_asked_for_is_warned_of(odoo, databases):
    """With Odoo's Time Off; whoever assigns is not told of what."""
    with databases.temporary(databases.ensure_template(), "holidays") as name:
        with Step("install Time Off") as step:
            install(odoo, name, ["hr_holidays"], step)
        assert run_code(odoo, name, TIME_OFF).strip() == "['confirm', 'Emil is away.']"
