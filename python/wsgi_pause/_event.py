"""Waiting in the steps of a WSGI body (P44 of the pausing specification)."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from wsgi_pause import _timer
from wsgi_pause._types import Resume

SLICE = 1.0
"""The longest a thread waits at a stretch, in seconds."""


class Closed(ConnectionError):
    """The client left, or the server closed the response: nobody reads what this was to be sent to."""


class Event:
    """Like `threading.Event`, for the body of a response: while it waits, the response is paused.

    Where the server cannot pause, or a middleware below it does not hand on empty chunks, it holds its thread instead.
    `set`, `clear` and `is_set` may be called in any thread at any time, the rest by the steps of this response only::

        event = Event(environ)
        ask_somebody(callback=event.set)
        yield from event.wait()
        yield answer()
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self._pause: Callable[[], Resume] | None = environ.get("wsgi.pause_output")
        self._call_later: Callable[..., Callable[[], bool]] = environ.get("pausa.call_later", _timer.call_later)
        self._close_reason: Callable[[], str | None] = environ.get("pausa.close_reason", lambda: None)
        self._lock = threading.RLock()  # reentrant: a destructor may call `set`
        self._changed: threading.Condition | None = None  # made when a thread waits: it is large
        self._set = False
        self._resume: Resume | None = None
        self._cancel: Callable[[], bool] | None = None

    def set(self, *_: object) -> None:
        """Ends the wait, or the next one. Never waits; ignores arguments, as callbacks get some."""
        with self._lock:
            self._set = True
            resume = self._resume
            if self._changed is not None:
                self._changed.notify_all()
        if resume is not None:
            resume()

    def clear(self) -> None:
        """Makes the next wait wait. Look at your condition after this and before the wait."""
        self._set = False

    def is_set(self) -> bool:
        """Whether `set` was called since the last `clear`."""
        return self._set

    def wait(self, timeout: float | None = None) -> Iterator[bytes]:
        """Waits until the event is set, at most ``timeout`` seconds; `is_set` tells which. Use it by ``yield from``.

        Raises `Closed` when it is known that the client has left.
        """
        due = math.inf if timeout is None else time.monotonic() + timeout
        while not self.pause(due):
            yield b""

    def pause(self, due: float = math.inf) -> bool:
        """One step of a wait, for bodies that are no generators: whether the wait is over.

        If it is not, the response is paused: the caller must hand on an empty chunk now, and call this again when it is
        stepped again. ``due`` is in `time.monotonic()`'s seconds. Raises `Closed` as `wait` does.
        """
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        while not self._set and (left := due - time.monotonic()) > 0:
            own = self._resume
            if self._pause is None or (own is not None and own.pending):  # P15: stepped although nobody woke us
                self._block(left)
                continue
            resume = self._pause()
            with self._lock:
                self._resume = resume
            if self._set:  # before the resume was published: nobody else would call it
                resume()
                break
            # Not by `pending`: a server may take a step that goes on after reading it for a swallowed boundary (P43).
            if self._close_reason() not in (None, "half-closed"):
                raise Closed("the response was closed while it waited")
            if left < math.inf:
                self._cancel = self._call_later(left, resume)
            return False
        self._resume = None
        return True

    def _block(self, left: float) -> None:
        with self._lock:
            if self._changed is None:
                self._changed = threading.Condition(self._lock)
            if not self._set:
                self._changed.wait(min(left, SLICE))
        if not self._set and self._close_reason() is not None:
            raise Closed("the client left while the response waited")
