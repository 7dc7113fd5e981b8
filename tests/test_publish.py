"""Publishing tells whom: from the salesperson's click to the page the mail leads to."""

import pytest
from playwright.sync_api import expect

from .people import Visitor, link_in, make_workspace
from .test_story import sign_in
from .waiting import wait_until

ADD = """
values = {"lead_id": lead_id, "body": "<p>Oak fronts, white top.</p>"}
publications = env["customer.publication"].create(
    [{"name": name, "kind": kind, **values} for name, kind in drafts]
)
env["res.company"].browse(1).customer_login_free = login_free
result = publications.ids
"""


@pytest.fixture
def publish(server, page):
    """Make a workspace with drafts, and open its tab as Sara."""

    def publish(drafts=(("Oak kitchen", "offer"), ("House rules", "page")), login_free=True, **who):
        workspace = make_workspace(server, **{"role": "contact_person", **who})
        workspace["publications"] = server.shell(
            ADD, lead_id=workspace["lead_id"], drafts=drafts, login_free=login_free
        )
        sign_in(page, server, "sara", "sara-demo")
        open_tab(page, server, workspace)
        return workspace

    yield publish
    server.shell('env["res.company"].browse(1).customer_login_free = False; result = True')


def open_tab(page, server, workspace):
    page.goto(f"{server.url}/odoo/crm.lead/{workspace['lead_id']}")
    page.get_by_role("tab", name="Customer web").click()


def told(page, text):
    expect(page.locator(".o_notification", has_text=text)).to_be_visible()


def test_all_drafts_are_one_mail_a_person(server, page, open_page, publish):
    workspace = publish(contacts=2)
    page.get_by_role("button", name="Publish all drafts").click()
    dialog = page.get_by_role("dialog")
    for name in workspace["names"]:
        expect(dialog.get_by_role("cell", name=name).first).to_be_visible()
    dialog.get_by_role("button", name="Publish and send").click()
    told(page, "Published. 2 sent")
    for email in workspace["emails"]:
        [mail] = server.mails(email)
        assert mail.message["Subject"] == "New for you: Oak kitchen, House rules"
        assert len({link for link in mail.links if "/customer/link/" in link}) == 1
    customer = open_page()
    customer.goto(link_in(mail))
    customer.get_by_role("button", name="Continue").click()
    customer.wait_for_url(f"**/my/customer/{workspace['access_ids'][1]}")
    for title in ("Oak kitchen", "House rules"):
        expect(customer.get_by_text(title).first).to_be_visible()


