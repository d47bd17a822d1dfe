"""Applications that bench/java calls without a server: what crosses the bridge, and nothing else."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

HELLO = b"Hello world\n"
STEPS = 100


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12")])
    return [HELLO]


def chunks(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    for _ in range(STEPS):
        yield HELLO


def pauses(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    pause = environ["wsgi.pause_output"]
    for _ in range(STEPS):
        resume = pause()
        resume()
        yield b""
    yield HELLO
