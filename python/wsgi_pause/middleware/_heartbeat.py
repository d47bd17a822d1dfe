"""A sign of life in streams that are silent for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from wsgi_pause import _timer
from wsgi_pause._types import Application, Environ, ExcInfo, Headers, Resume, StartResponse, Write, close


def heartbeat(
    app: Application, *, seconds: float = 15.0, beat: bytes = b": \n\n", content_type: str = "text/event-stream"
) -> Application:
    """Sends ``beat`` whenever a paused response of this content type has been silent for so many seconds.

    The application is not stepped for that: it is handed a `wsgi.pause_output` of this middleware (P42). A response
    that holds its thread, since the server cannot pause or the application does not, gets no beat.
    """
    if seconds <= 0 or not beat:
        raise ValueError("a heartbeat needs a positive number of seconds and a beat to send")

    def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if "wsgi.pause_output" not in environ:
            return app(environ, start_response)
        pulse = _Pulse(environ, seconds, beat)

        def start(status: str, headers: Headers, exc_info: ExcInfo | None = None, /) -> Write:
            write = start_response(status, headers, exc_info)
            kinds = {
                value.partition(";")[0].strip().lower() for name, value in headers if name.lower() == "content-type"
            }
            pulse.beats = content_type in kinds
            return write

        pauses = _Pauses(environ)
        return _Body(app({**environ, "wsgi.pause_output": pauses.pause}, start), pauses, pulse)

    return wsgi


class _Epoch:
    """A pause of the application below. Beats end the server's epochs, but not this one."""

    def __init__(self, environ: Environ, outer: Resume) -> None:
        self._open = [True]  # a list, since taking its element is atomic: signal handlers and destructors resume too
        self._close_reason: Callable[[], str | None] = environ.get("pausa.close_reason", lambda: None)
        self.outer = outer
        """Ends the server's epoch that is open for this one, and so wakes the whole stack."""

    @property
    def open(self) -> bool:
        return bool(self._open)

    @property
    def pending(self) -> bool:
        return bool(self._open) and self._close_reason() in (None, "half-closed")

    def end(self) -> bool:
        """Whether this call ended it."""
        try:
            self._open.pop()
        except IndexError:
            return False
        self._close_reason = lambda: None  # P13: a resume that is kept keeps nothing of the request
        return True


class _Resume:
    """What the application's `wsgi.pause_output` returns."""

    __slots__ = ("__weakref__", "_epoch")

    def __init__(self, epoch: _Epoch) -> None:
        self._epoch = epoch

    def __call__(self, *_: object, **__: object) -> bool:
        if not self._epoch.end():
            return False
        self._epoch.outer()
        return True

    @property
    def pending(self) -> bool:
        return self._epoch.pending


class _Pauses:
    """The pauses of one request."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self._pause_output: Callable[[], Resume] = environ["wsgi.pause_output"]
        self._lock = threading.RLock()
        self._epoch: _Epoch | None = None
        self._closed = False

    def pause(self) -> _Resume:
        """The application's `wsgi.pause_output`: opens an epoch, or joins the open one (P6)."""
        outer = self._pause_output()
        with self._lock:
            epoch = self._epoch
            if epoch is None or not epoch.open:
                epoch = self._epoch = _Epoch(self._environ, outer)
            if self._closed:
                epoch.end()
        return _Resume(epoch)

    def epoch(self) -> _Epoch | None:
        """The open epoch."""
        epoch = self._epoch
        return epoch if epoch is not None and epoch.open else None

    def hold(self) -> bool:
        """Pauses again for the application, if its epoch is still open although the server's has ended."""
        epoch = self.epoch()
        if epoch is None:
            return False
        if epoch.outer.pending or not epoch.pending:
            # A middleware between us and the server swallowed a boundary, or goes on although the client has left.
            return False  # the application knows what to do (P15)
        epoch.outer = outer = self._pause_output()
        if not epoch.open:  # ended before it could know of this pause
            outer()
            return False
        return True

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._epoch is not None:
                self._epoch.end()


class _Pulse:
    """When the next beat is due."""

    def __init__(self, environ: Environ, seconds: float, beat: bytes) -> None:
        self._call_later = environ.get("pausa.call_later", _timer.call_later)
        self._seconds = seconds
        self._beat = beat
        self._due = time.monotonic() + seconds
        self._cancel: Callable[[], bool] | None = None
        self.beats = False

    def stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def after(self, chunk: bytes, epoch: _Epoch | None) -> bytes:
        """The chunk, or a beat if it is empty and one is due; has the paused stack woken for the next."""
        now = time.monotonic()
        if self.beats and not chunk and now >= self._due:
            chunk = self._beat
        if chunk:
            self._due = now + self._seconds
        if self.beats and epoch is not None:
            self._cancel = self._call_later(max(0.0, self._due - now), epoch.outer)
        return chunk


class _Body:
    """One chunk for each of the application's, and beats between them."""

    def __init__(self, chunks: Iterable[bytes], pauses: _Pauses, pulse: _Pulse) -> None:
        self._chunks = chunks
        self._pauses = pauses
        self._pulse = pulse
        self._iterator: Iterator[bytes] | None = None
        pulse.after(b"", pauses.epoch())  # paused in the call

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        self._pulse.stop()
        if self._pauses.hold():
            chunk = b""
        else:
            if self._iterator is None:
                self._iterator = iter(self._chunks)
            chunk = next(self._iterator)
        return self._pulse.after(chunk, self._pauses.epoch())

    def close(self) -> None:
        self._pulse.stop()
        self._pauses.close()
        close(self._chunks)
