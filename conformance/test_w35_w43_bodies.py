"""W35 to W43: the iterable, write(), Content-Length, errors (PEP 3333, "The Application/Framework Side" and after)."""

from __future__ import annotations

import time

import pytest

from conformance.client import Response
from conformance.server import Run, Server

ITERABLES = {
    "python": ["attributes", "iterator", "generator", "tuple", "map", "dict", "old", "file"],
    "java": ["function", "list", "iterator", "noted"],
}
# What is raised out of an application: in Java, too, what no handler of Exception sees.
RAISED = {
    "python": ["exception", "exit", "interrupt", "generator-exit", "base", "stop", "recursion", "memory"],
    "java": ["exception", "checked", "error", "assertion", "linkage", "memory", "recursion", "interrupt"],
}


def test_w35_iterator_protocol_only(server: Server) -> None:
    """Java: ``next()`` alone, in whatever way it comes to a body."""
    for kind in ITERABLES[server.subject]:
        run = server.run("iterables", kind=kind)
        answer = run.response()
        assert (answer.status, answer.body, answer.complete) == (200, b"one two", True), kind
        if kind in ("attributes", "noted"):
            events = run.events(lambda events: "closed" in events.counts)
            assert set(events.values("attribute")) <= {"close", "__len__"}


def test_w36_no_chunk_is_held_back(server: Server) -> None:
    run = server.run("answer", kind="slow")
    answer = run.connection.first()
    assert answer.body == b"one"
    answer = run.connection.rest(answer)
    assert answer.body == b"onetwo"
    assert answer.arrivals[0][0] < run.closed().at("worked") <= answer.arrivals[1][0]


def test_w36_a_chunk_reaches_the_client_while_the_next_is_made(server: Server) -> None:
    """Also the last of a known length."""
    run = server.run("answer", kind="lengths", length=6, sizes="3,3")
    assert run.response().body == b"xxxxxx"
    assert run.closed().values("chunk") == [3, 3]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_w37_length_of_a_single_chunk(server: Server, method: str) -> None:
    """Java: ``Body.length()``."""
    answer = server.ask("/sized?count=1", method)
    assert answer.header("Content-Length") == "5"
    assert answer.body == (b"chunk" if method == "GET" else b"")


@pytest.mark.parametrize(("count", "body"), [(0, b""), (2, b"chunkchunk")])
def test_w37_other_lengths(server: Server, count: int, body: bytes) -> None:
    answer = server.ask(f"/sized?count={count}")
    assert (answer.body, answer.complete) == (body, True)


