"""The clock as an ASGI application: no thread for a stream, and none for a client that reads slowly.

    ./pausa examples.asgi_clock:app          then: curl -N http://127.0.0.1:8000/events
    gunicorn --threads 8 examples.asgi_clock:wsgi

FastAPI, Starlette and Django's ASGI applications run in the same way. On a server that cannot pause, `wsgi` works as
well; there every stream holds a thread.
"""

import asyncio
import time

from wsgi_pause.asgi import AsgiToWsgi

streams = set()


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])  # this application has no lifespan
    if scope["path"] == "/events":
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        ticking = asyncio.create_task(ticks(send))
        while (await receive())["type"] != "http.disconnect":
            pass
        ticking.cancel()
        return
    found = scope["path"] == "/ping"
    body = f"pong, {len(streams)} streams\n".encode() if found else b"Not found\n"
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def ticks(send):
    stream = object()
    streams.add(stream)
    try:
        due = time.monotonic()
        event = ": a tick a second\n\n"  # the head leaves with the first data
        while True:
            event += f"data: {time.strftime('%H:%M:%S')}\n\n"
            await send({"type": "http.response.body", "body": event.encode(), "more_body": True})
            event = ""
            due += 1
            await asyncio.sleep(due - time.monotonic())
    finally:
        streams.discard(stream)


wsgi = AsgiToWsgi(app)  # for servers that know WSGI only
