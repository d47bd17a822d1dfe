"""`futures`: what responses may wait for."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from tests_pause.steps import Steps, after
from wsgi_pause import Closed, Stream, futures

NAME: contextvars.ContextVar[str] = contextvars.ContextVar("NAME", default="")


def serve(source: Any) -> Steps:
    server = Steps()
    return server.serve(futures.body(server.environ, source))


def close(body: Any) -> None:
    body.close()


def test_a_future_that_is_done_is_not_waited_for() -> None:
    future: Future[bytes] = Future()
    future.set_result(b"x")
    assert serve(future).step() == b"x"


def test_a_future_wakes_the_response() -> None:
    future: Future[Any] = Future()
    server = serve(future)
    assert server.step() == b""
    future.set_result([b"a", b"b"])
    assert server.rest() == [b"a", b"b"]


def test_an_iterable_result_is_iterated_by_the_steps() -> None:
    threads: list[int] = []

    def chunks() -> Iterator[bytes]:
        threads.append(threading.get_ident())
        yield b"x"

    async def work() -> Iterator[bytes]:
        return chunks()

    assert serve(work()).rest() == [b"x"]
    assert threads == [threading.get_ident()]


def test_a_coroutine_may_return_an_asynchronous_generator() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(0)
        yield b"b"

    async def work() -> AsyncIterator[bytes]:
        return chunks()

    assert serve(work()).rest() == [b"a", b"b"]


def test_coroutines_run_in_a_copy_of_the_callers_context() -> None:
    async def work() -> bytes:
        before = NAME.get()
        NAME.set("changed")
        return before.encode()

    token = NAME.set("request")
    assert serve(work()).rest() == [b"request"]
    assert NAME.get() == "request"
    NAME.reset(token)


@pytest.mark.parametrize("kind", ["coroutine", "generator", "future"])
def test_exceptions_are_the_responses(kind: str) -> None:
    async def coroutine() -> bytes:
        raise LookupError("of the application")

    async def generator() -> AsyncIterator[bytes]:
        yield b"x"
        raise LookupError("of the application")

    future: Future[bytes] = Future()
    future.set_exception(LookupError("of the application"))
    sources: dict[str, Callable[[], Any]] = {
        "coroutine": coroutine,
        "generator": generator,
        "future": lambda: future,
    }
    server = serve(sources[kind]())
    with pytest.raises(LookupError, match="of the application"):
        while True:
            assert server.next_chunk() == b"x"


def test_a_coroutine_that_is_cancelled_from_within_does_not_hang_the_response() -> None:
    async def generator() -> AsyncIterator[bytes]:
        yield b"x"
        raise asyncio.CancelledError

    server = serve(generator())
    assert server.next_chunk() == b"x"
    with pytest.raises(RuntimeError, match="cancelled"):
        server.next_chunk()


@pytest.mark.parametrize("full", [False, True])
def test_a_generator_is_cancelled_and_finished_when_the_client_leaves(full: bool) -> None:
    """Also where it waits for room."""
    finished = threading.Event()
    begun = threading.Event()

    async def generator() -> AsyncIterator[bytes]:
        try:
            while True:
                begun.set()
                yield b"x"
                await asyncio.sleep(0 if full else 100)
        finally:
            await asyncio.sleep(0)
            finished.set()

    body = futures.body(Steps().environ, generator())
    assert begun.wait(5)
    assert not finished.wait(0.05)
    close(body)
    assert finished.wait(5)


def test_a_coroutine_is_cancelled_when_the_client_leaves() -> None:
    cancelled = threading.Event()
    begun = threading.Event()

    async def work() -> bytes:
        begun.set()
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return b""

    body = futures.body(Steps().environ, work())
    assert begun.wait(5)
    close(body)
    assert cancelled.wait(5)


@pytest.mark.filterwarnings("error")
def test_a_coroutine_that_is_cancelled_before_it_begins_is_not_lost() -> None:
    held = threading.Event()
    futures.event_loop().call_soon_threadsafe(held.wait, 5)

    async def work() -> bytes:
        return b""

    coroutine = work()
    close(futures.body(Steps().environ, coroutine))
    held.set()
    ended = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01), futures.event_loop())
    ended.result(5)
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED


def test_a_result_that_comes_too_late_is_closed() -> None:
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    body = futures.body(Steps().environ, future)
    close(body)
    result = Stream({})
    future.set_result(result)
    assert result.closed


def test_an_application_starts_its_response_in_a_step() -> None:
    threads: list[int] = []

    @futures.application
    async def app(environ: Any, start_response: Any) -> bytes:
        await asyncio.sleep(0)
        start_response("201 Created", [("X-A", "1")])
        return b"body"

    server = Steps()

    def start_response(status: str, headers: Any, exc_info: Any = None, /) -> Any:
        threads.append(threading.get_ident())
        return server.start_response(status, headers, exc_info)

    assert server.serve(app(server.environ, start_response)).rest() == [b"body"]
    assert server.head == [("201 Created", [("X-A", "1")])]
    assert threads == [threading.get_ident()]


def test_an_empty_response_is_started_too() -> None:
    @futures.application
    async def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("204 No Content", [])
        return []

    server = Steps()
    assert server.serve(app(server.environ, server.start_response)).rest() == []
    assert server.head == [("204 No Content", [])]


def test_an_error_page_replaces_the_head_until_something_was_sent() -> None:
    """PEP 3333, "Error Handling"."""
    outcome: list[BaseException] = []

    @futures.application
    async def app(environ: Any, start_response: Any) -> AsyncIterator[bytes]:
        error = LookupError("first")
        start_response("200 OK", [])
        with pytest.raises(AssertionError):
            start_response("200 OK", [])
        start_response("500 Oops", [], (LookupError, error, None))
        yield b"page"
        while not server.head:
            await asyncio.sleep(0.01)
        try:
            start_response("500 Again", [], (LookupError, error, None))
        except LookupError as raised:
            outcome.append(raised)

    server = Steps()
    assert server.serve(app(server.environ, server.start_response)).rest() == [b"page"]
    assert [status for status, _ in server.head] == ["500 Oops"]
    assert len(outcome) == 1


def test_put_waits_for_room_without_blocking_the_loop() -> None:
    server = Steps()
    stream = Stream(server.environ, maxsize=1)

    async def produce() -> str:
        for n in range(3):
            await futures.put(stream, b"%d" % n)
        stream.end()
        try:
            while True:
                await asyncio.sleep(0.01)
                await futures.put(Stream({}, maxsize=1), b"x")
                if stream.closed:
                    await futures.put(stream, b"late")
        except Closed:
            return "closed"

    producing = asyncio.run_coroutine_threadsafe(produce(), futures.event_loop())
    assert server.serve(stream).rest() == [b"0", b"1", b"2"]
    after(0, stream.close)
    assert producing.result(5) == "closed"
