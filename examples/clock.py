"""A clock that any number of browsers can watch: each open stream pauses between two ticks and holds no thread.

    ./pausa examples.clock:app          then open http://127.0.0.1:8000/
    curl -N http://127.0.0.1:8000/events

On a server that cannot pause it works as well; there every stream holds a thread.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

PAGE = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Clock</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center;
         background: #10222b; color: #f4efe6; font: 1.1rem system-ui, sans-serif }
  time { font: 200 min(18vw, 9rem)/1.2 ui-monospace, monospace; font-variant-numeric: tabular-nums }
  p { margin: 0; color: #8fb0b8 }
</style>
<time id="clock">--:--:--</time>
<p id="state">connecting</p>
<script>
  const events = new EventSource("events"), state = document.getElementById("state");
  events.onmessage = event => document.getElementById("clock").textContent = event.data;
  events.onopen = () => state.textContent = "told by the server, once a second";
  events.onerror = () => state.textContent = "connection lost, trying again";
</script>
"""

streams: set[object] = set()  # one object for each open stream; adding and discarding are atomic


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/events":
        # X-Accel-Buffering tells nginx, if there is one in front, to hand on each event at once.
        headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")]
        start_response("200 OK", headers)
        return ticks(environ)
    if path == "/":
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))])
        return [PAGE]
    found = path == "/ping"
    body = f"pong, {len(streams)} streams\n".encode() if found else b"Not found\n"
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK" if found else "404 Not Found", headers)
    return [body]


def ticks(environ: dict[str, Any]) -> Iterator[bytes]:
    stream = object()
    streams.add(stream)
    try:
        due = time.monotonic()
        # The headers leave with the first data. A comment line makes the browser call `onopen` at once.
        yield b": a tick a second\n\n"
        while True:
            yield f"data: {time.strftime('%H:%M:%S')}\n\n".encode()
            due += 1
            yield from wait_until(due, environ)
    finally:  # The client left: the server closes this generator.
        streams.discard(stream)


def wait_until(due: float, environ: dict[str, Any]) -> Iterator[bytes]:
    """Waits until `time.monotonic()` is `due`: paused if the server offers that, else asleep in this thread."""
    while (left := due - time.monotonic()) > 0:
        if "wsgi.pause_output" not in environ or "pausa.call_later" not in environ:
            time.sleep(left)
            continue
        resume = environ["wsgi.pause_output"]()  # "Do not ask me for more before `resume` is called ...
        environ["pausa.call_later"](left, resume)  # ... which the server does in `left` seconds ...
        yield b""  # ... and now I have nothing." The thread is free.
        while resume.pending and (left := due - time.monotonic()) > 0:
            time.sleep(min(left, 1))  # Asked too early: a middleware did not hand on the empty chunk. Wait here.
