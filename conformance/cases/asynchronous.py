"""C74 and C75: applications for asynchronous interfaces, through wsgi_pause's wrappers."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from conformance.cases.recorder import Body, Environ, StartResponse, recorder, watch
from conformance.cases.tools import route

if importlib.util.find_spec("wsgi_pause") is None:  # on another server, from a clone
    sys.path.append(str(Path(__file__).parents[2] / "python"))

from wsgi_pause.asgi import AsgiToWsgi

HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


async def streaming(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Sends `hello` and waits: for `http.disconnect`, or with `?deaf` for nothing at all."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    fields = parse_qs(scope["query_string"].decode())
    events = recorder(fields["id"][-1])
    try:
        await send(HEAD)
        await send({"type": "http.response.body", "body": b"hello", "more_body": True})
        if "deaf" in fields:
            await asyncio.Event().wait()
        while (message := await receive())["type"] == "http.request":
            events.note("request", len(message["body"]))
        events.note(message["type"])
        await send({"type": "http.response.body", "body": b"nobody reads this"})
        events.note("returned")
    except asyncio.CancelledError:
        events.note("cancelled")
        raise


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Sends each piece of the request's body as it comes."""
    await send(HEAD)
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        more = message["more_body"]
        await send({"type": "http.response.body", "body": message["body"], "more_body": more})


_streaming = AsgiToWsgi(streaming, grace=0.5)
route("c74-echo")(AsgiToWsgi(echo))


@route("c74")
def c74(environ: Environ, start_response: StartResponse) -> Body:
    """`streaming` behind the wrapper."""
    return watch(environ, _streaming(environ, start_response))


@route("c75")
def c75(environ: Environ, start_response: StartResponse) -> Body:
    """The application of `conformance.cases.reactor` that the path's second segment names."""
    from conformance.cases import reactor  # not before: Twisted may be missing

    return reactor.APPLICATIONS[environ["PATH_INFO"].split("/")[2]](environ, start_response)
