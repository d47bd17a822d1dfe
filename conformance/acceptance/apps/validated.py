"""An echo under wsgiref.validate, which raises AssertionError when a server breaks PEP 3333."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.validate import validator


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["REQUEST_METHOD"].encode() + b" " + (environ["wsgi.input"].read(size) if size else b"")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]


app = validator(echo)
