"""An echo under Werkzeug's lint, which warns when a server or an application breaks PEP 3333."""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.middleware.lint import LintMiddleware


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["REQUEST_METHOD"].encode() + b" " + (environ["wsgi.input"].read(size) if size else b"")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


app = LintMiddleware(echo)
