"""W25 to W34: start_response (PEP 3333, "The start_response() Callable", "Error Handling", "Other HTTP Features")."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from conformance.client import Response
from conformance.server import Run, Server

STATUSES_REFUSED = (
    *("", "200", "20 OK", "2000 OK", "abc OK", "200OK", "200\tOK", " 200 OK", "200  OK", "200 OK ", "-20 OK"),
    *("\u0662\u0660\u0660 OK", "200 OK\r\n", "200 O\nK", "200 O\rK", "200 O\0K", "200 \x7f", "099 Odd"),
)
NAMES_REFUSED = ("", "X A", "X-A:", "X-A\r\n", "X-A\0", "caf\xe9", "(X)", "X/A", "\tX")
VALUES_REFUSED = ("a\r\nSet-Cookie: b", "a\n b", "a\rb", "a\0b", "a\x01", "\x7f", "a\x0bb")
HOP_BY_HOP = {
    "Connection": "close",
    "KEEP-ALIVE": "timeout=5",
    "Proxy-Authenticate": "Basic",
    "proxy-authorization": "Basic eA==",
    "Proxy-Connection": "close",
    "TE": "trailers",
    "Trailer": "X-A",
    "Trailers": "X-A",
    "transfer-encoding": "chunked",
    "Upgrade": "websocket",
}


def started(server: Server, status: str, name: str | None = None, value: str = "", **more: str) -> tuple[Run, Response]:
    """An application that calls start_response so, and what came of it."""
    query: dict[str, str] = {"status": quote(status), **more}
    if name is not None:
        query.update(name=quote(name), value=quote(value))
    run = server.run("start", **query)
    return run, run.response()


def refused(server: Server, status: str, name: str | None = None, value: str = "") -> None:
    """start_response raised, while the application could still do something about it, and the client gets a 500."""
    run, answer = started(server, status, name, value)
    assert (answer.status, answer.complete) == (500, True), (status, name, value)
    assert answer.header("Set-Cookie") is None
    events = run.events()
    assert "returned" not in events.counts, (status, name, value)
    assert len(events.values("raised")) == 1
    server.expect_error(run.identity)


def test_w25_by_position_and_returns_write(server: Server) -> None:
    """With all three arguments. Java: ``start(status, headers, null)``."""
    run = server.run("answer", kind="positional")
    assert run.response().body == b"written yielded"
    events = run.closed()
    assert events.values("callable") == [True]
    assert events.values("write returns") == [None]


@pytest.mark.parametrize("status", ["200 OK", "404 ", "599 Its Own caf\xe9", "203 a\x20b"])
def test_w26_statuses_as_they_are(server: Server, status: str) -> None:
    _, answer = started(server, status)
    assert f"{answer.status} {answer.reason}" == status
    assert answer.body == b"started"


@pytest.mark.parametrize("status", STATUSES_REFUSED, ids=ascii)
def test_w26_other_statuses(server: Server, status: str) -> None:
    refused(server, status)


@pytest.mark.parametrize("name", NAMES_REFUSED, ids=ascii)
def test_w26_names_are_tokens(server: Server, name: str) -> None:
    refused(server, "200 OK", name, "a")


@pytest.mark.parametrize("value", VALUES_REFUSED, ids=ascii)
def test_w26_values_have_no_control_characters(server: Server, value: str) -> None:
    refused(server, "200 OK", "X-A", value)


@pytest.mark.parametrize("value", ["-1", "+5", "5, 5", "0x5", "", "5 5", "99999999999999999999"])
def test_w26_content_length_is_a_number(server: Server, value: str) -> None:
    refused(server, "200 OK", "content-length", value)


def test_w26_types(server: Server) -> None:
    """Exact ``list`` of ``tuple`` of two ``str``. Java: the types, and no ``null``."""
    run = server.run("start-types")
    answer = run.response()
    assert (answer.status, answer.body) == (200, b"asked")
    events = run.events()
    assert events.values("accepted") == []
    assert events.counts["refused"] == (15 if server.subject == "python" else 5)


def test_w27_raised_inside_start_response(server: Server) -> None:
    """The application can still answer otherwise, with exc_info: the failed call counts as the first."""
    run, answer = started(server, "200 OK", "X A", "b", again="exc_info")
    assert (answer.status, answer.reason, answer.body) == (500, "Recovered", b"recovered")
    assert len(run.closed().values("raised")) == 1


def test_w27_a_failed_first_call_counts(server: Server) -> None:
    run, answer = started(server, "200 OK", "X A", "b", again="plain")
    assert answer.status == 500
    assert answer.reason != "Recovered"
    server.expect_error(run.identity)


def test_w28_no_headers_before_data(server: Server) -> None:
    run = server.run("answer", kind="empties")
    answer = run.response()
    assert answer.body == b"data"
    assert answer.head_at >= run.closed().at("worked")


def test_w28_headers_with_the_first_write(server: Server) -> None:
    run = server.run("answer", kind="write")
    answer = run.connection.first()
    assert answer.body == b"one "
    assert run.connection.rest(answer).body == b"one two three"
    assert answer.head_at < run.closed().at("worked")


@pytest.mark.parametrize("kind", ["only-empties", "nothing"])
def test_w28_headers_at_the_end_of_a_body_without_data(server: Server, kind: str) -> None:
    run = server.run("answer", kind=kind)
    answer = run.response()
    assert (answer.status, answer.body, answer.complete) == (200, b"", True)
    assert answer.header("Content-Length") == "0"
    if kind == "only-empties":
        assert answer.head_at >= run.closed().at("worked")


def test_w29_a_second_call(server: Server) -> None:
    run, answer = started(server, "200 OK", again="plain")
    assert answer.body == b"started"  # no failure, no second call: the fixture's control
    run = server.run("answer", kind="twice")
    assert run.response().status == 500
    server.expect_error(run.identity)


def test_w30_headers_not_sent_are_replaced(server: Server) -> None:
    run = server.run("answer", kind="replaced")
    answer = run.response()
    assert (answer.status, answer.reason, answer.body) == (503, "Worse", b"sorry")
    assert answer.header("X-First") is None
    assert answer.header("Content-Length") != "1000"
    assert answer.header("X-Status") == "503 Worse"
    assert run.closed().values("close") == ["end"]


def test_w30_headers_sent_raise_it_again(server: Server) -> None:
    """Java: ``failure`` itself, with its stack trace."""
    run = server.run("answer", kind="replaced-too-late")
    answer = run.response()
    assert (answer.status, answer.body, answer.complete) == (200, b"data", False)
    events = run.closed()
    assert events.values("same") == [True]
    assert events.values("close") == ["error"]
    server.expect_error(run.identity)


def test_w31_exc_info_is_not_kept(server: Server) -> None:
    """Java: ``failure`` can be collected."""
    run = server.run("answer", kind="released")
    assert run.response().body == b"replaced"
    assert run.closed().values("gone") == [True]


@pytest.mark.parametrize("name", HOP_BY_HOP)
def test_w32_hop_by_hop(server: Server, name: str) -> None:
    refused(server, "200 OK", name, HOP_BY_HOP[name])


def test_w33_date_and_server_are_added(server: Server) -> None:
    answer = server.run("answer", kind="one").response()
    assert answer.header("Date")
    assert answer.header("Server")


def test_w33_not_added_if_there(server: Server) -> None:
    answer = server.run("answer", kind="named").response()
    assert answer.header("Date") == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert answer.header("Server") == "own"
    assert answer.header("Content-Length") == "2"


@pytest.mark.parametrize("kind", ["first-step", "late"])
def test_w34_during_iteration(server: Server, kind: str) -> None:
    run = server.run("answer", kind=kind)
    answer = run.response()
    assert (answer.status, answer.reason, answer.body) == (203, "Late", b"data")
    assert answer.header("X-Late") == "yes"
    assert run.closed().values("close") == ["end"]


@pytest.mark.parametrize("kind", ["never", "never-empty", "too-late"])
def test_w34_not_at_all(server: Server, kind: str) -> None:
    run = server.run("answer", kind=kind)
    answer = run.response()
    assert (answer.status, answer.complete) == (500, True)
    assert b"WRONG" not in answer.body
    assert run.closed().values("close") == ["error"]
    server.expect_error(run.identity)
