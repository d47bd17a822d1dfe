"""C14 to C28: start_response, write() and the end of the body, across pauses."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, after, pause, route

FILE = b"0123456789abcdef" * 8192


@route("c14")
def c14(environ: Environ, start_response: StartResponse) -> Body:
    def body() -> Iterator[bytes]:
        after(0.1, pause(environ))
        yield b""
        start_response("200 Late", [*TEXT, ("X-Late", "yes")])
        yield b"data"

    return watch(environ, body())


@route("c15")
def c15(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", [*TEXT, ("X-First", "yes")])

    def body() -> Iterator[bytes]:
        after(0.1, pause(environ))
        yield b""
        try:
            raise ValueError("c15")
        except ValueError:
            start_response("503 Service Unavailable", TEXT, sys.exc_info())
        yield b"sorry"

    return watch(environ, body())


@route("c16")
def c16(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        for _ in range(5):
            yield b""
        after(0.3, pause(environ))
        yield b""
        yield b"data"

    return watch(environ, body())


@route("c17")
def c17(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        after(0.1, pause(environ))
        yield b"data"
        original = ValueError("c17-original")
        try:
            raise original
        except ValueError:
            try:
                start_response("500 Internal Server Error", TEXT, sys.exc_info())
            except ValueError as raised:
                recorder.note("re-raised", raised is original)
                raise

    return watch(environ, body())


@route("c18")
def c18(environ: Environ, start_response: StartResponse) -> Body:
    after(0.2, of(environ).resume("resumed", pause(environ)))
    start_response("200 OK", TEXT)
    return [b"x"]


@route("c19")
def c19(environ: Environ, start_response: StartResponse) -> Body:
    after(0.2, of(environ).resume("resumed", pause(environ)))
    start_response("200 OK", TEXT)
    return watch(environ, (chunk for chunk in [b"data"]))


@route("c20")
def c20(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    after(0.2, recorder.resume("resumed", pause(environ)))
    start_response("200 OK", TEXT)

    class File(io.BytesIO):
        def close(self) -> None:
            if not self.closed:
                recorder.note("close")
            super().close()

    wrapped: Body = environ["wsgi.file_wrapper"](File(FILE), 8192)
    return wrapped


@route("c21")
def c21(environ: Environ, start_response: StartResponse) -> Body:
    write = start_response("200 OK", TEXT)
    after(1.0, of(environ).resume("resumed", pause(environ)))
    write(b"x")
    return watch(environ, [b"y"])


@route("c22")
def c22(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    write = start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        after(0.1, lambda: recorder.attempt("write", lambda: write(b"WRONG")))
        after(0.2, pause(environ))
        yield b"one "
        yield b"two"

    return watch(environ, body())


@route("c23")
def c23(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        yield b"data"
        after(0.5, recorder.resume("resumed", pause(environ)))

    return watch(environ, body())


@route("c24")
def c24(environ: Environ, start_response: StartResponse) -> Body:
    """Pauses, then raises; ``?sent=1``: after data."""
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        if "sent" in query(environ):
            yield b"data"
        after(0.3, recorder.resume("resumed", pause(environ)))
        raise RuntimeError("c24-raised")

    return watch(environ, body())


@route("c26")
def c26(environ: Environ, start_response: StartResponse) -> Body:
    """Raises in the step after a resume; ``?sent=1``: after data."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        after(0.1, pause(environ))
        yield b"data" if "sent" in query(environ) else b""
        raise RuntimeError("c26-raised")

    return watch(environ, body())


@route("c27")
def c27(environ: Environ, start_response: StartResponse) -> Body:
    """The body is complete and the pause is never resumed."""
    recorder = of(environ)
    start_response("200 OK", [*TEXT, ("Content-Length", "3")])

    def body() -> Iterator[bytes]:
        kept = pause(environ)
        after(0.5, recorder.resume("resumed", kept))
        yield b"abc"
        recorder.note("stepped")

    return watch(environ, body())


@route("c27b")
def c27b(environ: Environ, start_response: StartResponse) -> Body:
    """P23 without a pause: the code after the last yield runs, what it yields is dropped."""
    recorder = of(environ)
    start_response("200 OK", [*TEXT, ("Content-Length", "3")])

    def body() -> Iterator[bytes]:
        yield b"abc"
        recorder.note("stepped")

    return watch(environ, body())


@route("c28")
def c28(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)
    kept: list[Any] = []

    def body() -> Iterator[bytes]:
        kept.append(pause(environ))
        after(0.5, recorder.resume("resumed", kept[0]))
        yield b"abc"
        recorder.note("stepped")

    return watch(environ, body())
