"""C01 to C13: one epoch after another."""

from __future__ import annotations

import json
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, after, pause, route


@route("c01")
def c01(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    recorder.note("present", "wsgi.pause_output" in environ)
    recorder.note("callable", callable(environ.get("wsgi.pause_output")))
    recorder.note("input handler", "wsgi.input_handler" in environ)
    if "wsgi.pause_output" in environ:
        resume = pause(environ)
        recorder.note("resume-callable", callable(resume))
        recorder.note("pending", resume.pending)
        recorder.note("resumed", resume())
    start_response("200 OK", TEXT)
    return watch(environ, [b"ok"])


@route("c03")
def c03(environ: Environ, start_response: StartResponse) -> Body:
    """Pauses ``?seconds=`` in step 0."""
    after(float(query(environ)["seconds"]), pause(environ))
    start_response("200 OK", TEXT)
    return [b"done"]


@route("c04")
def c04(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        after(0.1, recorder.resume("resumed", pause(environ)))
        yield b""
        yield b"data"

    return watch(environ, body())


@route("c05")
def c05(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        recorder.attempt("resumed", pause(environ))
        yield b""
        yield b"data"

    return watch(environ, body())


class Resumers:
    """Threads that each call every resume they are given, after a random moment, and keep what it returned."""

    def __init__(self, count: int) -> None:
        self.returned: list[list[bool]] = [[] for _ in range(count)]
        self._queues: list[queue.SimpleQueue[Any]] = [queue.SimpleQueue() for _ in range(count)]
        self._threads = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def give(self, resume: Callable[[], bool]) -> None:
        for each in self._queues:
            each.put(resume)

    def join(self) -> None:
        for each in self._queues:
            each.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        while (resume := self._queues[number].get()) is not None:
            _linger()
            self.returned[number].append(resume())


def _linger() -> None:
    """Nothing, gives up the GIL, or computes for some microseconds."""
    choice = random.random()
    if choice < 0.3:
        time.sleep(0)
    elif choice < 0.6:
        for _ in range(int(choice * 100)):
            pass


def race(environ: Environ, start_response: StartResponse, resumers: Resumers) -> Body:
    """``?epochs=`` epochs in one request, each ended by ``resumers`` around its yield; the body is the tally."""
    epochs = int(query(environ)["epochs"])
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        for _ in range(epochs):
            resumers.give(pause(environ))
            _linger()
            yield b""
        resumers.join()
        winners = [sum(returned) for returned in zip(*resumers.returned, strict=True)]
        yield json.dumps({"epochs": len(winners), "one": winners.count(1)}).encode()

    return watch(environ, body())


@route("c06")
def c06(environ: Environ, start_response: StartResponse) -> Body:
    return race(environ, start_response, Resumers(1))


@route("c08")
def c08(environ: Environ, start_response: StartResponse) -> Body:
    return race(environ, start_response, Resumers(2))


@route("c07")
def c07(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        resume = pause(environ)
        recorder.note("inside", [resume(), resume()])
        yield b""
        again = pause(environ)
        after(0.1, lambda: recorder.note("parked", [again(), again()]))
        yield b""
        yield b"data"

    return watch(environ, body())


@route("c09")
def c09(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        stale = pause(environ)
        stale()
        yield b""
        fresh = pause(environ)
        recorder.note("inside", [stale(), stale.pending, fresh.pending])
        after(0.1, lambda: recorder.note("parked", [stale(), stale.pending, fresh.pending]))
        after(0.4, recorder.resume("resumed", fresh))
        yield b""
        yield b"data"

    return watch(environ, body())


@route("c10")
def c10(environ: Environ, start_response: StartResponse) -> Body:
    """Two pauses in one step; ``?order=`` says which resume is called first."""
    recorder = of(environ)
    order = query(environ)["order"]
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        resumes = [pause(environ), pause(environ)]
        if order == "second":
            resumes.reverse()
        after(0.1, lambda: recorder.note("resumed", [resume() for resume in resumes]))
        yield b""
        recorder.note("pending", [resume.pending for resume in resumes])
        yield b"data"

    return watch(environ, body())


@route("c12")
def c12(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        after(0.6, recorder.resume("resumed", pause(environ)))
        yield b"abc"
        yield b"def"

    return watch(environ, body())


@route("c13")
def c13(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        for n in range(3):
            after(0.05, pause(environ))
            yield b"event %d\n" % n

    return watch(environ, body())
