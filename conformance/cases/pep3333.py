"""What PEP 3333 promises without any pause; ``wsgiref.validate`` around an application."""

from __future__ import annotations

import io
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.validate import validator

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, Application, route


def _echo(environ: Environ, start_response: StartResponse) -> Body:
    """Text for GET, the request body for POST."""
    body = b"validated"
    if environ["REQUEST_METHOD"] == "POST":
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]


def _written(environ: Environ, start_response: StartResponse) -> Body:
    write = start_response("200 OK", TEXT)
    write(b"one ")
    write(b"two ")
    return [b"three"]


def _lines(environ: Environ, start_response: StartResponse) -> Body:
    """A generator over the lines of the request body."""
    start_response("200 OK", TEXT)
    environ["wsgi.errors"].write("pep3333-validated-errors\n")
    environ["wsgi.errors"].flush()
    lines = list(environ["wsgi.input"])
    return (line.upper() for line in lines)


VALIDATED: dict[str, Application] = {"echo": _echo, "written": _written, "lines": _lines}


@route("validated")
def validated(environ: Environ, start_response: StartResponse) -> Body:
    """The application named by ``?app=`` under wsgiref's validator."""
    checked: Application = validator(VALIDATED[query(environ)["app"]])
    return checked(environ, start_response)


def _text_written(environ: Environ, start_response: StartResponse) -> Body:
    """Breaks the contract, so that a test sees the lint at work."""
    start_response("200 OK", TEXT)
    return ["text"]  # type: ignore[list-item]


@route("linted")
def linted(environ: Environ, start_response: StartResponse) -> Body:
    """The application named by ``?app=`` under Werkzeug's lint, which writes its warnings to the log."""
    from werkzeug.middleware.lint import HTTPWarning, LintMiddleware, WSGIWarning

    for category in (WSGIWarning, HTTPWarning):
        warnings.simplefilter("always", category)
    name = query(environ)["app"]
    checked: Application = LintMiddleware(_text_written if name == "text" else VALIDATED[name])
    return checked(environ, start_response)


@route("environ")
def environ_types(environ: Environ, start_response: StartResponse) -> Body:
    """The environ as JSON: strings as they are, of other values the type's name."""
    start_response("200 OK", [("Content-Type", "application/json")])
    values = {key: value if type(value) is str else type(value).__name__ for key, value in environ.items()}
    facts = {
        "dict": type(environ) is dict,
        "keys": all(type(key) is str for key in environ),
        "version": environ["wsgi.version"] == (1, 0),
        "latin-1": all(max(map(ord, value), default=0) < 256 for value in environ.values() if type(value) is str),
    }
    return [json.dumps({"values": values, "facts": facts}).encode()]


def perform(source: Any, operations: str) -> list[Any]:
    """Reads from a stream: ``read:5,readline,lines`` and so on; what each gave, as text."""
    results: list[Any] = []
    for operation in operations.split(","):
        name, _, size = operation.partition(":")
        arguments = [int(size)] if size else []
        given = list(source) if name == "iter" else getattr(source, name)(*arguments)
        results.append(
            [line.decode("latin-1") for line in given] if isinstance(given, list) else given.decode("latin-1")
        )
    return results


@route("input")
def input_operations(environ: Environ, start_response: StartResponse) -> Body:
    """Performs ``?do=`` on wsgi.input."""
    results = perform(environ["wsgi.input"], query(environ)["do"])
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(results).encode()]


@route("input-cut")
def input_cut(environ: Environ, start_response: StartResponse) -> Body:
    """Reads everything; notes what was raised. ``?call=`` names the method."""
    recorder = of(environ)
    call: Callable[[], Any] = getattr(environ["wsgi.input"], query(environ)["call"])
    recorder.note("reading")
    try:
        recorder.note("read", call().decode("latin-1"))
    except OSError as failure:
        recorder.note("raised", type(failure).__name__)
    except Exception as failure:  # noqa: BLE001 (whatever it is, the test names it)
        recorder.note("wrong", repr(failure))
    start_response("200 OK", TEXT)
    return watch(environ, [b"late"])


@route("unread")
def unread(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return [b"not read"]


@route("response")
def response(environ: Environ, start_response: StartResponse) -> Body:
    """One of :data:`RESPONSES`, by ``?kind=``."""
    return watch(environ, RESPONSES[query(environ)["kind"]](environ, start_response))


def _write(environ: Environ, start_response: StartResponse) -> Body:
    write = start_response("200 OK", TEXT)
    write(b"one ")
    write(b"two ")
    return [b"three"]


def _replaced(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", [("X-First", "yes")])
    try:
        raise ValueError("replaced")
    except ValueError:
        start_response("500 Replaced", TEXT, sys.exc_info())
    return [b"sorry"]


def _late(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    yield b""
    start_response("200 Late", TEXT)
    yield b"data"


def _never(environ: Environ, start_response: StartResponse) -> Body:
    return [b"pep3333-never-started"]


def _twice(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    start_response("200 OK", TEXT)
    return [b"WRONG"]


def _text(environ: Environ, start_response: StartResponse) -> Any:
    start_response("200 OK", TEXT)
    return ["a str"]


def _hop(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", [("Connection", "close")])
    return [b"WRONG"]


def _newline(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", [("X-Header", "a\r\nSet-Cookie: b")])
    return [b"WRONG"]


def _status(environ: Environ, start_response: StartResponse) -> Body:
    start_response(200, TEXT)
    return [b"WRONG"]


def _none(environ: Environ, start_response: StartResponse) -> Any:
    start_response("200 OK", TEXT)


def _length(environ: Environ, start_response: StartResponse) -> Body:
    return _sized(start_response, [b"12345"])


def _excess(environ: Environ, start_response: StartResponse) -> Body:
    return _sized(start_response, [b"123", b"456"])


def _short(environ: Environ, start_response: StartResponse) -> Body:
    return _sized(start_response, [b"123"])


def _sized(start_response: StartResponse, body: Body) -> Body:
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return body


def _no_content(environ: Environ, start_response: StartResponse) -> Body:
    start_response("204 No Content", [])
    return []


def _not_modified(environ: Environ, start_response: StartResponse) -> Body:
    start_response("304 Not Modified", [("ETag", '"x"')])
    return []


def _headers(environ: Environ, start_response: StartResponse) -> Body:
    start_response("299 Its Own Reason", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Latin", "caf\xe9")])
    return [b"one", b"", b"two"]


RESPONSES: dict[str, Application] = {
    "write": _write,
    "replaced": _replaced,
    "late": _late,
    "never": _never,
    "twice": _twice,
    "text": _text,
    "hop": _hop,
    "newline": _newline,
    "status": _status,
    "none": _none,
    "length": _length,
    "excess": _excess,
    "short": _short,
    "no-content": _no_content,
    "not-modified": _not_modified,
    "headers": _headers,
}


@route("file")
def file(environ: Environ, start_response: StartResponse) -> Body:
    """``?kind=real``: a file of the system, from its 10th byte; ``memory``: a file-like object without a descriptor."""
    recorder = of(environ)
    content = bytes(range(256)) * 1024
    # Closed by the server with the body, as PEP 3333 says of file_wrapper.
    source: Any = tempfile.TemporaryFile() if query(environ)["kind"] == "real" else io.BytesIO()  # noqa: SIM115
    source.write(content)
    source.seek(10)
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    recorder.note("wrapper", type(environ["wsgi.file_wrapper"]).__name__)
    wrapped: Body = environ["wsgi.file_wrapper"](source)
    return wrapped
