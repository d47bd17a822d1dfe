"""Answers every request with what it was, under validators, and remembers by the client's port which ones came."""

from __future__ import annotations

import importlib.util
import json
import warnings
from collections import defaultdict
from typing import Any
from wsgiref.validate import validator

from conformance.cases.recorder import Body, Environ, StartResponse

_calls: dict[str, list[dict[str, Any]]] = defaultdict(list)


def answer(environ: Environ, start_response: StartResponse) -> Body:
    """``/ping`` and ``/calls?PORT`` are not remembered; ``/unread`` does not read its body."""
    path = environ["PATH_INFO"]
    if path == "/ping":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"pong"]
    if path == "/calls":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(_calls.pop(environ["QUERY_STRING"], [])).encode()]
    call: dict[str, Any] = {key: value for key, value in environ.items() if key.isupper() and isinstance(value, str)}
    call["complete"] = False
    _calls[environ["REMOTE_PORT"]].append(call)
    if path != "/unread":
        source = environ["wsgi.input"]
        call["body"] = b"".join(iter(lambda: source.read(1000), b"")).decode("latin-1")
    call["complete"] = True
    body = json.dumps(call).encode()
    # With a length, so that HTTP/1.0 can go on after it.
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _checked(application: Any) -> Any:
    """Under wsgiref's validator, and Werkzeug's lint if that is installed: what either says is in the log."""
    warnings.simplefilter("always")
    # A method is any token.
    warnings.filterwarnings("ignore", "Unknown REQUEST_METHOD")
    if importlib.util.find_spec("werkzeug") is not None:
        from werkzeug.middleware.lint import LintMiddleware

        application = LintMiddleware(application)
    return validator(application)


app = _checked(answer)
