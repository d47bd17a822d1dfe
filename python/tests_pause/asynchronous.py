"""An ASGI application and one for Twisted, as every server of the tests serves them."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any
from urllib.parse import parse_qs

from twisted.internet.defer import Deferred

from wsgi_pause._types import Application, Environ
from wsgi_pause.asgi import AsgiToWsgi
from wsgi_pause.twisted import TwistedResponse, TwistedToWsgi

noted: dict[str, str] = {}


async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Hands on to the function that the path's second segment names."""
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["started"] = True
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await HANDLERS[scope["path"].split("/")[2]](scope, receive, send)


async def start(send: Any, status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})


async def finish(send: Any, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body})


async def show(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await start(send)
    await finish(send, repr(scope).encode())


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    pieces, more = [], True
    while more:
        message = await receive()
        assert message["type"] == "http.request", message
        pieces.append(message["body"])
        more = message["more_body"]
    await start(send)
    await finish(send, b"".join(pieces))


async def parts(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await start(send)
    for number in range(3):
        await send({"type": "http.response.body", "body": b"part %d\n" % number, "more_body": True})
        await asyncio.sleep(0.1)
    await finish(send, b"")


async def flood(scope: dict[str, Any], receive: Any, send: Any) -> None:
    key = parse_qs(scope["query_string"].decode())["id"][0]
    await start(send)
    for number in range(256):
        await send({"type": "http.response.body", "body": bytes([number]) * 65536, "more_body": True})
        noted[key] = str(number)
    await finish(send, b"")


async def fail(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["query_string"] == b"after=1":
        await start(send)
        await send({"type": "http.response.body", "body": b"part 0\n", "more_body": True})
        await asyncio.sleep(0.1)
    raise ValueError("for the test")


async def endless(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Sends until it is told that the client left."""
    await start(send)
    left = asyncio.create_task(disconnect(receive))
    for number in itertools.count():
        if left.done():
            break
        await send({"type": "http.response.body", "body": b"line %d\n" % number, "more_body": True})
        await asyncio.sleep(0.05)
    noted[parse_qs(scope["query_string"].decode())["id"][0]] = "http.disconnect"


async def disconnect(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def probe(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await start(send)
    await finish(send, json.dumps(noted).encode())


HANDLERS = {function.__name__: function for function in (show, echo, parts, flood, fail, endless, probe)}


def deferred(environ: Environ, start_response: TwistedResponse) -> Deferred[bytes] | None:
    """In continuation-passing style for `/parts`; else a Deferred of what was sent, or of an error."""
    from twisted.internet import reactor

    timers: Any = reactor
    how = environ["PATH_INFO"].split("/")[2]
    if how == "parts":
        response = start_response("200 OK", [("Content-Type", "text/plain")])
        for number in range(3):
            timers.callLater(0.1 * number, response.write, b"part %d\n" % number)
        timers.callLater(0.3, response.finish)
        return None
    result: Deferred[bytes] = Deferred()
    if how == "fail":
        timers.callLater(0.05, result.errback, ValueError("for the test"))
    else:
        start_response("200 OK", [("Content-Type", "text/plain")])
        timers.callLater(0.05, result.callback, environ["wsgi.input"].read())
    return result


ROUTES: dict[str, Application] = {"/asgi": AsgiToWsgi(asgi), "/twisted": TwistedToWsgi(deferred)}
