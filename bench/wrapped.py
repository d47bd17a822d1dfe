"""One application for each wrapper: `/` 12 bytes, `/chunks` 20,000 chunks of 1 KiB, `/idle` one chunk and no end."""

import asyncio
import threading

from wsgi_pause import Stream, futures

HELLO = b"Hello world\n"
CHUNK = b"x" * 1024
COUNT = 20_000
TEXT = [("Content-Type", "text/plain")]


def plain(environ, start_response):
    """No wrapper: a generator that pauses by itself."""
    start_response("200 OK", TEXT)
    path = environ["PATH_INFO"]
    return [HELLO] if path == "/" else chunks() if path == "/chunks" else idle(environ)


def chunks():
    for _ in range(COUNT):
        yield CHUNK


def idle(environ):
    resume = environ["wsgi.pause_output"]()
    yield CHUNK
    del resume


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    if scope["path"] == "/":
        await send({"type": "http.response.body", "body": HELLO})
        return
    for _ in range(COUNT if scope["path"] == "/chunks" else 1):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
    if scope["path"] == "/idle":
        while (await receive())["type"] != "http.disconnect":
            pass
    await send({"type": "http.response.body", "body": b""})


@futures.application
async def coroutine(environ, start_response):
    start_response("200 OK", TEXT)
    if environ["PATH_INFO"] == "/":
        yield HELLO
        return
    for _ in range(COUNT if environ["PATH_INFO"] == "/chunks" else 1):
        yield CHUNK
    if environ["PATH_INFO"] == "/idle":
        await asyncio.Event().wait()


def stream(environ, start_response):
    start_response("200 OK", TEXT)
    path = environ["PATH_INFO"]
    body = Stream(environ)
    if path == "/chunks":
        threading.Thread(target=body.feed, args=(chunks(),)).start()
    else:
        body.put(HELLO if path == "/" else CHUNK)
        if path == "/":
            body.end()
    return body


def twisted():
    """A factory: Twisted is imported for this one only."""
    from twisted.internet import reactor

    from wsgi_pause.twisted import TwistedToWsgi

    class Producer:
        def __init__(self, response):
            self.response, self.left = response, COUNT
            response.registerProducer(self, True)
            self.resumeProducing()

        def resumeProducing(self):
            self.running = True
            reactor.callLater(0, self.produce)

        def pauseProducing(self):
            self.running = False

        stopProducing = pauseProducing

        def produce(self):
            while self.running and self.left:
                self.left -= 1
                self.response.write(CHUNK)
            if self.running and not self.left:
                self.running = False
                self.response.unregisterProducer()
                self.response.finish()

    def app(environ, start_response):
        response = start_response("200 OK", TEXT)
        if environ["PATH_INFO"] == "/":
            return HELLO
        if environ["PATH_INFO"] == "/chunks":
            Producer(response)
        else:
            response.write(CHUNK)
        return None

    return TwistedToWsgi(app)
