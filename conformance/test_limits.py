"""Every flag of docs/limits.md with real sockets, and what a crowd of slow clients may hold: nothing."""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import time
from pathlib import Path

import pytest

from conformance.client import Connection
from conformance.conftest import Serve
from conformance.server import ROOT, SLACK, Server

pytestmark = pytest.mark.python_only

# One server for all that does not get in each other's way.
SMALL = {
    "--limit-request-line": "100",
    "--limit-request-fields": "5",
    "--limit-request-field_size": "80",
    "--limit-request-header-size": "150",
    "--limit-chunk-extensions": "20",
    "--limit-request-body": "3000000",
    "--request-buffer": "300000",
    "--first-byte-timeout": "1.5",
    "--keep-alive": "1",
    "--head-timeout": "1",
    "--body-timeout": "1",
    "--write-timeout": "1",
    "--min-body-rate": "1000",
}
HOST = "Host: test\r\n"
CHUNKED = "POST /limits-read HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n"
LENGTH = "POST %s HTTP/1.1\r\n" + HOST + "Content-Length: %d\r\n\r\n"


def small(serve: Serve) -> Server:
    return serve(*(word for pair in SMALL.items() for word in pair))


@pytest.mark.parametrize(
    ("flag", "status", "request_"),
    [
        ("--limit-request-line", 414, f"GET /{'x' * 90} HTTP/1.1\r\n{HOST}\r\n"),
        ("--limit-request-fields", 431, f"GET / HTTP/1.1\r\n{HOST}A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n\r\n"),
        ("--limit-request-field_size", 431, f"GET / HTTP/1.1\r\n{HOST}A: {'x' * 80}\r\n\r\n"),
        ("--limit-request-header-size", 431, f"GET / HTTP/1.1\r\n{HOST}A: {'x' * 70}\r\nB: {'x' * 70}\r\n\r\n"),
        ("--limit-chunk-extensions", 413, f"{CHUNKED}1;{'x' * 21}\r\na\r\n0\r\n\r\n"),
        ("--limit-request-body", 413, LENGTH % ("/limits-read", 3_000_001)),
        # A trailer section counts anew, against the same figures.
        ("--limit-request-fields", 431, f"{CHUNKED}0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\n\r\n"),
        ("--limit-request-field_size", 431, f"{CHUNKED}0\r\nA: {'x' * 80}\r\n\r\n"),
        ("--limit-request-header-size", 431, f"{CHUNKED}0\r\nA: {'x' * 70}\r\nB: {'x' * 76}\r\n\r\n"),
    ],
)
def test_sizes(serve: Serve, flag: str, status: int, request_: str) -> None:
    server = small(serve)
    before = numbers(server)["read"]
    connection = server.connect()
    connection.send(request_.encode())
    answer = connection.response()
    assert (answer.status, answer.header("Connection")) == (status, "close")
    assert answer.complete
    assert connection.ends()
    assert numbers(server)["read"] == before, "the application was called"


def test_sizes_that_fit(serve: Serve) -> None:
    connection = small(serve).connect()
    connection.send(f"GET /{'x' * 86} HTTP/1.1\r\n{HOST}\r\n".encode())
    assert connection.response().status == 404
    connection.send(f"GET /ping HTTP/1.1\r\n{HOST}A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n".encode())
    assert connection.response().body == b"pong"
    connection.send(f"{CHUNKED}1;{'x' * 19}\r\na\r\n0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n".encode())
    assert connection.response().body == b"read 1"


def test_a_chunked_body_that_grows_too_large(serve: Serve) -> None:
    connection = small(serve).connect()
    connection.send(CHUNKED.encode())
    time.sleep(0.2)
    chunk = b"186a0\r\n" + bytes(100_000) + b"\r\n"
    for _ in range(31):
        connection.send(chunk)
    answer = connection.response()
    assert answer.body == b"ConnectionError"
    assert answer.header("Connection") == "close"


def test_request_buffer(serve: Serve) -> None:
    connection = small(serve).connect()
    connection.send((LENGTH % ("/limits-peek", 2_000_000)).encode())
    connection.flood(bytes(10_000), 200)
    # While the application takes these out, more may come in; without the bound all of it would be there.
    assert 300_000 <= int(connection.response().body) < 1_000_000


def test_first_byte_timeout(serve: Serve) -> None:
    connection = small(serve).connect()
    assert not ends_within(connection, 1.2)
    assert ends_within(connection, 5)


def test_keep_alive(serve: Serve) -> None:
    connection = small(serve).connect()
    connection.request("/ping")
    assert connection.response().body == b"pong"
    assert not ends_within(connection, 0.7)
    assert ends_within(connection, 5)


