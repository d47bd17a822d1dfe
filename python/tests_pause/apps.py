"""The application that every server of the tests serves: wsgi_pause used as users use it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import django
import flask
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path

from tests_pause import asynchronous
from wsgi_pause import Closed, Event, Stream, futures, sse
from wsgi_pause._types import Application, Environ, StartResponse
from wsgi_pause.middleware import gzip, heartbeat, request_id

TEXT = [("Content-Type", "text/plain")]
ROUTES: dict[str, Application] = dict(asynchronous.ROUTES)
POOL = ThreadPoolExecutor(4)
noted: dict[str, str] = {}
"""What was noted for a request, by its ``?id=``."""
waiting: dict[str, Callable[[], object]] = {}
room: set[sse.EventStream] = set()


def route(where: str) -> Callable[[Application], Application]:
    def mount(application: Application) -> Application:
        ROUTES[where] = application
        return application

    return mount


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    first = "/" + environ["PATH_INFO"].split("/")[1]
    return ROUTES[first](environ, start_response)


def query(environ: Environ, name: str = "id") -> str:
    values: list[str] = parse_qs(environ.get("QUERY_STRING", "")).get(name, [""])
    return values[0]


def text(start_response: StartResponse, body: str) -> Iterable[bytes]:
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body.encode())))])
    return [body.encode()]


def parts(count: int = 3, delay: float = 0.1) -> Iterator[bytes]:
    for n in range(count):
        if n:
            time.sleep(delay)
        yield b"part %d\n" % n


def feed(stream: Stream, chunks: Iterable[bytes]) -> Stream:
    threading.Thread(target=stream.feed, args=(chunks,), daemon=True).start()
    return stream


@route("/ping")
def ping(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    return text(start_response, "pong")


@route("/noted")
def what_was_noted(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    return text(start_response, noted.get(query(environ), ""))


@route("/stream")
def stream(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", TEXT)
    return feed(Stream(environ), parts())


@route("/flood")
def flood(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """16 MB through four places; the producer notes how far ahead of the response it ever was."""
    start_response("200 OK", TEXT)
    stream = Stream(environ, maxsize=4)
    identity = query(environ)

    def produce() -> Iterator[bytes]:
        for n in range(256):
            noted[identity] = str(n)
            yield bytes([n]) * 65536

    return feed(stream, produce())


@route("/fail")
def fail(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """An exception of the producer, after so many chunks."""
    start_response("200 OK", TEXT)

    def produce() -> Iterator[bytes]:
        yield from parts(int(query(environ, "after")))
        raise RuntimeError("the producer failed")

    return feed(Stream(environ), produce())


@route("/beat")
def beat(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Nothing but beats; notes when the client has left."""
    start_response("200 OK", TEXT)
    stream = Stream(environ, heartbeat=0.1, beat=b"beat\n")
    identity = query(environ)
    stream.on_close(lambda: noted.update({identity: "left"}))
    return stream


@route("/leave")
def leave(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """An endless producer that waits for room; notes how it ended."""
    start_response("200 OK", TEXT)
    stream = Stream(environ, maxsize=2)
    identity = query(environ)

    def produce() -> None:
        try:
            while True:
                stream.put(b"x" * 65536)
        except Closed:
            noted[identity] = "closed"

    threading.Thread(target=produce, daemon=True).start()
    return stream


@route("/poll")
def poll(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """A long poll: until ``/wake`` of the same identity, or for ``?timeout=`` seconds."""
    event = Event(environ)
    waiting[query(environ)] = event.set
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        yield from event.wait(float(query(environ, "timeout") or 10))
        yield b"woken" if event.is_set() else b"timeout"

    return body()


@route("/wake")
def wake(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    waiting.pop(query(environ))()
    return text(start_response, "done")


@route("/events")
def events(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    stream = sse.EventStream(environ)
    room.add(stream)
    stream.on_close(lambda: room.discard(stream))
    start_response("200 OK", sse.headers())
    return stream


@route("/publish")
def publish(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Sends ``?data=`` to all who listen, and ends their streams; answers how many there were."""
    streams = list(room)
    for stream in streams:
        stream.offer_event(query(environ, "data"), id="7")
        stream.end()
    return text(start_response, str(len(streams)))


@route("/future")
def future(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", TEXT)

    def work() -> bytes:
        time.sleep(0.1)
        return b"worked"

    return futures.body(environ, POOL.submit(work))


@route("/coroutine")
@futures.application
async def coroutine(environ: Environ, start_response: StartResponse) -> list[bytes]:
    await asyncio.sleep(0.1)
    start_response("201 Created", TEXT)
    return [b"from ", b"a coroutine"]


@route("/generator")
@futures.application
async def generator(environ: Environ, start_response: StartResponse) -> AsyncIterator[bytes]:
    """Endless with ``?id=``: notes that it was cancelled."""
    identity = query(environ)  # now: uWSGI empties the environ when the response is closed
    start_response("200 OK", TEXT)
    try:
        for n in range(3):
            await asyncio.sleep(0.05)
            yield b"part %d\n" % n
        while identity:
            await asyncio.sleep(0.1)
            yield b"more\n"
    finally:
        noted[identity] = "cancelled"


@route("/wrong")
@futures.application
async def wrong(environ: Environ, start_response: StartResponse) -> bytes:
    await asyncio.sleep(0.05)
    start_response("200 OK", TEXT)
    raise RuntimeError("the coroutine failed")


site = flask.Flask(__name__)
ROUTES["/flask"] = site


@site.get("/flask/events")
def flask_events() -> flask.Response:
    stream = feed(sse.EventStream(flask.request.environ), (sse.event(str(n)) for n in range(3)))
    return flask.Response(stream, headers=sse.headers())


@site.get("/flask/coroutine")
def flask_coroutine() -> flask.Response:
    async def work() -> bytes:
        await asyncio.sleep(0.05)
        return b"worked"

    return flask.Response(futures.body(flask.request.environ, work()), mimetype="text/plain")


def django_events(request: HttpRequest) -> StreamingHttpResponse:
    stream = feed(sse.EventStream(request.environ), (sse.event(str(n)) for n in range(3)))
    return StreamingHttpResponse(stream, headers=dict(sse.headers()))


settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="of a test", ALLOWED_HOSTS=["*"])
django.setup()
urlpatterns = [path("django/events", django_events)]
ROUTES["/django"] = WSGIHandler()


def under(prefix: str, application: Application) -> Application:
    """Hands on what follows the prefix."""

    def strip(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        return application({**environ, "PATH_INFO": environ["PATH_INFO"].removeprefix(prefix)}, start_response)

    return strip


ROUTES["/gzip"] = request_id(gzip(under("/gzip", app)))
ROUTES["/heartbeat"] = heartbeat(under("/heartbeat", app), seconds=0.2, beat=b": beat\n\n")
