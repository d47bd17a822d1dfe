"""C50 to C57: back-off, slow clients, middleware, pipelines (P3, P15, P21, P40 to P44, P61)."""

from __future__ import annotations

import statistics
import time

import pytest

from conformance.conftest import Serve
from conformance.server import Server


def test_c50_endless_empty_chunks(serve: Serve) -> None:
    server = serve("--threads", "1")
    runs = [server.run("c50") for _ in range(3)]
    for run in runs:
        assert run.connection.first().body == b"hello"
    time.sleep(0.5)
    steps = [run.events().counts["step"] for run in runs]
    used, start = server.processor_seconds(), time.monotonic()
    pings = [server.ping() for _ in range(20)]
    time.sleep(max(0.0, start + 1.5 - time.monotonic()))
    elapsed = time.monotonic() - start
    assert server.processor_seconds() - used < 0.4 * elapsed
    assert statistics.median(pings) < 0.05
    for run, before in zip(runs, steps, strict=True):
        taken = run.events().counts["step"] - before
        assert 5 <= taken <= 25 * elapsed  # every 50 ms at the slowest, and not much faster
        run.connection.reset()
        assert run.closed().values("close") == ["disconnect"]


def test_c51_no_step_above_high_water(fresh: Serve) -> None:
    server = fresh("--threads", "1")
    server.ping()
    before = server.resident_bytes()
    run = server.prepare("c51", server.connect(receive_buffer=65536)).send()
    events = run.events(lambda events: "resumed" in events.counts)
    assert events.values("resumed") == [True]  # resumed while the client does not read
    time.sleep(1)
    assert run.events().counts["step"] == 1
    assert statistics.median(server.ping() for _ in range(5)) < 0.05  # the only thread is free
    assert server.resident_bytes() - before < 100_000_000
    answer = run.response()
    assert answer.complete
    assert answer.body == b"".join(bytes([n]) * 10_000_000 for n in range(3))
    assert run.closed().values("close") == ["end"]
    assert server.stop() == []


EVENTS = b"event 0\nevent 1\nevent 2\n"


def test_c52_swallowed_boundaries(fresh: Serve) -> None:
    server = fresh("--threads", "2")
    for _ in range(2):
        run = server.run("c52")
        answer = run.response()
        assert answer.complete
        assert answer.body == EVENTS
        run.closed()
    warnings = [record for record in server.records("WARNING") if "Swallower" in record]
    assert len(warnings) == 1, server.log()
    assert server.stop() == []


def test_c53_middleware_removes_the_key(server: Server) -> None:
    run = server.run("c53")
    answer = run.response()
    assert answer.complete
    assert answer.body == EVENTS
    events = run.closed()
    assert events.counts["step"] == 4  # three events and the end: it blocked in between
    assert len(set(events.threads("step", "chunk", "close"))) == 1


def test_c54_middleware_pauses_by_itself(server: Server) -> None:
    run = server.run("c54")
    answer = run.response()
    assert answer.complete
    assert answer.body == b":beat\n" * 3 + b"child"
    events = run.closed()
    assert events.values("beat") == [0, 0, 0]
    assert events.counts["step"] == 2


@pytest.mark.parametrize("delete", [False, True], ids=["kept", "deleted"])
def test_c55_middleware_copies_environ(server: Server, delete: bool) -> None:
    run = server.run("c55", delete=1) if delete else server.run("c55")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"data"
    events = run.closed()
    assert events.values("resumed") == [True]
    assert events.counts["step"] == 3


def test_c56_pipelined_responses_keep_their_order(server: Server) -> None:
    run = server.run("c56")
    for number in range(3):
        run.connection.request(f"/numbered?n={number}")
    answer = run.connection.first()
    assert answer.body == b"hello"
    assert run.connection.silent(0.3)
    server.get(f"/open?id={run.identity}")
    run.connection.rest(answer)
    assert answer.complete
    assert answer.body == b"hellobye"
    assert [run.response().body for _ in range(3)] == [b"0", b"1", b"2"]


def test_c56_fin_is_noticed_behind_pipelined_bytes(server: Server) -> None:
    run = server.run("c56")
    run.connection.request("/numbered?n=1")
    assert run.connection.first().body == b"hello"
    at = run.connection.half_close()
    events = run.closed()
    assert events.values("close") == ["disconnect"]
    assert events.at("close") - at < 1


def test_c57_pipelined_bytes_are_bounded(fresh: Serve) -> None:
    server = fresh("--threads", "2")
    run = server.run("c56")
    answer = run.connection.first()
    assert answer.body == b"hello"
    before = server.resident_bytes()
    request = b"GET /numbered?n=1 HTTP/1.1\r\nHost: test\r\n\r\n"
    sent = run.connection.flood(request * 25_000, 64)
    assert sent < 32_000_000, "the server went on reading"
    assert server.resident_bytes() - before < 16_000_000
    assert run.connection.silent(0.2)
    server.get(f"/open?id={run.identity}")
    run.connection.rest(answer)
    assert answer.complete
    assert answer.body == b"hellobye"
    assert [run.response().body for _ in range(1000)] == [b"1"] * 1000
    run.connection.reset()
    assert server.stop() == []


def test_c57_fin_is_noticed_beyond_the_cap(server: Server) -> None:
    run = server.run("c56")
    assert run.connection.first().body == b"hello"
    run.connection.send(
        b"GET /numbered?n=1 HTTP/1.1\r\nHost: test\r\n\r\n" * 1900
    )  # 80 kB: what is not read is in the kernel
    time.sleep(0.2)
    at = run.connection.half_close()
    events = run.closed()
    assert events.values("close") == ["disconnect"]
    assert events.at("close") - at < 1
