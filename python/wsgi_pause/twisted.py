"""Applications for Twisted as WSGI applications: they return a Deferred, or go on from callback to callback.

    def app(environ, start_response):
        deferred = agent.request(b"GET", b"http://upstream/").addCallback(readBody)
        return deferred.addCallback(lambda body: start_response("200 OK", []) and body)

    def app(environ, start_response):                  # continuation-passing style
        response = start_response("200 OK", [("Content-Type", "text/plain")])
        reactor.callLater(1, response.write, b"one ")
        reactor.callLater(2, response.finish, b"two")

    application = TwistedToWsgi(app)

The application runs in the reactor's thread, which is started on first use unless the reactor runs already; it must not
wait. The request's body has been read before: `wsgi.input` is a file. On a server with `wsgi.pause_output` a request
that waits holds no thread; elsewhere it holds its own and works as well.
"""

from __future__ import annotations

import atexit
import tempfile
import threading
from collections.abc import Callable, Iterable
from typing import Any

from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from wsgi_pause._response import Response
from wsgi_pause._types import Environ, ExcInfo, Headers, StartResponse

__all__ = ["Application", "Body", "TwistedResponse", "TwistedToWsgi"]

Body = bytes | Iterable[bytes]
"""All of it: an iterable is exhausted in the reactor's thread."""

Application = Callable[[Environ, "TwistedResponse"], "Body | Deferred[Any] | None"]

IN_MEMORY = 1 << 20
"""Bytes of a request's body from which on it is kept in a temporary file."""

_log = Logger()
_lock = threading.Lock()


class TwistedToWsgi:
    """A WSGI application that runs an application for Twisted.

    The application may return the body, a Deferred of it, or None, and finish the response later then.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = TwistedResponse(self.app, reactor_in_thread(), environ, start_response)
        return started._begin()


def reactor_in_thread() -> Any:
    """The reactor; runs it in a daemon thread of its own if it does not run yet. Any thread."""
    from twisted.internet import reactor  # the first import installs it

    looping: Any = reactor
    with _lock:
        if not looping.running:
            ready = threading.Event()
            looping.callWhenRunning(ready.set)
            run = threading.Thread(target=looping.run, args=(False,), name="wsgi_pause reactor", daemon=True)
            run.start()
            ready.wait()
            atexit.register(_stop, looping, run)
    return looping


def _stop(reactor: Any, thread: threading.Thread) -> None:
    if reactor.running and thread.is_alive():
        reactor.callFromThread(reactor.stop)
        thread.join(1.0)


def _failure(problem: BaseException | None = None) -> Failure:
    """Of this exception, or of the one that is handled."""
    return Failure(problem)  # type: ignore[no-untyped-call]


@implementer(IConsumer)
class TwistedResponse:
    """The `start_response` that an application gets, and the response that it fills. Reactor's thread only.

    It is a consumer: a producer that is registered is paused while the client reads slowly.
    """

    def __init__(self, app: Application, reactor: Any, environ: Environ, start_response: StartResponse) -> None:
        self._app = app
        self._reactor = reactor
        self._environ = environ
        self._response = Response(environ, start_response, self)
        self._input = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when the response is
        self._called: Deferred[Any] | None = None
        self._started = self._complete = self._closed = False
        self._producer: Any = None
        self._streaming = False
        self._waiting: list[Deferred[None]] = []

    # For the application.

    def __call__(self, status: str, headers: Headers, exc_info: ExcInfo | None = None, /) -> TwistedResponse:
        """Sets the head, as in PEP 3333. It is sent with the first data; until then, `exc_info` may replace it."""
        if self._started and exc_info is None:
            raise AssertionError("start_response was called before; call it again only with exc_info")
        self._started = True
        self._response.start(status, headers)
        return self

    def write(self, data: bytes) -> None:
        """Sends data after the head. Does nothing when the client has left."""
        self._send(data, last=False)

    def finish(self, data: bytes = b"") -> None:
        """Ends the response, after this data. Does nothing when the client has left."""
        self._send(data, last=True)

    def fail(self, reason: Failure | BaseException) -> None:
        """Ends the response by an error: a 500 if nothing was sent, else an abnormal end."""
        problem: Any = reason.value if isinstance(reason, Failure) else reason
        known = self._response.fail(problem)
        if self._closed and not self._complete:
            _log.info("an application ended by {problem!r} after its client had left", problem=problem)
        elif not known:
            _log.failure("an application failed after its response was complete", _failure(problem))
        self._complete = True

    def notifyFinish(self) -> Deferred[None]:
        """Fires when the response is over; fails with `ConnectionDone` if the client left before its end."""
        deferred: Deferred[None] = Deferred()
        self._waiting.append(deferred)
        if self._closed:
            self._tell()
        return deferred

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """`IConsumer`: has `producer` paused and resumed, and stopped when the client leaves."""
        if self._producer is not None:
            raise RuntimeError("a producer is registered already")
        if self._closed:
            producer.stopProducing()
            return
        self._producer, self._streaming = producer, streaming
        if not streaming:
            producer.resumeProducing()

    def unregisterProducer(self) -> None:
        """`IConsumer`: the producer is done."""
        self._producer = None

    # In the server's threads.

    def _begin(self) -> Response:
        if self._response.upload.ended:
            self._reactor.callFromThread(self._call)
        else:
            self._response.want_input()
        self._response.begin()
        return self._response

    def on_input(self, piece: bytes, ended: bool) -> None:
        self._input.write(piece)
        if ended:
            self._reactor.callFromThread(self._call)
        else:
            self._response.want_input()

    def on_cut(self) -> None:
        self._response.fail(ConnectionError("the client left before it had sent the body"))

    def on_room(self) -> None:
        self._reactor.callFromThread(self._resume)

    def on_close(self) -> None:
        self._reactor.callFromThread(self._close)

    # In the reactor's thread.

    def _call(self) -> None:
        if self._closed:
            return
        self._input.seek(0)
        try:
            result = self._app({**self._environ, "wsgi.input": self._input}, self)
        except BaseException:  # noqa: BLE001 - the application's code
            self.fail(_failure())
            return
        if isinstance(result, Deferred):
            self._called = result
            result.addCallback(self._body).addErrback(self.fail)
        else:
            try:
                self._body(result)
            except Exception:  # noqa: BLE001 - the application's iterable
                self.fail(_failure())

    def _body(self, body: Body | None) -> None:
        self._called = None
        if body is None or self._closed:
            return
        self.finish(body if isinstance(body, bytes) else b"".join(body))

    def _send(self, data: bytes, last: bool) -> None:
        if self._complete:
            raise RuntimeError("the response is complete already")
        if not self._started:
            raise AssertionError("start_response was not called before the first data")
        self._complete = last
        if self._closed:
            return
        room = self._response.write(data, last)
        if self._producer is None or last:
            return
        if not room:
            if self._streaming:
                self._producer.pauseProducing()
        elif not self._streaming:
            self._reactor.callLater(0, self._resume)

    def _resume(self) -> None:
        if self._producer is not None and not self._closed:
            self._producer.resumeProducing()

    def _close(self) -> None:
        self._closed = True
        self._input.close()
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.stopProducing()
        self._tell()
        if self._called is not None:
            self._called.cancel()

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for deferred in waiting:
            if self._complete:
                deferred.callback(None)
            else:
                deferred.errback(_failure(error.ConnectionDone()))
