"""The checklist of PEP 3333, W25 to W51: what an application does with start_response, write() and its iterable."""

from __future__ import annotations

import gc
import io
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conformance.cases.contract import fields
from conformance.cases.recorder import Body, Environ, Recorder, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, Application, route

ANSWERS: dict[str, Application] = {}


def answer(kind: str) -> Callable[[Application], Application]:
    """Mounts an application at ``/answer?kind=``."""

    def mount(application: Application) -> Application:
        ANSWERS[kind] = application
        return application

    return mount


def work(environ: Environ) -> None:
    """Takes half a second, and notes when that was over."""
    time.sleep(0.5)
    of(environ).note("worked")


@route("answer")
def answers(environ: Environ, start_response: StartResponse) -> Body:
    """One of :data:`ANSWERS`, by ``?kind=``; its body is watched."""
    return watch(environ, ANSWERS[query(environ)["kind"]](environ, start_response))


@route("start")
def start(environ: Environ, start_response: StartResponse) -> Body:
    """Calls start_response with ``?status=`` and one header; notes what it raised; with ``?again=`` calls it again."""
    asked, recorder = fields(environ), of(environ)
    headers = [(asked["name"], asked["value"])] if "name" in asked else []
    try:
        start_response(asked["status"], headers)
    except Exception as failure:
        recorder.note("raised", type(failure).__name__)
        if "again" in asked:
            start_response("500 Recovered", TEXT, sys.exc_info() if asked["again"] == "exc_info" else None)
            return watch(environ, [b"recovered"])
        raise
    recorder.note("returned")
    return watch(environ, [b"started"])


def _bad_starts() -> dict[str, tuple[Any, Any]]:
    return {
        "status int": (200, []),
        "status bytes": (b"200 OK", []),
        "status none": (None, []),
        "headers tuple": ("200 OK", ()),
        "headers list subclass": ("200 OK", type("Own", (list,), {})()),
        "headers iterator": ("200 OK", iter([])),
        "headers dict": ("200 OK", {}),
        "headers none": ("200 OK", None),
        "header list": ("200 OK", [["X-A", "b"]]),
        "header of three": ("200 OK", [("X-A", "b", "c")]),
        "header of one": ("200 OK", [("X-A",)]),
        "name bytes": ("200 OK", [(b"X-A", "b")]),
        "value bytes": ("200 OK", [("X-A", b"b")]),
        "value int": ("200 OK", [("Content-Length", 5)]),
        "value none": ("200 OK", [("X-A", None)]),
    }


@route("start-types")
def start_types(environ: Environ, start_response: StartResponse) -> Body:
    """start_response with arguments of wrong types: notes which of them were not refused."""
    recorder = of(environ)
    for name, (status, headers) in _bad_starts().items():
        try:
            # With exc_info, as a first call that failed counts as a call.
            start_response(status, headers, (None, None, None))
        except Exception as failure:  # noqa: BLE001 (whatever it is, it was refused)
            recorder.note("refused", f"{name}: {type(failure).__name__}")
        else:
            recorder.note("accepted", name)
    start_response("200 OK", TEXT, (None, None, None))
    return watch(environ, [b"asked"])


CHUNKS: dict[str, Any] = {
    "str": "text",
    "int": 7,
    "none": None,
    "bytearray": bytearray(b"mutable"),
    "memoryview": memoryview(b"view"),
    "list": [b"inner"],
}


@answer("chunk")
def chunk(environ: Environ, start_response: StartResponse) -> Body:
    """A list with one chunk of a wrong type, named by ``?type=``."""
    start_response("200 OK", TEXT)
    return [CHUNKS[query(environ)["type"]]]


@answer("whole")
def whole(environ: Environ, start_response: StartResponse) -> Any:
    """As the iterable itself something that is none of bytestrings, named by ``?type=``."""
    start_response("200 OK", TEXT)
    return {"str": "text", "bytes": b"bytes", "none": None, "int": 7}[query(environ)["type"]]


@answer("write-type")
def write_type(environ: Environ, start_response: StartResponse) -> Body:
    write = start_response("200 OK", TEXT)
    write(CHUNKS[query(environ)["type"]])
    return [b"WRONG"]


@answer("positional")
def positional(environ: Environ, start_response: StartResponse) -> Body:
    write = start_response("200 OK", [*TEXT], None)
    of(environ).note("callable", callable(write))
    of(environ).note("write returns", write(b"written "))
    return [b"yielded"]


