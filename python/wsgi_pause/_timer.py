"""Timers for servers that can pause but have no ``pausa.call_later``: one daemon thread, started at first use."""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable


class Timer:
    """One call that is due at a time; calling the timer cancels it and tells whether it was still armed."""

    __slots__ = ("_callback",)

    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback: list[Callable[[], object]] = [callback]

    def __call__(self) -> bool:
        return self._take() is not None

    def fire(self) -> None:
        callback = self._take()
        if callback is not None:
            callback()

    def _take(self) -> Callable[[], object] | None:
        try:
            return self._callback.pop()  # atomic: firing and cancelling race
        except IndexError:
            return None


class Timers:
    """The timers of a process."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self.reset()

    def reset(self) -> None:
        """No timers and no thread: at first, and in a forked child."""
        self._heap: list[tuple[float, int, Timer]] = []
        self._changed = threading.Condition()
        self._started = False

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Has the timers' thread call ``callback``, which must neither wait nor raise."""
        due = time.monotonic() + seconds
        timer = Timer(callback)
        with self._changed:
            if not self._started:
                threading.Thread(target=self._run, name="wsgi_pause timers", daemon=True).start()
                self._started = True
            heapq.heappush(self._heap, (due, next(self._numbers), timer))
            if self._heap[0][2] is timer:
                self._changed.notify()
        return timer

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._heap or self._heap[0][0] > time.monotonic():
                    self._changed.wait(self._heap[0][0] - time.monotonic() if self._heap else None)
                timer = heapq.heappop(self._heap)[2]
            timer.fire()


_timers = Timers()
call_later = _timers.call_later
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_timers.reset)
