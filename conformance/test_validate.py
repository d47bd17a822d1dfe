"""PEP 3333 without pauses: wsgiref.validate, Werkzeug's lint, the environ, wsgi.input, the response."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from conformance.cases.pep3333 import perform
from conformance.client import chunked
from conformance.server import Server

pytestmark = pytest.mark.python_only
UPLOAD = b"first line\nsecond line\n\nfourth, " + b"x" * 100_000 + b"\nlast"


@pytest.mark.parametrize("judge", ["validated", "linted"])
@pytest.mark.parametrize("app", ["echo", "written", "lines"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_validators_are_clean(server: Server, judge: str, app: str, method: str) -> None:
    before = len(server.log())
    body = b"some\nlines" if method == "POST" else b""
    answer = server.ask(f"/{judge}?app={app}", method, body=body)
    assert answer.status == 200
    assert answer.complete
    if method != "HEAD":
        expected = {"echo": body or b"validated", "written": b"one two three", "lines": body.upper()}
        assert answer.body == expected[app]
    logged = server.log()[before:]
    for word in ("AssertionError", "Warning", "garbage collected", "Traceback"):
        assert word not in logged
    assert ("pep3333-validated-errors" in logged) == (app == "lines")


def test_lint_warns(server: Server) -> None:
    """That it is silent elsewhere says something."""
    before = len(server.log())
    assert server.ask("/linted?app=text").status == 500
    assert "WSGIWarning" in server.log()[before:]
    server.expect_error("GET /linted?app=text", 1)


def environ_of(server: Server, target: str, headers: str = "", method: str = "GET") -> dict[str, Any]:
    answer = server.ask(target, method, headers)
    assert answer.status == 200
    noted = json.loads(answer.body)
    assert noted["facts"] == {"dict": True, "keys": True, "version": True, "latin-1": True}
    values: dict[str, Any] = noted["values"]
    return values


def test_environ_variables(server: Server) -> None:
    environ = environ_of(server, "/environ/caf%C3%A9%2Fx?a=%20b&c")
    expected = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/environ/caf\xc3\xa9/x",
        "QUERY_STRING": "a=%20b&c",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_PORT": str(server.address[1]),
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "test",
        "wsgi.url_scheme": "http",
        "wsgi.version": "tuple",
        "wsgi.multithread": "bool",
        "wsgi.multiprocess": "bool",
        "wsgi.run_once": "bool",
    }
    assert {key: environ.get(key) for key in expected} == expected
    assert environ["SERVER_NAME"]
    for key in ("wsgi.input", "wsgi.errors", "wsgi.file_wrapper", "wsgi.pause_output"):
        assert key in environ
    for key in ("CONTENT_LENGTH", "CONTENT_TYPE"):
        assert environ.get(key, "") == ""


def test_environ_of_header_fields(server: Server) -> None:
    fields = (
        "X-Twice: one\r\nX-Twice: two\r\nCookie: a=1\r\nCookie: b=2\r\nX_Underscore: no\r\nProxy: evil\r\n"
        "Content-Type: text/x\r\nX-Latin: caf\xe9\r\nX-Empty:\r\n"
    )
    environ = environ_of(server, "/environ", fields)
    assert environ["HTTP_X_TWICE"] in ("one,two", "one, two")
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_TYPE"] == "text/x"
    assert environ["HTTP_X_LATIN"] == "caf\xe9"
    assert environ["HTTP_X_EMPTY"] == ""
    for key in ("HTTP_X_UNDERSCORE", "HTTP_PROXY", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
        assert key not in environ


@pytest.mark.parametrize("framing", ["length", "chunks-1000", "chunks-70000"])
@pytest.mark.parametrize(
    "operations",
    [
        "read",
        "read:-1",
        "read:0,read:1,read:9,read:50000,read",
        "read:200000,read,read:5",
        "readline,readline,readline,readline,readline,readline,readline",
        "readline:3,readline:100,readline:-1,readline:0,readline:5000,readline",
        "readlines",
        "iter",
        "readline,iter,read",
        "read:3,readlines,iter",
    ],
)
def test_input_reads_as_a_file_does(server: Server, operations: str, framing: str) -> None:
    target = f"/input?do={operations}"
    if framing == "length":
        answer = server.ask(target, "POST", body=UPLOAD)
    else:
        connection = server.connect()
        connection.request(target, "POST", "Transfer-Encoding: chunked\r\n")
        connection.send(chunked(UPLOAD, int(framing.partition("-")[2])))
        answer = connection.response()
    assert answer.status == 200
    assert json.loads(answer.body) == perform(io.BytesIO(UPLOAD), operations)


def test_input_read1(server: Server) -> None:
    answer = server.ask("/input?do=read1:5,read1,read", "POST", body=UPLOAD)
    few, more, rest = json.loads(answer.body)
    assert 1 <= len(few) <= 5
    assert len(more) >= 1
    assert (few + more + rest).encode() == UPLOAD


def test_input_readlines_with_a_hint(server: Server) -> None:
    answer = server.ask("/input?do=readlines:15,readlines", "POST", body=UPLOAD)
    some, rest = json.loads(answer.body)  # PEP 3333 leaves the hint to the server
    assert [line.encode() for line in some + rest] == UPLOAD.splitlines(keepends=True)


def test_input_of_a_request_without_a_body(server: Server) -> None:
    answer = server.ask("/input?do=read,readline,readlines,iter,read1,read:5")
    assert json.loads(answer.body) == ["", "", [], [], "", ""]


@pytest.mark.parametrize("call", ["read", "readlines", "readline"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("how", ["half_close", "reset"])
def test_input_cut_short_raises(server: Server, call: str, framing: str, how: str) -> None:
    run = server.prepare("input-cut", call=call)
    head = "Content-Length: 100\r\n" if framing == "length" else "Transfer-Encoding: chunked\r\n"
    body = b"abcde" if framing == "length" else b"5\r\nabcde\r\n"
    run.connection.request(run.target, "POST", head)
    run.connection.send(body)
    run.events(lambda events: "reading" in events.counts)
    getattr(run.connection, how)()
    events = run.closed()
    assert "wrong" not in events.counts, events.values("wrong")
    assert "read" not in events.counts
    assert events.counts["raised"] == 1
    assert events.values("close") == ["disconnect"]


@pytest.mark.parametrize(("target", "informed"), [("/input?do=read", True), ("/unread", False)])
def test_expect_continue(server: Server, target: str, informed: bool) -> None:
    connection = server.connect()
    connection.request(target, "POST", "Content-Length: 4\r\nExpect: 100-continue\r\n")
    raw = b""
    if informed:
        while b"\r\n\r\n" not in raw:
            raw += connection.socket.recv(1000)
        assert raw == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.send(b"body")
    answer = connection.response()
    assert answer.status == 200
    assert answer.body == (b'["body"]' if informed else b"not read")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("kind", "status", "body", "headers"),
    [
        ("write", 200, b"one two three", {}),
        ("replaced", 500, b"sorry", {"X-First": None}),
        ("late", 200, b"data", {}),
        ("length", 200, b"12345", {"Content-Length": "5", "Transfer-Encoding": None}),
        ("excess", 200, b"12345", {"Content-Length": "5"}),
        ("no-content", 204, b"", {"Content-Length": None, "Transfer-Encoding": None}),
        ("not-modified", 304, b"", {"ETag": '"x"', "Transfer-Encoding": None}),
    ],
)
def test_response(
    server: Server, kind: str, method: str, status: int, body: bytes, headers: dict[str, str | None]
) -> None:
    run = server.prepare("response", kind=kind).send(method)
    answer = run.response(method)
    assert answer.status == status
    assert answer.complete
    assert answer.body == (body if method == "GET" else b"")
    for name, value in headers.items():
        assert answer.header(name) == value
    assert answer.header("Date")
    assert answer.header("Server")
    assert run.closed().values("close") == ["end"]
    run.connection.request("/ping")
    assert run.response().body == b"pong"


def test_length_of_a_list_of_one(server: Server) -> None:
    assert server.ask("/ping").header("Content-Length") == "4"
    assert server.ask("/ping", "HEAD").header("Content-Length") == "4"


def test_response_headers_as_given(server: Server) -> None:
    run = server.run("response", kind="headers")
    answer = run.response()
    assert (answer.status, answer.reason, answer.body) == (299, "Its Own Reason", b"onetwo")
    assert [value for name, value in answer.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert answer.header("X-Latin") == "caf\xe9"


@pytest.mark.parametrize("kind", ["never", "twice", "text", "hop", "newline", "status", "none"])
def test_broken_contract_is_a_500(server: Server, kind: str) -> None:
    logged = server.errors(f"kind={kind}")
    run = server.run("response", kind=kind)
    answer = run.response()
    assert answer.status == 500
    assert answer.complete
    assert b"WRONG" not in answer.body
    server.expect_error(f"kind={kind}", logged + 1)  # the record names the request line


def test_body_too_short_is_visible(server: Server) -> None:
    run = server.run("response", kind="short")
    answer = run.response()
    assert (answer.status, answer.body) == (200, b"123")
    assert not answer.complete
    run.closed()


@pytest.mark.parametrize("kind", ["real", "memory"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_file_wrapper(server: Server, kind: str, method: str) -> None:
    run = server.prepare("file", kind=kind).send(method)
    answer = run.response(method)
    assert answer.status == 200
    assert answer.complete
    assert answer.body == ((bytes(range(256)) * 1024)[10:] if method == "GET" else b"")
    run.connection.request("/ping")
    assert run.response().body == b"pong"
