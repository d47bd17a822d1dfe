"""The WSGI application that is measured, the same for every server: one function for each kind of work, by path."""

import pathlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

FILE = pathlib.Path(__file__).resolve().parent.parent / "build" / "bench" / "1MiB"
HELLO = b"Hello world\n"
TEN = b"0123456789abcde\n" * 640
CHUNK = b"c" * 99 + b"\n"
BLOCK = 64 * 1024

StartResponse = Callable[..., Any]


def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    return WORK[environ["PATH_INFO"]](environ, start_response)


def hello(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12")])
    return [HELLO]


def ten(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "10240")])
    return [TEN]


def chunks(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """As many chunks of 100 bytes as the query says, 100 if it says nothing."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return generate(int(environ.get("QUERY_STRING") or 100))


def generate(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield CHUNK


def body(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """As many bytes as the query says, at once."""
    size = int(environ["QUERY_STRING"])
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))])
    return [bytes(size)]


def echo(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(data)))])
    return [data]


def file(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """A file of 1 MiB, by the server's `wsgi.file_wrapper` if it has one."""
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", "1048576")])
    opened = FILE.open("rb")
    wrapper = environ.get("wsgi.file_wrapper")
    return wrapper(opened, BLOCK) if wrapper else blocks(opened)


def blocks(opened: Any) -> Iterator[bytes]:
    with opened:
        while block := opened.read(BLOCK):
            yield block


WORK: dict[str, Callable[[dict[str, Any], StartResponse], Iterable[bytes]]] = {
    "/": hello,
    "/10k": ten,
    "/chunks": chunks,
    "/body": body,
    "/echo": echo,
    "/file": file,
}
