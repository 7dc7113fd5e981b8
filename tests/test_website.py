"""With Odoo's website and a shop: one door for customers, the website's company, no trackers."""

import io
import re
from base64 import b64encode

import pytest
import requests
from PIL import Image
from playwright.sync_api import expect

from tools.console import Step
from tools.databases import install, run_code
from tools.live import Live

from .people import Visitor, link_in, make_workspace
from .test_accessibility import assert_accessible
from .test_registration import FILLING_IN
from .test_story import assert_fits, sign_in
from .waiting import wait_until

ADDON = "customer_portal_access"
FOLLOWERS = re.compile(r"https://(tracker\.example|www\.googletagmanager\.com)/")
SETTINGS = f"/odoo/action-{ADDON}.customer_portal_settings_action"

# a shop as it comes, on whose pages anybody is followed
OPEN_SHOP = """
website = env["website"].search([], limit=1)
website.write({
    "auth_signup_uninvited": "b2c", "google_analytics_key": "G-FOLLOWS",
    "custom_code_head": '<script src="https://tracker.example/follow.js"></script>',
})
"""
# it is another company's than the main one
MOVE_SHOP = """
company = env["res.company"].create({
    "name": "Oak Doors", "email": "hello@oak.example", "customer_registration": True,
    "customer_registration_background": background, "customer_require_sms_code": False,
})
sara = env["res.users"].search([("login", "=", "sara")])
sara.company_ids |= company
env["res.users"].browse(2).company_ids |= company
env["website"].search([], limit=1).company_id = company
result = company.id
"""
TAKE_REGISTRATIONS = """
env.ref("base.main_company").customer_registration = True
"""
PENDING = """
registration = env["customer.registration"].search([("email", "=", email)])
role = env.ref("customer_portal_access.role_contact_person")
result = {
    "ids": registration.ids, "state": registration.state, "role_id": role.id,
    "companies": [registration.company_id.name, registration.partner_id.company_id.name],
}
"""
DECIDED = f"SELECT value FROM ir_config_parameter WHERE key = '{ADDON}.open_signup'"
UNINSTALL = f"""
env["ir.module.module"].search([("name", "=", "{ADDON}")]).button_immediate_uninstall()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def database(odoo, databases):
    """A database of one's own with a shop and the addons."""
    with databases.temporary(databases.ensure_base(), "website") as name:
        with Step("install website_sale") as step:
            install(odoo, name, ["website_sale", ADDON], step)
        yield name


