"""Plain ASGI 3: /events has an event at once, then one each time that /say is asked for; /ping counts the streams."""

import asyncio
from typing import Any

streams: set[asyncio.Queue[bytes]] = set()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["path"] == "/events":
        await start(send, b"text/event-stream")
        await events(receive, send)
    else:
        if scope["path"] == "/say":
            for queue in streams:
                queue.put_nowait(b"data: said\n\n")
        await start(send, b"text/plain")
        await send({"type": "http.response.body", "body": b"pong, %d streams\n" % len(streams)})


async def start(send: Any, kind: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})


async def events(receive: Any, send: Any) -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    queue.put_nowait(b"data: welcome\n\n")
    streams.add(queue)
    left = asyncio.ensure_future(disconnected(receive))
    try:
        while not left.done():
            said = asyncio.ensure_future(queue.get())
            await asyncio.wait((said, left), return_when=asyncio.FIRST_COMPLETED)
            if said.done():
                await send({"type": "http.response.body", "body": said.result(), "more_body": True})
            else:
                said.cancel()
    finally:
        left.cancel()
        streams.discard(queue)


async def disconnected(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
