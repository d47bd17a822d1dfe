"""Applications to put below a middleware that is checked: each does one thing that applications may do."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator

from wsgi_pause._boundary import REMEDY
from wsgi_pause._types import Application, Environ, StartResponse
from wsgi_pause.lint import Breach, Lint

__all__ = ["CHILDREN", "Between", "Raised"]

_TEXT = [("Content-Type", "text/plain")]


class Raised(Exception):
    """What the child that fails raises: a middleware lets it through or makes a response of it."""


def plain(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [*_TEXT, ("Content-Length", "6")])
    return [b"one", b"two"]


def generator(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", _TEXT)
    yield b"one"
    yield b""
    yield b"two"


def late(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    yield b""
    start_response("200 OK", _TEXT)
    yield b"one"


def writes(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", _TEXT)(b"one")
    return [b"two"]


def replaces(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", _TEXT)
    try:
        raise Raised
    except Raised:
        start_response("500 Internal Server Error", _TEXT, sys.exc_info())
    return [b"sorry"]


def bodyless(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("204 No Content", [])
    return []


def fails(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", _TEXT)
    yield b"one"
    raise Raised


def reads(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [*_TEXT, ("Content-Length", str(len(body)))])
    return [body]


def pauses(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", _TEXT)
    for number in range(3):
        if pause := environ.get("wsgi.pause_output"):  # a middleware may take it away (P41)
            threading.Timer(0.01, pause()).start()
            yield b""
        yield b"event %d\n" % number


CHILDREN: dict[str, Application] = {
    child.__name__: child for child in (plain, generator, late, writes, replaces, bodyless, fails, reads, pauses)
}


class Between:
    """A middleware between two lints: as an application, and with a child below it whose steps are counted."""

    def __init__(self, middleware: Callable[[Application], Application], child: Application) -> None:
        self.breaches: list[Breach] = []
        self.writes = 0
        self._child = child
        self._steps = 0
        self._application = middleware(Lint(self._counted, self.breaches.append))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The middleware, called by the outer lint."""
        self._steps = 0
        wrote = self.writes

        def counting(*arguments: object) -> Callable[[bytes], object]:
            write = start_response(*arguments)  # type: ignore[arg-type]

            def written(data: bytes) -> None:
                nonlocal wrote
                wrote += 1
                write(data)
                ## ## Middleware, between two lints
                ##
                ## A middleware does not send by `write` what its child yields. (PEP 3333, "The write() Callable")
                if wrote > self.writes:
                    self._broken("PEP 3333", "the middleware sends by write() what its child did not")

            return written

        body = self._application(environ, counting)
        ## It returns its body as soon as the child does, before a step of it. (PEP 3333, "Middleware Handling of Block
        ## Boundaries")
        if self._steps:
            self._broken("PEP 3333", "the middleware steps its child before it returns a body of its own")
        return _Stepped(self, body)

    def _broken(self, rule: str, text: str) -> None:
        breach = Breach(rule, text)
        if breach not in self.breaches:
            self.breaches.append(breach)

    def _counted(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def counting(*arguments: object) -> Callable[[bytes], object]:
            write = start_response(*arguments)  # type: ignore[arg-type]

            def written(data: bytes) -> None:
                self.writes += 1
                write(data)

            return written

        return _Child(self, self._child(environ, counting))

    def stepped(self) -> None:
        """The child takes a step."""
        self._steps += 1

    def step(self, step: Callable[[], bytes]) -> bytes:
        """A step of the middleware."""
        self._steps = 0
        try:
            return step()
        finally:
            ## It steps its child once in each step of its own, whether that pauses or not. (the same; P40)
            if self._steps > 1:
                text = f"the middleware steps its child {self._steps} times in one step of its own"
                self._broken("P40", f"{text}. What to do: {REMEDY}")


class _Stepped:
    """The middleware's body."""

    def __init__(self, between: Between, body: Iterable[bytes]) -> None:
        self._between = between
        self._body = body
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> _Stepped:
        return self

    def __next__(self) -> bytes:
        return self._between.step(self._step)

    def _step(self) -> bytes:
        if self._iterator is None:
            self._iterator = iter(self._body)
        return next(self._iterator)

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


class _Child:
    """The child's body."""

    def __init__(self, between: Between, body: Iterable[bytes]) -> None:
        self._between = between
        self._body = body
        self._iterator = iter(body)

    def __iter__(self) -> _Child:
        return self

    def __next__(self) -> bytes:
        self._between.stepped()
        return next(self._iterator)

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
