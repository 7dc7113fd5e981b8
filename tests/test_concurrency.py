"""Against two workers: what is counted is counted, what is once is once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tools.live import RpcError

from .people import Visitor, code_in, invite, link_in, make_workspace

PARALLEL = 30


def in_parallel(calls):
    """Run calls at the same time; return their answers."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


@pytest.fixture
def workspace(server):
    return make_workspace(server)


def new_link(server, workspace, index=0):
    return server.rpc("sara").call(
        "customer.access", "create_link", ids=[workspace["access_ids"][index]]
    )


def at_the_code(server, workspace):
    """Return a visitor to whom a code was sent, and the code."""
    visitor = Visitor(server)
    visitor.post(new_link(server, workspace))
    visitor.post("/customer/verify", action="send")
    return visitor, code_in(server.sms(workspace["phones"][0])[-1])


def test_parallel_redemptions_are_all_counted(server, workspace):
    url = new_link(server, workspace)
    visitors = [Visitor(server) for _visitor in range(PARALLEL)]
    tokens = [visitor.csrf(url) for visitor in visitors]
    answers = in_parallel(
        [
            lambda visitor=visitor, csrf=csrf: visitor.post(url, csrf=csrf)
            for visitor, csrf in zip(visitors, tokens, strict=True)
        ]
    )
    assert {answer.status_code for answer in answers} == {303}
    [(count,)] = server.sql(
        "SELECT use_count FROM customer_access_link WHERE access_id = %s",
        [workspace["access_ids"][0]],
    )
    assert count == PARALLEL


def test_parallel_wrong_codes_count_five(server, workspace):
    visitor, code = at_the_code(server, workspace)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    csrf = visitor.csrf("/customer/verify")
    answers = in_parallel(
        [
            lambda: visitor.clone().post("/customer/verify", csrf=csrf, code=wrong)
            for _try in range(PARALLEL)
        ]
    )
    statuses = [answer.headers["Location"].partition("status=")[2] for answer in answers]
    assert statuses.count("wrong") == 4, "The fifth wrong try kills the code."
    assert statuses.count("dead") == PARALLEL - 4
    [(tries,)] = server.sql(
        "SELECT tries FROM customer_sms_challenge WHERE access_id = %s",
        [workspace["access_ids"][0]],
    )
    assert tries == 5
    answer = visitor.post("/customer/verify", csrf=csrf, code=code)
    assert "status=dead" in answer.headers["Location"]


def test_parallel_right_codes_let_in_once(server, workspace):
    visitor, code = at_the_code(server, workspace)
    csrf = visitor.csrf("/customer/verify")
    answers = in_parallel(
        [
            lambda: visitor.clone().post("/customer/verify", csrf=csrf, code=code)
            for _try in range(PARALLEL)
        ]
    )
    entered = [
        a
        for a in answers
        if a.headers["Location"]
        .split("?")[0]
        .endswith(f"/my/customer/{workspace['access_ids'][0]}")
    ]
    assert len(entered) == 1


def test_two_first_entries_at_once_make_one_user(server):
    """One contact, two workspaces, two browsers, the same moment."""
    first, second = make_workspace(server), make_workspace(server)
    server.shell(
        """
one, two = env["customer.access"].browse(ids)
two.partner_id.active = False
two.partner_id = one.partner_id
""",
        ids=[first["access_ids"][0], second["access_ids"][0]],
    )
    second["phones"] = first["phones"]
    visitors = [at_the_code(server, first)]
    server.sql("DELETE FROM customer_quota WHERE scope = 'sms_pause'")
    visitors.append(at_the_code(server, second))
    answers = in_parallel(
        [
            lambda visitor=visitor, code=code: visitor.post("/customer/verify", code=code)
            for visitor, code in visitors
        ]
    )
    for answer, workspace in zip(answers, (first, second), strict=True):
        assert answer.headers["Location"].endswith(f"/my/customer/{workspace['access_ids'][0]}")
    [(users,)] = server.sql("SELECT count(*) FROM res_users WHERE login = %s", [first["emails"][0]])
    assert users == 1
    for (visitor, _code), workspace in zip(visitors, (first, second), strict=True):
        assert workspace["lead"] in visitor.get(f"/my/customer/{workspace['access_ids'][0]}").text


def test_parallel_sends_make_one_sms(server, workspace):
    visitor = Visitor(server)
    visitor.post(new_link(server, workspace))
    csrf = visitor.csrf("/customer/verify")
    in_parallel(
        [
            lambda: visitor.clone().post("/customer/verify", csrf=csrf, action="send")
            for _try in range(PARALLEL)
        ]
    )
    assert len(server.sms(workspace["phones"][0])) == 1


