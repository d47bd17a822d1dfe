"""`wsgi.early_hints`: 103 responses (RFC 8297) on the wire."""

from __future__ import annotations

import pytest

from conformance.client import Connection, Response
from conformance.server import Server

STYLE = ("Link", "</style.css>; rel=preload; as=style")
SCRIPT = ("Link", "</app.js>; rel=preload; as=script")


def interim(connection: Connection) -> Response:
    answer = connection.head()
    assert answer.status < 200
    return answer


def test_each_call_is_one_103_before_the_response(server: Server) -> None:
    run = server.run("hints", kind="plain")
    first, second, third = (interim(run.connection) for _ in range(3))
    assert (first.status, first.reason, first.headers) == (103, "Early Hints", [STYLE])
    assert (second.status, second.headers) == (103, [SCRIPT, ("X-Padded", "x")])
    assert (third.status, third.headers) == (103, [])
    answer = run.response()
    assert answer.status == 200
    assert answer.header("Link") is None
    assert answer.complete
    assert answer.body == b"data more"  # and nothing in it that came too late
    assert run.closed().values("late") == [None]
    run.connection.request("/ping")
    assert run.connection.head().status == 200


def test_a_hint_does_not_wait_for_the_application(server: Server) -> None:
    run = server.run("hints-parked")
    answer = interim(run.connection)
    hinted = run.connection.filled_at
    assert (answer.status, answer.headers) == (103, [STYLE])
    final = run.response()
    assert (final.status, final.body) == (200, b"data")
    assert final.head_at - hinted > 0.3
    events = run.events(lambda events: "over" in events.counts)
    assert events.values("hinted") == events.values("over") == [None]
    assert run.connection.silent(0.1)


@pytest.mark.parametrize("kind", ["newline", "name", "hop", "length", "latin"])
def test_headers_are_checked_as_those_of_start_response(server: Server, kind: str) -> None:
    run = server.run("hints-bad", kind=kind)
    answer = run.connection.head()
    assert answer.status == 200
    (refused,) = run.events().values("refused")
    assert "Error" in refused


def test_a_client_of_http_1_0_gets_none(server: Server) -> None:
    connection = server.connect()
    run = server.prepare("hints", connection, kind="plain")
    connection.send(f"GET {run.target} HTTP/1.0\r\n\r\n".encode())
    answer = connection.head()
    assert answer.status == 200


def test_a_100_comes_when_the_body_is_read(server: Server) -> None:
    connection = server.connect()
    run = server.prepare("hints", connection, kind="reading")
    run.send("POST", "Expect: 100-continue\r\nContent-Length: 4\r\n")
    assert [interim(connection).status for _ in range(2)] == [103, 100]
    assert connection.silent(0.1)
    connection.send(b"body")
    assert [interim(connection).status for _ in range(2)] == [103, 103]
    answer = run.response()
    assert (answer.status, answer.body) == (200, b"data bodymore")
    assert answer.complete
