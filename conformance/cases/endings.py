"""The checklist of PEP 3333, W38 to W43: how responses end, well or not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from conformance.cases.answers import answer, work
from conformance.cases.recorder import Body, Environ, StartResponse, of, query
from conformance.cases.tools import TEXT, route

RAISED: dict[str, type[BaseException]] = {
    "exception": RuntimeError,
    "exit": SystemExit,
    "interrupt": KeyboardInterrupt,
    "generator-exit": GeneratorExit,
    "base": BaseException,
    "stop": StopIteration,
    "recursion": RecursionError,
    "memory": MemoryError,
}


class Raising:
    """Raises ``?what=`` at ``?where=``: ``step``, ``later`` (after a chunk) or ``close``."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self._steps = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._steps += 1
        where = query(self._environ)["where"]
        if where == "step" or (where == "later" and self._steps == 2):
            raise failure(self._environ)
        if self._steps == 2:
            raise StopIteration
        return b"data"

    def close(self) -> None:
        of(self._environ).note("closed")
        if query(self._environ)["where"] == "close":
            raise failure(self._environ)


def failure(environ: Environ) -> BaseException:
    asked = query(environ)
    return RAISED[asked["what"]](f"raised for {asked['id']}")


@route("raises")
def raises(environ: Environ, start_response: StartResponse) -> Body:
    """Raises ``?what=``, with ``?length=`` as its Content-Length."""
    asked = query(environ)
    if asked["where"] == "call":
        raise failure(environ)
    start_response("200 OK", [*TEXT, ("Content-Length", asked["length"])] if "length" in asked else TEXT)
    if asked["where"] == "started":
        raise failure(environ)
    return Raising(environ)


@answer("lengths")
def lengths(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Chunks of ``?sizes=`` bytes under a Content-Length of ``?length=``; ``-`` of none."""
    asked = query(environ)
    headers = [] if asked["length"] == "-" else [("Content-Length", asked["length"])]
    start_response(asked.get("status", "200 OK"), headers)
    for size in asked["sizes"].split(","):
        yield b"x" * int(size)


@answer("write-excess")
def write_excess(environ: Environ, start_response: StartResponse) -> Body:
    write = start_response("200 OK", [("Content-Length", "3")])
    write(b"abc")
    try:
        write(b"d")
    except Exception as refused:  # noqa: BLE001 (whatever it is, it was refused)
        of(environ).note("refused", type(refused).__name__)
    return []


@answer("write")
def write_then_yield(environ: Environ, start_response: StartResponse) -> Body:
    """write(), 500 ms of work, write(), then the iterable."""
    write = start_response("200 OK", TEXT)
    write(b"one ")
    work(environ)
    write(b"two ")
    return [b"three"]


@answer("write-empty")
def write_empty(environ: Environ, start_response: StartResponse) -> Body:
    write = start_response("200 OK", TEXT)
    write(b"")
    work(environ)
    return [b"data"]


@answer("write-gone")
def write_gone(environ: Environ, start_response: StartResponse) -> Body:
    """Writes until that fails; notes how."""
    write = start_response("200 OK", TEXT)
    try:
        for _ in range(400):
            write(b"x" * 100)
            time.sleep(0.02)
    except OSError as gone:
        of(environ).note("raised", type(gone).__name__)
    return []


@answer("endless")
def endless(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """A chunk each 20 ms, for 8 seconds or until the client leaves."""
    start_response("200 OK", TEXT)
    for _ in range(400):
        yield b"chunk"
        time.sleep(0.02)


@answer("bodyless")
def bodyless(environ: Environ, start_response: StartResponse) -> Any:
    """``?status=`` with a body, and a Content-Length of ``?length=``; ``-`` for none."""
    asked = query(environ)
    start_response(asked["status"], [] if asked["length"] == "-" else [("Content-Length", asked["length"])])
    return [b"12345"]
