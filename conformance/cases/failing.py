"""Applications that fail, each its own way: what the client and the log are told."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.recorder import Body, Environ, StartResponse, query
from conformance.cases.tools import TEXT, route


def _inner() -> None:
    raise KeyError("failing-inner")


def _late() -> Iterator[bytes]:
    yield b"begun"
    raise ValueError("failing-late")


@route("failing")
def failing(environ: Environ, start_response: StartResponse) -> Body:
    """Fails in the way that ``?kind=`` names."""
    kind = query(environ)["kind"]
    if kind == "read":
        environ["wsgi.input"].read()
    elif kind == "wrapped":
        try:
            environ["wsgi.input"].read()
        except OSError:
            raise RuntimeError("failing-wrapped") from None
    elif kind == "late":
        start_response("200 OK", TEXT)
        return _late()
    elif kind == "chained":
        try:
            _inner()
        except KeyError as error:
            raise RuntimeError("failing-outer <b> & 'c'") from error
    elif kind == "none":
        return None  # type: ignore[return-value]
    raise RuntimeError("failing-outer <b> & 'c'")


@route("request-id")
def request_id(environ: Environ, start_response: StartResponse) -> Body:
    """The request's id as the environ has it."""
    start_response("200 OK", TEXT)
    return [str(environ.get("pausa.request_id")).encode()]
