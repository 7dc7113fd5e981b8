"""Revoking reaches websockets, which check sessions on their own."""

import contextlib
import json

import pytest
import websocket

from .people import Visitor, code_in, make_workspace
from .waiting import wait_until

SESSION_EXPIRED = 4001


@pytest.fixture
def visitor(server):
    """A contact who came in by a link and a code."""
    workspace = make_workspace(server)
    url = server.rpc("sara").call("customer.access", "create_link", ids=workspace["access_ids"])
    visitor = Visitor(server)
    visitor.workspace = workspace
    visitor.post(url)
    visitor.post("/customer/verify", action="send")
    visitor.post("/customer/verify", code=code_in(server.sms(workspace["phones"][0])[-1]))
    return visitor


def connect(server, visitor):
    """Open a websocket with the cookies of a browser."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.http.cookies)
    # the process for websockets comes up after those for pages
    socket = wait_until(lambda: try_to_connect(server, cookies), timeout=60)
    socket.send(json.dumps({"event_name": "subscribe", "data": {"channels": [], "last": 0}}))
    return socket


def try_to_connect(server, cookies):
    with contextlib.suppress(ConnectionRefusedError):
        return websocket.create_connection(
            f"{server.websocket_url}/websocket", cookie=cookies, origin=server.url, timeout=20
        )


def notify(server, visitor):
    """Send the contact a bus notification, as any message to them does."""
    server.shell(
        'env["customer.access"].browse(ids).partner_id._bus_send("customer_test", {"x": 1})',
        ids=visitor.workspace["access_ids"],
    )


def test_revocation_closes_an_open_websocket(server, visitor):
    socket = connect(server, visitor)
    notify(server, visitor)
    assert "customer_test" in socket.recv()
    server.rpc("sara").call("customer.access", "revoke", ids=visitor.workspace["access_ids"])
    notify(server, visitor)
    opcode, data = socket.recv_data()
    assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") == SESSION_EXPIRED
