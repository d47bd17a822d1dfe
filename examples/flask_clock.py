"""The clock in Flask: an endless stream in an ordinary view, and no thread held between two ticks.

    ./pausa python -m venv .venv && .venv/bin/pip install flask
    ./pausa examples.flask_clock:app    then open http://127.0.0.1:8000/

On a server that cannot pause it works as well; there every stream holds a thread.
"""

import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, request

app = Flask(__name__)

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Flask clock</title>
<body style="display: grid; place-content: center; min-height: 90vh; font: 15vw monospace">
<time>--:--:--</time>
<script>
  new EventSource("events").onmessage = event => document.querySelector("time").textContent = event.data;
</script>
"""


@app.get("/")
def page() -> str:
    return PAGE


@app.get("/ping")
def ping() -> Response:
    return Response("pong\n", mimetype="text/plain")


@app.get("/events")
def events() -> Response:
    # The generator runs after this view has returned, so it is handed the environ instead of `request`.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(ticks(request.environ), mimetype="text/event-stream", headers=headers)


def ticks(environ: dict[str, Any]) -> Iterator[str]:
    due = time.monotonic()
    yield ": a tick a second\n\n"  # The headers leave with the first data; this is a comment to the browser.
    while True:
        yield f"data: {time.strftime('%H:%M:%S')}\n\n"
        due += 1
        yield from wait_until(due, environ)


def wait_until(due: float, environ: dict[str, Any]) -> Iterator[str]:
    """Waits until `time.monotonic()` is `due`: paused if the server offers that, else asleep in this thread."""
    while (left := due - time.monotonic()) > 0:
        if "wsgi.pause_output" not in environ or "pausa.call_later" not in environ:
            time.sleep(left)
            continue
        resume = environ["wsgi.pause_output"]()  # "Do not ask me for more before `resume` is called ...
        environ["pausa.call_later"](left, resume)  # ... which the server does in `left` seconds ...
        yield ""  # ... and now I have nothing." The thread is free.
        while resume.pending and (left := due - time.monotonic()) > 0:
            time.sleep(min(left, 1))  # Asked too early: a middleware did not hand on the empty chunk. Wait here.
