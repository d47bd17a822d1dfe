"""The application that is measured: 12 bytes, the same for every server."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b"Hello world\n"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", "12")]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS[:])
    return [BODY]