def test_w37_not_after_write(server: Server) -> None:
    answer = server.ask("/sized?count=1&write=1")
    assert answer.header("Content-Length") is None
    assert (answer.body, answer.complete) == (b"written chunk", True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("kind", ["one", "two", "nothing", "empties", "write"])
def test_w38_close_at_the_end(server: Server, kind: str, method: str) -> None:
    run = server.prepare("answer", kind=kind).send(method)
    assert run.response(method).complete
    assert run.closed().values("close") == ["end"]


@pytest.mark.parametrize("where", ["step", "later"])
def test_w38_close_after_an_error(server: Server, where: str) -> None:
    run = server.run("raises", what="exception", where=where)
    run.response()
    run.events(lambda events: events.counts.get("closed") == 1)
    server.expect_error(f"id={run.identity}")


@pytest.mark.parametrize("how", ["close", "reset"])
def test_w38_close_when_the_client_leaves(server: Server, how: str) -> None:
    run = server.run("answer", kind="endless")
    assert run.connection.first().body.startswith(b"chunk")
    getattr(run.connection, how)()
    events = run.closed()
    assert events.values("close") == ["disconnect"]
    assert events.counts["step"] < 300


def test_w38_a_client_that_only_stops_sending_gets_its_answer(server: Server) -> None:
    """P28."""
    run = server.run("answer", kind="slow")
    run.connection.half_close()
    answer = run.response()
    assert (answer.body, answer.complete) == (b"onetwo", True)
    assert run.closed().values("close") == ["end"]


def sized(server: Server, length: int | str, sizes: str, **more: object) -> tuple[Run, Response]:
    run = server.run("answer", kind="lengths", length=length, sizes=sizes, **more)
    return run, run.response()


@pytest.mark.parametrize(("length", "sizes"), [(5, "6"), (5, "3,3"), (5, "5,1"), (5, "5,0,9"), (0, "3")])
def test_w39_what_is_too_much_is_not_sent(server: Server, length: int, sizes: str) -> None:
    run, answer = sized(server, length, sizes)
    assert answer.header("Content-Length") == str(length)
    assert (answer.body, answer.complete) == (b"x" * length, True)
    assert run.closed().values("close") == ["end"]
    run.connection.request("/ping")
    assert run.response().body == b"pong"


@pytest.mark.parametrize("sizes", ["0", "3", "2,0,2"])
def test_w39_too_little_ends_the_connection_and_is_logged(server: Server, sizes: str) -> None:
    run, answer = sized(server, 5, sizes)
    sent = sum(map(int, sizes.split(",")))
    if sent:
        assert (answer.status, answer.body, answer.complete) == (200, b"x" * sent, False)
        assert run.connection.ended
    else:
        assert answer.status == 500
    run.closed()
    assert any(run.identity in record and "shorter" in record for record in server.records("WARNING"))


def test_w39_write_past_the_length_raises(server: Server) -> None:
    run = server.run("answer", kind="write-excess")
    answer = run.response()
    assert (answer.body, answer.complete) == (b"abc", True)
    assert [raised.rpartition(".")[2] for raised in run.closed().values("refused")] == ["ContractError"]


def test_w40_chunked(server: Server) -> None:
    answer = server.run("answer", kind="two").response()
    assert answer.header("Transfer-Encoding") == "chunked"
    assert answer.header("Content-Length") is None
    assert (answer.body, answer.complete) == (b"xy", True)


@pytest.mark.parametrize("field", ["", "Connection: keep-alive\r\n"])
def test_w40_until_the_end_of_the_connection(server: Server, field: str) -> None:
    """HTTP/1.0 knows no chunked coding."""
    run = server.prepare("answer", kind="two")
    run.connection.send(f"GET {run.target} HTTP/1.0\r\n{field}\r\n".encode())
    answer = run.response()
    assert answer.header("Transfer-Encoding") is None
    assert (answer.body, answer.complete) == (b"xy", True)
    assert run.closed().values("close") == ["end"]


def test_w41_write_sends_at_once_and_first(server: Server) -> None:
    run = server.run("answer", kind="write")
    answer = run.connection.rest(run.connection.first())
    assert (answer.body, answer.complete) == (b"one two three", True)
    assert answer.arrivals[0][1] == b"one "
    assert answer.arrivals[0][0] < run.closed().at("worked") <= answer.arrivals[1][0]


def test_w41_write_of_nothing(server: Server) -> None:
    """It is a call of write(): the headers may leave with it."""
    answer = server.run("answer", kind="write-empty").response()
    assert (answer.status, answer.body, answer.complete) == (200, b"data", True)


def test_w41_write_to_a_client_that_left(server: Server) -> None:
    run = server.run("answer", kind="write-gone")
    run.connection.first()
    run.connection.reset()
    assert run.closed().values("raised") == ["ClientDisconnected"]


@pytest.mark.parametrize("where", ["call", "started", "step"])
def test_w42_nothing_sent(server: Server, where: str) -> None:
    """SystemExit, KeyboardInterrupt and GeneratorExit, too; Java: each ``Throwable``."""
    for what in RAISED[server.subject]:
        if where == "step" and what == "stop":
            continue  # there StopIteration is the end of the body
        run = server.run("raises", what=what, where=where)
        answer = run.response()
        assert (answer.status, answer.complete) == (500, True), what
        assert b"raised for" not in answer.body
        server.expect_error(f"id={run.identity}")
        assert "raised for" in next(record for record in server.records("ERROR") if f"id={run.identity}" in record)
        run.connection.request("/ping")
        assert run.response().body == b"pong"


@pytest.mark.parametrize("length", ["-", "100"])
def test_w42_partly_sent(server: Server, length: str) -> None:
    """Never an end that looks like a complete response."""
    for what in RAISED[server.subject]:
        if what == "stop":
            continue
        run = server.run("raises", what=what, where="later", **({} if length == "-" else {"length": length}))
        answer = run.response()
        assert (answer.status, answer.body, answer.complete) == (200, b"data", False), what
        assert run.connection.ended
        server.expect_error(f"id={run.identity}")
    assert server.get("/ping").body == b"pong"


def test_w42_partly_sent_to_http_1_0(server: Server) -> None:
    """Where the end of the connection is the end of the body: a reset."""
    run = server.prepare("raises", what="exception", where="later")
    run.connection.send(f"GET {run.target} HTTP/1.0\r\n\r\n".encode())
    answer = run.response()
    assert not answer.complete
    assert run.connection.reset_by_peer
    server.expect_error(f"id={run.identity}")


def test_w42_close_raises(server: Server) -> None:
    """The response was complete; the error is logged, and the server goes on."""
    for what in RAISED[server.subject]:
        run = server.run("raises", what=what, where="close")
        answer = run.response()
        assert (answer.body, answer.complete) == (b"data", True), what
        server.expect_error(f"id={run.identity}")
        assert server.get("/ping").body == b"pong"


@pytest.mark.parametrize(("length", "shown"), [("-", None), ("5", "5")])
def test_w43_head(server: Server, length: str, shown: str | None) -> None:
    run = server.prepare("answer", kind="lengths", length=length, sizes="5").send("HEAD")
    answer = run.response("HEAD")
    assert (answer.status, answer.header("Content-Length")) == (200, shown)
    assert run.connection.silent(0.05)
    assert run.closed().values("close") == ["end"]
    run.connection.request("/ping")
    assert run.response().body == b"pong"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("status", "length", "shown"),
    [
        ("204%20No%20Content", "-", None),
        ("204%20No%20Content", "5", None),
        ("304%20Not%20Modified", "-", None),
        ("304%20Not%20Modified", "5", "5"),
    ],
)
def test_w43_no_body(server: Server, status: str, length: str, shown: str | None, method: str) -> None:
    """Whatever the application sends; RFC 9110, 8.6, 15.3.5 and 15.4.5."""
    run = server.prepare("answer", kind="bodyless", status=status, length=length).send(method)
    answer = run.response(method)
    assert answer.status == int(status[:3])
    assert answer.header("Content-Length") == shown
    assert answer.header("Transfer-Encoding") is None
    assert run.connection.silent(0.05)
    run.closed()
    run.connection.request("/ping")
    assert run.response().body == b"pong"


@pytest.mark.parametrize("status", ["100 Continue", "101 Switching Protocols", "103 Early Hints", "199 Odd"])
def test_w43_interim_statuses_are_no_answers(server: Server, status: str) -> None:
    run = server.run("start", status=status.replace(" ", "%20"))
    assert run.response().status == 500
    server.expect_error(run.identity)


def test_w43_the_clock_of_a_slow_answer(server: Server) -> None:
    """Date is when the response was made (RFC 9110, 6.6.1)."""
    answer = server.run("answer", kind="only-empties").response()
    moment = time.mktime(time.strptime(str(answer.header("Date")), "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
    assert abs(moment - time.time()) < 2
