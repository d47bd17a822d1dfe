"""Answers every request with what it was, and remembers by the client's port which ones came."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse

_calls: dict[str, list[dict[str, Any]]] = defaultdict(list)


def app(environ: Environ, start_response: StartResponse) -> Body:
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
        call["body"] = environ["wsgi.input"].read().decode("latin-1")
    call["complete"] = True
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(call).encode()]
