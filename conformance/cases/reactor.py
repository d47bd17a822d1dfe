"""C75: applications for Twisted."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from twisted.internet.defer import Deferred

from conformance.cases.recorder import Environ, Recorder, recorder
from conformance.cases.tools import TEXT
from wsgi_pause.twisted import TwistedResponse, TwistedToWsgi


def deferred(environ: Environ, start_response: TwistedResponse) -> Deferred[bytes]:
    """Answers in `?seconds`, with what was sent to it or else `deferred`; `?deaf` has it never answer."""
    fields = parse_qs(environ["QUERY_STRING"])
    start_response("200 OK", TEXT)
    result: Deferred[bytes] = Deferred(lambda _: recorder(fields["id"][-1]).note("cancelled"))
    if "deaf" in fields:
        start_response.write(b"hello")
    else:
        later(float(fields["seconds"][-1]), result.callback, environ["wsgi.input"].read() or b"deferred")
    return result


def continued(environ: Environ, start_response: TwistedResponse) -> None:
    """Three pieces, 50 ms apart, in continuation-passing style."""
    response = start_response("200 OK", TEXT)
    for number, piece in enumerate((b"one ", b"two "), 1):
        later(0.05 * number, response.write, piece)
    later(0.15, response.finish, b"three")


class Megabytes:
    """A push producer of 64 MiB that notes each turn."""

    def __init__(self, response: TwistedResponse, events: Recorder) -> None:
        self._response, self._events, self._left, self._paused = response, events, 1024, False
        response.registerProducer(self, True)
        later(0, self._produce)

    def pauseProducing(self) -> None:
        self._paused = True
        self._events.note("paused", 1024 - self._left)

    def resumeProducing(self) -> None:
        self._paused = False
        self._events.note("resumed")
        later(0, self._produce)

    def stopProducing(self) -> None:
        self._paused = True
        self._events.note("stopped", 1024 - self._left)

    def _produce(self) -> None:
        while self._left and not self._paused:
            self._left -= 1
            self._response.write(b"x" * 65536)
        if not self._left and not self._paused:
            self._response.unregisterProducer()
            self._response.finish()


def produced(environ: Environ, start_response: TwistedResponse) -> None:
    """A producer that is to be paused."""
    fields = parse_qs(environ["QUERY_STRING"])
    Megabytes(start_response("200 OK", TEXT), recorder(fields["id"][-1]))


def later(seconds: float, call: Any, *arguments: Any) -> None:
    """Twisted's timer; its reactor is imported when it runs."""
    from twisted.internet import reactor

    timers: Any = reactor
    timers.callLater(seconds, call, *arguments)


APPLICATIONS = {app.__name__: TwistedToWsgi(app) for app in (deferred, continued, produced)}
