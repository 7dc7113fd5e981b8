"""Login-free links as customers meet them: with a mail, a browser, a phone."""

import pytest
from playwright.sync_api import expect

from .people import Visitor, code_in, invite, link_in, make_workspace, publish
from .test_concurrency import in_parallel
from .test_story import assert_fits
from .waiting import wait_until

SWITCH = """
env.ref("base.main_company").customer_login_free = on
"""
COLUMNS = [{"name": "aaaaaaaaaaaaaaaa", "string": "Dish", "type": "char"}]


@pytest.fixture
def workspace(server):
    """An opportunity of Sara's with a contact person, while login-free access is on."""
    workspace = make_workspace(server, role="contact_person")
    server.shell(SWITCH, on=True)
    yield workspace
    server.shell(SWITCH, on=False)


def lose_session(page):
    """Close the browser for so long that Odoo forgets its session."""
    kept = [cookie for cookie in page.context.cookies() if cookie["name"] != "session_id"]
    page.context.clear_cookies()
    page.context.add_cookies(kept)


def make_link(server, workspace, publication_id=None):
    """Copy a link as Sara."""
    return server.rpc("sara").call(
        "customer.access",
        "create_link",
        ids=workspace["access_ids"],
        publication_id=publication_id,
    )


def facts(server, workspace):
    """Return how often links were used, visits noted, and offers opened."""
    [row] = server.sql(
        """
        SELECT (SELECT COALESCE(sum(use_count), 0) FROM customer_access_link
                 WHERE access_id = %(id)s),
               (SELECT count(*) FROM customer_access_session WHERE access_id = %(id)s),
               (SELECT count(*) FROM customer_access_event
                 WHERE access_id = %(id)s AND kind IN ('link_opened', 'entered')),
               (SELECT count(*) FROM customer_publication_recipient
                 WHERE access_id = %(id)s AND opened_at IS NOT NULL)
        """,
        {"id": workspace["access_ids"][0]},
    )
    return row


def test_from_mail_to_offer_in_two_clicks_then_in_one(server, workspace, page):
    offer = publish(server, workspace, "offer", body="<p>Oak fronts</p>")
    invite(server, workspace)
    [mail] = server.mails(workspace["emails"][0])
    page.goto(link_in(mail))  # the first click, in the mail
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/customer/*")
    expect(page.get_by_text(f"The offer {workspace['number']}")).to_be_visible()
    # a link that leads to the offer itself
    url = make_link(server, workspace, offer)
    lose_session(page)
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**/publication/{offer}")
    expect(page.get_by_text("Oak fronts")).to_be_visible()
    lose_session(page)
    page.goto(url)
    page.wait_for_url(f"**/publication/{offer}")
    expect(page.get_by_text("Oak fronts")).to_be_visible()


def test_scripts_that_click_nothing_let_nobody_in(server, workspace, open_page):
    """Mail scanners open links in browsers that run scripts."""
    url = make_link(server, workspace, publish(server, workspace, "page", body="<p>Hi</p>"))
    page = open_page()
    for _visit in range(20):
        page.goto(url)
        page.wait_for_load_state("networkidle")
        assert page.url == url
        expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert facts(server, workspace) == (0, 0, 0, 0)
    page.goto(f"{server.url}/my/customer")
    page.wait_for_url("**/web/login**")
    # nor does a browser that knows nothing of the cookie of another one
    customer = open_page()
    customer.goto(url)
    customer.get_by_role("button", name="Continue").click()
    customer.wait_for_url("**/publication/**")
    before = facts(server, workspace)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert facts(server, workspace) == before


def test_log_out_and_back_on_a_phone(server, workspace, phone_page):
    page, url = phone_page, make_link(server, workspace)
    page.goto(url)
    page.get_by_role("button", name="Continue").tap()
    page.wait_for_url("**/my/customer/*")
    assert_fits(page)
    log_out = page.get_by_role("button", name="Log out")
    if not log_out.is_visible():
        page.get_by_role("button", name="Toggle navigation").tap()
    log_out.tap()
    page.wait_for_url("**/customer/left")
    expect(page.get_by_text("open the link in the mail")).to_be_visible()
    assert_fits(page)
    page.goto(f"{server.url}/my/customer")
    page.wait_for_url("**/web/login**")
    page.goto(url)
    page.get_by_role("button", name="Continue").tap()
    page.wait_for_url("**/my/customer/*")
    expect(page.get_by_role("heading", name=workspace["lead"])).to_be_visible()


def test_not_you_asks_for_access_that_staff_grant_with_one_click(
    server, workspace, page, open_page
):
    page.goto(make_link(server, workspace))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/customer/*")
    workspace_url = page.url
    page.get_by_role("button", name="Not you?").click()
    page.wait_for_url("**/customer/ask")
    email = f"cy{workspace['number']}@berg.example"
    page.get_by_label("Your name").fill("Cy Berg")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_label("Message").fill("I choose the taps")
    page.get_by_role("button", name="Ask for access").click()
    expect(page.get_by_text("Sara Dahl will look at it")).to_be_visible()
    page.goto(workspace_url)
    page.wait_for_url("**/web/login**")
    assert not server.catcher.store.mails(email), "Nobody has decided yet."
    sara = server.rpc("sara")
    [request] = sara.call("customer.colleague.request", "search", domain=[("email", "=", email)])
    sara.call("customer.colleague.request", "action_approve", ids=[request])
    [mail] = server.mails(email)
    own = open_page()
    own.goto(link_in(mail))
    own.get_by_role("button", name="Continue").click()
    own.wait_for_url("**/my/customer/*")
    expect(own.get_by_text("You are here as Cy Berg")).to_be_visible()