def test_parallel_clicks_on_choose_password_use_the_link_once(server):
    workspace = make_workspace(server, role="contact_person")
    server.shell("env.ref('base.main_company').customer_require_sms_code = False")
    try:
        visitors = [Visitor(server) for _visitor in range(5)]
        url = new_link(server, workspace)
        for visitor in visitors:
            visitor.post(url)
        tokens = [visitor.csrf("/customer/password") for visitor in visitors]
        answers = in_parallel(
            [
                lambda visitor=visitor, csrf=csrf, number=number: visitor.post(
                    "/customer/password", csrf=csrf, password=f"a-good-pass-phrase-{number}"
                )
                for number, (visitor, csrf) in enumerate(zip(visitors, tokens, strict=True))
            ]
        )
    finally:
        server.shell("env.ref('base.main_company').customer_require_sms_code = True")
    assert [answer.status_code for answer in answers].count(303) == 1


def test_invitation_twice_at_once_and_revoked_before_it_leaves(server, workspace):
    results = in_parallel([lambda: invite(server, workspace)] * 2)
    assert [result[0]["status"] for result in results] == ["sent", "sent"]
    mails = server.mails(workspace["emails"][0], count=2)
    assert link_in(mails[0]) != link_in(mails[1])
    ended = server.rpc("sara").call("customer.access", "revoke", ids=workspace["access_ids"])
    assert ended == {"links": 2, "sessions": 0}
    assert Visitor(server).get(link_in(mails[0])).status_code == 410


def test_no_secret_in_database_or_log(server, workspace):
    """What a dump and the request log hold after a whole entry."""
    invite(server, workspace)
    [mail] = server.mails(workspace["emails"][0])
    token = link_in(mail).rpartition("/")[2]
    visitor = Visitor(server)
    visitor.get(f"/customer/link/{token}")
    visitor.post(f"/customer/link/{token}")
    visitor.post("/customer/verify", action="send")
    code = code_in(server.sms(workspace["phones"][0])[-1])
    visitor.post("/customer/verify", code=code)
    tables = server.sql(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_name, table_schema) "
        "WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' "
        "AND c.data_type IN ('text', 'character varying', 'jsonb')"
    )
    for table, column in tables:
        found = server.sql(
            f'SELECT 1 FROM "{table}" WHERE "{column}"::text LIKE %s LIMIT 1', [f"%{token}%"]
        )
        assert not found, f"{table}.{column} holds the token"
    for table, column in (("sms_sms", "body"), ("mail_message", "body")):
        assert not server.sql(f"SELECT 1 FROM {table} WHERE {column} LIKE %s", [f"%{code}%"])
    log = server.log.read_text()
    assert "/customer/link/***" in log
    assert token not in log


PUBLISH = """
env["res.company"].browse(1).customer_login_free = True
offers = env["customer.publication"].create([
    {"name": f"Offer {index}", "kind": "offer", "lead_id": lead_id, "body": "<p>Oak</p>",
     "amount": 100}
    for index in range(count)
])
offers._publish()
result = offers.ids
"""


def test_an_offer_is_never_changed_after_it_was_accepted(server):
    """Whoever comes first wins: the customer's answer, or the salesperson's new price."""
    workspace = make_workspace(server, role="contact_person")
    offers = server.shell(PUBLISH, lead_id=workspace["lead_id"], count=12)
    access_id = workspace["access_ids"][0]
    visitor = Visitor(server)
    visitor.post(new_link(server, workspace))
    csrf = visitor.csrf(f"/my/customer/{access_id}/publication/{offers[0]}")
    sara = server.rpc("sara")

    def accept(offer):
        path = f"/my/customer/{access_id}/publication/{offer}/respond"
        answer = {"decision": "accepted", "signed_by": "Anna", "version": "1"}
        return visitor.clone().post(path, csrf=csrf, **answer).status_code

    def change(offer):
        try:
            return sara.call("customer.publication", "write", ids=[offer], vals={"amount": 90})
        except RpcError:
            return False

    try:
        for offer in offers:
            _status, changed = in_parallel(
                [lambda offer=offer: accept(offer), lambda offer=offer: change(offer)]
            )
            [(version, answered)] = server.sql(
                """
                SELECT publication.version, version.number
                  FROM customer_publication publication
             LEFT JOIN customer_publication_response response
                    ON response.publication_id = publication.id
             LEFT JOIN customer_publication_version version
                    ON version.id = response.version_id
                 WHERE publication.id = %s
                """,
                [offer],
            )
            assert (version, answered) == ((2, None) if changed else (1, 1))
    finally:
        server.shell('env["res.company"].browse(1).customer_login_free = False; result = True')
