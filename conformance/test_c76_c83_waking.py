"""C76 to C83: timers, heartbeats, the portable body, half-closed clients, shutdown (P28, P30, P31, P35, P42, P44)."""

from __future__ import annotations

import itertools
import json
import statistics
import time

import pytest

from conformance.conftest import Serve
from conformance.server import Run, Server


def test_c76_call_later(server: Server) -> None:
    run = server.run("c76")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"data"
    events = run.closed()
    assert 0.099 <= events.at("woken") - events.at("step") < 0.5
    assert events.values("cancel") == [[True, False]]
    time.sleep(0.4)  # longer than the timer that its request did not outlive
    events = run.events()
    assert "WRONG" not in events.counts
    assert events.counts["step"] == 4


def test_c76_call_later_runs_a_task(server: Server) -> None:
    run = server.run("c76-task")
    assert run.response().body == b"data"
    events = run.closed()
    refused = events.values("refused")
    kind = "ValueError" if server.subject == "python" else "IllegalArgumentException"
    assert all(text.startswith(kind) for text in refused)
    assert len(refused) == (3 if server.subject == "python" else 1)
    steps = [event["at"] for event in events if event["what"] == "step"]
    assert events.at("task") < events.at("task-over") <= steps[1]  # never beside a step (P36)
    assert events.at("task") - steps[0] >= 0.049
    assert events.counts["task"] == 1


def test_c76_call_later_raises(server: Server) -> None:
    logged = server.errors("c76-raised")
    run = server.run("c76-raise")
    answer = run.response()
    assert answer.status == 500
    assert answer.head_at - run.sent_at < 1
    assert run.closed().values("close") == ["error"]
    server.expect_error("c76-raised", logged + 1)


def test_c77_middleware_and_application_pause(server: Server) -> None:
    run = server.run("c77")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"data"
    events = run.closed()
    assert events.values("resumed") == [True]
    assert events.values("middleware") == [False]
    assert events.values("application") == [False]
    assert events.counts["step"] == 3


@pytest.mark.parametrize("threads", ["1", "2"])
def test_c78_heartbeat(serve: Serve, threads: str) -> None:
    count = 5_000  # twice: on one thread and on two
    run = serve("--threads", threads).run("c78", events=count)
    answer = run.response(timeout=60)
    assert answer.complete
    late = []
    beats = 0
    numbers = itertools.count()
    for at, chunk in answer.arrivals:
        if chunk == b":beat\n":
            beats += 1
            continue
        number, put = chunk.split()
        assert int(number) == next(numbers)
        late.append(at - float(put))
    assert len(late) == count
    assert beats > 10, "hardly a beat: the case says nothing"
    assert max(late) < 1
    assert statistics.median(late) < 0.1


def test_c79_events_around_publishing(server: Server) -> None:
    run = server.run("c79")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"one two"
    assert answer.arrivals[-1][0] - run.sent_at < 0.45  # at once, not when the end comes after 500 ms


def test_c80_future_done_callback(server: Server) -> None:
    run = server.run("c80")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"result"
    assert 0.099 <= answer.arrivals[0][0] - run.sent_at < 0.6
    assert run.closed().counts["step"] == 3


@pytest.mark.parametrize(("how", "reason"), [("reset", "disconnect"), ("half_close", "half-closed")])
def test_c81_step_polls_close_reason(server: Server, how: str, reason: str) -> None:
    run = server.run("c81")
    answer = run.connection.first()
    assert answer.body == b"hello"
    run.events(lambda events: "polling" in events.counts)
    at = getattr(run.connection, how)()
    events = run.events(lambda events: "reason" in events.counts)
    assert events.values("polling") == [None]
    assert events.values("reason") == [reason]
    assert events.at("reason") - at < 1
    if how == "half_close":
        assert run.connection.rest(answer).complete
        assert answer.body == b"helloanswer"
    assert run.closed().values("close") == ["disconnect" if how == "reset" else "end"]


@pytest.mark.parametrize("seconds", [0, 0.3])
def test_c82_half_closed_plain_response(server: Server, seconds: float) -> None:
    run = server.run("c82-plain", seconds=seconds)
    run.connection.half_close()
    answer = run.response()
    assert answer.complete
    assert answer.body == b"plain answer"
    assert run.closed().values("close") == ["end"]


def test_c82_half_closed_slow_download(server: Server) -> None:
    run = server.prepare("c82-download", server.connect(receive_buffer=65536), chunks=200).send()
    run.connection.half_close()
    time.sleep(1.5)
    events = run.events()
    assert events.counts["step"] < 200, "the download did not stall: the case says nothing"
    assert "close" not in events.counts
    answer = run.response()
    assert answer.complete
    assert len(answer.body) == 200 * 65536
    assert answer.body == bytes(range(256)) * 256 * 200
    assert run.closed().values("close") == ["end"]


def test_c82_half_closed_parked(server: Server) -> None:
    run = server.run("c56")
    answer = run.connection.first()
    assert answer.body == b"hello"
    at = run.connection.half_close()
    events = run.closed()
    assert events.values("close") == ["disconnect"]
    assert events.at("close") - at < 1


def test_c82_half_closed_parked_kept_by_option(serve: Serve) -> None:
    server = serve("--threads", "2", "--keep-half-closed")
    run = server.run("c12")
    answer = run.connection.first()
    assert answer.body == b"abc"
    run.connection.half_close()
    run.connection.rest(answer)
    assert answer.complete
    assert answer.body == b"abcdef"
    assert run.closed().values("close") == ["end"]
    reset = server.run("c29")
    assert reset.connection.first().body == b"hello"
    reset.connection.reset()  # the option is about a FIN alone
    assert reset.closed().values("close") == ["disconnect"]


def test_c83_shutdown_of_three_kinds(fresh: Serve) -> None:
    server = fresh("--threads", "4", "--graceful-timeout", "6", "--graceful-timeout-parked", "1", journal=True)
    running = server.run("c82-plain", seconds=2)
    sent = server.run("c43", sent=1)
    unsent = server.run("c43")
    answer = sent.connection.first()
    assert answer.body == b"hello"
    running.events(lambda events: "busy" in events.counts)
    unsent.events(lambda events: "chunk" in events.counts)
    server.terminate()
    at = time.monotonic()
    refused = unsent.response()
    assert refused.status == 503
    assert refused.complete
    assert int(refused.header("Retry-After") or "") >= 0
    assert refused.head_at - at < 0.9
    sent.connection.rest(answer)
    assert not answer.complete
    assert 0.9 <= sent.connection.filled_at - at < 1.9
    finished = running.response()
    assert finished.complete
    assert finished.body == b"plain answer"
    assert server.process.wait(5) == 0
    for run, reason in ((running, "end"), (sent, "shutdown"), (unsent, "shutdown")):
        assert reasons(server, run) == [reason]
    assert server.stop() == []


def reasons(server: Server, run: Run) -> list[str]:
    journal = [json.loads(line) for line in server.journal.read_text().splitlines()]
    return [event["value"] for event in journal if event["id"] == run.identity and event["what"] == "close"]
