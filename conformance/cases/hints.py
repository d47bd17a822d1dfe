"""`wsgi.early_hints`: `/hints?kind=`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, after, pause, route

STYLE = [("Link", "</style.css>; rel=preload; as=style")]
SCRIPT = [("Link", "</app.js>; rel=preload; as=script"), ("X-Padded", " \tx ")]
BAD: dict[str, Any] = {
    "newline": [("Link", "a\r\nSet-Cookie: b")],
    "name": [("Li nk", "a")],
    "hop": [("Connection", "close")],
    "length": [("Content-Length", "1")],
    "latin": [("Link", "\u20ac")],
}


@route("hints")
def hints(environ: Environ, start_response: StartResponse) -> Body:
    """Hints twice before the first data, and once after it; `kind=reading`: reads the request body in between."""
    send = environ["wsgi.early_hints"]
    send(STYLE)
    read = environ["wsgi.input"].read() if query(environ)["kind"] == "reading" else b""
    send(SCRIPT)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        send([])
        yield b"data " + read
        of(environ).attempt("late", lambda: send(STYLE))
        yield b"more"

    return watch(environ, body())


@route("hints-parked")
def parked(environ: Environ, start_response: StartResponse) -> Body:
    """Another thread hints while the request is parked, and once more when it is over."""
    recorder, send = of(environ), environ["wsgi.early_hints"]
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        resume = pause(environ)
        after(0.1, lambda: recorder.attempt("hinted", lambda: send(STYLE)))
        after(0.6, resume)
        after(1.0, lambda: recorder.attempt("over", lambda: send(STYLE)))
        yield b""
        yield b"data"

    return watch(environ, body())


@route("hints-bad")
def bad(environ: Environ, start_response: StartResponse) -> Body:
    """`?kind=`: which; it is refused, and the response goes on."""
    of(environ).attempt("refused", lambda: environ["wsgi.early_hints"](BAD[query(environ)["kind"]]))
    start_response("200 OK", TEXT)
    return [b"data"]
