"""The checklist of PEP 3333, W01 to W24 and W52: what an application finds in environ, and reads and writes there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, route


def fields(environ: Environ) -> dict[str, str]:
    """The query's fields, also empty ones, the last value of each."""
    given = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
    return {name: values[-1] for name, values in given.items()}


@route("spoil")
def spoil(environ: Environ, start_response: StartResponse) -> Body:
    """Clears environ or changes every value, before or after the first chunk, and answers."""
    asked = query(environ)

    def spoilt() -> None:
        if asked["how"] == "clear":
            environ.clear()
        else:
            for key in environ:
                environ[key] = "spoilt"

    def body() -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield b"one "
        if asked["when"] == "late":
            spoilt()
        yield b"two"

    watched = watch(environ, body())
    if asked["when"] == "early":
        spoilt()
    return watched


@route("seen")
def seen(environ: Environ, start_response: StartResponse) -> Body:
    """The environ as it comes, to be compared with that of an earlier request: what was put in there must be gone."""
    left = environ.get("conformance.left")
    environ["conformance.left"] = "something"
    start_response("200 OK", TEXT)
    return [str(left).encode()]


@route("multithread")
def multithread(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return [json.dumps(environ["wsgi.multithread"]).encode()]


@route("errors")
def errors(environ: Environ, start_response: StartResponse) -> Body:
    """Writes to wsgi.errors in each way, ``?text=`` between; ``?close=`` closes it."""
    asked, stream = fields(environ), environ["wsgi.errors"]
    if "close" in asked:
        stream.close()
    else:
        stream.write(f"written {asked['text']}\n")
        stream.writelines([f"lines {asked['text']}", " more\n"])
        stream.write("\ud800 \x00 \U0001f600\n")  # a lone surrogate, NUL, beyond the BMP: whatever it is, no error
        stream.flush()
    start_response("200 OK", TEXT)
    return [b"written"]


@route("input-types")
def input_types(environ: Environ, start_response: StartResponse) -> Body:
    """Whether everything that wsgi.input gives is bytes."""
    stream: Any = environ["wsgi.input"]
    given = [stream.read(1), stream.readline(1), *stream.readlines(1), next(iter(stream)), stream.read(), stream.read()]
    start_response("200 OK", TEXT)
    return [json.dumps(all(type(piece) is bytes for piece in given)).encode()]


@route("input-closed")
def input_closed(environ: Environ, start_response: StartResponse) -> Body:
    """Closes wsgi.input, which PEP 3333 forbids."""
    environ["wsgi.input"].read(2)
    environ["wsgi.input"].close()
    start_response("200 OK", TEXT)
    return [b"closed"]


@route("late-read")
def late_read(environ: Environ, start_response: StartResponse) -> Body:
    """Sends data, then reads the request body twice."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        yield b"sent "
        yield environ["wsgi.input"].read(2)
        yield environ["wsgi.input"].read()

    return watch(environ, body())


@route("pieces")
def pieces(environ: Environ, start_response: StartResponse) -> Body:
    """Reads byte by byte, so that 100 (Continue) is asked for often."""
    stream = environ["wsgi.input"]
    body = b"".join(iter(lambda: stream.read(1), b""))
    start_response("200 OK", TEXT)
    return [body]


_met: dict[str, threading.Event] = {}


@route("meet")
def meet(environ: Environ, start_response: StartResponse) -> Body:
    """Yields empty chunks until ``/met`` of the same id was called."""
    event = _met.setdefault(query(environ)["id"], threading.Event())
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        until = time.monotonic() + 10
        while not event.is_set() and time.monotonic() < until:
            yield b""
        yield b"met" if event.is_set() else b"alone"

    return watch(environ, body())


@route("met")
def met(environ: Environ, start_response: StartResponse) -> Body:
    _met.setdefault(query(environ)["id"], threading.Event()).set()
    start_response("200 OK", TEXT)
    return [b"met"]


@route("extensions")
def extensions(environ: Environ, start_response: StartResponse) -> Body:
    """What the extensions say to a middleware that replaced the part of WSGI which they stand for."""
    recorder = of(environ)
    handler = environ["wsgi.input_handler"]
    replaced = dict(environ, **{"wsgi.input": object()})
    recorder.note("replaced environ", handler(replaced, lambda: None))
    recorder.note("replaced input", handler(replaced["wsgi.input"], lambda: None))
    cancel = handler(dict(environ), lambda: None)
    recorder.note("copied environ", cancel is not None and cancel())
    start_response("200 OK", TEXT)
    return watch(environ, [b"asked"])
