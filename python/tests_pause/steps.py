"""A server in the test's own process, which pauses and steps one response as the pausing specification says."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class Resume:
    """P7 to P15."""

    def __init__(self, server: Steps, epoch: object) -> None:
        self._server = server
        self.epoch = epoch

    def __call__(self, *_: object) -> bool:
        with self._server.changed:
            if self._server.epoch is not self.epoch or self._server.reason is not None:
                return False
            self._server.epoch = None
            self._server.changed.notify_all()
            return True

    @property
    def pending(self) -> bool:
        return self._server.epoch is self.epoch and self._server.reason is None


class Steps:
    """Runs a body: `next_chunk` waits through pauses, `step` takes one step."""

    def __init__(self, call_later: bool = False) -> None:
        self.changed = threading.Condition()
        self.epoch: object | None = None
        self.reason: str | None = None
        self.steps = 0
        self.armed: list[tuple[float, Callable[[], object]]] = []
        self.head: list[tuple[str, list[tuple[str, str]]]] = []
        self.environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "wsgi.pause_output": self.pause_output,
            "pausa.close_reason": lambda: self.reason,
        }
        if call_later:
            self.environ["pausa.call_later"] = self.call_later
        self._body: Iterator[bytes] = iter(())

    def pause_output(self) -> Resume:
        with self.changed:
            self.epoch = self.epoch or object()
            return Resume(self, self.epoch)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Callable[[], bool]:
        """Remembers the timer, for the test to fire."""
        entry = (seconds, callback)
        self.armed.append(entry)

        def cancel() -> bool:
            with contextlib.suppress(ValueError):
                self.armed.remove(entry)
                return True
            return False

        return cancel

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
        self.head.append((status, headers))
        return lambda data: None

    def serve(self, body: Iterable[bytes]) -> Steps:
        self._body = iter(body)
        return self

    @property
    def parked(self) -> bool:
        return self.epoch is not None

    def step(self) -> bytes:
        assert not self.parked, "stepped while paused"
        self.steps += 1
        return next(self._body)

    def next_chunk(self, timeout: float = 5.0) -> bytes:
        """The next chunk that is not empty, as soon as there is one."""
        while True:
            with self.changed:
                assert self.changed.wait_for(lambda: self.epoch is None, timeout), "nobody resumes"
            if chunk := self.step():
                return chunk

    def rest(self) -> list[bytes]:
        chunks = []
        with contextlib.suppress(StopIteration):
            while True:
                chunks.append(self.next_chunk())
        return chunks


def swallowing(body: Iterable[bytes]) -> Iterator[bytes]:
    """A middleware that does not hand on empty chunks (against P40)."""
    return (chunk for chunk in body if chunk)


def after(seconds: float, call: Callable[[], object]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
