"""Every fixture application behind one callable, ``conformance.cases.app:app``, with ``/probe?id=`` and ``/ping``."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import time

from conformance.cases import (
    answers,
    asynchronous,
    body,
    contract,
    endings,
    epochs,
    failing,
    files,
    flow,
    heads,
    hints,
    holding,
    leaving,
    limits,
    pep3333,
    system,
    waking,
)
from conformance.cases.recorder import Body, Environ, StartResponse, query, recorder
from conformance.cases.tools import ROUTES, TEXT, route

__all__ = [
    "answers",
    "app",
    "asynchronous",
    "body",
    "contract",
    "endings",
    "epochs",
    "failing",
    "files",
    "flow",
    "heads",
    "hints",
    "holding",
    "leaving",
    "limits",
    "pep3333",
    "system",
    "waking",
]


@route("ping")
def ping(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return [b"pong"]


@route("clock")
def clock(environ: Environ, start_response: StartResponse) -> Body:
    """What the recorder's times are measured by, in which process, and which packages are installed for it."""
    packages = [name for name in ("flask", "twisted") if importlib.util.find_spec(name) is not None]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"at": time.monotonic(), "process": os.getpid(), "packages": packages}).encode()]


@route("probe")
def probe(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [recorder(query(environ)["id"]).json()]


class Dispatcher:
    """Hands on to the application mounted at the path's first segment."""

    made = 0

    def __init__(self) -> None:
        Dispatcher.made += 1
        self.calls = itertools.count(1)

    def __call__(self, environ: Environ, start_response: StartResponse, /) -> Body:
        """Takes positional arguments only (W01)."""
        calls = next(self.calls)
        path = environ["PATH_INFO"].lstrip("/").split("/")[0]
        application = ROUTES.get("/" + path)
        if path == "call":
            start_response("200 OK", TEXT)
            return [json.dumps([calls, Dispatcher.made]).encode()]
        if application is None:
            start_response("404 Not Found", TEXT)
            return [b"no such case"]
        return application(environ, start_response)


app = Dispatcher()
