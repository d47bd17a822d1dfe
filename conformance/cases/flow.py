"""C50 to C57: back-off, slow clients, middleware and pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, recorder, watch
from conformance.cases.tools import TEXT, PortableBody, after, pause, route


@route("c50")
def c50(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        yield b"hello"
        while True:
            yield b""

    return watch(environ, body())


@route("c51")
def c51(environ: Environ, start_response: StartResponse) -> Body:
    """Three chunks of 10 MB; every step pauses and is resumed 50 ms later."""
    events = of(environ)
    start_response("200 OK", [("Content-Type", "application/octet-stream")])

    def body() -> Iterator[bytes]:
        for n in range(3):
            after(0.05, events.resume("resumed", pause(environ)))
            yield bytes([n]) * 10_000_000

    return watch(environ, body())


def portable(environ: Environ, start_response: StartResponse) -> Body:
    """Three events 100 ms apart by the portable body."""
    start_response("200 OK", TEXT)
    body = PortableBody(environ)
    for n in range(3):
        after(0.1 * (n + 1), lambda n=n: body.put(b"event %d\n" % n))  # type: ignore[misc]
    after(0.4, lambda: body.put(None))
    return watch(environ, body)


class Swallower:
    """Middleware that steps its child until there is data: it swallows block boundaries (P40)."""

    def __init__(self, child: Body) -> None:
        self._child = child
        self._iterator = iter(child)

    def __iter__(self) -> Swallower:
        return self

    def __next__(self) -> bytes:
        while not (chunk := next(self._iterator)):
            pass
        return chunk

    def close(self) -> None:
        self._child.close()  # type: ignore[attr-defined]


@route("c52")
def c52(environ: Environ, start_response: StartResponse) -> Body:
    return Swallower(portable(environ, start_response))


@route("c53")
def c53(environ: Environ, start_response: StartResponse) -> Body:
    """Middleware that removes the key, and the portable body."""
    environ.pop("wsgi.pause_output", None)
    return portable(environ, start_response)


class Beats:
    """Middleware that pauses by itself three times before it steps its child."""

    def __init__(self, environ: Environ, child: Body) -> None:
        self._environ = environ
        self._child = child
        self._iterator = iter(child)
        self._beats = 0

    def __iter__(self) -> Beats:
        return self

    def __next__(self) -> bytes:
        if self._beats == 3:
            return next(self._iterator)
        self._beats += 1
        events = of(self._environ)
        events.note("beat", events.counts.get("step", 0))
        after(0.1, pause(self._environ))
        return b":beat\n"

    def close(self) -> None:
        self._child.close()  # type: ignore[attr-defined]


@route("c54")
def c54(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return Beats(environ, watch(environ, iter([b"child"])))


@route("c55")
def c55(environ: Environ, start_response: StartResponse) -> Body:
    """Middleware that hands down a copy; with ``?delete=1`` it then deletes the key from the original (P3)."""
    copy = dict(environ)
    if "delete" in query(environ):
        del environ["wsgi.pause_output"]
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        after(0.1, of(copy).resume("resumed", pause(copy)))
        yield b""
        yield b"data"

    return watch(copy, body())


GATED: dict[str, Any] = {}


@route("c56")
def c56(environ: Environ, start_response: StartResponse) -> Body:
    """Parks after ``hello`` until ``/open?id=`` of the same id."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        GATED[query(environ)["id"]] = pause(environ)
        yield b"hello"
        yield b"bye"

    return watch(environ, body())


@route("open")
def open_gate(environ: Environ, start_response: StartResponse) -> Body:
    recorder(query(environ)["id"]).note("resumed", GATED.pop(query(environ)["id"])())
    start_response("200 OK", TEXT)
    return [b"open"]


@route("numbered")
def numbered(environ: Environ, start_response: StartResponse) -> Body:
    """Answers with ``?n=``; a pipelined second request."""
    start_response("200 OK", TEXT)
    return [query(environ)["n"].encode()]
