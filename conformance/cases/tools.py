"""What the fixture applications share: routes, a scheduler without a thread for each timer, the portable body."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse

Application = Callable[[Environ, StartResponse], Body]
TEXT = [("Content-Type", "text/plain")]
ROUTES: dict[str, Application] = {}


def route(path: str) -> Callable[[Application], Application]:
    """Mounts an application at ``/path``."""

    def mount(application: Application) -> Application:
        ROUTES["/" + path] = application
        return application

    return mount


def pause(environ: Environ) -> Any:
    """A new resume of this request."""
    return environ["wsgi.pause_output"]()


class Later:
    """Calls functions at their time from one daemon thread."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], Any]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._started = False

    def __call__(self, seconds: float, call: Callable[[], Any]) -> None:
        with self._changed:
            if not self._started:
                threading.Thread(target=self._run, name="later", daemon=True).start()
                self._started = True
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._numbers), call))
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._heap or self._heap[0][0] > time.monotonic():
                    self._changed.wait(self._heap[0][0] - time.monotonic() if self._heap else None)
                call = heapq.heappop(self._heap)[2]
            call()


after = Later()


class PortableBody:
    """The body of P44: a queue plus a pause, correct on every WSGI server. ``None`` in the queue ends it."""

    def __init__(self, environ: Environ) -> None:
        self._pause = environ.get("wsgi.pause_output")
        self._events: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._published: Any = None
        self.before_publishing: Callable[[], Any] = lambda: None
        self.after_publishing: Callable[[], Any] = lambda: None

    def put(self, event: bytes | None) -> None:
        """Any thread: put, then wake."""
        self._events.put(event)
        resume = self._published
        if resume is not None:
            resume()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return self._take(self._events.get_nowait())
        except queue.Empty:
            pass
        if self._pause is None:
            return self._take(self._events.get())
        own = self._published
        while own is not None and own.pending:  # A middleware below the server swallowed a block boundary (P15).
            try:
                return self._take(self._events.get(timeout=1))
            except queue.Empty:
                continue
        resume = self._pause()
        self.before_publishing()
        self._published = resume
        self.after_publishing()
        try:
            event = self._events.get_nowait()
        except queue.Empty:
            return b""
        resume()
        return self._take(event)

    @staticmethod
    def _take(event: bytes | None) -> bytes:
        if event is None:
            raise StopIteration
        return event
