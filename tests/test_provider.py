"""Google and the like as customers meet them: a real provider, a browser, mails."""

import importlib.util
import itertools
import re
import time
from html import unescape

import oidc_provider_mock
import pytest
import requests
from playwright.sync_api import expect

from tools.paths import ROOT

from .people import Visitor, link_in, make_workspace
from .test_concurrency import in_parallel
from .test_story import assert_fits

_numbers = itertools.count(1)

SET_UP = """
company = env.ref("base.main_company")
company.write({"customer_registration": True, "customer_require_sms_code": False,
               "email": "hello@seller.example"})
provider = env["auth.oauth.provider"].create({
    "name": "Kontoen", "body": "Continue with Kontoen", "customer_issuer": issuer,
    "client_id": "kitchens", "customer_client_secret": "secret", "enabled": True,
})
result = provider.id
"""
TAKE_DOWN = """
env["auth.oauth.provider"].browse(provider_id).enabled = False
env.ref("base.main_company").write(
    {"customer_registration": False, "customer_require_sms_code": True}
)
"""
# the provider that comes with the addon, at another address
SET_UP_MICROSOFT = """
env.ref("base.main_company").write({
    "customer_registration": True, "customer_require_sms_code": False,
    "email": "hello@seller.example",
})
provider = env.ref("customer_portal_access_oauth.provider_microsoft")
provider.write({
    "customer_issuer": issuer, "client_id": client_id, "customer_client_secret": secret,
    "enabled": True,
})
result = provider.id
"""
OFFER = """
company = env["res.company"].create({
    "name": f"Halls {number}", "email": "halls@seller.example", "customer_registration": True,
    "customer_registration_by_email": by_email,
})
if offered:
    env["auth.oauth.provider"].browse(provider_id).customer_company_ids |= company
result = company.id
"""
LINK = """
access = env["customer.access"].browse(access_id)
env["customer.identity"].create({
    "provider_id": provider_id, "provider_name": "Kontoen", "issuer": issuer,
    "subject": subject, "partner_id": access.partner_id.id, "company_id": access.company_id.id,
})
"""
PENDING = "result = env['customer.registration'].search([('email', '=', email)]).ids"
ROLE = "result = env.ref('customer_portal_access.role_contact_person').id"
SOME_COMPANY = {"by_email": True, "offered": True}
FORM_SECONDS = 2.5  # sooner it is no person who sends the form
TENANT, OTHER_TENANT = (f"{digit * 8}-1111-2222-3333-444444444444" for digit in "09")


class Kontoen:
    """The provider, whose people are made as tests need them."""

    def __init__(self, url):
        self.url = url

    def add(self):
        """Make a person; return subject and e-mail address."""
        subject = f"subject-{next(_numbers)}"
        claims = {
            "email": f"{subject}@new.example",
            "email_verified": True,
            "name": f"Nina {subject}",
        }
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=10).raise_for_status()
        return subject, claims["email"]


@pytest.fixture(scope="module")
def kontoen():
    """A provider on loopback, by another hand than the client."""
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as provider:
        yield Kontoen(f"http://localhost:{provider.server_port}")


@pytest.fixture
def provider_id(server, kontoen):
    """The provider, offered while registration is on."""
    make_workspace(server)  # for Sara
    provider_id = server.shell(SET_UP, issuer=kontoen.url)
    yield provider_id
    server.shell(TAKE_DOWN, provider_id=provider_id)


@pytest.fixture
def microsoft(server):
    """Microsoft as far as customers meet it: one address for the issuers of many tenants."""
    path = ROOT / "customer_portal_access_oauth" / "tests" / "provider.py"
    spec = importlib.util.spec_from_file_location("openid_provider", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make_workspace(server)  # for Sara
    with module.Provider("/common/v2.0") as provider:
        provider.metadata = {"issuer": f"{provider.base}/{{tenantid}}/v2.0"}
        client = {"client_id": module.CLIENT_ID, "secret": module.CLIENT_SECRET}
        provider_id = server.shell(SET_UP_MICROSOFT, issuer=provider.issuer, **client)
        yield provider
        server.shell(TAKE_DOWN, provider_id=provider_id)


def be(microsoft, tenant, oid, **claims):
    """Be somebody at Microsoft, which says nothing of ``email_verified``."""
    issuer = f"{microsoft.base}/{tenant}/v2.0"
    # each application knows the person by another subject
    subject = f"pairwise-{next(_numbers)}"
    microsoft.claims = {"iss": issuer, "tid": tenant, "oid": oid, "sub": subject, **claims}


def agree(page, subject, button="Authorize"):
    """Say at the provider who one is."""
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name=button).click()


