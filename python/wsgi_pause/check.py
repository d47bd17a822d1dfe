"""``python -m wsgi_pause.check MODULE:APP``: drives an application under `Lint`, as a server that can pause does.

In Python alone and in this thread; no socket, no server. Each path is asked for by GET, by HEAD, and by a client
that accepts gzip and leaves after the second chunk. Ends with 1 if a rule was broken, 2 if the application
cannot be loaded.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from wsgi_pause.lint import _ADVICE, Breach, Lint

__all__ = ["Request", "main", "requests"]


class Request:
    """One request. It may take ``seconds``; the client leaves after ``leave_after`` chunks with data, 0: never."""

    def __init__(
        self, path: str, method: str = "GET", *, gzip: bool = False, leave_after: int = 0, seconds: float = 3.0
    ) -> None:
        self.title = f"{method} {path}" + (", gzip" if gzip else "")
        self.status = "no response"
        self.steps = 0
        self.pauses = 0
        self.breaches: list[Breach] = []
        self.failure: BaseException | None = None
        self._leave_after = leave_after
        self._seconds = seconds
        self._changed = threading.Condition()
        self._epoch: _Resume | None = None
        self._reason: str | None = None
        self._timers: list[threading.Timer] = []
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
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
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
        return self

    def _iterate(self, body: Any, due: float) -> str:
        data = 0
        iterator: Any = None
        while self._awake(due):
            iterator = iter(body) if iterator is None else iterator
            try:
                chunk = next(iterator)
            except StopIteration:
                return "end"
            self.steps += 1
            data += bool(chunk)
            if data == self._leave_after > 0 or time.monotonic() > due:
                break
            if not chunk and self._epoch is None:
                time.sleep(0.001)  # P21
        return "disconnect"

    def _awake(self, due: float) -> bool:
        """Waits until no epoch is open; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._epoch is None, max(0.0, due - time.monotonic()))

    def _start(self, status: str, headers: list[Any], exc_info: Any = None) -> Callable[[bytes], None]:
        self.status = status
        return lambda data: None

    def _pause(self) -> _Resume:
        self.pauses += 1
        with self._changed:
            if self._epoch is None and self._reason is None:
                self._epoch = _Resume(self)
            return self._epoch or _Resume(self)

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

    def end(self, epoch: _Resume) -> bool:
        """Ends the epoch if it is open."""
        with self._changed:
            if self._epoch is not epoch:
                return False
            self._epoch = None
            self._changed.notify_all()
            return True


class _Resume:
    def __init__(self, request: Request) -> None:
        self._request = request

    def __call__(self, *ignored: object) -> bool:
        return self._request.end(self)

    @property
    def pending(self) -> bool:
        return self._request._epoch is self and self._request._reason is None


def requests(paths: list[str], seconds: float) -> list[Request]:
    """The script for these paths."""
    made = []
    for path in paths:
        made.append(Request(path, seconds=seconds))
        made.append(Request(path, "HEAD", leave_after=1, seconds=seconds))
        made.append(Request(path, gzip=True, leave_after=2, seconds=seconds))
    return made


def known_swallowers() -> list[Breach]:
    """Middleware known to swallow boundaries that the loaded application is configured with."""
    if "django.conf" in sys.modules:
        settings = sys.modules["django.conf"].settings
        name = "django.middleware.gzip.GZipMiddleware"
        if settings.configured and name in settings.MIDDLEWARE:
            return [Breach("P41", f"MIDDLEWARE has {name}. What to do: {_ADVICE['django.utils.text']}")]
    return []


def load(target: str) -> Any:
    """The application that ``MODULE:ATTRIBUTE`` or ``MODULE:FACTORY()`` names."""
    module, _, attribute = target.partition(":")
    found: Any = importlib.import_module(module)
    attribute = attribute or "application"
    for name in attribute.removesuffix("()").split("."):
        found = getattr(found, name)
    return found() if attribute.endswith("()") else found


def main(arguments: list[str] | None = None) -> int:
    """Prints a line for each request and each breach, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="pausa check", description="Checks an application and its middleware.")
    parser.add_argument("target", metavar="MODULE:APP", help="the application, or a factory: MODULE:FACTORY()")
    parser.add_argument("--path", action="append", metavar="PATH", help="ask for this path (repeatable; default: /)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long one request may take (default: 3)")
    options = parser.parse_args(arguments)
    sys.path.insert(0, os.getcwd())
    try:
        application = load(options.target)
    except (ImportError, AttributeError) as problem:
        print(f"pausa check: {options.target}: {problem}", file=sys.stderr)
        return 2
    breaches = {str(breach): None for breach in known_swallowers()}
    failed = pauses = 0
    for request in requests(options.path or ["/"], options.seconds):
        request.run(application)
        pauses += request.pauses
        print(f"{request.title}: {request.status}, {request.steps} steps, {request.pauses} pauses")
        if request.failure is not None:
            failed += 1
            print(f"  raised {type(request.failure).__name__}: {request.failure}")
        breaches |= {str(breach): None for breach in request.breaches}
    for breach in breaches:
        print(f"  {breach}")
    if not pauses:
        print("Nothing paused, so block boundaries could not be seen: name a stream or a long poll by --path.")
    print(f"{len(breaches)} rules broken, {failed} requests failed" if breaches or failed else "No rule was broken.")
    return 1 if breaches or failed else 0


if __name__ == "__main__":
    sys.exit(main())
