"""ASGI applications and those for Twisted on every server."""

from __future__ import annotations

import ast
import contextlib
import http.client
import itertools
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests_pause.servers import Server

numbers = itertools.count(1)


def probe(server: Server, key: str, until: str = "") -> str:
    """What was noted for the key, once it is there (and, if told so, this)."""
    deadline = time.monotonic() + 10
    while True:
        found: dict[str, str] = json.loads(server.get("/asgi/probe"))
        if key in found and until in ("", found[key]):
            return found[key]
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.05)


def test_scope(server: Server) -> None:
    scope: dict[str, Any] = ast.literal_eval(server.get("/asgi/show/caf%C3%A9%2Fx?a=%20b", **{"X-One": "1"}).decode())
    assert scope["type"] == "http"
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.3"}
    assert scope["http_version"] == "1.1"
    assert (scope["method"], scope["scheme"], scope["root_path"]) == ("GET", "http", "")
    assert scope["path"] == "/asgi/show/caf\xe9/x"
    assert scope["raw_path"] in (b"/asgi/show/caf%C3%A9%2Fx", None)
    assert scope["query_string"] == b"a=%20b"
    assert (b"x-one", b"1") in scope["headers"]
    assert (b"host", f"127.0.0.1:{server.port}".encode()) in scope["headers"]
    assert not [name for name, _ in scope["headers"] if name == b"content-length"]
    assert scope["client"][0] == "127.0.0.1"
    assert scope["server"][1] == server.port
    assert scope["state"] == {"started": True}


@pytest.mark.parametrize("size", [0, 1, 70_000, 1_000_000])
@pytest.mark.parametrize("target", ["/asgi/echo", "/twisted/echo"])
def test_body(server: Server, target: str, size: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    data = bytes(range(250)) * (size // 250) + b"x" * (size % 250)
    connection.request("POST", target, data)
    answer = connection.getresponse()
    assert answer.read() == data
    connection.close()


@pytest.mark.parametrize("target", ["/asgi/parts", "/twisted/parts"])
def test_each_part_comes_when_it_is_made(server: Server, target: str) -> None:
    with server.open(target) as response:
        began = time.monotonic()
        assert response.readline() == b"part 0\n"
        assert response.readline() == b"part 1\n"
        assert time.monotonic() - began > 0.04
        assert response.read() == b"part 2\n"


def test_send_waits_for_the_client(server: Server) -> None:
    key = f"flood-{next(numbers)}"
    with server.open(f"/asgi/flood?id={key}") as response:
        time.sleep(0.5)
        ahead = int(probe(server, key))
        body = response.read()
    assert len(body) == 256 * 65536
    assert all(body[n * 65536] == n for n in range(256))
    assert ahead < 250


@pytest.mark.parametrize("target", ["/asgi/fail", "/twisted/fail"])
def test_error_before_the_head(server: Server, target: str) -> None:
    if server.name == "uwsgi":  # it has no page for a 500 and hangs up, whatever the application
        with pytest.raises(http.client.RemoteDisconnected):
            server.open(target)
        return
    with server.open(target) as response:
        assert response.status == 500


def test_error_after_data(server: Server) -> None:
    with server.open("/asgi/fail?after=1") as response, contextlib.suppress(http.client.IncompleteRead, OSError):
        assert response.read() == b"part 0\n"
    assert server.get("/asgi/probe")


def test_client_leaves(server: Server) -> None:
    key = f"endless-{next(numbers)}"
    response = server.open(f"/asgi/endless?id={key}")
    assert response.readline() == b"line 0\n"
    response.close()
    assert probe(server, key) == "http.disconnect"


def test_head_of_an_endless_stream(server: Server) -> None:
    key = f"head-{next(numbers)}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("HEAD", f"/asgi/endless?id={key}")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()
    assert probe(server, key) == "http.disconnect"


def test_many_at_once(server: Server) -> None:
    """More than any of them has threads, where they need none."""
    count = 100 if server.pauses else 4
    sockets = [server.connect(f"/{('asgi', 'twisted')[n % 2]}/parts") for n in range(count)]
    began = time.monotonic()
    for connection in sockets:
        received = b""
        while data := connection.recv(65536):
            received += data
        connection.close()
        assert b"part 2\n" in received
    assert time.monotonic() - began < 10


@pytest.mark.example("examples.asgi_clock")
def test_asgi_clock_is_an_example(tmp_path: Path) -> None:
    """Served as ASGI by Pausa, which finds that out, and as WSGI by waitress."""
    for name, app in (("pausa", "examples.asgi_clock:app"), ("waitress", "examples.asgi_clock:wsgi")):
        server = Server(name, tmp_path, app)
        try:
            with server.open("/events") as response:
                assert response.readline() == b": a tick a second\n"
                assert response.readline() == b"\n"
                assert response.readline().startswith(b"data: ")
                assert server.get("/ping") == b"pong, 1 streams\n"
        finally:
            server.stop()
