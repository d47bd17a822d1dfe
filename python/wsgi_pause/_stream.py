"""The portable body of P44: a bounded queue between producers in any thread and the steps of a response."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Any

from wsgi_pause._event import Closed, Event

Callback = Callable[[], object]


class Stream:
    """A response body that producers fill from any thread, while the response is paused and holds no thread.

    ``maxsize`` is how many chunks wait at most; `put` waits for room, `offer` does not. With ``heartbeat`` the body is
    ``beat`` after each so many seconds in which it had nothing to send. The server iterates and closes the stream; the
    other methods may be called in any thread, but `put` and `feed`, which wait, not by the steps of this response.
    """

    def __init__(
        self, environ: dict[str, Any], *, maxsize: int = 64, heartbeat: float | None = None, beat: bytes = b""
    ) -> None:
        if maxsize < 1:
            raise ValueError(f"maxsize is {maxsize}; at least 1 chunk must have room")
        if heartbeat is not None and (heartbeat <= 0 or not beat):
            raise ValueError("a heartbeat needs a positive number of seconds and a beat to send")
        self._event = Event(environ)
        self._maxsize = maxsize
        self._heartbeat = math.inf if heartbeat is None else heartbeat
        self._beat = beat
        self._due: float | None = None  # when the next beat is, while there is nothing to send
        self._lock = threading.RLock()
        self._room: threading.Condition | None = None  # made when a producer waits: it is large
        self._chunks: deque[bytes] = deque()
        self._ended = False
        self._error: BaseException | None = None
        self._closed = False
        self._on_room: list[Callback] = []
        self._on_close: list[Callback] = []

    @property
    def closed(self) -> bool:
        """Whether nobody reads any more: the client left, or the response is over for another reason."""
        return self._closed

    def put(self, chunk: bytes, timeout: float | None = None) -> None:
        """Adds a chunk, waiting for room. Raises `Closed`, or TimeoutError after ``timeout`` seconds without room."""
        due = None if timeout is None else time.monotonic() + timeout
        with self._lock:
            while not self._add(chunk):
                if self._closed:
                    raise Closed("nobody reads the stream any more")
                left = None if due is None else due - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError(f"no room in the stream for {timeout} s")
                if self._room is None:
                    self._room = threading.Condition(self._lock)
                self._room.wait(left)
        self._event.set()

    def offer(self, chunk: bytes) -> bool:
        """Adds a chunk if there is room, and tells whether there was. False also when the stream is `closed`."""
        with self._lock:
            added = self._add(chunk)
        if added:
            self._event.set()
        return added

    def end(self) -> None:
        """No chunk follows: the body ends after those that wait."""
        with self._lock:
            self._ended = True
        self._event.set()

    def fail(self, error: BaseException) -> None:
        """Ends the body with an exception after the chunks that wait: 500 if nothing was sent, else an abnormal end."""
        with self._lock:
            if not self._ended:
                self._ended, self._error = True, error
        self._event.set()

    def feed(self, chunks: Iterable[bytes]) -> None:
        """Puts all of ``chunks`` and ends; run it in a thread of yours. What ``chunks`` raises ends the body.

        Returns when the client has left, and closes ``chunks`` if it is a generator.
        """
        try:
            for chunk in chunks:
                self.put(chunk)
        except BaseException as error:
            self.fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            self.end()
        finally:
            if isinstance(chunks, Generator):
                chunks.close()

    def on_room(self, callback: Callback) -> None:
        """Calls back once, as soon as there is room or the stream is closed: now, or in the thread that makes room.

        ``callback`` must neither wait nor raise.
        """
        with self._lock:
            later = len(self._chunks) >= self._maxsize and not self._closed
            if later:
                self._on_room.append(callback)
        if not later:
            callback()

    def on_close(self, callback: Callback) -> None:
        """Calls back once, when the server closes the stream: the client left, or the response is complete.

        It runs as the response's `close()`, or now if that is over.
        """
        with self._lock:
            later = not self._closed
            if later:
                self._on_close.append(callback)
        if not later:
            callback()

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> bytes:
        while True:
            self._event.clear()
            chunk = self._take()
            if chunk is not None:
                self._due = None
                return chunk
            if self._due is None:
                self._due = time.monotonic() + self._heartbeat
            try:
                if not self._event.pause(self._due):
                    return b""
            except Closed:
                raise StopIteration from None
            if not self._event.is_set():
                self._due = None
                return self._beat

    def close(self) -> None:
        """The server's: nobody reads any more. Wakes the producers that wait, drops what they put."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._chunks.clear()
            if self._room is not None:
                self._room.notify_all()
            callbacks = self._on_room + self._on_close
            self._on_room, self._on_close = [], []
        with contextlib.ExitStack() as stack:  # each is called, whatever the others raise
            for callback in reversed(callbacks):
                stack.callback(callback)

    def _add(self, chunk: bytes) -> bool:
        """Adds it if there is room. Under the lock."""
        if self._closed or len(self._chunks) >= self._maxsize:
            return False
        if self._ended:
            raise ValueError("the stream has ended")
        if not isinstance(chunk, bytes):
            raise TypeError(f"a chunk must be bytes, not {type(chunk).__name__}")
        if chunk:  # an empty one would ask the server to come again (P21)
            self._chunks.append(chunk)
        return True

    def _take(self) -> bytes | None:
        """The next chunk, None if there is none yet; StopIteration or the producer's exception at the end."""
        with self._lock:
            if self._chunks:
                chunk = self._chunks.popleft()
                if self._room is not None:
                    self._room.notify_all()
                callbacks, self._on_room = self._on_room, []
            elif self._ended or self._closed:
                error, self._error = self._error, None
                raise StopIteration if error is None else error
            else:
                return None
        for callback in callbacks:
            callback()
        return chunk
