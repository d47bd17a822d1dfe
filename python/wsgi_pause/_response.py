"""A response that another thread makes, as a WSGI body: what the adapters of asynchronous APIs have in common."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from wsgi_pause._types import Environ, Headers, Resume, StartResponse
from wsgi_pause._upload import Upload

HIGH_WATER = 65536
"""Bytes that may wait for the client before its maker is told to wait."""


class Maker(Protocol):
    """Who makes a response. Called in a step of the request, without a lock; must not wait."""

    def on_room(self) -> None:
        """A `write` that returned False has been taken."""

    def on_input(self, piece: bytes, ended: bool) -> None:
        """What `Response.want_input` asked for; `ended`: it was the last."""

    def on_cut(self) -> None:
        """The request's body will not come: the client left."""

    def on_close(self) -> None:
        """The server wants no more of the response, sent or not."""


class _End(Exception):
    """The response is whole."""


class Response(Iterator[bytes]):
    """The body that the server iterates, and the functions by which its maker fills it from another thread.

    While there is nothing to send the request is paused; without `wsgi.pause_output`, or below middleware that swallows
    the empty chunk, it waits in its thread (P44). The head is given to the server with the first data or the end (P19).
    The request's body is read in steps, when the maker wants it.
    """

    def __init__(self, environ: Environ, start_response: StartResponse, maker: Maker) -> None:
        self.upload = Upload(environ)
        self._start_response = start_response
        self._maker = maker
        self._pause = environ.get("wsgi.pause_output")
        self._close_reason = environ.get("pausa.close_reason")
        self._bodyless = environ["REQUEST_METHOD"] == "HEAD"
        self._lock = threading.Lock()
        # What the maker has given and the server not taken yet.
        self._head: tuple[str, Headers] | None = None
        self._chunks: list[bytes] = []
        self._size = 0
        self._outcome: BaseException | None = None
        self._input_wanted = False
        # How the maker wakes the server: published before the last look at what it has given.
        self._waker: Resume | None = None
        self._event: threading.Event | None = None
        self._own: Resume | None = None

    # The maker's side: one thread at a time.

    def start(self, status: str, headers: Headers) -> None:
        """Sets the response's head."""
        self._head = (status, headers)

    def write(self, data: bytes, last: bool = False) -> bool:
        """Adds data, after `start`; False: wait for `Maker.on_room` before the next. Empty data does nothing."""
        with self._lock:
            if self._outcome is not None:
                return True
            if self._bodyless:
                last = last or bool(data)
                data = b""
            if data:
                self._chunks.append(data)
                self._size += len(data)
            if last:
                self._outcome = _End()
            room = last or self._size <= HIGH_WATER
        if data or last:
            self._wake()
        return room

    def fail(self, error: BaseException) -> bool:
        """Ends the response by an error, which the server gets after the data; False if it had ended before."""
        with self._lock:
            if self._outcome is not None:
                return False
            self._outcome = error
        self._wake()
        return True

    def want_input(self) -> None:
        """Has `Maker.on_input` or `Maker.on_cut` called, once."""
        self._input_wanted = True
        self._wake()

    def _wake(self) -> None:
        waker, self._waker = self._waker, None
        if waker is not None:
            waker()
        if self._event is not None:
            self._event.set()

    # The server's side: steps.

    def begin(self) -> None:
        """Step 0: pauses, so that the server waits before the first `next`; else waits for the first data."""
        if self._pause is not None:
            self._park()
            return
        while not self._due():
            self._wait_here()

    def __next__(self) -> bytes:
        self._waker = None
        # A pause that is still open: a middleware has swallowed an empty chunk (P15).
        here = self._pause is None or (self._own is not None and self._own.pending)
        while (data := self._take()) is None:
            if self._input_wanted and self._read(wait=not self.upload.can_wake):
                continue
            if here:
                self._wait_here()
                here = self._pause is None
                if not here and self._close_reason and self._close_reason() is not None:
                    raise ConnectionError("the client left while the response waited")
            elif self._park():
                return b""
        if not here and self._outcome is None:
            self._park()  # with the data (P17), which saves a step
        return data

    def close(self) -> None:
        """The server is done with the response."""
        self._waker = self._own = None
        self._maker.on_close()

    def _take(self) -> bytes | None:
        """All data there is; None if there is none yet. Raises StopIteration, or the error, at the end."""
        with self._lock:
            chunks, self._chunks = self._chunks, []
            full = self._size > HIGH_WATER
            self._size = 0
            outcome = self._outcome
        if self._head is not None and (chunks or isinstance(outcome, _End)):
            (status, headers), self._head = self._head, None
            self._start_response(status, headers)
        if chunks:
            if full:
                self._maker.on_room()
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)
        if outcome is None:
            return None
        if isinstance(outcome, _End):
            raise StopIteration
        raise outcome

    def _due(self) -> bool:
        """Whether there is something to take."""
        return bool(self._chunks) or self._outcome is not None

    def _park(self) -> bool:
        """Pauses until the maker, or the wanted input, wakes the server; False: there is something to do."""
        assert self._pause is not None
        resume: Resume = self._pause()
        self._own = self._waker = resume
        if self._due() or (self._input_wanted and not self.upload.when_readable(resume)):
            resume()
            return False
        return True

    def _wait_here(self) -> None:
        """Waits in this thread, for the wanted input or for the maker."""
        if self._event is None:
            self._event = threading.Event()
        while not self._due() and not self._input_wanted:
            if self._pause is not None and not (self._own and self._own.pending):
                return
            self._event.wait(None if self._pause is None else 1.0)
            self._event.clear()
        if self._input_wanted and not self._due():
            self._read(wait=True)

    def _read(self, wait: bool = False) -> bool:
        """Reads a piece for the maker; False if none is there yet."""
        try:
            piece = self.upload.read() if wait else self.upload.read_nowait()
        except OSError:
            self._input_wanted = False
            self._maker.on_cut()
            return True
        if piece is None:
            return False
        self._input_wanted = False
        self._maker.on_input(piece, self.upload.ended)
        return True
