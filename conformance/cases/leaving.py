"""C29 to C39, C81 and C82: clients that leave, close(), and the bound of a pause."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator

from conformance.cases.recorder import Body, Environ, StartResponse, Watched, of, query, recorder, watch
from conformance.cases.tools import TEXT, after, pause, route


@route("c29")
def c29(environ: Environ, start_response: StartResponse) -> Body:
    """Parks after ``hello``; ``?resume=SECONDS`` resumes it then (late, as a rule)."""
    events = of(environ)
    start_response("200 OK", TEXT)
    resume_after = query(environ).get("resume")

    def body() -> Iterator[bytes]:
        resume = pause(environ)
        if resume_after is not None:
            after(float(resume_after), events.resume("resumed", resume))
        try:
            yield b"hello"
        except GeneratorExit:
            events.note("generator-exit")
            events.note("pending", resume.pending)
            raise
        yield b"bye"

    return watch(environ, body())


@route("c31")
def c31(environ: Environ, start_response: StartResponse) -> Body:
    """A step of 500 ms, then one that pauses."""
    events = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        yield b"hello"
        events.note("busy")
        time.sleep(0.5)
        resume = pause(environ)
        events.note("idle")
        after(1.0, events.resume("resumed", resume))
        yield b"answer"
        yield b"WRONG"

    return watch(environ, body())


class Races:
    """C32's tally over all its requests."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.opened = 0
        self.closed = 0
        self.wrong: list[str] = []


RACES = Races()


class Raced:
    """Parks at once; notes a second close(), a step after it, and two threads inside."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self._inside = threading.Lock()
        self._steps = 0
        self._closes = 0
        with RACES.lock:
            RACES.opened += 1

    def __iter__(self) -> Raced:
        return self

    def __next__(self) -> bytes:
        with self:
            self._steps += 1
            if self._closes:
                RACES.wrong.append("step after close")
            if self._steps > 2:
                raise StopIteration
            if self._steps == 1:
                after(random.random() * 0.002, pause(self._environ))
            return b"x"

    def close(self) -> None:
        with self:
            self._closes += 1
            if self._closes > 1:
                RACES.wrong.append("second close")
        with RACES.lock:
            RACES.closed += 1

    def __enter__(self) -> None:
        if not self._inside.acquire(blocking=False):
            RACES.wrong.append("overlap")
            self._inside.acquire()

    def __exit__(self, *_: object) -> None:
        self._inside.release()


@route("c32")
def c32(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return Raced(environ)


@route("c32-tally")
def c32_tally(environ: Environ, start_response: StartResponse) -> Body:
    events = of(environ)
    events.note("opened", RACES.opened)
    events.note("closed", RACES.closed)
    events.note("wrong", RACES.wrong)
    start_response("200 OK", TEXT)
    return [b"noted"]


@route("c33")
def c33(environ: Environ, start_response: StartResponse) -> Body:
    events = of(environ)
    events.note("paused")
    after(2.0, events.resume("resumed", pause(environ)))
    start_response("200 OK", TEXT)
    return Watched(events, environ, [b"WRONG"])


@route("c35")
def c35(environ: Environ, start_response: StartResponse) -> Body:
    events = of(environ)
    start_response("200 OK", TEXT)

    class Pausing:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"data"])

        def close(self) -> None:
            resume = pause(environ)
            events.note("dead", [resume.pending, resume()])

    return watch(environ, Pausing())


@route("c36")
def c36(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", [*TEXT, ("Content-Length", "4")])

    class Failing:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"data"])

        def close(self) -> None:
            raise RuntimeError("c36-close-raised")

    return watch(environ, Failing())


@route("c37")
def c37(environ: Environ, start_response: StartResponse) -> Body:
    """Pauses; ``?sent=1``: after data; ``?resume=SECONDS``: resumed then."""
    events = of(environ)
    fields = query(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        after(float(fields["resume"]), events.resume("resumed", pause(environ)))
        yield b"data" if "sent" in fields else b""
        yield b"end"

    return watch(environ, body())


@route("c81")
def c81(environ: Environ, start_response: StartResponse) -> Body:
    """One step of at most 4 s that asks for the close reason until there is one."""
    events = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        yield b"hello"
        reason = environ["pausa.close_reason"]
        events.note("polling", reason())
        until = time.monotonic() + 4
        while reason() is None and time.monotonic() < until:
            time.sleep(0.02)
        events.note("reason", reason())
        yield b"answer"

    return watch(environ, body())


@route("c82-plain")
def c82_plain(environ: Environ, start_response: StartResponse) -> Body:
    """Answers after a step of ``?seconds=``."""
    recorder(query(environ)["id"]).note("busy")
    time.sleep(float(query(environ)["seconds"]))
    start_response("200 OK", TEXT)
    return watch(environ, [b"plain answer"])


@route("c82-download")
def c82_download(environ: Environ, start_response: StartResponse) -> Body:
    """``?chunks=`` chunks of 64 KiB, never paused."""
    chunk = bytes(range(256)) * 256
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return watch(environ, (chunk for _ in range(int(query(environ)["chunks"]))))
