"""The sign-in page: the first time, a forgotten password, one that staff handed out."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import websocket
from playwright.sync_api import expect

from .people import Visitor
from .test_story import assert_fits
from .test_websocket import connect

PARALLEL = 30
GOOD = "oak table under rain"
OTHER = "a lamp beside the river"

_numbers = itertools.count(1)

MAKE_CONTACT = """
company = env["res.company"].search([("name", "=", "Sign-in AS")])
if not company:
    company = env["res.company"].create({
        "name": "Sign-in AS", "country_id": env.ref("base.no").id,
        "customer_login_free": False, "customer_require_sms_code": False,
    })
contact = env["res.partner"].create({
    "name": f"Mona Lie {number}", "email": f"mona{number}@lie.example",
    "phone": f"+47 407 {number:02d} 001",
})
lead = env["crm.lead"].create({
    "name": f"Hall {number}", "type": "opportunity", "company_id": company.id,
    "user_id": False, "team_id": False,
})
access = env["customer.access"].create({
    "partner_id": contact.id, "lead_id": lead.id,
    "role_id": env.ref(f"customer_portal_access.role_{role}").id,
})
if password:
    contact._customer_user(company).password = password
if staff_password:
    admin = env.ref("base.user_admin")
    admin.company_ids += company
    user = contact._customer_user(company)
    user.with_user(admin).with_company(company).password = staff_password
