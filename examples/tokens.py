"""An answer that comes word by word, as a language model gives it, and stops when the user leaves. Flask.

    ./pausa python -m venv .venv && .venv/bin/pip install flask
    ./pausa examples.tokens:app         then open http://127.0.0.1:8000/ and close it before the end
    curl -N 'http://127.0.0.1:8000/stream?prompt=why'

/stream sends each word; between two it holds no thread. /answer sends the whole answer and holds its thread meanwhile,
but asks whether anybody still waits. /running tells how many answers are being made: words that nobody reads cost.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from flask import Flask, Response, request

from wsgi_pause import futures, sse

app = Flask(__name__)
running = 0

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Tokens</title>
<p></p>
<script>
  const source = new EventSource("stream?prompt=why");
  source.onmessage = event => document.querySelector("p").append(event.data);
  source.addEventListener("end", () => source.close());
</script>
"""


@contextmanager
def counted() -> Iterator[None]:
    global running
    running += 1
    try:
        yield
    finally:  # here, whether all has been said or the user has left
        running -= 1


def words(prompt: str) -> list[str]:
    return f"You ask me {prompt}? ".split(" ") + ["That", "is", "a", "long", "story."] * 20


async def model(prompt: str) -> AsyncIterator[str]:
    """In the place of a model's asynchronous client."""
    for word in words(prompt):
        await asyncio.sleep(0.1)
        yield word + " "


def blocking_model(prompt: str) -> Iterator[str]:
    """In the place of a model's blocking client."""
    for word in words(prompt):
        time.sleep(0.1)
        yield word + " "


@app.get("/")
def page() -> str:
    return PAGE


@app.get("/stream")
def stream() -> Response:
    return Response(futures.body(request.environ, events(request.args["prompt"])), headers=sse.headers())


async def events(prompt: str) -> AsyncIterator[bytes]:
    yield sse.comment()  # the headers leave with the first data
    with counted():
        async for word in model(prompt):
            yield sse.event(word)
    yield sse.event("", event="end")


@app.get("/answer")
def answer() -> tuple[str, int]:
    # None while somebody waits. Other servers cannot tell; there the answer is made to its end.
    close_reason = request.environ.get("pausa.close_reason", lambda: None)
    said = []
    with counted():
        for word in blocking_model(request.args["prompt"]):
            said.append(word)
            if close_reason() is not None:
                return "", 499  # nobody reads this
    return "".join(said), 200


@app.get("/running")
def how_many() -> str:
    return str(running)