@answer("one")
def one(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return [b"x"]


@answer("two")
def two(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return [b"x", b"y"]


@answer("nothing")
def nothing(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return []


@answer("empties")
def empties(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Empty chunks, then 500 ms of work, then data."""
    start_response("200 OK", TEXT)
    for _ in range(3):
        yield b""
    work(environ)
    yield b"data"


@answer("only-empties")
def only_empties(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", TEXT)
    yield b""
    work(environ)
    yield b""


@answer("slow")
def slow(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """A chunk, 500 ms of work, a chunk."""
    start_response("200 OK", TEXT)
    yield b"one"
    work(environ)
    yield b"two"


@answer("late")
def late(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Calls start_response in the second step of its iterable."""
    yield b""
    start_response("203 Late", [*TEXT, ("X-Late", "yes")])
    yield b"data"


@answer("first-step")
def first_step(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    start_response("203 Late", [*TEXT, ("X-Late", "yes")])
    yield b"data"


@answer("too-late")
def too_late(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Data before start_response."""
    yield b"WRONG"
    start_response("200 OK", TEXT)


@answer("never")
def never(environ: Environ, start_response: StartResponse) -> Body:
    return [b"WRONG"]


@answer("never-empty")
def never_empty(environ: Environ, start_response: StartResponse) -> Body:
    return []


@answer("twice")
def twice(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    start_response("200 OK", TEXT)
    return [b"WRONG"]


@answer("replaced")
def replaced(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Replaces its response twice before any data, from within the iterable."""
    start_response("200 OK", [("X-First", "yes"), ("Content-Length", "1000")])
    yield b""
    for status in ("502 Bad", "503 Worse"):
        try:
            raise ValueError(status)
        except ValueError:
            start_response(status, [*TEXT, ("X-Status", status)], sys.exc_info())
    yield b"sorry"


@answer("replaced-too-late")
def replaced_too_late(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """exc_info after data: notes whether its own exception came back, with its traceback, and raises it."""
    start_response("200 OK", TEXT)
    yield b"data"
    original = ValueError("raised again")
    try:
        raise original
    except ValueError:
        trace = original.__traceback__
        try:
            start_response("500 Too Late", TEXT, sys.exc_info())
        except ValueError as raised:
            frames = [frame.tb_frame for frame in _frames(raised)]
            of(environ).note("same", raised is original and trace is not None and trace.tb_frame in frames)
            raise


def _frames(raised: BaseException) -> Iterator[Any]:
    trace = raised.__traceback__
    while trace is not None:
        yield trace
        trace = trace.tb_next


@answer("released")
def released(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Notes whether the exception of exc_info is gone as soon as the application drops it."""

    class Replaced(Exception):
        pass

    def replace() -> weakref.ref[Replaced]:
        try:
            raise Replaced
        except Replaced as failure:
            start_response("200 Replaced", TEXT, sys.exc_info())
            return weakref.ref(failure)

    start_response("200 OK", TEXT)
    left = replace()
    gc.collect()
    of(environ).note("gone", left() is None)
    yield b"replaced"


@answer("named")
def named(environ: Environ, start_response: StartResponse) -> Body:
    """Its own Date and Server, in a case of its own."""
    start_response("200 OK", [("dAtE", "Thu, 01 Jan 1970 00:00:00 GMT"), ("SERVER", "own"), ("content-LENGTH", "2")])
    return [b"ok"]


@answer("as-given")
def as_given(environ: Environ, start_response: StartResponse) -> Body:
    """A response that a meddling server would change: a range, an encoding, validators, odd case, repeated fields."""
    headers = [
        ("X-Order", "1"),
        ("Set-Cookie", "a=1; Path=/"),
        ("content-encoding", "gzip"),
        ("Set-Cookie", "b=2"),
        ("ETag", '"x"'),
        ("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Content-Range", "bytes 0-4/100"),
        ("X-Order", "2"),
        ("Cache-Control", "no-transform"),
        ("X-Latin", "caf\xe9"),
        ("Content-Length", "5"),
    ]
    start_response("206 Its Own Reason \xe9", headers)
    return [b"\x00\xff\r\n\x1a"]


class Asked:
    """An iterable that notes each attribute which is asked of it; iterating is by the type, not by these."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __getattribute__(self, name: str) -> Any:
        recorder = object.__getattribute__(self, "_recorder")
        recorder.note("attribute", name)
        return object.__getattribute__(self, name)

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"one ", b"two"])

    def close(self) -> None:
        object.__getattribute__(self, "_recorder").note("closed")


class OldSequence:
    """Iterable by ``__getitem__`` alone."""

    def __getitem__(self, index: int) -> bytes:
        return [b"one ", b"two"][index]


@route("iterables")
def iterables(environ: Environ, start_response: StartResponse) -> Any:
    """A body that has no more than the iterator protocol, named by ``?kind=``."""
    start_response("200 OK", TEXT)
    bodies: dict[str, Callable[[], Any]] = {
        "attributes": lambda: Asked(of(environ)),
        "iterator": lambda: iter([b"one ", b"two"]),
        "generator": lambda: (piece for piece in [b"one ", b"two"]),
        "tuple": lambda: (b"one ", b"two"),
        "map": lambda: map(bytes, [b"one ", b"two"]),
        "dict": lambda: {b"one ": 1, b"two": 2},
        "old": OldSequence,
        "file": lambda: io.BytesIO(b"one two"),
    }
    return bodies[query(environ)["kind"]]()


class Sized:
    """A body of known length."""

    def __init__(self, body: list[bytes]) -> None:
        self._body = body

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def __getitem__(self, index: int) -> bytes:
        return self._body[index]


@route("sized")
def sized(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """A body whose ``len()`` is ``?count=``; with ``?write=`` after a write()."""
    write = start_response("200 OK", TEXT)
    if "write" in query(environ):
        write(b"written ")
    return Sized([b"chunk"] * int(query(environ)["count"]))


@route("file-wrapper")
def file_wrapper(environ: Environ, start_response: StartResponse) -> Body:
    """0x00 to 0xff 1024 times, from the 10th byte on; ``?like=`` which file, ``?length=`` its Content-Length.

    ``?by=`` is ``returned``; ``iterated``: by a middleware; ``dropped``: wrapped, but something else is returned.
    """
    asked, recorder = query(environ), of(environ)
    headers = [("Content-Type", "application/octet-stream")]
    if "length" in asked:
        headers.append(("Content-Length", asked["length"]))
    wrapped: Body = environ["wsgi.file_wrapper"](*_file(asked, recorder))
    start_response("200 OK", headers)
    if asked["by"] == "dropped":
        return watch(environ, [b"something else"])
    return watch(environ, wrapped) if asked["by"] == "iterated" else wrapped


def _file(asked: dict[str, str], recorder: Recorder) -> tuple[Any, ...]:
    content = bytes(range(256)) * 1024
    source: Any = tempfile.NamedTemporaryFile() if asked["like"] == "real" else io.BytesIO()  # noqa: SIM115
    source.write(content)
    source.seek(10)

    class Like:
        """Has ``read`` and, if it is asked for, ``close``: all that PEP 3333 asks of a file-like object."""

        def read(self, size: int) -> bytes:
            recorder.note("read", size)
            piece: bytes = source.read(size)
            return piece

    if asked["like"] == "real":
        return (source,)
    if asked["like"] == "closing":
        Like.close = lambda self: recorder.note("closed")  # type: ignore[attr-defined]
    return Like(), 1000


class Outer:
    """Notes how often the inner body was stepped by the end of each outer step."""

    def __init__(self, recorder: Recorder, body: Iterable[bytes]) -> None:
        self._recorder = recorder
        self._body = body
        self._iterator = iter(body)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._iterator)
        finally:
            self._recorder.note("outer", self._recorder.counts.get("step", 0))

    def close(self) -> None:
        self._body.close()  # type: ignore[attr-defined]


class Upper:
    """Middleware that changes each chunk and adds a header."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Body:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, ("X-Upper", "yes")], exc_info)

        self._body = self._app(environ, start)
        self._iterator = iter(self._body)
        return self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._iterator).upper()

    def close(self) -> None:
        self._body.close()  # type: ignore[attr-defined]


def _inner(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return watch(environ, iter([b"", b"one ", b"", b"two"]))


def _middleware(name: str) -> Application:
    if name == "own":
        return Upper(_inner)
    from wsgi_pause import middleware  # absent where another server runs the cases

    wrapped: Application = getattr(middleware, name)(_inner)
    return wrapped


@route("stacked")
def stacked(environ: Environ, start_response: StartResponse) -> Body:
    """The middleware ``?by=`` around four chunks: one of ``wsgi_pause.middleware``, or ``own``."""
    return Outer(of(environ), _middleware(query(environ)["by"])(environ, start_response))
