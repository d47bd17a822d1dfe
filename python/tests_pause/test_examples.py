"""The examples that use wsgi_pause, on a server that can pause and on one that cannot."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests_pause.servers import Server


@pytest.fixture(scope="module", params=["pausa", "gunicorn"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def example(name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    module = request.node.get_closest_marker("example").args[0]
    running = Server(name, tmp_path_factory.mktemp(module), f"examples.{module}:app")
    yield running
    running.stop()


def running(server: Server, wanted: bytes, timeout: float = 5.0) -> float:
    """The seconds until this many answers are being made."""
    start = time.monotonic()
    while server.get("/running") != wanted:
        assert time.monotonic() - start < timeout, server.log()
        time.sleep(0.02)
    return time.monotonic() - start


@pytest.mark.example("flask_events")
def test_flask_events(example: Server) -> None:
    assert b"EventSource" in example.get("/")
    with example.open("/news") as first, example.open("/news") as second:
        for reader in (first, second):
            assert reader.readline() + reader.readline() == b": \n\n"
        assert example.post("/news", b"text=a+line%0D%0Aand+another").status == 204
        for reader in (first, second):
            assert [reader.readline() for _ in range(3)] == [b"data: a line\n", b"data: and another\n", b"\n"]


@pytest.mark.example("django_events")
def test_django_events(example: Server) -> None:
    assert b"EventSource" in example.get("/")
    with example.open("/load") as reader:
        assert reader.headers["Content-Type"] == "text/event-stream"
        for _ in range(2):
            event = reader.readline() + reader.readline()
            assert event.startswith(b"data: ")
            float(event.removeprefix(b"data: "))


@pytest.mark.example("tokens")
def test_tokens(example: Server) -> None:
    reader = example.open("/stream?prompt=why")
    assert [reader.readline() for _ in range(4)] == [b": \n", b"\n", b"data: You \n", b"\n"]
    running(example, b"1")
    reader.close()
    running(example, b"0")
    if example.pauses:  # the other one cannot tell the view that nobody waits
        with example.connect("/answer?prompt=why"):
            running(example, b"1")
        assert running(example, b"0") < 1.5
