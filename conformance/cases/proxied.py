"""What a request looks like that came through a proxy, a stream, an upload, and what became of the streams."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Environ = dict[str, Any]

closed: list[str] = []


def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """/environ, /stream?NAME (a time each 0.2 s), /closed (the names of streams that ended), /upload."""
    path = environ["PATH_INFO"]
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no")])
        return stream(environ)
    if path == "/upload":
        answer = upload(environ)
    elif path == "/closed":
        answer = json.dumps(closed)
    else:
        answer = json.dumps({name: value for name, value in environ.items() if isinstance(value, str)})
    body = answer.encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def stream(environ: Environ) -> Iterator[bytes]:
    try:
        while True:
            yield f"data: {time.time()}\n\n".encode()
            environ["pausa.call_later"](0.2, environ["wsgi.pause_output"]())
            yield b""
    finally:
        closed.append(environ["QUERY_STRING"])


def upload(environ: Environ) -> str:
    digest, length = hashlib.sha256(), 0
    while data := environ["wsgi.input"].read(65536):
        digest.update(data)
        length += len(data)
    return json.dumps({"length": length, "sha256": digest.hexdigest()})
