"""Self-registration against a live server: the way with real mail, races, a flood."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from playwright.sync_api import expect

from tools.live import RpcError

from .people import Visitor, link_in, make_workspace
from .test_accessibility import assert_accessible
from .test_concurrency import PARALLEL, in_parallel
from .test_story import assert_fits, sign_in
from .waiting import wait_until

# longer than the form's least time, and than the clock's whole second
FILLING_IN = 3.1
FLOOD = 1000

# without a country: with one, Odoo installs its accounting
MAKE_COMPANY = """
from base64 import b64encode
sara = env["res.users"].search([("login", "=", "sara")])
company = env["res.company"].create({
    "name": f"Kitchens {number}",
    "email": f"hello{number}@seller.example",
    "customer_registration": True, "customer_registration_lead": True,
    "customer_require_sms_code": False,
    "customer_registration_user_ids": [(6, 0, sara.ids)],
})
sara.company_ids |= company
env["res.users"].browse(2).company_ids |= company
result = {"id": company.id, "name": company.name}
"""

_numbers = count(1)
_people = count(1)


@pytest.fixture
def company(server):
    """A company of its own that takes registrations, with Sara in charge."""
    make_workspace(server)  # there is a Sara
    company = server.shell(MAKE_COMPANY, number=next(_numbers))
    company["page"] = f"/customer/register?company={company['id']}"
    return company


def person():
    """Return what somebody whom nobody knows would type."""
    number = next(_people)
    return {
        "name": f"Nina Holm {number}",
        "email": f"nina{number}@holm{number}.example",
        "phone": f"+47 406 44 {number:03d}",
        "company_name": f"Holm {number} AS",
        "message": "A kitchen, please.",
    }


def open_form(server, company):
    """Return a visitor with the form open, and what the form holds beside what is typed."""
    visitor = Visitor(server)
    page = visitor.get(company["page"]).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)"[^>]*?value="([^"]*)"', page))
    return visitor, hidden


def send_form(server, company, typed):
    """Fill in the form and send it."""
    visitor, hidden = open_form(server, company)
    time.sleep(FILLING_IN)
    return visitor.post("/customer/register", csrf=hidden.pop("csrf_token"), **hidden, **typed)


def confirm_link(server, email, number=1):
    """Return the link of the newest mail to an address that asks to confirm it."""
    mail = server.mails(email, count=number)[-1]
    return next(link for link in mail.links if "/customer/register/confirm/" in link)


def register(server, company, **changes):
    """Go the whole way to a registration that waits; return its id and what was typed."""
    typed = {**person(), **changes}
    assert send_form(server, company, typed).status_code == 303
    assert Visitor(server).post(confirm_link(server, typed["email"])).status_code == 200
    return pending(server, typed["email"]), typed


def pending(server, email):
    """Return the id of the registration of an address that waits."""
    [(registration_id,)] = server.sql(
        "SELECT id FROM customer_registration WHERE email = %s AND state = 'pending'", [email]
    )
    return registration_id


def decide(server, registration_id, verb, **arguments):
    """Decide as Sara over the external API; return what went wrong, if anything."""
    try:
        assert server.rpc("sara").call(
            "customer.registration", verb, ids=[registration_id], **arguments
        )
    except RpcError as error:
        return error.message
    return None


def role_id(server):
    """Return the id of the role Contact Person."""
    [(found,)] = server.sql(
        "SELECT id FROM customer_contact_role WHERE code = 'contact_person' AND company_id IS NULL"
    )
    return found


def made(server, email):
    """Return how many contacts, users and accesses there are with an address."""
    [row] = server.sql(
        "SELECT count(DISTINCT partner.id), count(DISTINCT users.id), count(DISTINCT access.id) "
        "FROM res_partner partner "
        "LEFT JOIN res_users users ON users.partner_id = partner.id "
        "LEFT JOIN customer_access access ON access.partner_id = partner.id "
        "WHERE partner.email_normalized = %s",
        [email],
    )
    return row


# ------------------------------------------------------------
# THE WAY
# ------------------------------------------------------------


def test_from_the_form_to_the_first_sign_in(server, company, phone_page, page, open_page):
    typed = person()
    phone = phone_page
    phone.goto(server.url + company["page"])
    expect(phone.get_by_role("heading", name="Register")).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)
    # what is wrong is told at its field, and nothing is lost
    phone.get_by_label("Your name").fill(typed["name"])
    phone.get_by_label("Your e-mail address").fill("nina")
    phone.get_by_label("Country").select_option(label="Sweden")
    expect(phone.get_by_label("Mobile phone (optional)")).to_have_attribute(
        "placeholder", re.compile(r"^\+46")
    )
    phone.get_by_label("Country").select_option(label="Norway")
    phone.get_by_label("Company (optional)").fill(typed["company_name"])
    phone.get_by_label("Company number").fill("974760674")
    phone.get_by_label("Message (optional)").fill(typed["message"])
    phone.wait_for_timeout(FILLING_IN * 1000)
    phone.get_by_role("button", name="Register").tap()
    email = phone.get_by_label("Your e-mail address")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    expect(phone.get_by_label("Company number")).to_have_attribute("aria-invalid", "true")
    expect(phone.get_by_label("Your name")).to_have_value(typed["name"])
    expect(phone.get_by_label("Country").locator("option:checked")).to_have_text("Norway")
    assert_fits(phone)
    assert_accessible(phone)
    email.fill(typed["email"])
    phone.get_by_label("Company number").fill("974 760 673")
    phone.get_by_role("button", name="Register").tap()
    expect(phone.get_by_role("heading", name="Please look into your mailbox")).to_be_visible()
    assert_fits(phone)
    # the mail proves the address, on another device
    link = confirm_link(server, typed["email"])
    other = open_page()
    other.goto(link)
    expect(other.get_by_text(typed["company_name"])).to_be_visible()
    assert made(server, typed["email"]) == (0, 0, 0)
    other.get_by_role("button", name="Yes, confirm my address").click()
    expect(other.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    token = link.rpartition("/")[2]
    assert token not in server.log.read_text()
    # whoever tries to sign in before the approval is told by mail that it waits
    phone.goto(server.url + "/customer/first")
    phone.get_by_label("E-mail address").fill(typed["email"])
    phone.get_by_role("button", name="Send me a mail").tap()
    waiting = server.mails(typed["email"], count=2)[-1]
    assert "we are looking at it" in waiting.text
    assert made(server, typed["email"]) == (1, 0, 0)
    # Sara approves in one form
    sign_in(page, server, "sara", "sara-demo")
    page.goto(
        f"{server.url}/odoo/customer.registration/{pending(server, typed['email'])}"
        f"?cids={company['id']}"
    )
    expect(page.get_by_text("What was typed")).to_be_visible()
    expect(page.get_by_text(f"as a contact of {typed['company_name']}").first).to_be_visible()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".o_notification", has_text="is let in")).to_be_visible()
    # the mail with the way in, a first password, and signing in with it
    mail = server.mails(typed["email"], count=3)[-1]
    assert "is approved" in mail.text
    assert len(server.catcher.store.mails(typed["email"])) == 3
    other.goto(link_in(mail))
    other.get_by_role("button", name="Continue").click()
    other.get_by_label("Password", exact=True).fill("seven oak tables")
    other.get_by_role("button", name="Save and continue").click()
    other.wait_for_url("**/my/customer/*")
    expect(other.get_by_text(typed["company_name"]).first).to_be_visible()
    assert made(server, typed["email"]) == (1, 1, 1)
    phone.goto(server.url + "/web/login")
    phone.get_by_label("Email").fill(typed["email"])
    phone.get_by_label("Password", exact=True).fill("seven oak tables")
    phone.get_by_role("button", name="Log in").tap()
    phone.wait_for_url("**/my**")


# ------------------------------------------------------------
# ONE OUTCOME
# ------------------------------------------------------------


def test_thirty_clicks_at_once_are_one(server, company):
    typed = person()
    send_form(server, company, typed)
    link = confirm_link(server, typed["email"])
    visitors = [Visitor(server) for _visitor in range(PARALLEL)]
    tokens = [visitor.csrf(link) for visitor in visitors]
    answers = in_parallel(
        [
            lambda pair=pair: pair[0].post(link, csrf=pair[1])
            for pair in zip(visitors, tokens, strict=True)
        ]
    )
    confirmed = [answer for answer in answers if "address is confirmed" in answer.text]
    assert len(confirmed) == 1
    assert made(server, typed["email"]) == (1, 0, 0)
    [(leads,)] = server.sql("SELECT count(*) FROM crm_lead WHERE company_id = %s", [company["id"]])
    assert leads == 1


def test_forms_with_one_address_at_once_are_one_registration(server, company):
    typed = person()
    visitor, hidden = open_form(server, company)
    time.sleep(FILLING_IN)
    csrf = hidden.pop("csrf_token")
    answers = in_parallel(
        [
            lambda: visitor.clone().post("/customer/register", csrf=csrf, **hidden, **typed)
            for _form in range(PARALLEL)
        ]
    )
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (303, answers[0].headers["Location"])
    }
    mails = server.mails(typed["email"], count=3)
    [(rows,)] = server.sql(
        "SELECT count(*) FROM customer_registration WHERE email = %s", [typed["email"]]
    )
    assert rows == 1
    links = {link for mail in mails for link in mail.links if "/confirm/" in link}
    assert len(links) == 3
    pages = in_parallel([lambda link=link: Visitor(server).post(link) for link in links])
    assert sum("address is confirmed" in page.text for page in pages) == 1
    assert made(server, typed["email"]) == (1, 0, 0)


def test_two_companies_confirmed_at_once_make_one_contact_each(server, company):
    other = server.shell(MAKE_COMPANY, number=next(_numbers))
    other["page"] = f"/customer/register?company={other['id']}"
    typed = person()
    send_form(server, company, typed)
    send_form(server, other, typed)
    links = [
        next(link for link in mail.links if "/confirm/" in link)
        for mail in server.mails(typed["email"], count=2)
    ]
    in_parallel([lambda link=link: Visitor(server).post(link) for link in links])
    rows = server.sql(
        "SELECT company_id FROM res_partner WHERE email_normalized = %s ORDER BY company_id",
        [typed["email"]],
    )
    assert [number for (number,) in rows] == sorted([company["id"], other["id"]])


def test_approvals_at_once_are_one(server, company):
    registration_id, typed = register(server, company)
    role = role_id(server)
    answers = in_parallel([lambda: decide(server, registration_id, "approve", role_id=role)] * 6)
    assert answers.count(None) == 1, answers
    assert all("has decided on this already" in text for text in answers if text)
    mails = server.mails(typed["email"], count=2)
    assert len(mails) == 2
    assert made(server, typed["email"]) == (1, 0, 1)
    # two first entries at once make one user
    link = link_in(mails[-1])
    visitors = [Visitor(server) for _visitor in range(4)]
    for visitor in visitors:
        visitor.post(link)
    tokens = [visitor.csrf("/customer/password") for visitor in visitors]
    in_parallel(
        [
            lambda pair=pair: pair[0].post(
                "/customer/password", csrf=pair[1], password="seven oak tables"
            )
            for pair in zip(visitors, tokens, strict=True)
        ]
    )
    assert made(server, typed["email"]) == (1, 1, 1)


def test_an_approval_and_a_rejection_at_once_have_one_outcome(server, company):
    registration_id, typed = register(server, company)
    role = role_id(server)
    answers = in_parallel(
        [
            lambda: decide(server, registration_id, "approve", role_id=role),
            lambda: decide(server, registration_id, "reject", reason="Nobody we know"),
        ]
    )
    assert answers.count(None) == 1, answers
    [(state,)] = server.sql(
        "SELECT state FROM customer_registration WHERE id = %s", [registration_id]
    )
    approved = state == "approved"
    assert made(server, typed["email"]) == (1, 0, int(approved))
    mails = server.mails(typed["email"], count=2)
    assert len(mails) == 2
    assert ("is approved" in mails[-1].text) == approved
    [(policy,)] = server.sql(
        "SELECT policy FROM customer_portal_policy WHERE company_id = %s", [company["id"]]
    )
    assert policy == ("enabled" if approved else "disabled")


# ------------------------------------------------------------
# A FLOOD
# ------------------------------------------------------------


def test_a_flood_leaves_few_rows_and_mails_and_others_are_answered(server, company):
    visitor, hidden = open_form(server, company)
    time.sleep(FILLING_IN)
    csrf = hidden.pop("csrf_token")

    def post(number):
        typed = {"name": f"Bot {number}", "email": f"bot{number}@flood.example"}
        return visitor.clone().post("/customer/register", csrf=csrf, **hidden, **typed)

    others = []
    with ThreadPoolExecutor(8) as pool:
        flood = [pool.submit(post, number) for number in range(FLOOD)]
        while not all(future.done() for future in flood):
            others.append(Visitor(server).get("/web/login").status_code)
        answers = [future.result() for future in flood]
    assert {answer.status_code for answer in answers} == {200, 303}
    assert len(others) > 10
    assert set(others) == {200}
    rows = 100
    assert sum(answer.status_code == 303 for answer in answers) == rows
    for query in (
        "SELECT count(*) FROM customer_registration WHERE email LIKE %s",
        "SELECT count(*) FROM customer_registration_confirmation WHERE typed->>'email' LIKE %s",
    ):
        [(kept,)] = server.sql(query, ["%@flood.example"])
        assert kept <= rows
    # a person who comes then is asked to come back later, and Sara is told
    assert "many registrations" in post(FLOOD).text
    # each row has one mail, on its way or gone
    [(made_mails,)] = server.sql(
        "SELECT count(*) FROM mail_mail WHERE email_to LIKE %s", ["%@flood.example"]
    )
    assert made_mails <= rows
    wait_until(lambda: len(flood_mails(server)) == rows, timeout=120)
    time.sleep(3)
    assert len(flood_mails(server)) == rows


def flood_mails(server):
    """Return the mails that the flood had sent."""
    mails = server.catcher.store.mails()
    return [mail for mail in mails if mail.recipients[0].endswith("@flood.example")]