def test_head_timeout(serve: Serve) -> None:
    connection = small(serve).connect()
    start = time.monotonic()
    drip(connection, f"GET /ping HTTP/1.1\r\n{HOST}A: {'x' * 50}".encode(), 0.02)
    answer = connection.response()
    assert (answer.status, answer.header("Connection")) == (408, "close")
    assert 0.9 < time.monotonic() - start < 4
    assert connection.ends()


def test_body_timeout(serve: Serve) -> None:
    connection = small(serve).connect()
    connection.send((LENGTH % ("/limits-read", 100_000)).encode())
    for _ in range(6):
        connection.send(bytes(5000))
        time.sleep(0.3)
    assert connection.silent(0.1)
    assert ends_within(connection, 5)


def test_min_body_rate(serve: Serve) -> None:
    """500 bytes a second, without a gap."""
    connection = small(serve).connect()
    connection.send((LENGTH % ("/limits-read", 100_000)).encode())
    start = time.monotonic()
    drip(connection, bytes(1000), 0.1, 50)
    assert 0.8 < time.monotonic() - start < 1.9, "never, or only by the time-out for gaps"


def test_write_timeout(serve: Serve) -> None:
    server = small(serve)
    connection = server.connect(receive_buffer=4096)
    connection.request("/limits-endless")
    time.sleep(3)
    made = numbers(server)["chunks"]
    answer = connection.response()
    assert (answer.status, answer.complete) == (200, False)
    assert numbers(server)["chunks"] == made


def test_max_waiting(serve: Serve) -> None:
    server = serve("--threads", "1", "--max-waiting", "2", "--queue-timeout", "20")
    first = hold(server, 1)
    waiting = [hold(server, 0) for _ in range(2)]
    for _ in range(20):
        start = time.monotonic()
        refused = server.get("/ping")
        assert (refused.status, refused.header("Retry-After")) == (503, "1")
        assert refused.header("Connection") == "close"
        assert time.monotonic() - start < 0.5
    for connection in [first, *waiting]:
        assert connection.response().body == b"held"
    assert len(re.findall("503: too many waiting requests", server.log())) == 1, "one line for a burst"


def test_queue_timeout(serve: Serve) -> None:
    server = serve("--threads", "1", "--queue-timeout", "1")
    first = hold(server, 2.5)
    run = server.prepare("c56").send()
    refused = run.connection.response()
    assert (refused.status, refused.header("Retry-After")) == (503, "1")
    assert 0.9 < time.monotonic() - run.sent_at < 2
    assert first.response().body == b"held", "what runs may run on"
    assert not run.events(), "the application was called"
    assert server.get("/ping").body == b"pong"
    assert len(re.findall("503: no thread was free in time", server.log())) == 1


def test_threads_and_upload_threads(serve: Serve) -> None:
    """Of three threads uploads may hold two."""
    server = serve("--threads", "3", "--upload-threads", "2")
    before = numbers(server)["read"]
    slow = [server.connect() for _ in range(10)]
    for connection in slow:
        connection.send((LENGTH % ("/limits-read", 2)).encode() + b"x")
    time.sleep(0.2)
    assert numbers(server)["read"] - before == 2
    assert server.ping() < 0.5
    for connection in reversed(slow):
        connection.send(b"x")
        assert connection.response().body == b"read 2"
    held = [hold(server, 1) for _ in range(3)]
    assert server.ping() > 0.5, "a fourth thread"
    assert [connection.response().body for connection in held] == [b"held"] * 3


def test_worker_connections_and_backlog(fresh: Serve) -> None:
    """One is served, three wait in the kernel (it keeps one more than it is told), the rest cannot connect."""
    server = fresh("--worker-connections", "1", "--backlog", "2", "--first-byte-timeout", "60")
    connections: list[Connection] = []
    with pytest.raises(TimeoutError):
        for _ in range(8):
            connections.append(server.connect(timeout=0.7))
    assert 3 <= len(connections) <= 5
    connections[0].request("/ping")
    assert connections[0].response().body == b"pong"
    connections[1].request("/ping")
    assert connections[1].silent(0.3)
    connections[0].close()
    assert connections[1].response(timeout=5).body == b"pong"


def test_max_paused(serve: Serve) -> None:
    server = serve("--max-paused", "1")
    run = server.run("c56")
    assert run.connection.first().body == b"hello"
    deadline = time.monotonic() + 5
    while (refused := server.get("/ping")).status == 200 and time.monotonic() < deadline:
        time.sleep(0.01)  # it parks after its chunk has left
    assert (refused.status, refused.header("Retry-After")) == (503, "1")
    run.connection.reset()
    assert run.closed().values("close") == ["disconnect"]
    assert server.get("/ping").status == 200


