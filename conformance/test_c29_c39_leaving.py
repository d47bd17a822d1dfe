"""C29 to C39: clients that leave, close(), and the bound of a pause (P14, P22, P25 to P32)."""

from __future__ import annotations

import socket
import struct
import time

import pytest

from conformance.client import Connection
from conformance.conftest import Serve
from conformance.server import SLACK, Events, Run, Server


def parked(server: Server, **query: object) -> Run:
    """A request that was answered ``hello`` and parked."""
    run = server.run("c29", **query)
    assert run.connection.first().body == b"hello"
    time.sleep(0.05)
    return run


def left(run: Run, at: float) -> Events:
    """The events of a request whose client left ``at``, while it was parked."""
    events = run.closed()
    assert events.values("close") == ["disconnect"]
    assert 0 <= events.at("close") - at < 1
    assert events.counts["generator-exit"] == 1
    assert events.values("pending") == [False]
    assert events.counts["step"] == 1
    return events


@pytest.mark.parametrize("whole", [True, False], ids=["close", "half-close"])
def test_c29_fin_while_parked(server: Server, whole: bool) -> None:
    run = parked(server)
    at = time.monotonic()
    if whole:
        run.connection.close()
    else:
        run.connection.half_close()
    left(run, at)


def test_c30_reset_while_parked(server: Server) -> None:
    run = parked(server)
    at = time.monotonic()
    run.connection.reset()
    left(run, at)


@pytest.mark.parametrize("how", ["reset", "half_close", "close"])
def test_c31_leaves_while_a_step_runs(server: Server, how: str) -> None:
    run = server.run("c31")
    assert run.connection.first().body == b"hello"
    run.events(lambda events: "busy" in events.counts)
    getattr(run.connection, how)()
    events = run.closed()
    assert events.values("close") == ["disconnect"]
    assert events.at("idle") - events.at("busy") >= 0.499  # the step was not interrupted
    assert 0 <= events.at("close") - events.at("idle") < 0.5
    assert events.counts["step"] == 2
    events = run.events(lambda events: "resumed" in events.counts)
    assert events.values("resumed") == [False]
    assert events.counts["step"] == 2


def test_c32_disconnect_and_resume_at_once(server: Server) -> None:
    count, batch = 10_000, 100
    tally = server.prepare("c32-tally")
    for _ in range(count // batch):
        connections = [Connection(server.address) for _ in range(batch)]
        for connection in connections:
            connection.request("/c32?id=c32")
        for number, connection in enumerate(connections):
            connection.first()
            if number % 2:
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
    deadline = time.monotonic() + 5
    while True:
        server.get(tally.target)
        events = server.probe(tally.identity)
        if events.values("closed")[-1] == events.values("opened")[-1] or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert events.values("wrong")[-1] == []
    assert events.values("opened")[-1] == events.values("closed")[-1] == count


def test_c33_disconnect_before_the_first_step(server: Server) -> None:
    run = server.run("c33")
    run.events(lambda events: "paused" in events.counts)
    run.connection.close()
    at = time.monotonic()
    events = run.closed()
    assert events.at("close") - at < 1
    assert events.values("close") == ["disconnect"]
    assert "step" not in events.counts
    assert "iter" not in events.counts
    assert run.events(lambda events: "resumed" in events.counts).values("resumed") == [False]


def test_c34_resume_after_completion(server: Server) -> None:
    run = server.run("c23")
    assert run.response().complete
    assert run.events(lambda events: "resumed" in events.counts).values("resumed") == [False]


def test_c34_resume_after_disconnect(server: Server) -> None:
    run = parked(server, resume=0.6)
    at = time.monotonic()
    run.connection.close()
    left(run, at)
    events = run.events(lambda events: "resumed" in events.counts)
    assert events.values("resumed") == [False]
    assert events.counts["step"] == 1


def test_c35_pause_inside_close(server: Server) -> None:
    run = server.run("c35")
    assert run.response().body == b"data"
    events = run.events(lambda events: "dead" in events.counts)
    assert events.values("dead") == [[False, False]]
    assert server.ping() < 1


def test_c36_close_raises(server: Server) -> None:
    run = server.run("c36")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"data"
    server.expect_error("c36-close-raised")
    run.connection.request("/ping")
    assert run.response().body == b"pong"


def test_c37_pause_bound_nothing_sent(serve: Serve) -> None:
    run = serve("--pause-timeout", "1").run("c37", resume=1.8)
    answer = run.response()
    assert answer.status == 503
    assert answer.complete
    assert run.closed().values("close") == ["timeout"]
    events = run.events(lambda events: "resumed" in events.counts)
    assert 0.99 <= answer.head_at - events.at("step") < 1 + SLACK
    assert events.values("resumed") == [False]
    assert events.counts["step"] == 1


def test_c38_pause_bound_data_sent(serve: Serve) -> None:
    run = serve("--pause-timeout", "1").run("c37", resume=1.8, sent=1)
    answer = run.response()
    ended = time.monotonic()
    assert (answer.status, answer.body) == (200, b"data")
    assert not answer.complete
    assert run.closed().values("close") == ["timeout"]
    events = run.events(lambda events: "resumed" in events.counts)
    assert 0.99 <= ended - events.at("step") < 1 + SLACK
    assert events.values("resumed") == [False]
    assert events.counts["step"] == 1


def test_c39_resume_exactly_at_expiry(serve: Serve) -> None:
    server = serve("--pause-timeout", "1")
    won = lost = 0
    for _ in range(3):
        runs = [server.run("c37", resume=0.99 + 0.0002 * number) for number in range(100)]
        answers = [run.response() for run in runs]
        time.sleep(0.2)
        for run, answer in zip(runs, answers, strict=True):
            assert answer.complete
            events = run.events()
            (resumed,) = events.values("resumed")
            if resumed:
                assert (answer.status, answer.body) == (200, b"end")
                assert events.values("close") == ["end"]
                won += 1
            else:
                assert answer.status == 503
                assert events.values("close") == ["timeout"]
                assert events.counts["step"] == 1
                lost += 1
    assert won + lost == 300
    assert won > 0, "no resume ever came before the bound: the case says nothing"
    assert lost > 0, "no pause ever expired: the case says nothing"