result = {"email": contact.email, "path": access._path(), "partner_id": contact.id}
"""


def make_contact(server, role="contact_person", password=None, staff_password=None):
    """Make a contact of a company without codes; return its facts."""
    return server.shell(
        MAKE_CONTACT,
        number=next(_numbers),
        role=role,
        password=password,
        staff_password=staff_password,
    )


def ways(server, email, count=1):
    """Return the addresses in the mails that lead to a password, oldest first."""
    mails = [mail for mail in server.mails(email, count=count) if "customer/reset" in mail.text]
    return [next(link for link in mail.links if "/customer/reset/" in link) for mail in mails]


def try_to_sign_in(page, server, login, password, path=""):
    page.goto(f"{server.url}/web/login{path}")
    page.get_by_label("Email").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_first_sign_in(server, phone_page):
    page, contact = phone_page, make_contact(server)
    page.goto(f"{server.url}/web/login")
    page.get_by_role("link", name="First time here, or no password?").click()
    assert_fits(page)
    page.get_by_label("E-mail address").fill(contact["email"])
    page.get_by_role("button", name="Send me a mail").click()
    expect(page.get_by_role("heading", name="look into your mailbox")).to_be_visible()
    [url] = ways(server, contact["email"])
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    # a predictable one is told while it is typed, and refused when it is sent
    page.get_by_label("Password").fill("mona.lie.2024")
    expect(page.get_by_role("status")).to_contain_text("known to others")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("known to others")
    assert_fits(page)
    page.get_by_label("Password").fill(GOOD)
    expect(page.get_by_role("status")).to_contain_text("Very strong")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**{contact['path']}")


def test_failed_sign_in_offers_the_mail(server, page):
    contact = make_contact(server)
    try_to_sign_in(page, server, contact["email"], "whatever it was")
    page.get_by_role("button", name="No password yet? Mail me the way in").click()
    expect(page.get_by_role("heading", name="look into your mailbox")).to_be_visible()
    assert ways(server, contact["email"])


def test_forgotten_password(server, page, open_page):
    contact = make_contact(server, password=GOOD)
    elsewhere = open_page()
    try_to_sign_in(elsewhere, server, contact["email"], GOOD, f"?redirect={contact['path']}")
    elsewhere.wait_for_url(f"**{contact['path']}")
    page.goto(f"{server.url}/web/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("User name or e-mail address").fill(contact["email"])
    page.get_by_role("button", name="Send me a mail").click()
    expect(page.get_by_role("heading", name="look into your mailbox")).to_be_visible()
    url = ways(server, contact["email"], count=2)[-1]
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Password").fill(OTHER)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**{contact['path']}")
    elsewhere.goto(server.url + contact["path"])
    elsewhere.wait_for_url("**/web/login**")
    # used: says so, and sends a new one in one click
    elsewhere.goto(url)
    expect(elsewhere.get_by_role("heading", name="does not work any more")).to_be_visible()
    elsewhere.get_by_role("button", name="Send me a new link").click()
    expect(elsewhere.get_by_role("heading", name="look into your mailbox")).to_be_visible()


def test_password_from_staff_is_replaced_first(server, page):
    contact = make_contact(server, staff_password=GOOD)
    try_to_sign_in(page, server, contact["email"], GOOD, f"?redirect={contact['path']}")
    page.wait_for_url("**/customer/password?**")
    page.goto(f"{server.url}/my/security")
    page.wait_for_url("**/customer/password?**")
    page.goto(server.url + contact["path"])
    page.get_by_label("Password").fill(OTHER)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**{contact['path']}")


def test_no_websocket_before_the_password_is_replaced(server):
    contact = make_contact(server, staff_password=GOOD)
    visitor = Visitor(server)
    visitor.post("/web/login", login=contact["email"], password=GOOD)
    with pytest.raises(websocket.WebSocketException):
        connect(server, visitor)
    visitor.post("/customer/password", password=OTHER)
    connect(server, visitor).close()


def test_own_security_page_says_what_the_server_says(server, page):
    contact = make_contact(server, password=GOOD)
    try_to_sign_in(page, server, contact["email"], GOOD, "?redirect=/my/security")
    page.wait_for_url("**/my/security")
    page.locator("input[name=new1]").press_sequentially("Password123!")
    meter = page.locator(".password_meter").get_by_role("status")
    expect(meter).to_contain_text("most used passwords")
    page.locator("input[name=new1]").fill(OTHER)
    expect(meter).to_contain_text("Very strong")


@pytest.fixture
def choosers(server):
    """Thirty browsers at the page that one and the same link leads to."""
    contact = make_contact(server)
    Visitor(server).post("/customer/first", login=contact["email"])
    [url] = ways(server, contact["email"])
    visitors = [Visitor(server) for _visitor in range(PARALLEL)]
    for visitor in visitors:
        assert visitor.post(url).headers["Location"].endswith("/customer/password")
    return contact, visitors


def test_link_to_a_password_works_once(server, choosers):
    contact, visitors = choosers
    tokens = [visitor.csrf("/customer/password") for visitor in visitors]

    def choose(number):
        password = f"{GOOD} number {number}"
        return visitors[number].post("/customer/password", csrf=tokens[number], password=password)

    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(choose, range(PARALLEL)))
    successes = [number for number, answer in enumerate(answers) if answer.status_code == 303]
    assert len(successes) == 1
    assert {answer.status_code for answer in answers} == {200, 303}
    users = server.sql(
        "SELECT count(*) FROM res_users WHERE partner_id = %s", [contact["partner_id"]]
    )
    assert users == [(1,)]
    assert visitors[successes[0]].get(contact["path"]).status_code == 200


def test_everybody_is_answered_alike(server):
    known, pending = make_contact(server, password=GOOD), make_contact(server)
    gone = make_contact(server)
    server.shell(
        'env["res.partner"].browse(partner_id).active = False', partner_id=gone["partner_id"]
    )
    asked = [known["email"], pending["email"], gone["email"], "nobody@lie.example", "admin"]
    for path in ("/customer/first", "/customer/forgot", "/customer/recover"):
        answers = set()
        visitor = Visitor(server)
        csrf = visitor.csrf(path)
        for login in asked * PARALLEL:
            answer = visitor.post(path, csrf=csrf, login=login, email=login)
            answers.add(
                (
                    answer.status_code,
                    answer.text,
                    answer.headers["Location"],
                    tuple(sorted(answer.headers.keys())),
                    tuple(sorted(re.sub("=[^;]*", "", answer.headers.get("Set-Cookie", "")))),
                )
            )
        assert len(answers) == 1, path