def test_one_offer_leads_straight_there_and_is_sent_again(server, page, open_page, publish):
    workspace = publish(drafts=[("Oak kitchen", "offer")])
    page.locator("[name=action_publish]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("whoever holds it can open the page and answer")).to_be_visible()
    dialog.get_by_role("button", name="Publish and send").click()
    told(page, "Published. 1 sent")
    [mail] = server.mails(workspace["emails"][0])
    customer = open_page()
    customer.goto(link_in(mail))
    customer.get_by_role("button", name="Continue").click()
    offer = f"/my/customer/{workspace['access_ids'][0]}/publication/{workspace['publications'][0]}"
    customer.wait_for_url(f"**{offer}")
    expect(customer.get_by_text("Oak fronts, white top.")).to_be_visible()
    customer.goto(f"{server.url}/my/account")  # level 1 is no log-in
    customer.wait_for_url("**/web/login**")
    # another one, with what was last sent
    open_tab(page, server, workspace)
    page.locator("td [name=action_send_again]").first.click()
    expect(dialog.get_by_text("Sara Dahl: “New for you: Oak kitchen”")).to_be_visible()
    row = dialog.get_by_role("row", name=workspace["names"][0])
    tick = row.get_by_role("checkbox")
    if not tick.is_checked():  # the offer was opened: nobody is reminded by accident
        row.locator("td[name=ticked]").click()
        tick.check()
    dialog.get_by_label("Subject").first.fill("Still interested?")
    dialog.get_by_role("button", name="Send again").click()
    told(page, "1 sent")
    mails = server.mails(workspace["emails"][0], count=2)
    assert mails[-1].message["Subject"] == "Still interested?"
    assert link_in(mails[-1]) != link_in(mail)


def test_without_login_free_the_offer_comes_with_an_invitation(server, page, open_page, publish):
    workspace = publish(drafts=[("Oak kitchen", "offer")], login_free=False)
    page.locator("[name=action_publish]").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Publish and send").click()
    told(page, "Published. 1 sent")
    [mail] = server.mails(workspace["emails"][0])
    customer = open_page()
    customer.goto(link_in(mail))
    customer.get_by_role("button", name="Continue").click()
    customer.wait_for_url("**/customer/verify**")


def test_publish_without_mail(server, page, publish):
    workspace = publish(drafts=[("Oak kitchen", "offer")])
    page.locator("[name=action_publish]").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tell them by mail").click()
    expect(dialog.get_by_role("cell", name=workspace["names"][0])).to_be_hidden()
    dialog.get_by_role("button", name="Publish without mail").click()
    told(page, "nobody was told by mail")
    expect(page.get_by_role("cell", name="Published")).to_be_visible()
    assert not server.catcher.store.mails(workspace["emails"][0])


def test_link_copied_for_one_of_two_contacts(server, page, publish):
    workspace = publish(drafts=[("Oak kitchen", "offer")], contacts=2)
    server.shell(
        'env["customer.publication"].browse(ids)._publish(); result = True',
        ids=workspace["publications"],
    )
    open_tab(page, server, workspace)
    page.locator("td [name=action_copy_link]").first.click()
    row = page.get_by_role("dialog").get_by_role("row", name=workspace["names"][1])
    row.get_by_role("button", name="Copy link").click()
    url = page.locator("input.o_customer_link").input_value()
    answer = Visitor(server)
    answer.post(url)
    place = answer.get(f"/my/customer/{workspace['access_ids'][1]}")
    assert place.status_code == 200


def test_removed_between_queueing_and_sending_gets_nothing(server):
    """More than fifty leave by the queue; one is removed, one offer is withdrawn meanwhile."""
    workspace = make_workspace(server, contacts=51, role="contact_person")
    publications = server.shell(
        ADD, lead_id=workspace["lead_id"], drafts=[("Oak kitchen", "offer")], login_free=True
    )
    queue = 'env.ref("mail.ir_cron_mail_scheduler_action").active = on; result = True'
    server.shell(queue, on=False)
    server.shell(
        """
publications = env["customer.publication"].browse(ids).with_user(env["res.users"].search(
    [("login", "=", "sara")]))
publications._publish()
template = env.ref("customer_portal_access.mail_template_publication")
accesses = env["customer.access"].browse(access_ids).with_user(publications.env.uid)
result = accesses._send(template, publications=publications)
""",
        ids=publications,
        access_ids=workspace["access_ids"],
    )
    gone, *others = workspace["access_ids"]
    server.rpc("sara").call("customer.access", "revoke", ids=[gone])
    server.shell(queue, on=True)
    server.shell('env.ref("mail.ir_cron_mail_scheduler_action")._trigger(); result = True')
    server.mails(workspace["emails"][-1])
    wait_until(
        lambda: (
            server.sql(
                "SELECT count(*) FROM customer_publication_recipient "
                "WHERE publication_id = %s AND sent_at IS NOT NULL",
                publications,
            )
            == [(len(others),)]
        )
    )
    assert not server.catcher.store.mails(workspace["emails"][0])
    for email in workspace["emails"][1:]:
        assert len(server.catcher.store.mails(email)) == 1
    assert server.sql(
        "SELECT kind FROM customer_access_event WHERE access_id = %s ORDER BY id DESC LIMIT 1",
        [gone],
    ) == [("withheld",)]
    server.shell('env["res.company"].browse(1).customer_login_free = False; result = True')