@pytest.fixture
def offline(page, phone_page):
    """The provider's own style sheet is elsewhere, where nobody goes."""
    for one in (page, phone_page):
        one.route(re.compile("cdn\\.jsdelivr"), lambda route: route.abort())


def test_from_form_to_first_sign_in(server, kontoen, provider_id, offline, page, phone_page):
    subject, email = kontoen.add()
    page.goto(f"{server.url}/customer/register")
    page.get_by_role("button", name="Continue with Kontoen").click()
    agree(page, subject)
    page.wait_for_url("**/customer/register?company=*")
    assert "code=" not in page.url
    address = page.get_by_label("Your e-mail address")
    expect(address).to_have_value(email)
    expect(address).not_to_be_editable()
    expect(page.get_by_label("Your name")).to_have_value(f"Nina {subject}")
    time.sleep(FORM_SECONDS)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("button", name="Register")).to_have_count(0)
    [registration] = server.shell(PENDING, email=email)

    # nobody has said yes yet
    phone_page.goto(f"{server.url}/web/login")
    phone_page.get_by_role("button", name="Continue with Kontoen").click()
    agree(phone_page, subject)
    expect(phone_page.get_by_role("heading", name="Your registration is with us")).to_be_visible()
    assert_fits(phone_page)

    role_id = server.shell(ROLE)
    server.rpc("sara").call("customer.registration", "approve", ids=[registration], role_id=role_id)
    mail = server.mails(email)[-1]
    link = next(link for link in mail.links if "/customer/provider/" in link)
    phone_page.goto(link)
    assert_fits(phone_page)
    phone_page.get_by_role("button", name="Continue with Kontoen").click()
    agree(phone_page, subject)
    phone_page.wait_for_url("**/my/customer*")
    expect(phone_page.get_by_text(f"Nina {subject}").first).to_be_attached()

    # and from the sign-in page, in the browser of the first day
    page.goto(f"{server.url}/web/login?redirect=/my/security")
    page.get_by_role("button", name="Continue with Kontoen").click()
    agree(page, subject)
    page.wait_for_url("**/my/security")


def test_from_form_to_first_sign_in_with_microsoft(server, microsoft, page, phone_page, open_page):
    number = next(_numbers)
    email = f"mia{number}@new.example"
    be(microsoft, TENANT, f"object-{number}", name="Mia Lie", email=email, xms_edov=True)
    page.goto(f"{server.url}/customer/register")
    page.get_by_role("button", name="Continue with Microsoft").click()
    page.wait_for_url("**/customer/register?company=*")
    address = page.get_by_label("Your e-mail address")
    expect(address).to_have_value(email)
    expect(address).not_to_be_editable()
    expect(page.get_by_label("Your name")).to_have_value("Mia Lie")
    time.sleep(FORM_SECONDS)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    [registration] = server.shell(PENDING, email=email)

    # nobody has said yes yet
    be(microsoft, TENANT, f"object-{number}")
    phone_page.goto(f"{server.url}/web/login")
    phone_page.get_by_role("button", name="Continue with Microsoft").tap()
    expect(phone_page.get_by_role("heading", name="Your registration is with us")).to_be_visible()
    assert_fits(phone_page)

    sara, role_id = server.rpc("sara"), server.shell(ROLE)
    sara.call("customer.registration", "approve", ids=[registration], role_id=role_id)
    [mail] = server.mails(email)  # no other one: the address was proven
    phone_page.goto(next(link for link in mail.links if "/customer/provider/" in link))
    assert_fits(phone_page)
    phone_page.get_by_role("button", name="Continue with Microsoft").tap()
    phone_page.wait_for_url("**/my/customer*")
    expect(phone_page.get_by_text("Mia Lie").first).to_be_attached()

    # the same object in another tenant is somebody else
    be(microsoft, OTHER_TENANT, f"object-{number}", email=email)
    stranger = open_page()
    stranger.goto(f"{server.url}/web/login")
    stranger.get_by_role("button", name="Continue with Microsoft").click()
    expect(stranger.get_by_role("heading", name="Please register by e-mail")).to_be_visible()
    stranger.goto(f"{server.url}/my")
    stranger.wait_for_url("**/web/login*")


