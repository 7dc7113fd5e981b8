"""Two servers, each with workers, on one database and one file store behave as one."""

from types import SimpleNamespace

import pytest

from .people import Visitor, code_in, make_workspace
from .test_bulk import Job, check_everybody_once
from .test_concurrency import in_parallel


@pytest.fixture(scope="module")
def other(server):
    """The second server's address, for visitors who are led there."""
    with server.second_server() as url:
        yield SimpleNamespace(url=url)


@pytest.fixture
def workspace(server):
    return make_workspace(server)


def new_link(server, workspace):
    """Return the path of a link that the first server has made."""
    url = server.rpc("sara").call("customer.access", "create_link", ids=workspace["access_ids"])
    return url.removeprefix(server.url)


def moved(visitor, server):
    """Return the same browser, whose next request another server answers."""
    copy = Visitor(server)
    copy.http.cookies.update(visitor.http.cookies)
    return copy


def test_link_code_and_revocation(server, other, workspace):
    visitor = Visitor(other)
    visitor.post(new_link(server, workspace))
    visitor.post("/customer/verify", action="send")
    code = code_in(server.sms(workspace["phones"][0])[-1])
    here = moved(visitor, server)
    page = f"/my/customer/{workspace['access_ids'][0]}"
    assert here.post("/customer/verify", code=code).headers["Location"].endswith(page)
    there = moved(here, other)
    assert there.get(page).status_code == 200
    server.rpc("sara").call("customer.access", "revoke", ids=workspace["access_ids"])
    assert there.get(page).status_code != 200
    assert here.get(page).status_code != 200


def test_uses_and_tries_are_counted_together(server, other, workspace):
    path = new_link(server, workspace)
    visitors = [Visitor(side) for side in (server, other) for _visitor in range(8)]
    tokens = [visitor.csrf(path) for visitor in visitors]
    in_parallel(
        [
            lambda visitor=visitor, csrf=csrf: visitor.post(path, csrf=csrf)
            for visitor, csrf in zip(visitors, tokens, strict=True)
        ]
    )
    [(count,)] = server.sql(
        "SELECT use_count FROM customer_access_link WHERE access_id = %s",
        workspace["access_ids"],
    )
    assert count == len(visitors)
    visitor = visitors[0]
    visitor.post("/customer/verify", action="send")
    code = code_in(server.sms(workspace["phones"][0])[-1])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    sides = [moved(visitor, side) for side in (server, other)]
    csrf = visitor.csrf("/customer/verify")
    in_parallel(
        [
            lambda side=side: side.post("/customer/verify", csrf=csrf, code=wrong)
            for side in sides * 5
        ]
    )
    answer = sides[1].post("/customer/verify", code=code)
    assert "/my/customer/" not in answer.headers["Location"], "Five tries, whichever server."


def test_bulk_job_on_both(server, other):
    job = Job(server)
    job.click("start")
    job.finish()
    check_everybody_once(job)
