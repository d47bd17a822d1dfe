"""What the application side of a case saw, kept by request id for ``/probe``."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Body = Iterable[bytes]

# A shutdown test cannot ask /probe any more: with this variable set, every event is also a line of that file.
JOURNAL = os.environ.get("PAUSA_TEST_JOURNAL")
# A case with 10^5 steps keeps counts, not events.
MOST_EVENTS = 500


class Recorder:
    """The events of one request id. Any thread; times are CLOCK_MONOTONIC in seconds, as in the client."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.events: list[dict[str, Any]] = []
        self.counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def note(self, what: str, value: Any = None) -> None:
        """Adds an event; ``value`` must be fit for JSON."""
        event = {"what": what, "value": value, "at": time.monotonic(), "thread": threading.get_ident()}
        with self._lock:
            self.counts[what] = self.counts.get(what, 0) + 1
            if len(self.events) < MOST_EVENTS:
                self.events.append(event)
        if JOURNAL:
            with open(JOURNAL, "a", encoding="utf-8") as journal:
                journal.write(json.dumps(dict(event, id=self.key)) + "\n")

    def resume(self, what: str, resume: Callable[[], bool]) -> Callable[[], None]:
        """A function that calls ``resume`` and notes when, and what it returned or raised."""

        def call() -> None:
            self.note("resuming")
            self.attempt(what, resume)

        return call

    def attempt(self, what: str, call: Callable[[], Any]) -> Any:
        """Calls and notes the result, or the exception's type and text."""
        try:
            result = call()
        except Exception as failure:  # noqa: BLE001 (whatever it is, it is what the case asks about)
            self.note(what, f"{type(failure).__name__}: {failure}")
            return None
        self.note(what, result)
        return result

    def json(self) -> bytes:
        """Everything so far."""
        with self._lock:
            return json.dumps({"events": self.events, "counts": self.counts}).encode()


class Watched:
    """A body that notes each step, the end, ``close()`` with its reason, and two threads inside at once."""

    def __init__(self, recorder: Recorder, environ: Environ, body: Body) -> None:
        self._recorder = recorder
        self._reason = environ.get("pausa.close_reason")
        self._body = body
        self._iterator: Iterator[bytes] | None = None
        self._inside = threading.Lock()

    def __iter__(self) -> Watched:
        self._recorder.note("iter")
        return self

    def __next__(self) -> bytes:
        self._enter("step")
        try:
            if self._iterator is None:
                self._iterator = iter(self._body)
            chunk = next(self._iterator)
            self._recorder.note("chunk", len(chunk))
            return chunk
        except StopIteration:
            self._recorder.note("end")
            raise
        finally:
            self._inside.release()

    def close(self) -> None:
        self._enter("close", self._reason() if self._reason else None)
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._inside.release()

    def _enter(self, what: str, value: Any = None) -> None:
        if not self._inside.acquire(blocking=False):
            self._recorder.note("overlap", what)
            self._inside.acquire()
        self._recorder.note(what, value)


_recorders: dict[str, Recorder] = {}


def recorder(key: str) -> Recorder:
    """The recorder of this request id; the same object for the same id."""
    return _recorders.setdefault(key, Recorder(key))


def query(environ: Environ) -> dict[str, str]:
    """The query's fields, the last value of each."""
    return {name: values[-1] for name, values in parse_qs(environ["QUERY_STRING"]).items()}


def of(environ: Environ) -> Recorder:
    """The recorder of this request."""
    return recorder(query(environ)["id"])


def watch(environ: Environ, body: Body) -> Watched:
    """``body``, watched by the recorder of this request."""
    return Watched(of(environ), environ, body)
