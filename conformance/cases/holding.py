"""C40 to C49: what a request holds: resumes, memory, context, threads."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import gc
import signal
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, Application, after, pause, route


@route("c40")
def c40(environ: Environ, start_response: StartResponse) -> Body:
    """Drops each resume at once, for ``?seconds=``."""
    start_response("200 OK", TEXT)
    until = time.monotonic() + float(query(environ)["seconds"])

    def body() -> Iterator[bytes]:
        while time.monotonic() < until:
            pause(environ)
            yield b""
        yield b"data"

    return watch(environ, body())


# C41: resumes kept for ever, and what must not be kept with them.
KEPT: list[Any] = []
BODIES: weakref.WeakSet[Any] = weakref.WeakSet()


class Tracked:
    """A body that can be referenced weakly, with a kilobyte of its own."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self._ballast = bytearray(1024)
        self._steps = 0

    def __iter__(self) -> Tracked:
        return self

    def __next__(self) -> bytes:
        self._steps += 1
        if self._steps == 3:
            raise StopIteration
        resume = pause(self._environ)
        KEPT.append(resume)
        resume()
        return b"x"


@route("c41")
def c41(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", [*TEXT, ("Content-Length", "2")])
    body = Tracked(environ)
    BODIES.add(body)
    return body


@route("c41-tally")
def c41_tally(environ: Environ, start_response: StartResponse) -> Body:
    gc.collect()
    events = of(environ)
    events.note("kept", len(KEPT))
    events.note("alive", len(BODIES))
    events.note("late", sum(resume() for resume in KEPT))
    start_response("200 OK", TEXT)
    return [b"noted"]


# C43 and C83: the resumes of closed requests, called again and again while the server stops.
LATE: list[Any] = []
STOPPING = threading.Event()


@route("c43")
def c43(environ: Environ, start_response: StartResponse) -> Body:
    """Parks for good, after headers with ``?sent=1``; once closed, its resume is called until the process ends."""
    events = of(environ)
    sent = "sent" in query(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        resume = pause(environ)
        try:
            yield b"hello" if sent else b""
        except GeneratorExit:
            events.note("late", resume())
            LATE.append(resume)
            if not STOPPING.is_set():
                STOPPING.set()
                threading.Thread(target=_resume_for_ever, daemon=True).start()
            raise
        yield b"WRONG"

    return watch(environ, body())


def _resume_for_ever() -> None:
    while True:
        for resume in LATE:
            resume()
        time.sleep(0.001)


VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="default")
LASTING: contextvars.ContextVar[str] = contextvars.ContextVar("LASTING", default="default")


@route("c44")
def c44(environ: Environ, start_response: StartResponse) -> Body:
    """Sets in one step and resets in another, with a pause after each."""
    events = of(environ)
    mine = query(environ)["id"]
    LASTING.set(mine)
    start_response("200 OK", TEXT)

    class Setting:
        def __iter__(self) -> Iterator[bytes]:
            token = VARIABLE.set(mine)
            after(0.02, pause(environ))
            yield b"1"
            events.note("second", VARIABLE.get() == mine)
            after(0.02, pause(environ))
            yield b"2"
            VARIABLE.reset(token)
            events.note("third", VARIABLE.get())
            after(0.02, pause(environ))
            yield b"3"

        def close(self) -> None:
            events.note("lasting", LASTING.get() == mine)

    return watch(environ, Setting())


@route("c45")
def c45(environ: Environ, start_response: StartResponse) -> Body:
    """``?set=1``: sets the variable, parks 300 ms, reads it; else only reads it."""
    events = of(environ)
    events.note("before", VARIABLE.get())
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        if "set" in query(environ):
            VARIABLE.set("mine")
            after(0.3, pause(environ))
            yield b"set"
        events.note("inside", VARIABLE.get())
        yield b"read"

    return watch(environ, body())


@functools.cache
def flask_application() -> Application:
    """C46, made on first use: the other cases need no Flask."""
    from flask import Flask, g, request, stream_with_context

    flask = Flask(__name__)

    @flask.teardown_request
    def note_teardown(_: BaseException | None) -> None:
        g.events.note("teardown")

    @flask.get("/c46")
    def stream() -> Any:
        events = g.events = of(request.environ)

        def body() -> Iterator[bytes]:
            for n in range(3):
                after(0.02, pause(request.environ))
                yield f"{n}:{request.args['id']} ".encode()
                events.note("request-usable", request.path)

        return flask.response_class(stream_with_context(body()), mimetype="text/plain")

    application: Application = flask.wsgi_app
    return application


@route("c46")
def c46(environ: Environ, start_response: StartResponse) -> Body:
    return watch(environ, flask_application()(environ, start_response))


def sqlite_application(environ: Environ, start_response: StartResponse) -> Body:
    """A connection that sqlite3 allows only on the thread that made it; 40 chunks of 64 KiB, never paused."""
    events = of(environ)
    connection = sqlite3.connect(":memory:")
    connection.execute("create table numbers (n integer)")
    start_response("200 OK", [("Content-Type", "application/octet-stream")])

    class Rows:
        def __iter__(self) -> Iterator[bytes]:
            for n in range(40):
                connection.execute("insert into numbers values (?)", (n,))
                yield bytes([n]) * 65536
            events.note("rows", connection.execute("select count(*) from numbers").fetchone()[0])

        def close(self) -> None:
            events.attempt("sqlite-close", connection.close)

    return watch(environ, Rows())


@route("c47")
def c47(environ: Environ, start_response: StartResponse) -> Body:
    return sqlite_application(environ, start_response)


@route("c47-middleware")
def c47_middleware(environ: Environ, start_response: StartResponse) -> Body:
    """A middleware that pauses once before it calls the application."""
    inner: list[Any] = []

    class PausesFirst:
        def __iter__(self) -> Iterator[bytes]:
            after(0.05, pause(environ))
            yield b""
            inner.append(sqlite_application(environ, start_response))
            yield from inner[0]

        def close(self) -> None:
            for body in inner:
                body.close()

    return PausesFirst()


class Finalised:
    """In a cycle with itself: only the cyclic collector ends it, and then it resumes."""

    def __init__(self, call: Any) -> None:
        self.call = call
        self.cycle = self

    def __del__(self) -> None:
        self.call()


@route("c48")
def c48(environ: Environ, start_response: StartResponse) -> Body:
    events = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        kept = pause(environ)  # else the collector drops the resume in the same sweep, which is P16's case
        Finalised(events.resume("resumed", kept))
        gc.collect()
        events.note("collected")
        yield b"one "
        kept = pause(environ)
        Finalised(events.resume("resumed", kept))
        after(0.1, gc.collect)
        yield b""
        yield b"two"

    return watch(environ, body())


SIGNALLED: list[Any] = []


def _on_signal(*_: object) -> None:
    while SIGNALLED:
        SIGNALLED.pop()()


if threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGUSR1"):
    signal.signal(signal.SIGUSR1, _on_signal)


@functools.cache
def event_loop() -> asyncio.AbstractEventLoop:
    """A loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="asyncio", daemon=True).start()
    return loop


@route("c49")
def c49(environ: Environ, start_response: StartResponse) -> Body:
    """Resumed ``?by=`` java (a timer of the server), asyncio, or signal (SIGUSR1)."""
    events = of(environ)
    by = query(environ)["by"]
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        resume = pause(environ)
        if by == "java":
            environ["pausa.call_later"](0.1, resume)
        elif by == "asyncio":
            event_loop().call_soon_threadsafe(event_loop().call_later, 0.1, events.resume("resumed", resume))
        else:
            SIGNALLED.append(events.resume("resumed", resume))
        yield b"paused "
        yield b"resumed"

    return watch(environ, body())
