"""C61 to C73: the request body, waited for without a thread (P50 to P60)."""

from __future__ import annotations

import io
import statistics
import time
from typing import Any

import pytest

from conformance.client import Connection
from conformance.conftest import Serve
from conformance.server import Run, Server
from examples import echo_lines

LENGTH = "Content-Length: 5\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
HANDLERS = pytest.mark.parametrize("handler", ["task", "resume"])


def armed(run: Run) -> None:
    """Waits until the case has armed its handler."""
    events = run.events(lambda events: "armed" in events.counts)
    assert events.values("armed") == [True]
    assert events.values("inside") == [False]


def comes_later(run: Run, handler: str) -> None:
    """The body comes 200 ms after the handler was armed."""
    run.send("POST", LENGTH)
    armed(run)
    time.sleep(0.2)
    assert run.events().counts["step"] == 1
    at = run.connection.send(b"hello")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"woken"
    assert 0 <= answer.head_at - at < 0.5
    events = run.closed()
    assert events.values("read") == ["hello"]
    assert events.counts.get("handler", 0) == (1 if handler == "task" else 0)
    assert events.counts["step"] == 3


@HANDLERS
def test_c61_the_body_comes_later(server: Server, handler: str) -> None:
    comes_later(server.prepare("c61", handler=handler), handler)


@HANDLERS
@pytest.mark.parametrize("source", ["environ", "copy"])
def test_c62_by_environ(server: Server, source: str, handler: str) -> None:
    comes_later(server.prepare("c61", source=source, handler=handler), handler)


@pytest.mark.parametrize("by", ["bytes", "proxy", "nothing"])
def test_c63_middleware_replaced_the_input(server: Server, by: str) -> None:
    run = server.prepare("c63", by=by).send("POST", LENGTH)
    if by != "bytes":
        run.events(lambda events: "input" in events.counts)
    run.connection.send(b"hello")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"hello"
    events = run.closed()
    assert events.values("environ") == events.values("input") == [None]
    assert "WRONG" not in events.counts


def test_c64_the_input_of_another_request(server: Server) -> None:
    parked = server.prepare("c64-park").send("POST", LENGTH)
    assert parked.connection.first().body == b"parked"
    run = server.prepare("c64", other=parked.identity).send("POST", LENGTH)
    events = run.events(lambda events: "other's key" in events.counts)
    assert [event["value"] for event in events if "key" in event["what"]] == [None, None, None]
    for each in run, parked:
        each.connection.send(b"hello")
    assert run.response().complete
    assert "WRONG" not in run.closed().counts
    parked.closed()


def test_c65_armed_twice(server: Server) -> None:
    run = server.prepare("c65").send("POST", LENGTH)
    events = run.events(lambda events: "armed" in events.counts)
    python = server.subject == "python"
    assert [text.split(":")[0] for text in events.values("not callable")] == ["TypeError", "TypeError"] * python
    [twice] = events.values("twice")
    assert twice.startswith("RuntimeError" if python else "IllegalStateException")
    assert events.values("cancel") == [True]
    run.connection.send(b"hello")
    answer = run.response()
    assert answer.body == b"data"
    events = run.closed()
    assert events.values("read") == ["hello", ""]
    assert "WRONG" not in events.counts


@HANDLERS
@pytest.mark.parametrize("already", ["body", "no body", "end"])
def test_c66_already_there(server: Server, already: str, handler: str) -> None:
    fields = {"late": 0.1} if already == "body" else {"drain": 1} if already == "end" else {}
    run = server.prepare("c61", handler=handler, **fields)
    at = run.connection.request(run.target, "POST", body=b"" if already == "no body" else b"hello")
    armed(run)
    answer = run.response()
    assert answer.complete
    assert answer.body == b"woken"
    assert answer.head_at - at < 0.6
    events = run.closed()
    assert events.values("read") == ["hello" if already == "body" else ""]
    assert events.counts["step"] == 3


@pytest.mark.python_only
@HANDLERS
def test_c66_what_readline_took_ahead(server: Server, handler: str) -> None:
    run = server.prepare("c61", handler=handler, line=1)
    run.connection.request(run.target, "POST", CHUNKED, b"")
    run.connection.send(b"8\r\none\ntwo\n\r\n")
    answer = run.response()
    assert answer.body == b"woken"
    events = run.closed()
    assert events.values("inside") == [False]
    assert events.values("read") == ["two\n"]


def test_c67_data_is_there_while_the_step_runs(server: Server) -> None:
    run = server.prepare("c67")
    run.connection.request(run.target, "POST", body=b"hello")
    assert run.response().body == b"one two"
    events = run.closed()
    order = [what for what in events.order() if what in ("step", "step-over", "chunk", "handler", "read")]
    assert order[:6] == ["step", "step-over", "chunk", "handler", "step", "read"]
    assert len(set(events.threads("step", "handler", "close"))) == 1  # nothing parked (P38)
    if server.subject == "python":
        assert events.values("handler") == ["step"]
        assert events.values("variable") == ["handler"]


def test_c68_continue_is_sent_when_a_handler_is_armed(server: Server) -> None:
    run = server.prepare("c68").send("POST", LENGTH + "Expect: 100-continue\r\n")
    assert run.connection.head().status == 100
    assert run.connection.silent(0.2)
    run.connection.send(b"hello")
    answer = run.connection.first()
    assert answer.status == 200  # one 100 only
    run.connection.rest(answer)
    assert answer.complete
    assert run.closed().values("read") == ["hello"]


