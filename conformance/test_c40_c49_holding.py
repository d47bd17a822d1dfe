"""C40 to C49: what a request holds: resumes, memory, time-outs, context, threads (P9, P13, P16, P33 to P39)."""

from __future__ import annotations

import json
import signal
import threading
import time

import pytest
from flask import Flask, stream_with_context

from conformance.client import Connection
from conformance.conftest import Serve
from conformance.server import Server


@pytest.mark.python_only
def test_c40_resume_dropped(fresh: Serve) -> None:
    server = fresh("--threads", "2")
    for _ in range(2):
        run = server.run("c40", seconds=1)
        assert run.response().body == b"data"
        steps = run.closed().counts["step"]
        assert 3 < steps < 100  # woken, but backed off (P21)
    warnings = [record for record in server.records("WARNING") if "resume" in record]
    assert len(warnings) == 1, server.log()
    assert server.stop() == []


def test_c41_kept_resumes_keep_nothing_else(serve: Serve) -> None:
    server = serve("--threads", "8")
    count, clients = 100_000, 4
    flood(server, "/c41?id=c41", 5_000, clients)
    before = server.resident_bytes()
    flood(server, "/c41?id=c41", count, clients)
    tally = server.run("c41-tally")
    assert tally.response().body == b"noted"
    events = tally.events()
    assert events.values("kept")[-1] == 2 * (count + 5_000)
    assert events.values("late") == [0]
    assert events.values("alive")[-1] < 50  # bodies (and environs) of requests that are over
    # Two kept resumes a request, in both languages' heaps, and what a heap keeps in reserve.
    assert server.resident_bytes() - before < count * 2 * 500 + 60_000_000


def flood(server: Server, target: str, count: int, clients: int) -> None:
    """``count`` requests over some keep-alive connections, 50 in flight on each."""
    batch = 50
    request = f"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n".encode() * batch
    failures: list[BaseException] = []

    def client() -> None:
        try:
            with Connection(server.address) as connection:
                for _ in range(count // clients // batch):
                    connection.send(request)
                    for _ in range(batch):
                        assert connection.response().complete
        except BaseException as failure:  # noqa: BLE001 (handed to the test's own thread)
            failures.append(failure)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def test_c42_time_outs_do_not_run_while_parked(serve: Serve) -> None:
    server = serve("--keep-alive", "1")
    run = server.run("c03", seconds=5)
    assert run.connection.silent(4.9)
    answer = run.response()
    assert answer.complete
    assert answer.body == b"done"
    assert run.connection.ends(3)  # and the time-out does run on an idle connection


def test_c43_shutdown_with_parked_requests(fresh: Serve) -> None:
    server = fresh("--threads", "2", "--graceful-timeout", "5", "--graceful-timeout-parked", "1", journal=True)
    runs = [server.run("c43", sent=1) for _ in range(100)]
    answers = [run.connection.first() for run in runs]
    server.terminate()
    at = time.monotonic()
    for run, answer in zip(runs, answers, strict=True):
        run.connection.rest(answer)
        assert answer.body == b"hello"
        assert not answer.complete  # an abnormal end: clients connect again
        assert 0.9 <= run.connection.filled_at - at < 2.5
    assert server.process.wait(5) == 0
    journal = [json.loads(line) for line in server.journal.read_text().splitlines()]
    for run in runs:
        own = [(event["what"], event["value"]) for event in journal if event["id"] == run.identity]
        assert own.count(("close", "shutdown")) == 1
        assert [what for what, _ in own].count("step") == 1
        assert ("late", False) in own
    assert server.stop() == []


@pytest.mark.python_only
def test_c44_context_of_all_steps_is_one(serve: Serve) -> None:
    server = serve("--threads", "8")
    runs = [server.run("c44") for _ in range(50)]
    for run in runs:
        answer = run.response()
        assert answer.complete
        assert answer.body == b"123"
        events = run.events(lambda events: "lasting" in events.counts)
        assert events.values("second") == [True]
        assert events.values("third") == ["default"]
        assert events.values("lasting") == [True]


@pytest.mark.python_only
def test_c45_context_is_not_shared(serve: Serve) -> None:
    server = serve("--threads", "1")
    first = server.run("c45", set=1)
    assert first.connection.first().body == b"set"
    second = server.run("c45")
    assert second.response().body == b"read"
    others = second.closed()
    assert others.values("before") == ["default"]
    assert others.values("inside") == ["default"]
    run = first.closed()
    assert run.values("inside") == ["mine"]
    assert run.threads("inside") == others.threads("inside")  # else the case says nothing


@pytest.mark.python_only
def test_c46_flask_stream_with_context(serve: Serve) -> None:
    server = serve("--threads", "8")
    alone = flask_teardowns()
    runs = [server.run("c46") for _ in range(20)]
    for run in runs:
        answer = run.response()
        assert answer.status == 200, "Flask must be installed for the server's Python (PAUSA_TEST_PYTHON)"
        assert answer.complete
        assert answer.body == b"".join(f"{n}:{run.identity} ".encode() for n in range(3))
        events = run.closed()
        assert events.values("request-usable") == ["/c46"] * 3
        assert events.counts["teardown"] == alone


def flask_teardowns() -> int:
    """How often this Flask tears a streamed request down without any server: once, but 3.1.3 does it twice."""
    flask = Flask(__name__)
    calls: list[object] = []
    flask.teardown_request(calls.append)
    flask.add_url_rule("/", view_func=lambda: flask.response_class(stream_with_context(iter(["data"]))))
    assert flask.test_client().get("/").data == b"data"
    return len(calls)


@pytest.mark.python_only
@pytest.mark.parametrize("case", ["c47", "c47-middleware"])
def test_c47_sqlite_stays_on_its_thread(serve: Serve, case: str) -> None:
    server = serve("--threads", "8")
    runs = [server.prepare(case, server.connect(receive_buffer=65536)) for _ in range(16)]
    for run in runs:
        run.send()
    time.sleep(0.5)  # all of them stall
    for run in runs:
        answer = run.response()
        assert answer.complete
        assert answer.body == b"".join(bytes([n]) * 65536 for n in range(40))
        events = run.closed()
        assert events.values("rows") == [40]
        assert events.values("sqlite-close") == [None]
        assert len(set(events.threads("chunk", "close", "sqlite-close"))) == 1


def test_c48_resume_from_a_finaliser(server: Server) -> None:
    run = server.run("c48")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"one two"
    events = run.closed()
    assert events.values("resumed") == [True, True]
    assert events.order().index("resumed") < events.order().index("collected")
    assert events.counts["step"] == 4


@pytest.mark.python_only
@pytest.mark.parametrize("by", ["java", "asyncio", "signal"])
def test_c49_resume_from_any_thread(server: Server, by: str) -> None:
    run = server.run("c49", by=by)
    answer = run.connection.first()
    assert answer.body == b"paused "
    if by == "signal":
        server.process.send_signal(signal.SIGUSR1)
    run.connection.rest(answer, 5)
    assert answer.complete
    assert answer.body == b"paused resumed"
    events = run.closed()
    assert events.counts["step"] == 3
    assert events.values("resumed") == ([] if by == "java" else [True])
