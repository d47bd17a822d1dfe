"""Any ASGI 3 application as a WSGI application.

    app = AsgiToWsgi(asgi_app)      # e.g. a FastAPI(), a Starlette(), django.core.asgi.get_asgi_application()

All requests of a process run as coroutines on one event loop, in a thread of its own. On a server with
`wsgi.pause_output` and `wsgi.input_handler` a request that waits, for the application, for its body or for a slow
client, holds no thread; elsewhere it holds its own and works as well. Of ASGI's protocols these are here: HTTP and
lifespan. WSGI has no WebSocket, and sends a response's head with its first data, not before (a stream of events begins
with a comment for that).
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any
from wsgiref.util import is_hop_by_hop

from wsgi_pause._lifespan import Lifespan, StartupFailed
from wsgi_pause._loop import event_loop
from wsgi_pause._response import Response
from wsgi_pause._scope import scope_of
from wsgi_pause._types import Environ, StartResponse

__all__ = ["AsgiToWsgi", "StartupFailed"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

_log = logging.getLogger("wsgi_pause.asgi")


class AsgiToWsgi:
    """A WSGI application that runs an ASGI application.

    The application is told of a client that left: `receive` returns `http.disconnect`, `send` does nothing more. What
    still runs `grace` seconds later, though its response is not complete, is cancelled (`None`: never).
    """

    def __init__(self, app: AsgiApplication, *, grace: float | None = 5.0) -> None:
        self.app = app
        self.grace = grace
        self._requests: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._lifespan: Lifespan | None = None
        self._process = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        state = self.start()
        request = _Request(self, event_loop())
        request.begin(environ, start_response, state)
        return request.response

    def start(self) -> dict[str, Any]:
        """Runs the application's lifespan startup, once in each process; else the first request does. Any thread.

        Returns the lifespan's state. Raises StartupFailed; the next call tries again then.
        """
        if self._lifespan is None or self._process != os.getpid():
            with self._lock:
                if self._lifespan is None or self._process != os.getpid():
                    self._requests = set()
                    self._lifespan = asyncio.run_coroutine_threadsafe(self._started(), event_loop()).result()
                    self._process = os.getpid()
                    atexit.register(self.close, 2.0)
        return self._lifespan.state

    def close(self, timeout: float = 30.0) -> None:
        """Waits for the coroutines of requests that still run, then for lifespan shutdown; at most so many seconds.

        Else the end of Python does, where executors are gone already. A request after that starts it all again.
        """
        atexit.unregister(self.close)
        with self._lock:
            lifespan, self._lifespan = self._lifespan, None
            if lifespan is not None and self._process == os.getpid():
                done = asyncio.run_coroutine_threadsafe(self._closed(lifespan, timeout), event_loop())
                try:
                    done.result(timeout + 1)
                except concurrent.futures.TimeoutError:
                    _log.warning("the application has not shut down within %s s", timeout)

    async def _started(self) -> Lifespan:
        lifespan = Lifespan(self.app)
        await lifespan.startup()
        return lifespan

    async def _closed(self, lifespan: Lifespan, timeout: float) -> None:
        if self._requests:
            _, late = await asyncio.wait(set(self._requests), timeout=timeout / 2)
            for task in late:
                task.cancel()
        await asyncio.wait_for(lifespan.shutdown(), timeout / 2)


class _Request:
    """One request: the application's coroutine and its `receive` and `send`, all in the event loop's thread."""

    response: Response

    def __init__(self, adapter: AsgiToWsgi, loop: asyncio.AbstractEventLoop) -> None:
        self._adapter = adapter
        self._loop = loop
        self._task: asyncio.Task[None] | None = None
        self._started = self._complete = self._gone = False
        self._crowded = False
        # Pieces of the request's body that have come and not been received.
        self._pieces: list[tuple[bytes, bool]] = []
        self._asked = self._received = False
        self._waiting: list[asyncio.Future[None]] = []

    # In the server's threads.

    def begin(self, environ: Environ, start_response: StartResponse, state: dict[str, Any]) -> None:
        """Starts the coroutine, and step 0 of the response."""
        self.response = Response(environ, start_response, self)
        scope = scope_of(environ, state)
        upload = self.response.upload
        # A client that waits for "100 Continue" gets it when the application asks for the body, not now.
        if "HTTP_EXPECT" not in environ or upload.ended:
            try:
                piece = upload.read_nowait()
                if piece is not None:
                    self._pieces.append((piece, upload.ended))
            except OSError:
                self._gone = True
        # The coroutine's context is a copy of the one that this call runs in.
        self._loop.call_soon_threadsafe(self._run, scope)
        self.response.begin()

    def on_room(self) -> None:
        self._loop.call_soon_threadsafe(self._has_room)

    def on_input(self, piece: bytes, ended: bool) -> None:
        self._loop.call_soon_threadsafe(self._has_input, piece, ended)

    def on_cut(self) -> None:
        self._loop.call_soon_threadsafe(self._leave)

    def on_close(self) -> None:
        if self._task is None or not self._task.done():
            self._loop.call_soon_threadsafe(self._leave)

    # In the event loop's thread.

    def _run(self, scope: dict[str, Any]) -> None:
        self._task = self._loop.create_task(self._serve(scope))
        self._adapter._requests.add(self._task)
        self._task.add_done_callback(self._adapter._requests.discard)

    async def _serve(self, scope: dict[str, Any]) -> None:
        try:
            await self._adapter.app(scope, self._receive, self._send)
            if not self._complete and not self._gone:
                raise RuntimeError("the ASGI application returned before its response was complete")
        except asyncio.CancelledError:
            self._fail(RuntimeError("the ASGI application was cancelled"))
            raise
        except Exception as error:  # noqa: BLE001 - the application's code
            self._fail(error)
        except BaseException as error:  # noqa: BLE001 - it would end the event loop
            stopped = RuntimeError(f"the ASGI application raised {type(error).__name__}")
            stopped.__cause__ = error
            self._fail(stopped)
        finally:
            if not self._complete:
                self.response.fail(ConnectionError("the client left"))

    def _fail(self, error: Exception) -> None:
        if self._gone and not self._complete:
            _log.info("an ASGI application ended by %r after its client had left", error)
        elif not self.response.fail(error):
            _log.error("an ASGI application failed after its response was complete", exc_info=error)

    async def _receive(self) -> Message:
        while not (self._complete or self._gone or self._pieces):
            if not self._received and not self._asked:
                self._asked = True
                self.response.want_input()
            await self._change()
        if self._complete or self._gone:
            return {"type": "http.disconnect"}
        piece, ended = self._pieces.pop(0)
        self._received = ended
        return {"type": "http.request", "body": piece, "more_body": not ended}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start" and not self._started:
            self._started = True
            self.response.start(*_head(message))
        elif kind == "http.response.body" and self._started and not self._complete:
            await self._write(bytes(message.get("body", b"")), not message.get("more_body", False))
        else:
            raise RuntimeError(f"the ASGI message {kind!r} is unknown, or has no place here")

    async def _write(self, data: bytes, last: bool) -> None:
        self._complete = last
        if self._gone:
            await asyncio.sleep(0)  # a loop that only sends must not keep the others waiting
            return
        self._crowded = not self.response.write(data, last)
        if last:
            self._wake()
        while self._crowded and not self._gone:
            await self._change()

    async def _change(self) -> None:
        change = self._loop.create_future()
        self._waiting.append(change)
        try:
            await change
        finally:
            if change in self._waiting:
                self._waiting.remove(change)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)

    def _has_room(self) -> None:
        self._crowded = False
        self._wake()

    def _has_input(self, piece: bytes, ended: bool) -> None:
        self._asked = False
        self._pieces.append((piece, ended))
        self._wake()

    def _leave(self) -> None:
        """The server is done with the response, or the client has left."""
        self._gone = True
        self._wake()
        task, grace = self._task, self._adapter.grace
        if task is not None and grace is not None and not self._complete and not task.done():
            timer = self._loop.call_later(grace, self._cancel)
            task.add_done_callback(lambda _: timer.cancel())

    def _cancel(self) -> None:
        if self._task is not None and not self._complete:
            self._task.cancel()


def _head(message: Message) -> tuple[str, list[tuple[str, str]]]:
    """Status line and header fields as `start_response` takes them; fields of the connection are the server's."""
    status = int(message["status"])
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Unknown"
    headers = []
    for name, value in message.get("headers", ()):
        field = bytes(name).decode("latin-1")
        if not is_hop_by_hop(field):
            headers.append((field, bytes(value).decode("latin-1")))
    return f"{status} {reason}", headers