def test_c68_no_continue_after_the_headers(server: Server) -> None:
    run = server.prepare("c68", early=1).send("POST", LENGTH + "Expect: 100-continue\r\n")
    answer = run.connection.first()
    assert answer.status == 200
    armed(run)
    assert run.connection.silent(0.2)
    run.connection.send(b"hello")
    run.connection.rest(answer)
    assert answer.body == b"early woken"
    assert run.closed().values("read") == ["hello"]


def test_c69_200_slow_senders_on_one_thread(serve: Serve) -> None:
    server = serve("--threads", "1")
    server.ping()
    threads = server.threads()
    runs = [server.prepare("c69").send("POST", CHUNKED) for _ in range(200)]
    pings = []
    for tick, byte in enumerate(b"a\nbc\n"):
        start = time.monotonic()
        for run in runs:
            run.connection.send(b"1\r\n%c\r\n" % byte)
        pings += [server.ping() for _ in range(5)]
        if tick == 1:
            answers = [run.connection.first(timeout=5) for run in runs]
            assert all(answer.body == b"a\n" for answer in answers)
        time.sleep(max(0.0, start + 1 - time.monotonic()))
    assert server.threads() <= threads
    assert statistics.median(pings) < 0.05
    for run in runs:
        run.connection.send(b"0\r\n\r\n")
    for run, answer in zip(runs, answers, strict=True):
        run.connection.rest(answer, timeout=5)
        assert answer.complete
        assert answer.body == b"a\nbc\n"
    events = runs[0].closed()
    assert events.values("close") == ["end"]
    assert events.counts["step"] <= 12  # it was not asked for nothing


@pytest.mark.parametrize("keys", ["absent", "refused", "swallowed"])
def test_the_example_of_c69_falls_back(keys: str) -> None:
    """Without the keys, over a replaced input (P52), and under middleware that swallows boundaries (P15)."""
    log: list[str] = []
    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(b"one\ntwo\nthree")}

    class Resume:
        pending = True

        def __call__(self) -> None:
            log.append("resumed")

    if keys != "absent":
        environ["wsgi.pause_output"] = Resume
        environ["wsgi.input_handler"] = lambda *_: (lambda: log.append("cancel")) if keys == "swallowed" else None
    chunks = list(echo_lines.echo(environ))
    assert b"".join(chunks) == b"one\ntwo\nthree"
    assert chunks.count(b"") == (keys == "swallowed")
    assert log == {"absent": [], "refused": ["resumed"], "swallowed": ["cancel", "resumed"]}[keys]


@HANDLERS
@pytest.mark.parametrize("how", ["reset", "close"])
def test_c70_the_client_vanishes_while_a_handler_is_armed(server: Server, how: str, handler: str) -> None:
    run = server.prepare("c61", handler=handler).send("POST", LENGTH)
    armed(run)
    at = vanish(run.connection, how)
    events = run.closed()
    assert events.values("close") == ["disconnect"]
    assert events.at("close") - at < 1
    assert "handler" not in events.counts
    assert events.counts["step"] == 1


@pytest.mark.parametrize("how", ["reset", "close"])
def test_c70_the_client_vanishes_while_a_read_blocks(server: Server, how: str) -> None:
    run = server.prepare("c70-read").send("POST", LENGTH)
    run.connection.send(b"he")
    run.events(lambda events: "reading" in events.counts)
    at = vanish(run.connection, how)
    events = run.events(lambda events: "raised" in events.counts)
    assert events.values("raised") == [[True, "disconnect"]]
    assert events.at("raised") - at < 1


def vanish(connection: Connection, how: str) -> float:
    return connection.reset() if how == "reset" else connection.close()


def test_c71_the_handler_raises_before_data(server: Server) -> None:
    run = server.prepare("c71").send("POST", LENGTH)
    run.events(lambda events: "chunk" in events.counts)
    before = server.errors("boom in a handler")
    run.connection.send(b"hello")
    assert run.response().status == 500
    events = run.closed()
    assert events.values("close") == ["error"]
    assert "WRONG" not in events.counts
    server.expect_error("boom in a handler", before + 1)


def test_c71_the_handler_raises_after_data(server: Server) -> None:
    run = server.prepare("c71", sent=1).send("POST", LENGTH)
    answer = run.connection.first()
    before = server.errors("boom in a handler")
    run.connection.send(b"hello")
    run.connection.rest(answer)
    assert not answer.complete
    assert run.closed().values("close") == ["error"]
    server.expect_error("boom in a handler", before + 1)


def test_c72_cancelled(server: Server) -> None:
    run = server.prepare("c72").send("POST", LENGTH)
    events = run.events(lambda events: "cancel" in events.counts)
    assert events.values("cancel") == [[True, False]]
    run.connection.send(b"hello")
    assert run.response().body == b"data"
    events = run.closed()
    assert "WRONG" not in events.counts
    assert events.values("read") == ["hello"]


def test_c73_a_large_body_that_is_never_read(fresh: Serve) -> None:
    server = fresh("--threads", "2")
    server.ping()
    before = server.resident_bytes()
    run = server.prepare("c73").send("POST", "Content-Length: 1000000000\r\n")
    run.events(lambda events: "chunk" in events.counts)
    sent = run.connection.flood(b"x" * 1_000_000, 64)
    assert sent < 32_000_000, "the server went on reading"
    assert server.resident_bytes() - before < 32_000_000
    answer = run.response()
    assert answer.complete
    assert answer.body == b"done"
    assert answer.header("Connection") in (None, "close")
    assert run.connection.ends(timeout=5)
    assert run.closed().values("close") == ["end"]
    assert server.stop() == []