class TestServed:
    """While the addons are installed."""

    @pytest.fixture(scope="class")
    def shop(self, odoo, database):
        """Odoo on that database, with a Sara who administrates the customer portal."""
        with Live(odoo, database) as live:
            make_workspace(live)
            live.shell(OPEN_SHOP)
            yield live

    def test_sign_up_stays_open_until_an_administrator_decides(self, shop, page):
        assert Visitor(shop).get("/web/signup").status_code == 200
        sign_in(page, shop, "sara", "sara-demo")
        page.goto(shop.url + SETTINGS)
        asked = page.get_by_text("It is still open, since your shop uses it. Please decide.")
        expect(asked).to_be_visible()
        expect(page.get_by_text("while it is closed, visitors buy without")).to_be_visible()
        page.get_by_label("Closed: people register, and you approve").check()
        page.get_by_role("button", name="Save").click()
        wait_until(lambda: shop.sql(DECIDED) == [("closed",)])
        page.goto(shop.url + SETTINGS)
        expect(page.get_by_label("Closed: people register, and you approve")).to_be_checked()
        expect(asked).to_be_hidden()
        visitor = Visitor(shop)
        assert visitor.get("/web/signup").status_code == 404
        assert "/web/signup" not in visitor.get("/web/login").text
        assert visitor.get("/shop").status_code == 200

    def test_registering_at_the_company_of_the_website(self, shop, page, phone_page):
        assert Visitor(shop).get("/customer/register").status_code == 404
        assert "/customer/register" not in Visitor(shop).get("/web/login").text
        picture = io.BytesIO()
        Image.new("RGB", (1600, 900), (90, 120, 140)).save(picture, "PNG")
        company_id = shop.shell(MOVE_SHOP, background=b64encode(picture.getvalue()).decode())
        elsewhere = []
        for one in (page, phone_page):
            one.route(FOLLOWERS, lambda route: route.abort())
            one.on("request", lambda request: elsewhere.append(request.url))
            one.goto(f"{shop.url}/web/login")
            assert_fits(one)
            # the website's own page asks its trackers
            assert any(FOLLOWERS.match(url) for url in elsewhere)
            elsewhere.clear()
            one.goto(f"{shop.url}/customer/register")
            expect(one.get_by_role("heading", name="Register")).to_be_visible()
            expect(one.get_by_text("Oak Doors").first).to_be_visible()
            assert_fits(one)
            assert_accessible(one)
        page.goto(f"{shop.url}/customer/first")
        assert_accessible(page)
        link = self._register(shop, phone_page)
        assert not [url for url in elsewhere if not url.startswith((shop.url, "data:"))]
        self._come_in(phone_page, link)
        # another company than the website's is asked for by name
        shop.shell(TAKE_REGISTRATIONS)
        assert "Nordic Kitchens" in Visitor(shop).get("/customer/register?company=1").text
        assert company_id != 1

    def _register(self, shop, phone):
        email = "nina@holm.example"
        phone.get_by_label("Your name").fill("Nina Holm")
        phone.get_by_label("Your e-mail address").fill(email)
        phone.wait_for_timeout(FILLING_IN * 1000)
        phone.get_by_role("button", name="Register").tap()
        expect(phone.get_by_role("heading", name="Please look into your mailbox")).to_be_visible()
        [mail] = shop.mails(email)
        assert "Oak Doors" in str(mail.message["From"])
        phone.goto(next(link for link in mail.links if "/customer/register/confirm/" in link))
        phone.get_by_role("button", name="Yes, confirm my address").tap()
        expect(phone.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
        found = shop.shell(PENDING, email=email)
        assert (found["state"], found["companies"]) == ("pending", ["Oak Doors", "Oak Doors"])
        approve = {"ids": found["ids"], "role_id": found["role_id"]}
        assert shop.rpc("sara").call("customer.registration", "approve", **approve)
        return link_in(shop.mails(email, count=2)[-1])

    def _come_in(self, phone, link):
        phone.goto(link)
        phone.get_by_role("button", name="Continue").tap()
        phone.get_by_label("Password", exact=True).fill("seven oak tables")
        phone.get_by_role("button", name="Save and continue").tap()
        phone.wait_for_url("**/my/customer/*")
        expect(phone.get_by_text("Nina Holm").first).to_be_attached()
        assert_fits(phone)

    def test_whoever_was_let_in_signs_in_on_the_website(self, shop, phone_page):
        phone_page.goto(f"{shop.url}/web/login?redirect=/my/customer")
        phone_page.locator("#login").fill("nina@holm.example")
        phone_page.locator("#password").fill("seven oak tables")
        phone_page.get_by_role("button", name="Log in").tap()
        phone_page.wait_for_url(f"{shop.url}/my/customer")
        expect(phone_page.get_by_role("heading", name="My workspaces")).to_be_visible()
        assert_fits(phone_page)
        phone_page.goto(f"{shop.url}/my/customer/access")
        expect(phone_page.get_by_role("heading", name="My access")).to_be_visible()
        assert_fits(phone_page)

    def test_nobody_follows_contacts_into_the_workspace(self, shop, page):
        asked = []
        page.route(FOLLOWERS, lambda route: (asked.append(route.request.url), route.abort()))
        page.goto(f"{shop.url}/web/login?redirect=/my/customer")
        assert asked, "the website's own pages ask them"
        page.locator("#login").fill("nina@holm.example")
        page.locator("#password").fill("seven oak tables")
        with page.expect_navigation(url="**/my/customer"):
            page.get_by_role("button", name="Log in").click()
        asked.clear()
        for path in ("/my/customer", "/my/customer/access"):
            page.goto(shop.url + path, wait_until="networkidle")
            expect(
                page.get_by_role("heading", level=1).or_(page.locator("h2")).first
            ).to_be_visible()
        assert asked == []


def test_uninstalling_opens_the_sign_up_again(odoo, database):
    run_code(odoo, database, UNINSTALL)
    with Live(odoo, database) as shop:
        answer = requests.get(f"{shop.url}/web/signup", timeout=60)
        assert answer.status_code == 200
        assert "/web/signup" in requests.get(f"{shop.url}/web/login", timeout=60).text
        assert shop.sql("SELECT auth_signup_uninvited FROM website") == [("b2c",)]
