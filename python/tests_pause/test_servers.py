"""The same applications on every server: correct everywhere, without a thread where the server can pause."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests_pause.servers import Server

numbers = itertools.count(1)


def identity() -> str:
    return f"n{next(numbers)}"


def lines_at(response: http.client.HTTPResponse, count: int) -> list[tuple[bytes, float]]:
    """Lines, each with the seconds until it came."""
    start = time.monotonic()
    return [(response.readline(), time.monotonic() - start) for _ in range(count)]


@pytest.mark.parametrize("target", ["/stream", "/generator"])
def test_each_chunk_comes_when_it_is_made(server: Server, target: str) -> None:
    with server.open(target) as response:
        lines = lines_at(response, 3)
        assert response.read() == b""
    assert [line for line, _ in lines] == [b"part 0\n", b"part 1\n", b"part 2\n"]
    assert lines[2][1] - lines[0][1] > 0.04, "they came at once"


def test_the_producer_waits_for_the_client(server: Server) -> None:
    name = identity()
    with server.open(f"/flood?id={name}") as response:
        time.sleep(0.5)
        ahead = int(server.noted(name))
        body = response.read()
    assert len(body) == 256 * 65536
    assert all(body[n * 65536] == n for n in range(256))
    assert ahead < 250, "a client that reads nothing must hold the producer"


def test_an_exception_of_the_producer_is_seen(server: Server) -> None:
    with server.open("/fail?after=0") as response:
        # uWSGI sends the headers of `start_response` whatever follows.
        assert response.status == (200 if server.name == "uwsgi" else 500)
    with contextlib.suppress(http.client.IncompleteRead, ConnectionError), server.open("/fail?after=1") as response:
        assert response.read() == b"part 0\n"
    assert server.get("/ping") == b"pong"


def test_beats_until_the_client_leaves(server: Server) -> None:
    name = identity()
    response = server.open(f"/beat?id={name}")
    lines = lines_at(response, 4)
    assert [line for line, _ in lines] == [b"beat\n"] * 4
    assert 0.2 < lines[3][1] < 2
    response.close()
    assert server.noted(name) == "left"


def test_a_producer_that_waits_for_room_hears_that_the_client_left(server: Server) -> None:
    name = identity()
    with server.connect(f"/leave?id={name}") as connection:
        assert connection.recv(1000)
        time.sleep(0.1)
    assert server.noted(name) == "closed"


def test_a_long_poll(server: Server) -> None:
    name = identity()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.get, f"/poll?id={name}")
        time.sleep(0.2)
        assert not answer.done()
        server.get(f"/wake?id={name}")
        assert answer.result(5) == b"woken"
    start = time.monotonic()
    assert server.get(f"/poll?id={identity()}&timeout=0.2") == b"timeout"
    assert 0.15 < time.monotonic() - start < 3


def test_server_sent_events(server: Server) -> None:
    with server.open("/events") as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.readline() + response.readline() == b": \n\n"
        assert server.get("/publish?data=one%0Atwo") == b"1"
        assert response.read() == b"id: 7\ndata: one\ndata: two\n\n"


@pytest.mark.parametrize("target", ["/flask/events", "/django/events"])
def test_server_sent_events_of_a_framework(server: Server, target: str) -> None:
    with server.open(target) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.read() == b": \n\ndata: 0\n\ndata: 1\n\ndata: 2\n\n"


@pytest.mark.parametrize(
    ("target", "status", "body"),
    [("/future", 200, b"worked"), ("/coroutine", 201, b"from a coroutine"), ("/flask/coroutine", 200, b"worked")],
)
def test_futures_and_coroutines(server: Server, target: str, status: int, body: bytes) -> None:
    with server.open(target) as response:
        assert (response.status, response.read()) == (status, body)


def test_an_exception_of_a_coroutine_is_a_500(server: Server) -> None:
    if server.name == "uwsgi":  # hangs up
        with pytest.raises(http.client.RemoteDisconnected):
            server.get("/wrong")
    else:
        with server.open("/wrong") as response:
            assert response.status == 500


def test_a_coroutine_is_cancelled_when_the_client_leaves(server: Server) -> None:
    name = identity()
    response = server.open(f"/generator?id={name}")
    assert response.readline() == b"part 0\n"
    response.close()
    assert server.noted(name) == "cancelled"


def test_compressed_chunks_can_be_decoded_at_once(server: Server) -> None:
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    with server.open("/gzip/stream", **{"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["X-Request-ID"]
        start = time.monotonic()
        text, first = b"", 0.0
        while chunk := response.read1(1000):
            text += decoder.decompress(chunk)
            first = first or (time.monotonic() - start if text else 0.0)
    assert text == b"part 0\npart 1\npart 2\n"
    assert time.monotonic() - start - first > 0.1, "nothing could be decoded before the end"
    assert decoder.eof


def test_the_heartbeat_of_a_middleware(server: Server) -> None:
    with server.open("/heartbeat/events") as response:
        assert response.readline() + response.readline() == b": \n\n"
        if server.pauses:  # else the application holds its thread, and the middleware with it
            assert response.readline() + response.readline() == b": beat\n\n"
        server.get("/publish?data=x")
        assert response.read().endswith(b"id: 7\ndata: x\n\n")


@pytest.mark.parametrize("server", ["pausa"], indirect=True)
def test_two_hundred_streams_hold_no_thread_where_the_server_can_pause(server: Server) -> None:
    server.get("/ping")
    before = server.threads()
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(server.connect("/events")) for _ in range(200)]
        for connection in connections:
            while b": \n\n" not in connection.recv(1000):
                pass
        assert server.get("/ping") == b"pong"
        assert server.threads() <= before + 1
        assert server.get("/publish?data=all") == b"200"
        for connection in connections:
            received = b""
            while chunk := connection.recv(1000):
                received += chunk
            assert b"data: all\n\n" in received
