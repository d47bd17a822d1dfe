"""W44 to W52: HTTP around the contract, files, middleware (PEP 3333, "HTTP 1.1 Expect/Continue" and after)."""

from __future__ import annotations

import json
import threading
import time

import pytest

from conformance.client import Connection, chunked
from conformance.conftest import Serve
from conformance.server import Server

# What RFC 9112 says must not be taken for a request: a smuggled one could hide in each. The corpora have the rest.
REFUSED = {
    "length and coding": (400, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "two lengths": (400, "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    "list of lengths": (400, "Content-Length: 5, 6\r\n\r\nhello!"),
    "signed length": (400, "Content-Length: +5\r\n\r\nhello"),
    "no length": (400, "Content-Length: \r\n\r\n"),
    "huge length": (413, "Content-Length: 99999999999999999999\r\n\r\n"),
    "no end by the coding": (400, "Transfer-Encoding: rot13\r\n\r\nhello"),
    "unknown coding": (501, "Transfer-Encoding: rot13, chunked\r\n\r\n0\r\n\r\n"),
    "folded line": (400, "X-A: b\r\n c\r\n\r\n"),
    "space before colon": (400, "X-A : b\r\n\r\n"),
    "bare CR": (400, "X-A: b\rc\r\n\r\n"),
    "bare LF": (400, "X-A: b\n\r\n"),
    "NUL": (400, "X-A: b\0\r\n\r\n"),
    "no name": (400, ": b\r\n\r\n"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_w44_ambiguous_requests(server: Server, name: str) -> None:
    status, rest = REFUSED[name]
    run = server.prepare("answer", kind="one")
    request = f"POST {run.target} HTTP/1.1\r\nHost: test\r\n{rest}GET /ping HTTP/1.1\r\nHost: test\r\n\r\n"
    run.connection.send(request.encode("latin-1"))
    answer = run.response()
    assert answer.status == status
    assert run.connection.ends()  # no second answer
    assert run.events() == []  # the application was not called


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET {target} HTTP/2.0", 505),
        ("GET {target}", 400),
        ("GET  {target} HTTP/1.1", 400),
        ("G@T {target} HTTP/1.1", 400),
        ("GET x{target} HTTP/1.1", 400),
        ("CONNECT {target} HTTP/1.1", 400),
    ],
)
def test_w44_request_lines(server: Server, request_line: str, status: int) -> None:
    run = server.prepare("answer", kind="one")
    run.connection.send((request_line.format(target=run.target) + "\r\nHost: test\r\n\r\n").encode())
    assert run.response().status == status
    assert run.connection.ends()
    assert run.events() == []


@pytest.mark.parametrize("host", ["", "Host: a\r\nHost: a\r\n", "Host: a b\r\n", "Host: a/b\r\n"])
def test_w44_host(server: Server, host: str) -> None:
    run = server.prepare("answer", kind="one")
    run.connection.send(f"GET {run.target} HTTP/1.1\r\n{host}\r\n".encode())
    assert run.response().status == 400
    assert run.events() == []


EXPECT = "Expect: 100-continue\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def interim(connection: Connection) -> bytes:
    """The head that comes first."""
    raw = b""
    connection.socket.settimeout(5)
    while not raw.endswith(b"\r\n\r\n"):
        raw += connection.socket.recv(1)
    return raw


@pytest.mark.parametrize("target", ["/pieces", "/late-read"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_w45_continue_at_the_first_read_once(server: Server, target: str, framing: str) -> None:
    """Of an application that answers first: none, as it would come after the final head has begun."""
    run = server.prepare(target.lstrip("/"))
    size = "Content-Length: 4\r\n" if framing == "length" else "Transfer-Encoding: chunked\r\n"
    run.connection.request(run.target, "POST", size + EXPECT)
    if target == "/pieces":
        assert interim(run.connection) == CONTINUE
        assert run.connection.silent(0.1)
    run.connection.send(b"body" if framing == "length" else chunked(b"body", 3))
    answer = run.connection.head()
    assert answer.status == 200
    run.connection.body(answer)
    assert answer.body == (b"body" if target == "/pieces" else b"sent body")
    assert run.connection.silent(0.05) or run.connection.ends()


def test_w45_a_client_that_does_not_wait(server: Server) -> None:
    """RFC 9110, 10.1.1: then 100 may be left out; in no case is it in the middle of the answer."""
    connection = server.connect()
    connection.request("/pieces", "POST", EXPECT, b"body")
    assert connection.response().body == b"body"
    connection.request("/ping")
    assert connection.response().body == b"pong"


def test_w45_a_body_that_nobody_wants(server: Server) -> None:
    """No 100, and the connection cannot go on: the client may send the body or not."""
    connection = server.connect()
    connection.request("/unread", "POST", "Content-Length: 4\r\n" + EXPECT)
    answer = connection.head()
    assert answer.status == 200
    assert answer.header("Connection") == "close"
    connection.body(answer)
    assert answer.body == b"not read"
    assert connection.ends()


def test_w45_none_for_http_1_0(server: Server) -> None:
    connection = server.connect()
    connection.send(b"POST /pieces HTTP/1.0\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert connection.silent(0.2)
    connection.send(b"body")
    assert connection.response().body == b"body"


def test_w46_codings_of_requests_are_decoded(server: Server) -> None:
    connection = server.connect()
    connection.request("/input?do=read", "POST", "Transfer-Encoding: chunked\r\n")
    connection.send(b"4;name=value\r\nbody\r\n0003\r\n...\r\n0\r\nX-Trailer: dropped\r\n\r\n")
    assert json.loads(connection.response().body) == ["body..."]
    connection.request("/ping")
    assert connection.response().body == b"pong"


def test_w46_hop_by_hop_fields_mean_nothing_to_the_application(server: Server) -> None:
    """The server obeys them, whether they are in environ or not."""
    connection = server.connect()
    connection.request("/environ", headers="Connection: close, X-Hop\r\nTE: trailers\r\nKeep-Alive: timeout=9\r\n")
    answer = connection.response()
    assert answer.header("Connection") == "close"
    assert "HTTP_TRANSFER_ENCODING" not in json.loads(answer.body)["values"]
    assert connection.ends()


def test_w47_responses_go_out_as_they_are_given(server: Server) -> None:
    """Whatever the request says of ranges, validators and codings."""
    fields = 'Range: bytes=0-1\r\nIf-None-Match: "x"\r\nAccept-Encoding: gzip\r\nTE: gzip\r\n'
    run = server.prepare("answer", kind="as-given").send("GET", fields)
    answer = run.response()
    assert (answer.status, answer.reason) == (206, "Its Own Reason \xe9")
    assert answer.body == b"\x00\xff\r\n\x1a"
    assert answer.headers[:11] == [
        ("X-Order", "1"),
        ("Set-Cookie", "a=1; Path=/"),
        ("content-encoding", "gzip"),
        ("Set-Cookie", "b=2"),
        ("ETag", '"x"'),
        ("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Content-Range", "bytes 0-4/100"),
        ("X-Order", "2"),
        ("Cache-Control", "no-transform"),
        ("X-Latin", "caf\xe9"),
        ("Content-Length", "5"),
    ]
    assert {name for name, _ in answer.headers[11:]} == {"Date", "Server"}


def test_w48_one_thread(serve: Serve) -> None:
    """Never two requests inside the application, and ``wsgi.multithread`` says so."""
    server = serve("--threads", "1")
    answers: list[bytes] = []

    def request() -> None:
        answers.append(server.get(f"/answer?kind=only-empties&id=w48-{threading.get_ident()}").body)

    callers = [threading.Thread(target=request) for _ in range(3)]
    begun = time.monotonic()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == [b"", b"", b""]
    assert time.monotonic() - begun >= 1.45  # half a second of work each
    assert flag(server) is False


def test_w48_several_threads_are_told(serve: Serve) -> None:
    assert flag(serve("--threads", "2")) is True


def flag(server: Server) -> bool:
    told: bool = json.loads(server.ask("/multithread").body)
    return told


def test_w49_extensions_refuse_what_was_replaced(server: Server) -> None:
    """``wsgi.input_handler`` stands for reads of ``wsgi.input``: by it or by environ, which may be a copy (P51)."""
    run = server.prepare("extensions")
    run.connection.request(run.target, "POST", "Content-Length: 4\r\n")
    events = run.events(lambda events: "copied environ" in events.counts)
    assert events.values("replaced environ") == [None]
    assert events.values("replaced input") == [None]
    assert events.values("copied environ") == [True]
    assert "WRONG" not in events.counts
    assert run.response().body == b"asked"


CONTENT = (bytes(range(256)) * 1024)[10:]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("by", ["returned", "iterated"])
@pytest.mark.parametrize("like", ["real", "closing"])
def test_w50_from_the_position_to_the_end(server: Server, like: str, by: str, method: str) -> None:
    """Also when a middleware iterates what the wrapper made."""
    run = server.prepare("file-wrapper", like=like, by=by).send(method)
    answer = run.response(method)
    assert (answer.status, answer.complete) == (200, True)
    assert answer.body == (CONTENT if method == "GET" else b"")
    run.connection.request("/ping")
    assert run.response().body == b"pong"


@pytest.mark.parametrize("length", [0, 1, 1000, len(CONTENT)])
@pytest.mark.parametrize("like", ["real", "closing"])
def test_w50_content_length_is_honoured(server: Server, like: str, length: int) -> None:
    run = server.run("file-wrapper", like=like, by="returned", length=length)
    answer = run.response()
    assert (answer.header("Content-Length"), answer.complete) == (str(length), True)
    assert answer.body == CONTENT[:length]
    run.connection.request("/ping")
    assert run.response().body == b"pong"


@pytest.mark.parametrize("like", ["real", "closing"])
def test_w50_a_file_shorter_than_its_content_length(server: Server, like: str) -> None:
    run = server.run("file-wrapper", like=like, by="returned", length=len(CONTENT) + 1)
    answer = run.response()
    assert (answer.body, answer.complete) == (CONTENT, False)


@pytest.mark.parametrize("by", ["returned", "iterated"])
def test_w50_close_is_called_and_blocks_are_as_asked(server: Server, by: str) -> None:
    run = server.run("file-wrapper", like="closing", by=by)
    assert run.response().body == CONTENT
    events = run.events(lambda events: "closed" in events.counts)
    assert events.counts["closed"] == 1
    assert set(events.values("read")) == {1000}


def test_w50_a_file_without_close(server: Server) -> None:
    """Java: each stream has one."""
    like = "bare" if server.subject == "python" else "closing"
    assert server.run("file-wrapper", like=like, by="returned").response().body == CONTENT


@pytest.mark.parametrize("like", ["real", "closing"])
def test_w50_nothing_is_sent_unless_it_is_returned(server: Server, like: str) -> None:
    run = server.run("file-wrapper", like=like, by="dropped")
    answer = run.response()
    assert (answer.body, answer.complete) == (b"something else", True)
    assert "read" not in run.closed().counts


def test_w51_a_value_for_each_value(server: Server) -> None:
    """Of ``wsgi_pause``'s middleware, too. Java: of a ``Middleware``."""
    kinds = ("own", "gzip", "request_id", "heartbeat") if server.subject == "python" else ("own",)
    for by in kinds:
        run = server.run("stacked", by=by)
        answer = run.response()
        assert answer.complete
        assert answer.body.lower() == b"one two", by
        events = run.closed()
        outer = events.values("outer")
        assert outer == sorted(outer)
        assert all(later - earlier <= 1 for earlier, later in zip([0, *outer], outer, strict=False)), (by, outer)
        assert events.values("close") == ["end"]


def test_w51_headers_of_middleware(server: Server) -> None:
    answer = server.run("stacked", by="own").response()
    assert answer.header("X-Upper") == "yes"
    assert answer.body == b"ONE TWO"


def test_w52_requests_take_turns_at_block_boundaries(serve: Serve) -> None:
    """One thread: a request that yields nothing for a while lets the others through."""
    server = serve("--threads", "1")
    run = server.run("meet")
    run.events(lambda events: "step" in events.counts)
    assert server.get(f"/met?id={run.identity}").body == b"met"
    assert run.response().body == b"met"
    assert run.closed().values("close") == ["end"]


def test_w52_a_pause_holds_no_thread(serve: Serve) -> None:
    """What PEP 3333 leaves open under "Proposed/Under Discussion": the cases C01 to C83."""
    server = serve("--threads", "1")
    run = server.run("c56")
    answer = run.connection.first()
    assert answer.body == b"hello"
    assert server.ping() < 2
    server.get(f"/open?id={run.identity}")
    assert run.connection.rest(answer).body == b"hellobye"
