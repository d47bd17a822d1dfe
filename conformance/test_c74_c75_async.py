"""C74 and C75: applications for asynchronous interfaces, through wsgi_pause's wrappers."""

from __future__ import annotations

import time

import pytest

from conformance.conftest import Serve
from conformance.server import SLACK, Server

pytestmark = pytest.mark.python_only


@pytest.mark.parametrize("how", ["close", "reset"])
def test_c74_client_leaves_a_stream(server: Server, how: str) -> None:
    run = server.run("c74")
    assert run.connection.first().body == b"hello"
    at = getattr(run.connection, how)()
    events = run.events(lambda events: "returned" in events.counts)
    assert 0 <= events.at("http.disconnect") - at < 1
    assert events.values("request") == [0]
    assert "cancelled" not in events.counts
    assert run.closed().values("close") == ["disconnect"]


def test_c74_an_application_that_does_not_ask_is_cancelled(server: Server) -> None:
    run = server.run("c74", deaf=1)
    assert run.connection.first().body == b"hello"
    at = run.connection.close()
    events = run.events(lambda events: "cancelled" in events.counts)
    assert 0.5 <= events.at("cancelled") - at < 1.5 + SLACK


def test_c74_streams_hold_no_thread(serve: Serve) -> None:
    server = serve("--threads", "1")
    runs = [server.run("c74") for _ in range(50)]
    for run in runs:
        assert run.connection.first().body == b"hello"
    began = time.monotonic()
    assert server.get("/ping").body == b"pong"
    assert time.monotonic() - began < SLACK
    at = [run.connection.close() for run in runs]
    for run, left in zip(runs, at, strict=True):
        events = run.events(lambda events: "returned" in events.counts)
        assert events.at("http.disconnect") - left < SLACK
        run.closed()


def test_c74_input_and_output_at_once(server: Server) -> None:
    """Each piece comes back before the next is sent."""
    connection = server.connect()
    connection.request("/c74-echo", "POST", "Transfer-Encoding: chunked\r\n")
    connection.send(b"3\r\none\r\n")
    answer = connection.first()
    assert answer.body == b"one"
    connection.send(b"3\r\ntwo\r\n0\r\n\r\n")
    assert connection.rest(answer).body == b"onetwo"
    assert answer.complete


def test_c74_continue_when_the_body_is_received(server: Server) -> None:
    connection = server.connect()
    connection.request("/c74-echo", "POST", "Content-Length: 4\r\nExpect: 100-continue\r\n")
    assert connection._line(time.monotonic() + 5) == b"HTTP/1.1 100 Continue"
    assert connection._line(time.monotonic() + 5) == b""
    connection.send(b"body")
    assert connection.response().body == b"body"


def test_c74_uploads_hold_no_thread(serve: Serve) -> None:
    server = serve("--threads", "1")
    connections = [server.connect() for _ in range(50)]
    for connection in connections:
        connection.request("/c74-echo", "POST", "Content-Length: 6\r\n")
        connection.send(b"abc")
    answers = [connection.first() for connection in connections]
    assert {answer.body for answer in answers} == {b"abc"}
    assert server.get("/ping").body == b"pong"
    for connection, answer in zip(connections, answers, strict=True):
        connection.send(b"def")
        assert connection.rest(answer).body == b"abcdef"


def test_c75_deferreds_hold_no_thread(serve: Serve) -> None:
    server = serve("--threads", "1")
    began = time.monotonic()
    runs = [server.run("c75/deferred", seconds=1) for _ in range(500)]
    for run in runs:
        answer = run.response()
        assert (answer.status, answer.body) == (200, b"deferred")
    assert 1 <= time.monotonic() - began < 3 + SLACK


def test_c75_body_is_read_first(server: Server) -> None:
    connection = server.connect()
    connection.request("/c75/deferred?seconds=0", "POST", "Transfer-Encoding: chunked\r\n")
    connection.send(b"3\r\none\r\n")
    time.sleep(0.05)
    connection.send(b"3\r\ntwo\r\n0\r\n\r\n")
    assert connection.response().body == b"onetwo"


def test_c75_client_leaves(server: Server) -> None:
    run = server.run("c75/deferred", deaf=1)
    assert run.connection.first().body == b"hello"
    at = run.connection.close()
    assert run.events(lambda events: "cancelled" in events.counts).at("cancelled") - at < SLACK


def test_c75_continuation_passing_style(server: Server) -> None:
    answer = server.run("c75/continued").response()
    assert [piece for _, piece in answer.arrivals] == [b"one ", b"two ", b"three"]
    assert answer.complete


def test_c75_producer_is_paused(server: Server) -> None:
    run = server.prepare("c75/produced", server.connect(receive_buffer=65536)).send()
    time.sleep(0.3)
    events = run.events(lambda events: "paused" in events.counts)
    assert events.values("paused")[-1] < 512  # chunks, of 1024; the sockets' buffers hold some
    assert len(run.response().body) == 1024 * 65536
    run = server.prepare("c75/produced", server.connect(receive_buffer=65536)).send()
    run.events(lambda events: "paused" in events.counts)
    run.connection.reset()
    run.events(lambda events: "stopped" in events.counts)
