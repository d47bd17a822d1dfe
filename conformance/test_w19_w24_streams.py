"""W19 to W24: wsgi.input and wsgi.errors (PEP 3333, "Input and Error Streams")."""

from __future__ import annotations

import io
import json
import time
from urllib.parse import quote

import pytest

from conformance.cases.pep3333 import perform
from conformance.client import Response, chunked
from conformance.server import Server

UPLOAD = b"first line\nsecond line\n\nfourth, " + b"x" * 70_000 + b"\nlast"
FRAMING = pytest.mark.parametrize("framing", ["length", "chunks-7", "chunks-70000"])


def upload(server: Server, target: str, framing: str, body: bytes = UPLOAD) -> Response:
    if framing == "length":
        return server.ask(target, "POST", body=body)
    connection = server.connect()
    connection.request(target, "POST", "Transfer-Encoding: chunked\r\n")
    connection.send(chunked(body, int(framing.partition("-")[2])))
    return connection.response()


@FRAMING
@pytest.mark.parametrize(
    "operations",
    ["read:5,read:200000", "readline,readline,readline", "readlines", "iter", "readline,iter", "read:3,readlines"],
)
def test_w19_methods(server: Server, operations: str, framing: str) -> None:
    """Java: ``Input.stream()``, an ``InputStream``, which is read line by line without reading too far."""
    answer = upload(server, f"/input?do={operations}", framing)
    assert answer.status == 200
    assert json.loads(answer.body) == perform(io.BytesIO(UPLOAD), operations)


@FRAMING
@pytest.mark.parametrize(
    "operations",
    [
        "read",
        "read:-1",
        "read:0,read:1,read:9,read:50000,read",
        "readline:3,readline:100,readline:-1,readline:0,readline:5000,readline",
        "read,read,read:5,readline,readline:5,readlines,iter",
    ],
)
def test_w20_sizes_and_the_end(server: Server, operations: str, framing: str) -> None:
    """Java: ``readNBytes(size)``, ``readAllBytes()`` and ``read()``, which answers -1 at the end and past it."""
    answer = upload(server, f"/input?do={operations}", framing)
    assert json.loads(answer.body) == perform(io.BytesIO(UPLOAD), operations)


def test_w20_no_body_is_at_its_end(server: Server) -> None:
    answer = server.ask("/input?do=read,readline,readlines,iter,read:5")
    assert json.loads(answer.body) == ["", "", [], [], ""]


@pytest.mark.parametrize("operations", ["read", "read:100,read:1", "readlines,read", "iter"])
def test_w21_nothing_is_read_past_content_length(server: Server, operations: str) -> None:
    """What follows is the next request, and neither read nor waited for."""
    connection = server.connect()
    second = b"GET /ping HTTP/1.1\r\nHost: test\r\n\r\n"
    head = f"POST /input?do={operations} HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n".encode()
    connection.send(head + b"body" + second)
    assert "body" in json.dumps(json.loads(connection.response().body))
    assert connection.response().body == b"pong"


def test_w22_errors_takes_any_text(server: Server) -> None:
    """Java: a ``PrintStream``: print, append, println, flush."""
    text = "caf\xe9 \u20ac"
    before = len(server.log())
    run = server.run("errors", text=quote(text))
    assert run.response().body == b"written"
    deadline = time.monotonic() + 1
    while "more" not in server.log()[before:] and time.monotonic() < deadline:
        time.sleep(0.02)
    logged = server.log()[before:]
    assert "written caf" in logged
    assert "lines caf" in logged
    assert True not in run.events().values("trouble")


@pytest.mark.parametrize("call", ["read", "readlines", "readline"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("how", ["half_close", "reset"])
def test_w23_a_body_cut_short_raises(server: Server, call: str, framing: str, how: str) -> None:
    run = server.prepare("input-cut", call=call)
    head = "Content-Length: 100\r\n" if framing == "length" else "Transfer-Encoding: chunked\r\n"
    run.connection.request(run.target, "POST", head)
    run.connection.send(b"abcde" if framing == "length" else b"5\r\nabcde\r\n")
    run.events(lambda events: "reading" in events.counts)
    getattr(run.connection, how)()
    events = run.closed()
    assert events.values("raised") == ["ClientDisconnected"]
    assert "read" not in events.counts


def test_w23_a_broken_chunk_raises(server: Server) -> None:
    run = server.prepare("input-cut", call="read")
    run.connection.request(run.target, "POST", "Transfer-Encoding: chunked\r\n")
    run.connection.send(b"5\r\nabcde\r\n")
    run.events(lambda events: "reading" in events.counts)
    run.connection.send(b"5;\x00\r\nabcde\r\n0\r\n\r\n")
    events = run.closed()
    assert "read" not in events.counts
    assert events.values("raised") == ["ClientDisconnected"]


def test_w23_chunked_bodies_have_no_length(server: Server) -> None:
    connection = server.connect()
    connection.request("/environ", "POST", "Transfer-Encoding: chunked\r\n")
    connection.send(chunked(b"data", 3))
    variables = json.loads(connection.response().body)["values"]
    assert "CONTENT_LENGTH" not in variables
    assert "HTTP_TRANSFER_ENCODING" not in variables
    assert variables["wsgi.input_terminated"] == "bool"


def test_w24_input_closed_by_the_application(server: Server) -> None:
    connection = server.connect()
    for _ in range(2):
        connection.request("/input-closed", "POST", body=b"body")
        assert connection.response().body == b"closed"
    assert server.get("/ping").body == b"pong"


def test_w24_errors_closed_by_the_application(server: Server) -> None:
    assert server.run("errors", close=1).response().body == b"written"
    before = len(server.log())
    run = server.run("errors", text="after")
    assert run.response().body == b"written"
    deadline = time.monotonic() + 1
    while "lines after more" not in server.log()[before:] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "written after" in server.log()[before:]


@pytest.mark.parametrize("size", [10, 60_000, 10_000_000])
def test_w24_bodies_that_nobody_reads(server: Server, size: int) -> None:
    """Drained or the connection closed; never taken for a request."""
    connection = server.connect()
    connection.request("/unread", "POST", f"Content-Length: {size}\r\n")
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n"
    connection.flood((smuggled * (size // len(smuggled) + 1))[:size], 1)
    answer = connection.response()
    assert (answer.status, answer.body) == (200, b"not read")
    if size < 100_000:
        connection.request("/ping")
        assert connection.response().body == b"pong"
    else:
        assert connection.ends()
