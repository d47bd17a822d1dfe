"""C14 to C28: start_response, write() and the end of the body, across pauses (P17 to P24)."""

from __future__ import annotations

import time

import pytest

from conformance.server import Server

SENT = pytest.mark.parametrize("sent", [False, True], ids=["nothing-sent", "data-sent"])


def test_c14_start_response_after_waking(server: Server) -> None:
    run = server.run("c14")
    answer = run.response()
    assert (answer.status, answer.reason, answer.body) == (200, "Late", b"data")
    assert answer.header("X-Late") == "yes"
    assert run.closed().counts["step"] == 3


def test_c15_response_replaced_after_waking(server: Server) -> None:
    run = server.run("c15")
    answer = run.response()
    assert (answer.status, answer.body) == (503, b"sorry")
    assert answer.header("X-First") is None
    assert run.closed().values("close") == ["end"]


def test_c16_empty_chunks_send_no_headers(server: Server) -> None:
    run = server.run("c16")
    assert run.connection.silent(0.25)
    answer = run.response()
    assert (answer.status, answer.body) == (200, b"data")
    events = run.closed()
    assert events.values("chunk") == [0, 0, 0, 0, 0, 0, 4]
    data_at = [event["at"] for event in events if event["what"] == "step"][6]
    assert answer.head_at >= data_at


def test_c17_replacing_a_sent_response_re_raises(server: Server) -> None:
    run = server.run("c17")
    answer = run.response()
    assert (answer.status, answer.body) == (200, b"data")
    assert not answer.complete
    events = run.closed()
    assert events.values("re-raised") == [True]
    assert events.values("close") == ["error"]
    server.expect_error("c17-original")


def test_c18_pause_in_step_zero_list(server: Server) -> None:
    run = server.run("c18")
    answer = run.response()
    assert answer.body == b"x"
    assert answer.header("Content-Length") == "1"
    assert answer.header("Transfer-Encoding") is None
    events = run.events(lambda events: "resumed" in events.counts)
    assert events.values("resumed") == [True]
    assert answer.head_at >= events.at("resuming")
    assert answer.head_at - run.sent_at >= 0.19


def test_c19_pause_in_step_zero_generator(server: Server) -> None:
    run = server.run("c19")
    assert run.response().body == b"data"
    events = run.closed()
    assert events.order()[0] == "resuming"  # P20: nothing is asked of the iterable before, not even iter()
    assert events.counts["step"] == 2


def test_c20_pause_in_step_zero_file(server: Server) -> None:
    run = server.run("c20")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"0123456789abcdef" * 8192
    events = run.events(lambda events: {"close", "resumed"} <= events.counts.keys())
    assert sorted(events.order()) == ["close", "resumed", "resuming"]
    assert answer.head_at >= events.at("resuming")


def test_c21_write_is_unaffected_by_an_epoch(server: Server) -> None:
    run = server.run("c21")
    answer = run.connection.first()
    assert answer.body == b"x"
    assert answer.arrivals[0][0] - run.sent_at < 0.6
    answer = run.connection.rest(answer)
    assert answer.complete
    assert answer.body == b"xy"
    assert answer.arrivals[1][0] - run.sent_at >= 0.99


def test_c22_write_outside_a_step_raises(server: Server) -> None:
    run = server.run("c22")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"one two"
    (raised,) = run.closed().values("write")
    assert raised is not None
    assert "Error" in raised


def test_c23_end_of_body_ends_the_epoch(server: Server) -> None:
    run = server.run("c23")
    answer = run.response()
    ended = time.monotonic()
    assert answer.complete
    assert answer.body == b"data"
    assert ended - run.sent_at < 0.45  # the resume would come after 500 ms
    assert run.closed().values("close") == ["end"]
    assert run.events(lambda events: "resumed" in events.counts).values("resumed") == [False]


def test_c24_pause_then_raise_nothing_sent(server: Server) -> None:
    raised(server, "c24", sent=False)


def test_c25_pause_then_raise_data_sent(server: Server) -> None:
    raised(server, "c24", sent=True)


@SENT
def test_c26_raise_after_a_resume(server: Server, sent: bool) -> None:
    raised(server, "c26", sent)


def raised(server: Server, case: str, sent: bool) -> None:
    """P24: a 500 if nothing was sent, else an end that the client can see."""
    logged = server.errors(f"{case}-raised")
    run = server.run(case, **({"sent": 1} if sent else {}))
    answer = run.response()
    if sent:
        assert (answer.status, answer.body) == (200, b"data")
        assert not answer.complete
    else:
        assert answer.status == 500
        assert answer.complete
        assert b"raised" not in answer.body  # nothing of the application's inside
    assert run.closed().values("close") == ["error"]
    server.expect_error(f"{case}-raised", logged + 1)
    if case == "c24":
        assert run.events(lambda events: "resumed" in events.counts).values("resumed") == [False]


def test_c27_content_length_completes_the_response(server: Server) -> None:
    run = server.run("c27")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"abc"
    assert answer.arrivals[-1][0] - run.sent_at < 0.45
    events = run.closed()
    assert events.values("close") == ["end"]
    assert events.counts["step"] == 1  # a gate was shut: no further step (P23)
    assert "stepped" not in events.counts
    assert run.events(lambda events: "resumed" in events.counts).values("resumed") == [False]
    run.connection.request("/ping")
    assert run.response().body == b"pong"


def test_c27_without_a_pause_one_more_step_is_taken(server: Server) -> None:
    run = server.run("c27b")
    answer = run.response()
    assert answer.complete
    assert answer.body == b"abc"
    events = run.closed()
    assert events.counts["stepped"] == 1
    assert events.counts["step"] == 2


def test_c28_head_completes_without_resume(server: Server) -> None:
    run = server.prepare("c28").send("HEAD")
    answer = run.response("HEAD")
    assert answer.status == 200
    assert answer.head_at - run.sent_at < 0.45
    assert run.connection.silent(0.05)
    events = run.closed()
    assert events.values("close") == ["end"]
    assert "stepped" not in events.counts
    assert run.events(lambda events: "resumed" in events.counts).values("resumed") == [False]
    run.connection.request("/ping")
    assert run.response().body == b"pong"
