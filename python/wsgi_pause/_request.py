"""One request as `wsgi_pause.check` makes it: what a server that can pause does, in Python alone and in one thread."""

from __future__ import annotations

import io
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any
from wsgiref.util import FileWrapper

from wsgi_pause.lint import Breach, Lint

__all__ = ["Request"]


class Request:
    """One request. It may take ``seconds``; the client leaves after ``leave_after`` chunks with data, -1: never."""

    def __init__(
        self,
        path: str,
        method: str = "GET",
        *,
        body: bytes = b"",
        chunked: bool = False,
        gzip: bool = False,
        leave_after: int = -1,
        seconds: float = 3.0,
    ) -> None:
        notes = {"gzip": gzip, "chunked": chunked, f"left after {leave_after}": leave_after >= 0}
        self.title = ", ".join([f"{method} {path}", *(note for note, holds in notes.items() if holds)])
        self.status = "no response"
        self.steps = 0
        self.pauses = 0
        self.breaches: list[Breach] = []
        self.failure: BaseException | None = None
        self._leave_after = leave_after
        self._seconds = seconds
        self._changed = threading.Condition()
        self._epoch = 0
        self._open = False
        self._resumes: weakref.WeakSet[_Resume] = weakref.WeakSet()
        self._sent = False
        self._reason: str | None = None
        self._timers: list[threading.Timer] = []
        self._input = _Input(body, self)  # kept: a stream that nobody holds closes itself
        path, _, query = path.partition("?")
        self._environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:8000",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": self._input,
            "wsgi.errors": sys.stderr,
            "wsgi.file_wrapper": FileWrapper,
            "wsgi.input_terminated": True,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.pause_output": self._pause,
            "wsgi.early_hints": lambda headers: None,
            "pausa.call_later": self._call_later,
            "pausa.close_reason": lambda: self._reason,
        }
        if gzip:
            self._environ["HTTP_ACCEPT_ENCODING"] = "gzip"
        if body:
            self._environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        if chunked:
            self._environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        elif body:
            self._environ["CONTENT_LENGTH"] = str(len(body))

    def run(self, application: Callable[..., Any]) -> Request:
        """Takes the steps; what the application raises is kept in ``failure``."""
        due = time.monotonic() + self._seconds
        body = None
        reason = "end"
        try:
            body = Lint(application, self.breaches.append)(self._environ, self._start)
            reason = self._iterate(body, due)
        except Exception as failure:  # noqa: BLE001 - the application's code
            self.failure = failure
            reason = "error"
        finally:
            self._reason = reason
            for timer in self._timers:
                timer.cancel()
            if body is not None:
                body.close()  # type: ignore[attr-defined]
        self._environ.clear()  # no cycle keeps a body that nobody closed: that is told of now
        return self

    def _iterate(self, body: Any, due: float) -> str:
        data = 0
        iterator: Any = None
        while data != self._leave_after and self._awake(due):
            iterator = iter(body) if iterator is None else iterator
            try:
                chunk = next(iterator)
            except StopIteration:
                return "end"
            self.steps += 1
            data += bool(chunk)
            self._sent |= bool(chunk)
            if time.monotonic() > due:
                break
            if not chunk and not self._open:
                time.sleep(0.001)  # P21
        return "disconnect"

    def _awake(self, due: float) -> bool:
        """Waits until no epoch is open; False if that took too long."""
        with self._changed:
            while self._open:
                if not self._resumes:
                    self._open = False
                    self.breaches.append(Breach("P16", "a pause that nobody can end: no resume of it is kept"))
                elif not self._changed.wait(min(0.05, due - time.monotonic())) and time.monotonic() > due:
                    return False
        return True

    def _start(self, status: str, headers: list[Any], exc_info: Any = None) -> Callable[[bytes], None]:
        if exc_info and self._sent:
            raise exc_info[1].with_traceback(exc_info[2])
        self.status = status
        return self._write

    def _write(self, data: bytes) -> None:
        self._sent = True

    def _pause(self) -> _Resume:
        self.pauses += 1
        with self._changed:
            if not self._open and self._reason is None:
                self._open = True
                self._epoch += 1
            resume = _Resume(self, self._epoch)
            self._resumes.add(resume)
            return resume

    def _call_later(self, seconds: float, callback: Callable[[], object]) -> Callable[[], bool]:
        # No task of the request, as a server's would be: this is the one thing that a check cannot promise.
        timer = threading.Timer(seconds, callback)
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

        def cancel() -> bool:
            armed = not timer.finished.is_set()
            timer.cancel()
            return armed

        return cancel

    def over(self) -> bool:
        """Whether the body ended, or the client left."""
        return self._reason is not None

    def pending(self, epoch: int) -> bool:
        """Whether the epoch is open."""
        return self._open and self._epoch == epoch and self._reason is None

    def end(self, epoch: int) -> bool:
        """Ends the epoch if it is open."""
        with self._changed:
            if not self.pending(epoch):
                return False
            self._open = False
            self._resumes.clear()
            self._changed.notify_all()
            return True


class _Resume:
    def __init__(self, request: Request, epoch: int) -> None:
        self._request = request
        self._epoch = epoch

    def __call__(self, *ignored: object) -> bool:
        return self._request.end(self._epoch)

    @property
    def pending(self) -> bool:
        return self._request.pending(self._epoch)


class _Input(io.BytesIO):
    def __init__(self, body: bytes, request: Request) -> None:
        super().__init__(body)
        self._request = request

    def close(self) -> None:
        if not self._request.over():
            self._request.breaches.append(Breach("PEP 3333", "wsgi.input was closed: it is the server's"))
        super().close()