def test_step_up_to_a_list_by_code_and_back(server, workspace, phone_page):
    page = phone_page
    rows = publish(server, workspace, "list", columns_definition=COLUMNS)
    name = f"The list {workspace['number']}"
    page.goto(make_link(server, workspace, rows))
    page.get_by_role("button", name="Continue").tap()
    page.wait_for_url(f"**/publication/{rows}")
    expect(page.get_by_role("heading", name="Confirm who you are")).to_be_visible()
    expect(page.get_by_text(name)).to_have_count(0)
    assert_fits(page)
    page.get_by_role("button", name="Continue").tap()
    page.wait_for_url("**/customer/verify")
    page.get_by_role("button", name="Send code").tap()
    [sms] = server.sms(workspace["phones"][0])
    page.get_by_label("Code from the SMS").fill(code_in(sms))
    page.get_by_role("button", name="Continue").tap()
    page.wait_for_url(f"**/publication/{rows}")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert_fits(page)


def test_switched_off_link_heals_with_one_click(server, workspace, page):
    offer = publish(server, workspace, "offer", body="<p>Oak fronts</p>")
    url = make_link(server, workspace, offer)
    server.shell(SWITCH, on=False)
    server.shell(SWITCH, on=True)
    page.goto(url)
    expect(page.get_by_role("heading", name="This link does not work any more.")).to_be_visible()
    expect(page.get_by_role("button", name="Reset password")).to_be_visible()
    page.get_by_role("button", name="Send me a new link").click()
    page.wait_for_url("**/customer/recover?sent=1")
    [mail] = server.mails(workspace["emails"][0], timeout=90)
    page.goto(link_in(mail))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**/publication/{offer}")
    expect(page.get_by_text("Oak fronts")).to_be_visible()


def test_first_opening_is_told_once_however_many_come_at_once(server, workspace, open_page):
    url = make_link(server, workspace)
    page = open_page()
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/customer/*")
    page.reload()
    told = """
    SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND res_id = %s
       AND message_type = 'user_notification' AND body LIKE '%%for the first time%%'
    """
    wait_until(lambda: server.sql(told, [workspace["lead_id"]]) == [(1,)], timeout=90)
    page.reload()
    assert server.sql(told, [workspace["lead_id"]]) == [(1,)]


def test_a_known_browser_is_let_in_as_often_as_it_comes(server, workspace):
    """Parallel requests of one browser: each counts, none fails, nobody is remembered twice."""
    url, known = make_link(server, workspace), Visitor(server)
    known.post(url)
    windows = [known.clone() for _window in range(10)]
    for window in windows:
        del window.http.cookies["session_id"]
    answers = in_parallel([lambda window=window: window.get(url) for window in windows])
    assert {answer.status_code for answer in answers} == {303}
    [(uses, browsers)] = server.sql(
        "SELECT use_count, (SELECT count(*) FROM customer_access_browser WHERE link_id = link.id) "
        "FROM customer_access_link link WHERE access_id = %s",
        workspace["access_ids"],
    )
    assert (uses, browsers) == (11, 1)


def test_asking_many_times_at_once_is_one_request(server, workspace):
    url, visitor = make_link(server, workspace), Visitor(server)
    visitor.post(url)
    visitor.post("/customer/leave", csrf=visitor.csrf("/my/customer"), not_me="1")
    csrf = visitor.csrf("/customer/ask")
    form = {"name": "Cy Berg", "email": f"many{workspace['number']}@berg.example"}
    windows = [visitor.clone() for _window in range(5)]
    answers = in_parallel(
        [
            lambda window=window: window.post("/customer/ask", csrf=csrf, **form)
            for window in windows
        ]
    )
    assert {answer.status_code for answer in answers} == {303}
    [(requests, activities)] = server.sql(
        "SELECT (SELECT count(*) FROM customer_colleague_request WHERE lead_id = %(id)s), "
        "(SELECT count(*) FROM mail_activity "
        "WHERE res_model = 'crm.lead' AND res_id = %(id)s AND summary LIKE '%%Cy Berg%%')",
        {"id": workspace["lead_id"]},
    )
    assert (requests, activities) == (1, 1)


def test_database_and_log_hold_no_token_and_no_secret(server, workspace):
    invite(server, workspace)
    [mail] = server.mails(workspace["emails"][0])
    visitor = Visitor(server)
    visitor.post(link_in(mail))
    [cookie] = [cookie for cookie in visitor.http.cookies if cookie.path == "/customer"]
    token = link_in(mail).rpartition("/")[2]
    tables = server.sql(
        "SELECT quote_ident(table_name) FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    for secret in (token, cookie.value):
        query = " UNION ALL ".join(
            f"(SELECT '{table}' FROM {table} WHERE {table}::text LIKE %(secret)s LIMIT 1)"  # noqa: S608
            for (table,) in tables
        )
        assert server.sql(query, {"secret": f"%{secret}%"}) == []
        assert secret not in server.log.read_text(errors="replace")
