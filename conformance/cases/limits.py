"""What the limits and time-outs of the command line are tried on."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator

from conformance.cases.recorder import Body, Environ, StartResponse, query
from conformance.cases.tools import TEXT, route

_lock = threading.Lock()
_numbers = {"read": 0, "chunks": 0}


def _count(what: str) -> None:
    with _lock:
        _numbers[what] += 1


@route("limits-numbers")
def numbers(environ: Environ, start_response: StartResponse) -> Body:
    """How often bodies were begun to be read, and chunks made, so far."""
    start_response("200 OK", TEXT)
    return [json.dumps(_numbers).encode()]


@route("limits-hold")
def hold(environ: Environ, start_response: StartResponse) -> Body:
    """Holds its thread for ``?seconds=``."""
    time.sleep(float(query(environ)["seconds"]))
    start_response("200 OK", TEXT)
    return [b"held"]


@route("limits-read")
def read(environ: Environ, start_response: StartResponse) -> Body:
    """Waits for all of its body; answers what came of that."""
    _count("read")
    try:
        said = b"read %d" % len(environ["wsgi.input"].read())
    except OSError as error:
        said = type(error).__mro__[1].__name__.encode()
    start_response("200 OK", TEXT)
    return [said]


@route("limits-peek")
def peek(environ: Environ, start_response: StartResponse) -> Body:
    """How much of its body the server keeps in memory while it is not read."""
    time.sleep(0.7)
    start_response("200 OK", TEXT)
    return [b"%d" % len(environ["wsgi.input"].read_nowait())]


@route("limits-endless")
def endless(environ: Environ, start_response: StartResponse) -> Body:
    """Sends without end."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        for _ in itertools.count():
            _count("chunks")
            yield bytes(16384)

    return body()
