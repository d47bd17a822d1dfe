"""C76 to C80: timers, heartbeats, the portable body, futures."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, PortableBody, after, pause, route


@route("c76")
def c76(environ: Environ, start_response: StartResponse) -> Body:
    """A timer that is a resume; one that is cancelled first; one that outlives its request."""
    events = of(environ)
    call_later = environ["pausa.call_later"]
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        call_later(0.1, pause(environ))
        yield b""
        events.note("woken")
        cancel = call_later(0.1, lambda: events.note("WRONG"))
        events.note("cancel", [cancel(), cancel()])
        after(0.3, pause(environ))
        yield b""
        call_later(0.2, lambda: events.note("WRONG"))
        yield b"data"

    return watch(environ, body())


@route("c76-task")
def c76_task(environ: Environ, start_response: StartResponse) -> Body:
    """P31: a callback that is no resume runs as a task, also while parked; impossible delays are refused."""
    events = of(environ)
    call_later = environ["pausa.call_later"]
    for seconds in (-1, float("nan"), float("inf")):
        events.attempt("refused", lambda seconds=seconds: call_later(seconds, print))  # type: ignore[misc]
    start_response("200 OK", TEXT)

    def task() -> None:
        events.note("task")
        time.sleep(0.2)
        events.note("task-over")

    def body() -> Iterator[bytes]:
        resume = pause(environ)
        call_later(0.05, task)
        call_later(0.1, resume)
        yield b""
        events.note("woken")
        yield b"data"

    return watch(environ, body())


@route("c76-raise")
def c76_raise(environ: Environ, start_response: StartResponse) -> Body:
    """A timer callback that raises is an application error of the request."""
    start_response("200 OK", TEXT)

    def fail() -> None:
        raise RuntimeError("c76-raised")

    def body() -> Iterator[bytes]:
        after(2.0, pause(environ))
        environ["pausa.call_later"](0.05, fail)
        yield b""
        yield b"WRONG"

    return watch(environ, body())


@route("c77")
def c77(environ: Environ, start_response: StartResponse) -> Body:
    """Middleware and application both pause in one step; the application resumes."""
    events = of(environ)
    start_response("200 OK", TEXT)
    resumes: list[Any] = []

    def application() -> Iterator[bytes]:
        resumes.append(pause(environ))
        after(0.1, events.resume("resumed", resumes[0]))
        yield b""
        events.note("application", resumes[0].pending)
        yield b"data"

    def middleware() -> Iterator[bytes]:
        child = application()
        own = pause(environ)
        yield next(child)
        events.note("middleware", own.pending)
        yield from child

    return watch(environ, middleware())


class Heartbeat:
    """Steps its child each time it is woken, before it pauses again (P42); adds a beat when one is due."""

    def __init__(self, environ: Environ, child: Body) -> None:
        self._environ = environ
        self._child = iter(child)
        self._due = 0.0
        self._cancel: Any = None

    def __iter__(self) -> Heartbeat:
        return self

    def __next__(self) -> bytes:
        chunk = next(self._child)
        now = time.monotonic()
        if chunk:
            return chunk
        if now >= self._due:
            chunk = b":beat\n"
            self._due = now + random.random() * 0.002
        if self._cancel is not None:
            self._cancel()
        self._cancel = self._environ["pausa.call_later"](max(0.0, self._due - now), pause(self._environ))
        return chunk


@route("c78")
def c78(environ: Environ, start_response: StartResponse) -> Body:
    """``?events=`` events at random times, each with the time at which it was put."""
    count = int(query(environ)["events"])
    start_response("200 OK", TEXT)
    body = PortableBody(environ)

    def produce() -> None:
        for n in range(count):
            if random.random() < 0.8:
                time.sleep(random.random() * 0.0005)
            body.put(b"%d %.6f\n" % (n, time.monotonic()))
        body.put(None)

    threading.Thread(target=produce, daemon=True).start()
    return watch(environ, Heartbeat(environ, body))


@route("c79")
def c79(environ: Environ, start_response: StartResponse) -> Body:
    """Two events, one before and one after the resume is published, both before the queue is looked at again."""
    start_response("200 OK", TEXT)
    body = PortableBody(environ)
    published: list[int] = []

    def before() -> None:
        if not published:
            body.put(b"one ")

    def afterwards() -> None:
        if not published:
            published.append(1)
            body.put(b"two")

    body.before_publishing = before
    body.after_publishing = afterwards
    after(0.5, lambda: body.put(None))
    return watch(environ, body)


POOL = ThreadPoolExecutor(2)


@route("c80")
def c80(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        future: Future[bytes] = POOL.submit(lambda: time.sleep(0.1) or b"result")  # type: ignore[func-returns-value]
        future.add_done_callback(pause(environ))
        yield b""
        yield future.result(timeout=0)

    return watch(environ, body())
