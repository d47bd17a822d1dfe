"""C61 to C73: the request body, waited for without a thread (P50 to P60)."""

from __future__ import annotations

import contextvars
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, after, pause, route
from examples import echo_lines

VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="unset")
PARKED: dict[str, tuple[Environ, Callable[[], bool]]] = {}


def on_input(environ: Environ, source: object, handler: Callable[[], object]) -> Any:
    """Arms; the cancelling callable, or ``None``."""
    return environ["wsgi.input_handler"](source, handler)


def take(environ: Environ) -> None:
    """Notes what can be read without waiting: text, or ``None``."""
    piece = environ["wsgi.input"].read_nowait()
    of(environ).note("read", None if piece is None else piece.decode())


def arm(environ: Environ) -> None:
    """Pauses, and arms by ``?source=`` and ``?handler=``: the resume itself, or a task that notes and resumes."""
    fields, recorder = query(environ), of(environ)
    sources = {"environ": environ, "copy": dict(environ)}
    source = sources.get(fields.get("source", ""), environ["wsgi.input"])
    resume = pause(environ)

    def handler() -> None:
        recorder.note("handler")
        take(environ)
        resume()

    armed = on_input(environ, source, resume if fields.get("handler") == "resume" else handler)
    recorder.note("inside", "handler" in recorder.counts)  # P53: it never is
    recorder.note("armed", armed is not None)


@route("c61")
def c61(environ: Environ, start_response: StartResponse) -> Body:
    """Also C62, C66 and C70. ``?late=`` sleeps first, ``?drain=1`` reads to the end, ``?line=1`` a line."""
    fields = query(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        time.sleep(float(fields.get("late", 0)))
        if "drain" in fields:
            environ["wsgi.input"].read()
        if "line" in fields:
            environ["wsgi.input"].readline()
        arm(environ)
        yield b""
        if fields.get("handler") == "resume":
            take(environ)
        yield b"woken"

    return watch(environ, body())


class Proxy:
    """Passes for another object, but for its identity."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(self._inner)


@route("c63")
def c63(environ: Environ, start_response: StartResponse) -> Body:
    """Middleware that replaces the input by ``?by=``, and what the application under it gets."""
    recorder = of(environ)
    inner = dict(environ)
    by = query(environ)["by"]
    if by == "bytes":
        inner["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read())
    elif by == "proxy":
        inner["wsgi.input"] = Proxy(environ["wsgi.input"])
    else:
        del inner["wsgi.input"]

    def never() -> None:
        recorder.note("WRONG")

    recorder.note("environ", on_input(inner, inner, never))
    recorder.note("input", on_input(inner, inner.get("wsgi.input"), never))
    source: Any = inner.get("wsgi.input", environ["wsgi.input"])
    start_response("200 OK", TEXT)
    return watch(environ, [source.read(5)])


@route("c64-park")
def c64_park(environ: Environ, start_response: StartResponse) -> Body:
    """Parks until ``/c64?other=`` of its id."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        PARKED[query(environ)["id"]] = environ, pause(environ)
        yield b"parked"
        yield b"woken"

    return watch(environ, body())


@route("c64")
def c64(environ: Environ, start_response: StartResponse) -> Body:
    """Registers for the input of another request, by its own key and by the other's with its own input."""
    recorder = of(environ)
    other, resume = PARKED.pop(query(environ)["other"])

    def never() -> None:
        recorder.note("WRONG")

    recorder.note("own key", on_input(environ, other["wsgi.input"], never))
    recorder.note("own key, environ", on_input(environ, other, never))
    recorder.note("other's key", on_input(other, environ["wsgi.input"], never))
    resume()
    start_response("200 OK", TEXT)
    return watch(environ, [b"ok"])


@route("c65")
def c65(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    source = environ["wsgi.input"]
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        recorder.attempt("not callable", lambda: on_input(environ, source, 1))  # type: ignore[arg-type]
        recorder.attempt("not callable", lambda: on_input(environ, None, None))  # type: ignore[arg-type]
        cancel = on_input(environ, source, lambda: recorder.note("WRONG"))
        recorder.attempt("twice", lambda: on_input(environ, source, lambda: recorder.note("WRONG")))
        recorder.note("cancel", cancel())
        arm(environ)
        yield b""
        arm(environ)  # the first has begun
        yield b""
        yield b"data"

    return watch(environ, body())


@route("c67")
def c67(environ: Environ, start_response: StartResponse) -> Body:
    """The handler sets what the next step reads."""
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def handler() -> None:
        recorder.note("handler", VARIABLE.get())
        VARIABLE.set("handler")

    def body() -> Iterator[bytes]:
        VARIABLE.set("step")
        time.sleep(0.2)
        on_input(environ, environ, handler)
        time.sleep(0.1)
        recorder.note("step-over")
        yield b"one "
        recorder.note("variable", VARIABLE.get())
        take(environ)
        yield b"two"

    return watch(environ, body())


@route("c68")
def c68(environ: Environ, start_response: StartResponse) -> Body:
    """Arms, cancels and arms again; with ``?early=1`` only after some data was sent."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        if "early" in query(environ):
            yield b"early "
        on_input(environ, environ, lambda: None)()
        arm(environ)
        yield b""
        yield b"woken"

    return watch(environ, body())


@route("c69")
def c69(environ: Environ, start_response: StartResponse) -> Body:
    """The example."""
    return watch(environ, echo_lines.app(environ, start_response))


@route("c70-read")
def c70_read(environ: Environ, start_response: StartResponse) -> Body:
    """Blocks in a read."""
    recorder = of(environ)
    recorder.note("reading")
    try:
        environ["wsgi.input"].read(5)
    except OSError as failure:
        recorder.note("raised", [isinstance(failure, OSError), environ["pausa.close_reason"]()])
        raise
    return watch(environ, [])


@route("c71")
def c71(environ: Environ, start_response: StartResponse) -> Body:
    """A handler that raises ``boom``; after some data with ``?sent=1``."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        resume = pause(environ)

        def handler() -> None:
            assert resume.pending
            raise ValueError("boom in a handler")

        on_input(environ, environ, handler)
        yield b"hello" if "sent" in query(environ) else b""
        of(environ).note("WRONG")

    return watch(environ, body())


@route("c72")
def c72(environ: Environ, start_response: StartResponse) -> Body:
    recorder = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        cancel = on_input(environ, environ, lambda: recorder.note("WRONG"))
        recorder.note("cancel", [cancel(), cancel()])
        after(0.4, pause(environ))
        yield b""
        take(environ)
        yield b"data"

    return watch(environ, body())


@route("c73")
def c73(environ: Environ, start_response: StartResponse) -> Body:
    """Parks for a second, and never reads."""
    start_response("200 OK", [*TEXT, ("Content-Length", "4")])

    def body() -> Iterator[bytes]:
        after(1, pause(environ))
        yield b""
        yield b"done"

    return watch(environ, body())
