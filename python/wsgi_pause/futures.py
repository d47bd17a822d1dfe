"""Futures and coroutines as response bodies and as whole applications.

A body waits for a `concurrent.futures.Future`, a coroutine or an asynchronous iterable::

    return futures.body(environ, pool.submit(work))

and so does an application::

    @futures.application
    async def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        async for line in upstream():
            yield line

While they wait the response is paused and holds no thread, where the server offers that. Coroutines run on one event
loop in a thread of its own, in a copy of the caller's `contextvars` context; they are cancelled when the client leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from wsgi_pause._event import Closed, Event
from wsgi_pause._loop import event_loop
from wsgi_pause._stream import Stream
from wsgi_pause._types import Application, Environ, ExcInfo, Headers, StartResponse, Write, close

__all__ = ["Chunks", "Source", "application", "body", "event_loop", "put"]

Chunks = bytes | Iterable[bytes] | AsyncIterable[bytes]
"""What is sent: one piece, or many. An ordinary iterable is iterated by the steps of the response."""

Source = Chunks | Future[Chunks] | Awaitable[Chunks]
"""What a response may wait for."""


def body(environ: Environ, source: Source) -> Iterable[bytes]:
    """The body of what ``source`` is, or will be. What it raises is raised by the body.

    When the client leaves, a coroutine or an asynchronous generator is cancelled; a future too, which has no effect on
    a call that has begun in its executor.
    """
    if isinstance(source, bytes):
        return [source]
    if isinstance(source, AsyncIterable):
        return _stream(environ, source)
    if isinstance(source, Future):
        return _FutureBody(environ, source)
    if isinstance(source, Awaitable):
        # A coroutine goes in as it is, or it would be lost if it were cancelled before it begins.
        coroutine = source if isinstance(source, Coroutine) else _result(source)
        return _FutureBody(environ, asyncio.run_coroutine_threadsafe(coroutine, event_loop()))
    return source


def application(app: Callable[[Environ, StartResponse], Source]) -> Application:
    """The WSGI application for an ``async def``, an asynchronous generator or a function that returns a future.

    It may call `start_response` at any time before its first chunk, but not `write`. PEP 3333 in all other respects.
    """

    @functools.wraps(app)
    def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        head = _Head(start_response)
        return _Response(head, body(environ, app(environ, head)))

    return wsgi


async def put(stream: Stream, chunk: bytes) -> None:
    """`Stream.put` for coroutines, on any event loop: waits for room without blocking it. Raises `Closed`."""
    while not stream.offer(chunk):
        if stream.closed:
            raise Closed("nobody reads the stream any more")
        loop = asyncio.get_running_loop()
        room = asyncio.Event()
        stream.on_room(functools.partial(_call, loop, room.set))
        await room.wait()


def _call(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits
        loop.call_soon_threadsafe(callback)


async def _result(source: Awaitable[Chunks]) -> Chunks:
    return await source


def _stream(environ: Environ, chunks: AsyncIterable[bytes]) -> Stream:
    stream = Stream(environ, maxsize=16)
    pump = asyncio.run_coroutine_threadsafe(_pump(stream, chunks), event_loop())
    stream.on_close(pump.cancel)
    return stream


async def _pump(stream: Stream, chunks: AsyncIterable[bytes]) -> None:
    """Puts all chunks and ends the stream, whatever happens."""
    try:
        async for chunk in chunks:
            await put(stream, chunk)
        stream.end()
    except asyncio.CancelledError:
        stream.fail(RuntimeError("the coroutine that makes the body was cancelled"))
        raise
    except Exception as error:  # noqa: BLE001 - it is the application's, and the body raises it
        stream.fail(error)
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()


class _FutureBody:
    """Waits for the future, then is what it has."""

    def __init__(self, environ: Environ, future: Future[Any]) -> None:
        self._environ = environ
        self._future = future
        self._event = Event(environ)
        self._chunks: Iterable[bytes] | None = None
        self._iterator: Iterator[bytes] = iter(())
        future.add_done_callback(self._event.set)

    def __iter__(self) -> _FutureBody:
        return self

    def __next__(self) -> bytes:
        if self._chunks is None:
            if not self._event.pause():
                return b""
            self._chunks = body(self._environ, self._future.result())
            self._iterator = iter(self._chunks)
        return next(self._iterator)

    def close(self) -> None:
        if self._chunks is None:
            self._future.cancel()
            self._future.add_done_callback(_discard)
        close(self._chunks)


def _discard(future: Future[Any]) -> None:
    """Closes a result that came too late."""
    if not future.cancelled() and future.exception() is None:
        close(future.result())


class _Response:
    """A body whose head is started when there is something to send, by the step that sends it."""

    def __init__(self, head: _Head, chunks: Iterable[bytes]) -> None:
        self._head = head
        self._chunks = chunks
        self._iterator: Iterator[bytes] = iter(())

    def __iter__(self) -> _Response:
        self._iterator = iter(self._chunks)
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._iterator)
        except StopIteration:
            self._head.start()
            raise
        if chunk:
            self._head.start()
        return chunk

    def close(self) -> None:
        close(self._chunks)


class _Head:
    """The `start_response` for code in other threads: remembers what it is given until a step starts the response."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self._lock = threading.Lock()
        self._given: tuple[str, Headers] | None = None
        self._started = False

    def __call__(self, status: str, headers: Headers, exc_info: ExcInfo | None = None, /) -> Write:
        with self._lock:
            if exc_info and self._started and exc_info[1] is not None:
                raise exc_info[1].with_traceback(exc_info[2])
            if self._given and not exc_info:
                raise AssertionError("start_response was called before; call it again only with exc_info")
            self._given = status, headers
        return _no_write

    def start(self) -> None:
        with self._lock:
            if self._started or self._given is None:
                return
            self._started = True
            status, headers = self._given
        self._start_response(status, headers)


def _no_write(data: bytes) -> Coroutine[Any, Any, None]:
    raise RuntimeError("write() is not for asynchronous applications: yield or return the data")
