"""`Event`: waits of one response."""

from __future__ import annotations

import time

import pytest

from tests_pause.steps import Resume, Steps, after, swallowing
from wsgi_pause import Closed, Event


def test_set_before_the_wait() -> None:
    server = Steps()
    event = Event(server.environ)
    event.set()
    assert server.serve(event.wait()).rest() == []
    assert server.steps == 1


def test_one_step_to_pause_and_one_to_go_on() -> None:
    server = Steps()
    event = Event(server.environ)
    server.serve(event.wait())
    assert server.step() == b""
    assert server.parked
    event.set("callbacks get arguments")
    assert not server.parked
    assert server.rest() == []
    assert server.steps == 2


def test_a_wake_up_for_nothing_pauses_again() -> None:
    server = Steps()
    event = Event(server.environ)
    server.serve(event.wait())
    for _ in range(3):
        assert server.step() == b""
        server.pause_output()()
    assert server.step() == b""
    assert server.parked


def test_set_between_the_look_and_the_pause() -> None:
    """P44: what came before the resume was published wakes all the same."""
    server = Steps()
    pause_output = server.pause_output

    def pause_and_set() -> object:
        resume = pause_output()
        event.set()
        return resume

    server.environ["wsgi.pause_output"] = pause_and_set
    event = Event(server.environ)
    assert server.serve(event.wait()).rest() == []
    assert not server.parked


@pytest.mark.parametrize("call_later", [True, False])
def test_timeout(call_later: bool) -> None:
    """With the server's timer, and with the package's own where the server has none."""
    server = Steps(call_later)
    event = Event(server.environ)
    start = time.monotonic()
    server.serve(event.wait(0.1))
    assert server.step() == b""
    for _, callback in server.armed:
        after(0.1, callback)
    assert server.rest() == []
    assert 0.09 < time.monotonic() - start < 2
    assert not event.is_set()


def test_a_timer_is_cancelled_when_the_wait_ends() -> None:
    server = Steps(call_later=True)
    event = Event(server.environ)
    server.serve(event.wait(30))
    assert server.step() == b""
    assert [29 < seconds <= 30 for seconds, _ in server.armed] == [True]
    event.set()
    assert server.rest() == []
    assert server.armed == []


def test_blocks_where_there_is_no_key() -> None:
    event = Event({})
    after(0.1, event.set)
    start = time.monotonic()
    assert list(event.wait()) == []
    assert time.monotonic() - start > 0.09
    event.clear()
    assert list(event.wait(0.1)) == []
    assert not event.is_set()


def test_blocks_under_a_middleware_that_swallows_empty_chunks() -> None:
    """P15: stepped while its own resume is pending it waits in the thread, and takes few steps."""
    server = Steps()
    event = Event(server.environ)
    steps = 0

    def counted() -> object:
        nonlocal steps
        for chunk in event.wait():
            steps += 1
            yield chunk
        yield b"woken"

    after(0.2, event.set)
    assert next(swallowing(counted())) == b"woken"  # type: ignore[arg-type]
    assert steps == 1


@pytest.mark.parametrize("reason", ["disconnect", "half-closed"])
def test_a_blocked_wait_ends_when_the_client_leaves(reason: str) -> None:
    server = Steps()
    del server.environ["wsgi.pause_output"]
    after(0.1, lambda: setattr(server, "reason", reason))
    with pytest.raises(Closed):
        list(Event(server.environ).wait())


def test_a_swallowed_wait_does_not_spin_when_the_client_has_left() -> None:
    server = Steps()
    server.reason = "disconnect"
    with pytest.raises(Closed):
        next(swallowing(Event(server.environ).wait()))


def test_an_ordinary_wait_does_not_ask_whether_its_pause_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    """P43: the server takes one that finds it is, and goes on, for the victim of a middleware."""
    server = Steps()
    found: list[bool] = []

    def asked(resume: Resume) -> bool:
        found.append(server.epoch is resume.epoch)
        return found[-1]

    monkeypatch.setattr(Resume, "pending", property(asked))
    event = Event(server.environ)
    server.serve(event.wait())
    for _ in range(3):
        server.step()
        server.pause_output()()
    assert True not in found


def test_a_half_closed_client_is_the_servers_matter_while_pauses_work() -> None:
    server = Steps()
    event = Event(server.environ)
    server.serve(event.wait())
    server.reason = "half-closed"
    assert server.step() == b""