def test_pause_timeout(serve: Serve) -> None:
    """After its head was sent a response can only be cut (P32)."""
    run = serve("--pause-timeout", "0.5").run("c56")
    answer = run.connection.first()
    run.connection.rest(answer, timeout=5)
    assert not answer.complete
    assert run.closed().values("close") == ["timeout"]


@pytest.mark.parametrize(
    ("flag", "case"),
    [("--graceful-timeout", "/limits-hold?seconds=3"), ("--graceful-timeout-parked", "/c56?id=graceful")],
)
def test_graceful_timeouts(fresh: Serve, flag: str, case: str) -> None:
    server = fresh("--graceful-timeout", "20", flag, "0.5")
    connection = server.connect()
    connection.request(case)
    time.sleep(0.3)
    start = time.monotonic()
    server.terminate()
    if "hold" in case:
        assert connection.ends()
    else:
        answer = connection.first()
        connection.rest(answer)
        assert not answer.complete
    assert 0.4 < time.monotonic() - start < 5


def test_every_flag_is_tried_here() -> None:
    table = re.findall(r"^\| `(--[\w-]+)`", (ROOT / "docs" / "limits.md").read_text(), re.MULTILINE)
    assert len(table) > 20
    here = Path(__file__).read_text()
    assert [flag for flag in table if f'"{flag}"' not in here] == []


CROWD = 1000


@pytest.mark.timeout(300)
def test_a_crowd_of_slow_senders_and_readers(fresh: Serve) -> None:
    """A thousand each that send a head, or a body, or read, a few bytes at a time, and the others notice nothing."""
    patient = ("--min-body-rate", "0", "--first-byte-timeout", "300", "--head-timeout", "300", "--body-timeout", "300")
    server = fresh("--threads", "4", "--queue-timeout", "300", "--write-timeout", "300", *patient)
    for _ in range(20):
        server.ping()
    threads = server.threads()
    heads = [server.connect() for _ in range(CROWD)]
    bodies = [server.connect() for _ in range(CROWD)]
    readers = [server.connect(receive_buffer=4096, segment=1400) for _ in range(CROWD)]
    for connection in bodies:
        connection.send((LENGTH % ("/limits-read", 100)).encode())
    for connection in readers:
        connection.request("/limits-endless")
    made = -1
    while made != (made := numbers(server)["chunks"]):  # what the kernel and the server take of each
        time.sleep(0.5)
    pings = []
    for byte in b"GET /p":
        for connection in heads:
            connection.send(bytes([byte]))
        for connection in bodies:
            connection.send(b"x")
        for connection in readers:
            connection.socket.recv(1)
        pings += [server.ping() for _ in range(5)]
    assert server.threads() <= threads + 2  # a timer's or a pool's may come late
    assert numbers(server)["read"] == 2, "half of the threads"
    assert statistics.median(pings) < 0.1 * SLACK, pings
    assert max(pings) < 2 * SLACK, pings
    for connection in heads[::100]:
        connection.send(f"ing HTTP/1.1\r\n{HOST}\r\n".encode())
        assert connection.response().body == b"pong"
    for connection in bodies[::100]:
        connection.send(bytes(94))
        assert connection.response().body == b"read 100"


def test_a_shortage_of_descriptors_is_survived(fresh: Serve) -> None:
    server = fresh("--threads", "2")
    server.ping()
    kept = server.connect()
    kept.request("/ping")
    assert kept.response().body == b"pong"
    room = 30
    descriptors = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (descriptors + room, hard))
    crowd = [server.connect() for _ in range(3 * room)]
    for connection in crowd:
        connection.request("/ping")
    answered = 0
    for connection in crowd:
        answered += not connection.silent(0.02)
    assert 0 < answered <= room
    server.expect_error("cannot accept a connection")  # once, not for each
    kept.request("/ping")
    assert kept.response().body == b"pong", "who is served is served"
    for connection in crowd:  # those who waited are, when others go
        assert connection.response(timeout=10).body == b"pong"
        connection.close()
    for _ in range(5):
        server.ping()


def numbers(server: Server) -> dict[str, int]:
    counted: dict[str, int] = json.loads(server.get("/limits-numbers").body)
    return counted


def hold(server: Server, seconds: float) -> Connection:
    connection = server.connect()
    connection.request(f"/limits-hold?seconds={seconds}")
    time.sleep(0.1)
    return connection


def drip(connection: Connection, data: bytes, gap: float, size: int = 1) -> None:
    """Sends a piece at a time, until the server closes or answers."""
    for at in range(0, len(data), size):
        try:
            connection.send(data[at : at + size])
        except OSError:
            return
        if not connection.silent(gap):
            return


def ends_within(connection: Connection, seconds: float) -> bool:
    """Whether the server ends the connection in that time without a byte."""
    try:
        return connection.ends(seconds)
    except TimeoutError:
        return False
