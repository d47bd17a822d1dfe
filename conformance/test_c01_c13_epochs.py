"""C01 to C13: the key, its resume, and one epoch after another (P1 to P18)."""

from __future__ import annotations

import json
import selectors
import statistics
import threading
import time

import pytest

from conformance.client import Connection
from conformance.conftest import Serve
from conformance.server import SLACK, Server


def test_c01_key_is_present(server: Server) -> None:
    run = server.run("c01")
    assert run.response().body == b"ok"
    events = run.closed()
    assert events.values("present") == [True]
    assert events.values("callable") == [True]
    assert events.values("input handler") == [True]
    assert events.values("resume-callable") == [True]
    assert events.values("pending") == [True]
    assert events.values("resumed") == [True]


def test_c02_no_pause_no_key(serve: Serve) -> None:
    run = serve("--no-pause").run("c01")
    assert run.response().body == b"ok"
    events = run.closed()
    assert events.values("present") == [False]
    assert events.values("input handler") == [False]


def test_c03_thousand_pauses_on_one_thread(serve: Serve) -> None:
    server = serve("--threads", "1")
    pings: list[float] = []
    over = threading.Event()

    def ping() -> None:
        while not over.wait(0.1):
            pings.append(server.ping())

    connections = [server.connect() for _ in range(1000)]
    pinging = threading.Thread(target=ping)
    pinging.start()
    sent_at: dict[Connection, float] = {}
    for connection in connections:
        sent_at[connection] = connection.request("/c03?id=c03&seconds=2")
    done = answers(connections)
    over.set()
    pinging.join()
    assert len(done) == 1000
    assert min(at - sent_at[connection] for connection, at in done) >= 1.99
    assert max(at - sent_at[connection] for connection, at in done) < 3 + SLACK
    assert statistics.median(pings) < 0.05


def answers(connections: list[Connection]) -> list[tuple[Connection, float]]:
    """Reads one response from each, in the order in which they come."""
    done: list[tuple[Connection, float]] = []
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while len(done) < len(connections):
            ready = selector.select(timeout=10)
            assert ready, f"{len(connections) - len(done)} of {len(connections)} never answered"
            for key, _ in ready:
                at = time.monotonic()
                assert key.data.response().body == b"done"
                selector.unregister(key.fileobj)
                done.append((key.data, at))
    return done


def test_c04_resumed_by_a_thread(server: Server) -> None:
    run = server.run("c04")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"data"
    events = run.closed()
    assert events.counts["step"] == 3  # the pause, the data, the end
    assert events.values("resumed") == [True]
    assert 0.1 <= answer.arrivals[0][0] - events.at("step") < 0.1 + SLACK


def test_c05_resume_before_the_yield(server: Server) -> None:
    run = server.run("c05")
    assert run.response().body == b"data"
    events = run.closed()
    assert events.counts["step"] == 3
    assert events.values("resumed") == [True]


@pytest.mark.parametrize("threads", ["1", "2"])
def test_c06_resume_around_the_yield(serve: Serve, threads: str) -> None:
    epochs = 50_000  # twice: on one thread and on two
    run = serve("--threads", threads).run("c06", epochs=epochs)
    tally = json.loads(run.response(timeout=100).body)
    assert tally == {"epochs": epochs, "one": epochs}
    assert run.closed().counts["step"] == epochs + 2  # no double step: the tally and the end come on top


def test_c07_resume_twice(server: Server) -> None:
    run = server.run("c07")
    assert run.response().body == b"data"
    events = run.closed()
    assert events.values("inside") == [[True, False]]
    assert events.values("parked") == [[True, False]]
    assert events.counts["step"] == 4


@pytest.mark.parametrize("threads", ["1", "2"])
def test_c08_resume_from_two_threads(serve: Serve, threads: str) -> None:
    epochs = 50_000  # twice: on one thread and on two
    run = serve("--threads", threads).run("c08", epochs=epochs)
    tally = json.loads(run.response(timeout=100).body)
    assert tally == {"epochs": epochs, "one": epochs}
    assert run.closed().counts["step"] == epochs + 2


def test_c09_stale_resume(server: Server) -> None:
    run = server.run("c09")
    assert run.response().body == b"data"
    events = run.closed()
    assert events.values("inside") == [[False, False, True]]
    assert events.values("parked") == [[False, False, True]]
    assert events.values("resumed") == [True]
    assert events.counts["step"] == 4
    steps = [event["at"] for event in events if event["what"] == "step"]
    assert steps[2] - steps[1] >= 0.39  # parked until the resume of its own epoch


def test_c10_second_of_two_resumes(server: Server) -> None:
    two_resumes(server, "second")


def test_c11_first_of_two_resumes(server: Server) -> None:
    two_resumes(server, "first")


def two_resumes(server: Server, order: str) -> None:
    run = server.run("c10", order=order)
    assert run.response().body == b"data"
    events = run.closed()
    assert events.values("resumed") == [[True, False]]
    assert events.values("pending") == [[False, False]]
    assert events.counts["step"] == 3


def test_c12_data_with_a_pause_is_sent_at_once(server: Server) -> None:
    run = server.run("c12")
    answer = run.connection.first()
    assert answer.body == b"abc"
    assert answer.arrivals[0][0] - run.sent_at < 0.5
    assert run.connection.silent(0.2)
    answer = run.connection.rest(answer)
    assert answer.complete
    assert answer.body == b"abcdef"
    events = run.closed()
    assert answer.arrivals[1][0] >= events.at("resuming")
    assert events.counts["step"] == 3


def test_c13_events_are_not_coalesced(server: Server) -> None:
    run = server.run("c13")
    answer = run.response()
    assert answer.complete
    assert [data for _, data in answer.arrivals] == [b"event 0\n", b"event 1\n", b"event 2\n"]
    events = run.closed()
    sent = [event["at"] for event in events if event["what"] == "chunk"]
    for (at, _), yielded in zip(answer.arrivals, sent[1:], strict=False):
        assert at < yielded  # before there is a next event
    steps = [event["at"] for event in events if event["what"] == "step"]  # noted before the pause, so never too late
    assert steps[1] - steps[0] >= 0.049
    assert steps[2] - steps[1] >= 0.049
