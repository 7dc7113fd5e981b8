"""When mail server or SMS gateway fail: staff see it, customers are told, nothing is lost."""

from .people import Visitor, code_in, invite, link_in, make_workspace
from .waiting import wait_until


def line(server, workspace):
    """Return what staff see on the contact's line."""
    [values] = server.rpc("sara").call(
        "customer.access",
        "read",
        ids=workspace["access_ids"][:1],
        fields=["state", "state_reason", "mail_failure", "stuck"],
    )
    return values


def activities(server, workspace):
    return server.sql(
        "SELECT summary FROM mail_activity WHERE res_model = 'crm.lead' AND res_id = %s",
        [workspace["lead_id"]],
    )


def test_refused_mail_shows_on_the_line(server):
    workspace = make_workspace(server, contacts=2)
    with server.faults(refused=workspace["emails"][:1]):
        results = invite(server, workspace)
        server.mails(workspace["emails"][1])
        wait_until(lambda: line(server, workspace)["mail_failure"])
    assert [result["status"] for result in results] == ["sent", "sent"]
    assert line(server, workspace)["mail_failure"] == "failed"
    assert line(server, workspace)["stuck"] == "bounced"
    assert workspace["names"][0] in activities(server, workspace)[0][0]
    # mended, it goes out with a link that works
    server.rpc("sara").call(
        "res.partner",
        "write",
        ids=server.rpc("sara").call(
            "customer.access", "read", ids=workspace["access_ids"][:1], fields=["partner_id"]
        )[0]["partner_id"][:1],
        vals={"email": f"new-{workspace['emails'][0]}"},
    )
    invite(server, {"access_ids": workspace["access_ids"][:1]})
    # the new address is told of the change, and gets the new link
    mails = server.mails(f"new-{workspace['emails'][0]}", count=2)
    [url] = [link for mail in mails for link in mail.links if "/customer/link/" in link]
    assert Visitor(server).get(url).status_code == 200


def test_gateway_down_can_be_tried_again(server):
    workspace = make_workspace(server)
    invite(server, workspace)
    [mail] = server.mails(workspace["emails"][0])
    visitor = Visitor(server)
    visitor.post(link_in(mail))
    for fault in ("server_error", "insufficient_credit", "down"):
        with server.faults(sms=fault):
            answer = visitor.post("/customer/verify", action="send")
        assert "status=gateway" in answer.headers["Location"]
        server.sql("DELETE FROM customer_quota WHERE scope = 'sms_pause'")
    assert not server.sql("SELECT 1 FROM sms_sms WHERE number = %s", [workspace["phones"][0]])
    visitor.post("/customer/verify", action="send")
    code = code_in(server.sms(workspace["phones"][0])[-1])
    answer = visitor.post("/customer/verify", code=code)
    assert answer.headers["Location"].endswith(f"/my/customer/{workspace['access_ids'][0]}")


def test_invitation_is_not_sent_when_its_request_fails(server):
    """Mail leaves after commit: what is rolled back sends nothing."""
    workspace = make_workspace(server)
    try:
        server.shell(
            'env["customer.access"].browse(ids).send_invitation()\nraise ValueError("too late")',
            ids=workspace["access_ids"],
        )
    except AssertionError as error:
        assert "too late" in str(error)
    assert not server.catcher.store.mails(workspace["emails"][0])
    assert line(server, workspace)["state"] == "new"


def test_recovery_answers_everybody_alike_and_mails_the_right_one(server):
    workspace = make_workspace(server)
    invite(server, workspace)
    [mail] = server.mails(workspace["emails"][0])
    server.shell(
        'env["customer.access.link"].search([("access_id", "in", ids)]).action_revoke()',
        ids=workspace["access_ids"],
    )
    answers = []
    for data in (
        {"token": link_in(mail).rpartition("/")[2]},
        {"token": "unknown"},
        {"email": workspace["emails"][0]},
        {"email": "stranger@example.com"},
        {"email": "sara@seller.example"},
    ):
        visitor = Visitor(server)
        answer = visitor.post("/customer/recover", **data)
        page = visitor.get(answer.headers["Location"])
        answers.append((answer.status_code, answer.headers["Location"], page.text.count("<p")))
    assert len(set(answers)) == 1
    first, second, third = server.mails(workspace["emails"][0], count=3)
    assert Visitor(server).get(link_in(first)).status_code == 410
    for new in (second, third):
        assert Visitor(server).get(link_in(new)).status_code == 200
    assert not server.catcher.store.mails("stranger@example.com")