def test_microsoft_does_not_vouch_for_an_address(server, microsoft, phone_page):
    """In a tenant any address is typed: the mail proves it, and the account is not kept."""
    phone, number = phone_page, next(_numbers)
    email = f"ulf{number}@new.example"
    be(microsoft, TENANT, f"object-{number}", name="Ulf Moe", email=email)
    phone.goto(f"{server.url}/customer/register")
    phone.get_by_role("button", name="Continue with Microsoft").tap()
    expect(phone.get_by_role("heading", name="Please register by e-mail")).to_be_visible()
    assert_fits(phone)
    phone.get_by_role("link", name="Register by e-mail").tap()
    phone.get_by_label("Your name").fill("Ulf Moe")
    phone.get_by_label("Your e-mail address").fill(email)
    time.sleep(FORM_SECONDS)
    phone.get_by_role("button", name="Register").tap()
    expect(phone.get_by_role("heading", name="Please look into your mailbox")).to_be_visible()
    [mail] = server.mails(email)
    phone.goto(next(link for link in mail.links if "/customer/register/confirm/" in link))
    phone.get_by_role("button", name="Yes, confirm my address").tap()
    expect(phone.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    [registration] = server.shell(PENDING, email=email)
    sara, role_id = server.rpc("sara"), server.shell(ROLE)
    sara.call("customer.registration", "approve", ids=[registration], role_id=role_id)
    mail = server.mails(email, count=2)[-1]
    assert link_in(mail)
    assert not [link for link in mail.links if "/customer/provider/" in link]


@pytest.mark.parametrize("by_email", [True, False], ids=["e-mail", "no e-mail"])
@pytest.mark.parametrize("offered", [True, False], ids=["provider", "no provider"])
def test_ways_that_a_company_offers(server, provider_id, offline, page, by_email, offered):
    others = server.shell(OFFER, provider_id=provider_id, number=next(_numbers), **SOME_COMPANY)
    assert others  # what one company offers says nothing of the next
    company_id = server.shell(
        OFFER,
        provider_id=provider_id,
        number=next(_numbers),
        by_email=by_email,
        offered=offered,
    )
    page.goto(f"{server.url}/customer/register?company={company_id}")
    button = page.get_by_role("button", name="Continue with Kontoen")
    expect(button).to_have_count(int(offered))
    expect(page.get_by_label("Your e-mail address")).to_have_count(int(by_email))
    expect(page.get_by_text("Or fill in the form:")).to_have_count(int(offered and by_email))
    path = f"/customer/provider/{provider_id}?company={company_id}"
    assert Visitor(server).get(path).status_code == (200 if offered else 404)


def test_denied_and_back(server, kontoen, provider_id, offline, page):
    page.goto(f"{server.url}/customer/register")
    page.get_by_role("button", name="Continue with Kontoen").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_contain_text("was told not to sign you in")
    assert "code=" not in page.url and "error=" not in page.url
    page.get_by_role("link", name="Register").click()
    expect(page.get_by_role("button", name="Continue with Kontoen")).to_be_visible()


def test_with_the_keyboard_alone(server, provider_id, offline, page):
    page.goto(f"{server.url}/customer/provider/{provider_id}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Continue with Kontoen")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_placeholder("sub")).to_be_visible()


def test_thirty_answers_at_once_are_one_sign_in(server, kontoen, provider_id):
    workspace = make_workspace(server, role="contact_person")
    subject, _email = kontoen.add()
    values = {"access_id": workspace["access_ids"][0], "subject": subject, "issuer": kontoen.url}
    server.shell(LINK, provider_id=provider_id, **values)
    visitor = Visitor(server)
    path = f"/customer/provider/{provider_id}"
    page = visitor.post(path).text
    url = unescape(re.search(r'content="0; url=([^"]+)"', page)[1])
    back = requests.post(url, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = back.headers["Location"]
    windows = [visitor.clone() for _number in range(30)]
    answers = in_parallel([lambda window=window: window.get(back) for window in windows])
    goals = [answer.headers["Location"] for answer in answers]
    assert len([goal for goal in goals if goal.endswith("/my/customer")]) == 1
    assert len([goal for goal in goals if "status=state" in goal]) == 29
    [(users,)] = server.sql(
        "SELECT count(*) FROM res_users JOIN customer_access USING (partner_id) "
        "WHERE customer_access.id = %s",
        workspace["access_ids"],
    )
    assert users == 1


def test_request_log_holds_no_code(server, kontoen, provider_id):
    visitor = Visitor(server)
    visitor.get(f"/customer/provider/{provider_id}/callback?code=the-code-itself&state=the-state")
    visitor.get(f"/customer/provider/{provider_id}/callback?state=4/the-state&code=4/the-code-it")
    log = server.log.read_text()
    assert f"/customer/provider/{provider_id}/callback?***" in log
    assert "the-code" not in log and "the-state" not in log
